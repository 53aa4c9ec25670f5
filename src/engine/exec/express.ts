import { type Document, encodeKeyString } from '../../bson/index.ts'
import { type MaybeOperation, type Operation, yieldPoints } from '../../sim/index.ts'
import { OK } from '../../storage/index.ts'
import type { Collection } from '../catalog/collection.ts'
import type { Namespace } from '../catalog/namespace.ts'
import type { OperationContext } from '../operation_context.ts'
import { acquire, checkWritable, findCollection, tryAcquire } from './acquire.ts'
import { afterBackoff, conflictInPlan, EXPRESS_COUNTER_BASE } from './write_conflict.ts'
import type { WriteStatement } from './write_statement.ts'

/**
 * The express path: one record by `_id`, read or written without a plan.
 * Source: plan_executor_express.cpp and express_plan.h (8.0).
 *
 * Each attempt looks the `_id` up anew in a new snapshot, so a document that was deleted meanwhile is
 * simply not matched. The first attempt is plain synchronous code; only a conflict, or somebody who
 * holds the collection alone, makes the statement an operation that waits.
 */
export function expressWrite<T>(
  op: OperationContext,
  ns: Namespace,
  id: unknown,
  statement: WriteStatement<T>,
): MaybeOperation<T> {
  const { debug, services } = op
  services.metrics.fastPath.express++
  debug.planSummary = SUMMARIES[statement.stage]
  debug.executor = statement
  const key = encodeKeyString([id], ASCENDING)
  if (op.exploring) return retryingWrite(op, ns, key, statement, false)
  const collection = findCollection(op, ns)
  if (collection === undefined) return statement.outcome()
  if (!tryAcquire(op, collection, 'write')) return retryingWrite(op, ns, key, statement, false)
  return attempt(op, collection, key, statement)
    ? statement.outcome()
    : retryingWrite(op, ns, key, statement, true)
}

const ASCENDING = [1] as const

const SUMMARIES = {
  UPDATE: 'EXPRESS_IXSCAN { _id: 1 },EXPRESS_UPDATE',
  DELETE: 'EXPRESS_IXSCAN { _id: 1 },EXPRESS_DELETE',
} as const

/** False: a write conflict. A document that is not there is an answer, too. */
function attempt(
  op: OperationContext,
  collection: Collection,
  key: string,
  statement: WriteStatement<unknown>,
): boolean {
  checkWritable(op, collection)
  const recordId = locate(op, collection, key)
  return recordId === undefined || writeFound(op, collection, recordId, statement)
}

/** The lookup: one key and one document examined, once an attempt. */
function locate(op: OperationContext, collection: Collection, key: string): number | undefined {
  const recordId = op.storage.get(collection.idIndex.table, key)
  if (recordId === undefined) return undefined
  op.debug.keysExamined++
  op.debug.docsExamined++
  return recordId
}

function writeFound(
  op: OperationContext,
  collection: Collection,
  recordId: number,
  statement: WriteStatement<unknown>,
): boolean {
  const document = op.storage.get(collection.records, recordId)!
  if (statement.write(op, collection, recordId, document) !== OK) return false
  if (op.commitUnit() !== OK) return false
  statement.committed(op)
  return true
}

/** The retry loop. Its counter starts from 0: four attempts in a row cost no sleep. */
function* retryingWrite<T>(
  op: OperationContext,
  ns: Namespace,
  key: string,
  statement: WriteStatement<T>,
  conflicted: boolean,
): Operation<T> {
  let conflicts = EXPRESS_COUNTER_BASE
  let inConflict = conflicted
  for (;;) {
    if (inConflict) {
      yield conflictInPlan(op, conflicts++)
      afterBackoff(op)
    }
    op.checkForInterrupt()
    if (op.exploring) yield yieldPoints.beforeOperation
    const collection = findCollection(op, ns)
    if (collection === undefined) return statement.outcome()
    if (!tryAcquire(op, collection, 'write')) yield* acquire(op, collection, 'write')
    if (op.exploring) {
      checkWritable(op, collection)
      const recordId = locate(op, collection, key)
      if (recordId === undefined) return statement.outcome()
      yield yieldPoints.afterRead
      inConflict = !writeFound(op, collection, recordId, statement)
    } else {
      inConflict = !attempt(op, collection, key, statement)
    }
    if (!inConflict) return statement.outcome()
  }
}

/** A read by `_id`. */
export function expressFind(
  op: OperationContext,
  collection: Collection,
  id: unknown,
): Document | undefined {
  op.services.metrics.fastPath.express++
  op.debug.planSummary = 'EXPRESS_IXSCAN { _id: 1 }'
  const recordId = locate(op, collection, encodeKeyString([id], ASCENDING))
  if (recordId === undefined) return undefined
  return op.storage.get(collection.records, recordId)
}
