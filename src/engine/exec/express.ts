import { encodeIdKey } from '../../bson/index.ts'
import { type MaybeOperation, type Operation, yieldPoints } from '../../sim/index.ts'
import { OK } from '../../storage/index.ts'
import type { Collection } from '../catalog/collection.ts'
import type { Namespace } from '../catalog/namespace.ts'
import type { OperationContext } from '../operation_context.ts'
import { acquire, checkWritable, findCollection, tryAcquire } from './acquire.ts'
import { collectionGone } from './plan_executor.ts'
import { EXPRESS_COUNTER_BASE, Retries } from './retries.ts'
import { afterBackoff, conflictInPlan } from './write_conflict.ts'
import type { WriteStatement } from './write_statement.ts'

/**
 * The express path: one record by `_id`, written without a plan.
 * Source: plan_executor_express.cpp and express_plan.h (8.0).
 *
 * Each attempt looks the `_id` up anew in a new snapshot, so a document that was deleted meanwhile
 * is simply not matched; a collection that was dropped meanwhile ends the statement. The first
 * attempt is plain synchronous code; only a conflict, or somebody who holds the collection alone,
 * makes the statement an operation that waits.
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
  const key = encodeIdKey(id)
  if (op.exploring) return retryingWrite(op, ns, key, statement, undefined)
  const collection = findCollection(op, ns)
  if (collection === undefined) return statement.outcome()
  if (!tryAcquire(op, collection, 'write')) return retryingWrite(op, ns, key, statement, undefined)
  checkWritable(op, collection)
  collection.idIndex.usage.ops++
  const recordId = locate(op, collection, key)
  const done = recordId === undefined || writeFound(op, collection, recordId, statement)
  return done ? statement.outcome() : retryingWrite(op, ns, key, statement, collection)
}

const SUMMARIES = {
  UPDATE: 'EXPRESS_IXSCAN { _id: 1 },EXPRESS_UPDATE',
  DELETE: 'EXPRESS_IXSCAN { _id: 1 },EXPRESS_DELETE',
} as const

/** The lookup: one key and one document examined, once an attempt. */
function locate(op: OperationContext, collection: Collection, key: string): number | undefined {
  const recordId = op.storage.get(collection.idIndex.table, key)
  if (recordId === undefined) {
    op.services.hooks.observer?.missed(op, collection, key)
    return undefined
  }
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
  op.services.hooks.observer?.found(op, collection, document)
  if (statement.write(op, collection, recordId, document) !== OK) return false
  if (op.commitUnit() !== OK) return false
  statement.committed(op)
  return true
}

/**
 * The retry loop. Its counter starts from 0: four attempts in a row cost no sleep.
 *
 * @param lost the collection in which a first attempt met a conflict; nothing: there was none yet
 */
function* retryingWrite<T>(
  op: OperationContext,
  ns: Namespace,
  key: string,
  statement: WriteStatement<T>,
  lost: Collection | undefined,
): Operation<T> {
  const retries = new Retries(EXPRESS_COUNTER_BASE)
  let lostIn = lost
  if (op.exploring) yield yieldPoints.beforeOperation
  for (;;) {
    if (lostIn !== undefined) {
      yield conflictInPlan(op, retries)
      afterBackoff(op, retries)
    }
    op.checkForInterrupt()
    let collection = findCollection(op, ns)
    if (collection !== undefined && !tryAcquire(op, collection, 'write')) {
      collection = yield* acquire(op, ns, 'write', findCollection)
    }
    if (lostIn !== undefined && collection?.uuid !== lostIn.uuid) {
      throw collectionGone(op.services.catalog, lostIn)
    }
    if (collection === undefined) return statement.outcome()
    checkWritable(op, collection)
    if (lostIn === undefined) collection.idIndex.usage.ops++
    const recordId = locate(op, collection, key)
    if (recordId === undefined) return statement.outcome()
    if (op.exploring) yield yieldPoints.afterRead
    if (writeFound(op, collection, recordId, statement)) return statement.outcome()
    lostIn = collection
  }
}
