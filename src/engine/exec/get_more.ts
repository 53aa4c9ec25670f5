import { isOperation, type MaybeOperation, type Operation, yieldPoints } from '../../sim/index.ts'
import type { OperationContext } from '../operation_context.ts'
import { acquire, findCollection, tryAcquire } from './acquire.ts'
import { type Batch, Reading, readDocuments, readPlan } from './batch.ts'
import { moreEvents } from './change_events.ts'
import { cursorNotFound, type EngineCursor } from './cursor.ts'
import { finishing } from './statement.ts'
import { awaitData } from './tailing.ts'

/** How long a getMore waits for more where nothing is said. Source: getmore_cmd.cpp (8.0) */
const AWAIT_DATA_MS = 1_000

/**
 * Reads on. Whatever was locked or seen before is gone; the plan goes on in a snapshot of now.
 *
 * @param batchSize zero or nothing: no limit
 * @param awaitDataMs how long to wait for something to answer, on a cursor that does
 */
export function getMore(
  op: OperationContext,
  cursor: EngineCursor,
  batchSize: number | undefined,
  awaitDataMs: number = AWAIT_DATA_MS,
): MaybeOperation<Batch> {
  const { source } = cursor
  const countMax = batchSize || Number.POSITIVE_INFINITY
  if (source.kind === 'documents') return readDocuments(source, countMax)
  if (source.kind === 'changes') return moreEvents(op, source.stream, countMax, awaitDataMs)
  const { executor } = source
  // The cursor may have the name of a view.
  const { ns } = executor.collection
  const reading = new Reading(executor, countMax, true)
  return finishing(op, () => {
    executor.describeTo(op.debug)
    const collection = findCollection(op, ns)
    executor.restore(collection)
    if (op.exploring || collection === undefined || !tryAcquire(op, collection, 'read')) {
      return waitingGetMore(op, cursor, reading, awaitDataMs)
    }
    const batch = readPlan(op, reading)
    return waits(cursor) ? waitingForData(op, reading, batch, awaitDataMs) : batch
  })
}

function* waitingGetMore(
  op: OperationContext,
  cursor: EngineCursor,
  reading: Reading,
  awaitDataMs: number,
): Operation<Batch> {
  if (op.exploring) yield yieldPoints.beforeOperation
  const { executor } = reading
  executor.restore(yield* acquire(op, executor.collection.ns, 'read', findCollection))
  if (cursor.killed) throw cursorNotFound(cursor.id)
  const batch = readPlan(op, reading)
  if (waits(cursor)) return yield* waitingForData(op, reading, batch, awaitDataMs)
  return isOperation(batch) ? yield* batch : batch
}

function waits({ source }: EngineCursor): boolean {
  return source.kind === 'plan' && source.executor.tail === 'awaitData'
}

function* waitingForData(
  op: OperationContext,
  reading: Reading,
  batch: MaybeOperation<Batch>,
  awaitDataMs: number,
): Operation<Batch> {
  const untilUs = op.clock.nowUs() + awaitDataMs * 1000
  const first = isOperation(batch) ? yield* batch : batch
  return yield* awaitData(op, reading, first, untilUs)
}
