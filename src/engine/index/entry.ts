import { appendRecordId, canonicalText, type Document } from '../../bson/index.ts'
import { invariant } from '../../invariant.ts'
import { OK, type ReturnCode, WT_DUPLICATE_KEY, WT_NOTFOUND } from '../../storage/index.ts'
import type { Collection } from '../catalog/collection.ts'
import { type Index, isClustered } from '../catalog/index_definition.ts'
import { ServerError } from '../errors.ts'
import type { OperationContext } from '../operation_context.ts'
import { keyValueOf } from './keys.ts'

/**
 * One entry of an index: the key, whose it is, and the document that gave it. Putting it in and
 * taking it out follow the conflict rules that WiredTiger and the server have for each kind
 * (wiredtiger_index.cpp):
 *
 * - **`_id`**: the bare key, inserted without overwriting. A visible one is a duplicate; an
 *   invisible one (another writer, or a commit after our snapshot) is a write conflict. In that
 *   order.
 * - **unique**: the bare key is inserted and removed again. The pair leaves a version behind that a
 *   concurrent inserter of the same value conflicts with, and that later snapshots do not see. Only
 *   then is a visible entry looked for. So here it is conflict first, duplicate second; and
 *   removing an entry never touches the bare key, so freeing a value conflicts with nobody.
 * - **others**: key plus record id, which nobody else writes.
 *
 * Answers WT_ROLLBACK as a code, with `op.conflictContext` set: conflicts are frequent and must
 * cost no exception.
 */
export interface NewEntry {
  readonly document: Document
  readonly key: string
  readonly recordId: number
}

/** @throws ServerError DuplicateKey */
export function insertEntry(
  op: OperationContext,
  collection: Collection,
  index: Index,
  entry: NewEntry,
): ReturnCode {
  const { key, recordId } = entry
  op.debug.keysInserted++
  if (index.isId) {
    const code = op.storage.insert(index.table, key, recordId)
    if (code === WT_DUPLICATE_KEY) throw duplicateKey(collection, index, entry)
    if (code !== OK) op.conflictContext = insertContext('WiredTigerIdIndex::_insert', index)
    return code
  }
  if (index.refusesDuplicates) {
    const code = claimUniqueKey(op, collection, index, entry)
    if (code !== OK) return code
  }
  const code = op.storage.put(index.table, appendRecordId(key, recordId), recordId)
  if (code !== OK) op.conflictContext = insertContext('WiredTigerIndex::_insert', index)
  return code
}

export function removeEntry(
  op: OperationContext,
  index: Index,
  key: string,
  recordId: number,
): ReturnCode {
  op.debug.keysDeleted++
  const entry = index.isId ? key : appendRecordId(key, recordId)
  const code = op.storage.remove(index.table, entry)
  invariant(code !== WT_NOTFOUND, () => `index ${index.name} lacks the entry of record ${recordId}`)
  if (code !== OK) op.conflictContext = `WiredTigerIndex::_unindex: index: ${index.name}`
  return code
}

/** The bare key, in and out again; then whether somebody visible has the value. */
function claimUniqueKey(
  op: OperationContext,
  collection: Collection,
  index: Index,
  entry: NewEntry,
): ReturnCode {
  const { storage } = op
  const { key, recordId } = entry
  let code = storage.insert(index.table, key, 0)
  invariant(code !== WT_DUPLICATE_KEY, 'the bare key of a unique index is never left visible')
  if (code === OK) code = storage.remove(index.table, key)
  if (code !== OK) {
    op.conflictContext = `WiredTigerIndex::_insert: insert: ${index.name}; uri: table:${index.table.name}`
    return code
  }
  const holder = recordWithKey(op, index, key)
  if (holder !== undefined && holder !== recordId) throw duplicateKey(collection, index, entry)
  return OK
}

/** The record that stands under exactly this key, as the snapshot sees it. */
function recordWithKey(op: OperationContext, index: Index, key: string): number | undefined {
  const range = { lower: key, upper: `${key}\xff`, lowerInclusive: true, upperInclusive: true }
  const scan = op.storage.scan(index.table, range)
  return scan.next() ? scan.value : undefined
}

const insertContext = (site: string, index: Index): string =>
  `${site}: index: ${index.name}; uri: table:${index.table.name}`

/** What a client learns of it beside the text. Source: `DuplicateKeyErrorInfo::serialize` */
function duplicateKeyInfo({ pattern, order }: Index, keyValue: Document): Document {
  const { collation } = order
  if (collation === undefined) return { keyPattern: pattern, keyValue }
  return { keyPattern: pattern, keyValue, collation }
}

/**
 * Source of the text: `buildDupKeyErrorStatus`, duplicate_key_error_info.cpp. The values printed
 * are those of the key, by the names of the pattern.
 */
function duplicateKey(collection: Collection, index: Index, entry: NewEntry): ServerError {
  const keyValue = keyValueOf(index, entry.document, entry.key)
  const named = isClustered(index.spec) ? '' : ` index: ${index.name}`
  return new ServerError(
    'DuplicateKey',
    `E11000 duplicate key error collection: ${collection.text}${named} dup key: ${canonicalText(keyValue)}`,
    duplicateKeyInfo(index, keyValue),
  )
}
