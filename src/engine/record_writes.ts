import { type Document, sizeOf } from '../bson/index.ts'
import { invariant } from '../invariant.ts'
import { OK, type ReturnCode, WT_CACHE_FULL, WT_NOTFOUND, WT_ROLLBACK } from '../storage/index.ts'
import type { Collection } from './catalog/collection.ts'
import type { UpdateDone } from './changes/index.ts'
import { type ConflictPlace, ServerError, WriteConflictError } from './errors.ts'
import { insertEntries, removeEntries, updateEntries } from './index/entries.ts'
import type { OperationContext } from './operation_context.ts'
import { validateDocument } from './validation/index.ts'

/**
 * One document written to its record store and to every index, in the server's order
 * (collection_write_path.cpp): the record first, then the indexes; on delete the indexes first.
 *
 * Answers OK or WT_ROLLBACK. After WT_ROLLBACK, and after an exception, the storage transaction
 * holds half a write: the caller abandons it (outside a transaction) or ends the transaction.
 */
export function insertRecord(
  op: OperationContext,
  collection: Collection,
  document: Document,
  sizeBytes: number,
): ReturnCode {
  if (isForcedConflict(op, collection)) return WT_ROLLBACK
  if (collection.isValidated) validateDocument(op, collection, document, undefined)
  collection.noteSize(sizeBytes)
  const recordId = collection.nextRecordId()
  // A fresh record id: nobody can hold it, so the record itself never conflicts.
  const code = op.storage.put(collection.records, recordId, document)
  if (code !== OK) return refusal(code)
  const indexed = insertEntries(op, collection, document, recordId)
  if (indexed !== OK) return refusal(indexed)
  op.writeLog?.inserted(collection, document)
  const { changes } = op.services
  if (changes.isOn) changes.inserted(op.storage, collection, document)
  op.services.hooks.observer?.wrote(op, collection, undefined, document)
  if (collection.options.capped === true) return trimCapped(op, collection, sizeBytes)
  return OK
}

/** @param sizeBytes of the new version; undefined where it is no larger than the old one */
export function updateRecord(
  op: OperationContext,
  collection: Collection,
  recordId: number,
  versions: UpdateDone,
  sizeBytes: number | undefined,
): ReturnCode {
  if (isForcedConflict(op, collection)) return WT_ROLLBACK
  const { before, after } = versions
  if (collection.isValidated) validateDocument(op, collection, after, before)
  if (sizeBytes !== undefined) collection.noteSize(sizeBytes)
  const code = op.storage.update(collection.records, recordId, after)
  if (code !== OK) return refusal(code)
  const indexed = updateEntries(op, collection, before, after, recordId)
  if (indexed !== OK) return refusal(indexed)
  op.writeLog?.updated(collection, before, after)
  const { changes } = op.services
  if (changes.isOn) changes.updated(op.storage, collection, versions)
  op.services.hooks.observer?.wrote(op, collection, before, after)
  if (collection.options.capped === true) {
    collection.state.cappedBytes += (sizeBytes ?? sizeOf(after)) - sizeOf(before)
  }
  return OK
}

export function deleteRecord(
  op: OperationContext,
  collection: Collection,
  recordId: number,
  document: Document,
): ReturnCode {
  if (isForcedConflict(op, collection)) return WT_ROLLBACK
  const code = removeRecord(op, collection, recordId, document)
  if (code !== OK) return code
  op.writeLog?.deleted(collection, document)
  const { changes } = op.services
  if (changes.isOn) changes.deleted(op.storage, collection, document)
  return OK
}

/** The deletion itself; what a capped collection drops to make room is no statement's work. */
function removeRecord(
  op: OperationContext,
  collection: Collection,
  recordId: number,
  document: Document,
): ReturnCode {
  const code = removeEntries(op, collection, document, recordId)
  if (code !== OK) return refusal(code)
  const removed = op.storage.remove(collection.records, recordId)
  if (removed !== OK) return refusal(removed)
  op.services.hooks.observer?.wrote(op, collection, document, undefined)
  if (collection.options.capped === true) {
    collection.state.cappedBytes -= sizeOf(document)
    collection.state.cappedCount--
  }
  return OK
}

function isForcedConflict(op: OperationContext, collection: Collection): boolean {
  const force = op.services.hooks.forceConflict
  if (force === undefined || !force(collection.text)) return false
  op.conflictContext = 'WTWriteConflictException'
  return true
}

/** Codes that are no conflict end the statement. */
function refusal(code: ReturnCode): ReturnCode {
  if (code === OK || code === WT_ROLLBACK) return code
  invariant(code !== WT_NOTFOUND, 'a record that was just read can be written')
  throw refusedWrite(code)
}

/** Source: `wtRCToStatus_slow`, wiredtiger_util.cpp. */
export function refusedWrite(code: ReturnCode): ServerError {
  invariant(code === WT_CACHE_FULL, () => `storage refused a write with code ${code}`)
  const reason = 'WT_CACHE_FULL: operation would overflow cache'
  return new ServerError('ExceededMemoryLimit', `${WT_CACHE_FULL}: ${reason}`)
}

/**
 * The oldest documents of a capped collection make room, in the same unit of work; at least the one
 * that came stays. Source: `cappedDeleteUntilBelowConfiguredMaximum`, collection_write_path.cpp.
 *
 * The totals are moved as documents come and go. A unit of work that fails under way would leave
 * them wrong, so those of before are put back; capped inserts go one by one and never in a
 * transaction.
 */
function trimCapped(op: OperationContext, collection: Collection, addedBytes: number): ReturnCode {
  const { state, options } = collection
  const { cappedBytes, cappedCount } = state
  const bytesMax = options.size ?? Number.POSITIVE_INFINITY
  const countMax = options.max ?? Number.POSITIVE_INFINITY
  state.cappedBytes += addedBytes
  state.cappedCount++
  // They look only once this write has committed, or lost: then they find nothing new.
  state.followers?.notifyAll()
  const isOver = () =>
    state.cappedCount > 1 && (state.cappedBytes > bytesMax || state.cappedCount > countMax)
  if (!isOver()) return OK
  const oldest = op.storage.scan(collection.records)
  while (isOver() && oldest.next()) {
    const code = removeRecord(op, collection, oldest.key, oldest.value)
    if (code === OK) continue
    state.cappedBytes = cappedBytes
    state.cappedCount = cappedCount
    return code
  }
  return OK
}

/**
 * The error that a conflict becomes where nobody tries again: inside a transaction, always.
 *
 * @param context what was being done, in the server's words
 */
export function writeConflict(op: OperationContext, context: string): WriteConflictError {
  return new WriteConflictError(context, conflictPlace(op))
}

function conflictPlace(op: OperationContext): ConflictPlace | undefined {
  const conflict = op.storage.lastConflict
  if (conflict === undefined) return undefined
  return {
    namespace: conflict.table.name,
    key: String(conflict.key),
    holderId: conflict.holderId,
    holderOwner: conflict.holderOwner,
    holderActive: conflict.holderActive,
  }
}
