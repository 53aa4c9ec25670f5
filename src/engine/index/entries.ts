import { type Document, fieldOf } from '../../bson/index.ts'
import { OK, type ReturnCode } from '../../storage/index.ts'
import type { Collection } from '../catalog/collection.ts'
import type { Index } from '../catalog/index_definition.ts'
import type { OperationContext } from '../operation_context.ts'
import { insertEntry, removeEntry } from './entry.ts'
import { type DocumentKeys, keysOf, plainKeyOf } from './keys.ts'

/** Puts the entries of a document into every index. Answers OK or what the first refusal was. */
export function insertEntries(
  op: OperationContext,
  collection: Collection,
  document: Document,
  recordId: number,
): ReturnCode {
  const { indexes } = collection
  for (let i = 0; i < indexes.length; i++) {
    const index = indexes[i]!
    const key = plainKeyOf(index, document)
    const code =
      key === undefined
        ? insertKeys(op, collection, index, document, recordId)
        : insertEntry(op, collection, index, { document, key, recordId })
    if (code !== OK) return code
  }
  return OK
}

function insertKeys(
  op: OperationContext,
  collection: Collection,
  index: Index,
  document: Document,
  recordId: number,
): ReturnCode {
  const { keys, multikey } = keysOf(index, document)
  if (multikey) index.multikey = true
  for (const key of keys) {
    const code = insertEntry(op, collection, index, { document, key, recordId })
    if (code !== OK) return code
  }
  return OK
}

export function removeEntries(
  op: OperationContext,
  collection: Collection,
  document: Document,
  recordId: number,
): ReturnCode {
  for (const index of collection.indexes) {
    for (const key of keysOf(index, document).keys) {
      const code = removeEntry(op, index, key, recordId)
      if (code !== OK) return code
    }
  }
  return OK
}

/** Moves the entries that differ between two versions of a document; most often none does. */
export function updateEntries(
  op: OperationContext,
  collection: Collection,
  before: Document,
  after: Document,
  recordId: number,
): ReturnCode {
  const { indexes } = collection
  // The _id never changes: start behind its index.
  for (let i = 1; i < indexes.length; i++) {
    const index = indexes[i]!
    if (index.partial === undefined && isUntouched(index, before, after)) continue
    const code = moveEntries(op, collection, index, before, after, recordId)
    if (code !== OK) return code
  }
  return OK
}

/** Versions share what an update left alone, so identity of the top-level values is enough. */
function isUntouched(index: Index, before: Document, after: Document): boolean {
  for (const field of index.fields) {
    const top = field.parts[0]!
    if (fieldOf(before, top) !== fieldOf(after, top)) return false
  }
  return true
}

function moveEntries(
  op: OperationContext,
  collection: Collection,
  index: Index,
  before: Document,
  after: Document,
  recordId: number,
): ReturnCode {
  const old: DocumentKeys = keysOf(index, before)
  const next: DocumentKeys = keysOf(index, after)
  if (next.multikey) index.multikey = true
  for (const key of keysNotIn(old.keys, next.keys)) {
    const code = removeEntry(op, index, key, recordId)
    if (code !== OK) return code
  }
  for (const key of keysNotIn(next.keys, old.keys)) {
    const code = insertEntry(op, collection, index, { document: after, key, recordId })
    if (code !== OK) return code
  }
  return OK
}

function keysNotIn(keys: readonly string[], others: readonly string[]): readonly string[] {
  if (others.length <= 1) return keys.filter((key) => key !== others[0])
  const known = new Set(others)
  return keys.filter((key) => !known.has(key))
}
