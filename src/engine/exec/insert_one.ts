import type { Document } from '../../bson/index.ts'
import { type Operation, yieldPoints } from '../../sim/index.ts'
import { OK } from '../../storage/index.ts'
import type { Collection } from '../catalog/collection.ts'
import type { Namespace } from '../catalog/namespace.ts'
import { ServerError } from '../errors.ts'
import type { OperationContext } from '../operation_context.ts'
import { insertRecord } from '../record_writes.ts'
import { acquire, checkWritable, findOrCreate, tryAcquire } from './acquire.ts'
import { Retries } from './retries.ts'
import { conflictInInsert } from './write_conflict.ts'

/** What the first write conflict of an insert counts as. */
const INSERT_COUNTER_BASE = 1

/**
 * Inserts one document in a unit of work of its own, tried again on the insert schedule for as long as
 * it conflicts.
 *
 * @param conflicted whether a first attempt, just now, met a conflict
 * @returns why it was refused, or nothing
 * @throws ServerError in a transaction, whatever refuses it; outside, an interruption
 */
export function* insertOne(
  op: OperationContext,
  ns: Namespace,
  document: Document,
  conflicted: boolean,
): Operation<ServerError | undefined> {
  const retries = new Retries(INSERT_COUNTER_BASE)
  let isConflict = conflicted
  for (;;) {
    if (isConflict) yield conflictInInsert(op, retries)
    op.checkForInterrupt()
    if (op.exploring) yield yieldPoints.beforeWrite
    const collection = yield* acquire(op, ns, 'write', findOrCreate)
    try {
      if (writeGroup(op, collection, [document])) return undefined
    } catch (error) {
      if (op.inTransaction || !(error instanceof ServerError)) throw error
      op.abandonSnapshot()
      return error
    }
    isConflict = true
  }
}

/** As `insertOne` without waiting: undefined where it would have to wait. */
export function tryInsertOne(
  op: OperationContext,
  ns: Namespace,
  document: Document,
): 'inserted' | 'conflict' | ServerError | undefined {
  const collection = findOrCreate(op, ns)
  if (!tryAcquire(op, collection, 'write')) return undefined
  try {
    return writeGroup(op, collection, [document]) ? 'inserted' : 'conflict'
  } catch (error) {
    if (op.inTransaction || !(error instanceof ServerError)) throw error
    return error
  }
}

/**
 * Writes documents in one unit of work. False: a write conflict; nothing of them stands once the
 * snapshot is given up.
 *
 * @throws ServerError DuplicateKey, ...; likewise
 */
export function writeGroup(
  op: OperationContext,
  collection: Collection,
  documents: readonly Document[],
): boolean {
  checkWritable(op, collection)
  const { debug } = op
  const { keysInserted } = debug
  for (const document of documents) {
    if (insertRecord(op, collection, document) === OK) continue
    debug.keysInserted = keysInserted
    return false
  }
  return op.commitUnit() === OK
}
