import { isOperation, type Operation, WaitQueue } from '../../sim/index.ts'
import type { Collection } from '../catalog/collection.ts'
import { ServerError } from '../errors.ts'
import type { OperationContext } from '../operation_context.ts'
import { queryText } from '../query/index.ts'
import { acquire, findCollection } from './acquire.ts'
import { type Batch, type Reading, readPlan } from './batch.ts'
import type { FindRequest } from './find.ts'

/**
 * How a cursor stays open at the end of a capped collection: `tailable` answers an empty batch
 * there, `awaitData` waits a while for somebody to insert.
 */
export type Tail = 'tailable' | 'awaitData'

/** @throws ServerError 2. Source: `prepare`, get_executor.cpp (8.0) */
export function checkTailable(
  op: OperationContext,
  collection: Collection,
  request: FindRequest,
): void {
  if (request.tail === undefined || collection.options.capped === true) return
  const filter = op.services.filters.compile(request.filter, op.language)
  throw new ServerError(
    'BadValue',
    `error processing query: ${queryText(collection.text, filter, request)} tailable cursor requested on non capped collection`,
  )
}

/**
 * Reads on until there is something to answer, or the time for it is up. Between two looks it holds
 * neither snapshot nor intents, and its wait does not make virtual time pass. Source:
 * `PlanExecutorImpl::_waitForInserts`, insert_listener.cpp (8.0).
 *
 * @param untilUs virtual microseconds
 */
export function* awaitData(
  op: OperationContext,
  reading: Reading,
  first: Batch,
  untilUs: number,
): Operation<Batch> {
  const { executor } = reading
  const { ns, state } = executor.collection
  let batch = first
  while (batch.documents.length === 0 && op.clock.nowUs() < untilUs) {
    op.yieldResources()
    state.followers ??= new WaitQueue('insert into a capped collection')
    yield* op.park(state.followers, 'awaitData', untilUs - op.clock.nowUs())
    executor.restore(yield* acquire(op, ns, 'read', findCollection))
    const read = readPlan(op, reading)
    batch = isOperation(read) ? yield* read : read
  }
  return batch
}
