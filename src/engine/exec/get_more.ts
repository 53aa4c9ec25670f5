import { isOperation, type MaybeOperation, type Operation, yieldPoints } from '../../sim/index.ts'
import type { OperationContext } from '../operation_context.ts'
import { acquire, findCollection, tryAcquire } from './acquire.ts'
import { type Batch, Reading, readDocuments, readPlan } from './batch.ts'
import { cursorNotFound, type EngineCursor } from './cursor.ts'
import { finishing } from './statement.ts'

/** Reads on. Whatever was locked or seen before is gone; the plan goes on in a snapshot of now. */
export function getMore(
  op: OperationContext,
  cursor: EngineCursor,
  batchSize: number | undefined,
): MaybeOperation<Batch> {
  const { source, ns } = cursor
  const countMax = batchSize || Number.POSITIVE_INFINITY
  if (source.kind === 'documents') return readDocuments(source, countMax)
  const { executor } = source
  const reading = new Reading(executor, countMax, true)
  return finishing(op, () => {
    executor.describeTo(op.debug)
    const collection = findCollection(op, ns)
    executor.restore(collection)
    if (op.exploring || collection === undefined || !tryAcquire(op, collection, 'read')) {
      return waitingGetMore(op, cursor, reading)
    }
    return readPlan(op, reading)
  })
}

function* waitingGetMore(
  op: OperationContext,
  cursor: EngineCursor,
  reading: Reading,
): Operation<Batch> {
  if (op.exploring) yield yieldPoints.beforeOperation
  reading.executor.restore(yield* acquire(op, cursor.ns, 'read', findCollection))
  if (cursor.killed) throw cursorNotFound(cursor.id)
  const batch = readPlan(op, reading)
  return isOperation(batch) ? yield* batch : batch
}
