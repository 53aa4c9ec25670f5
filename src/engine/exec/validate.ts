import { appendRecordId } from '../../bson/index.ts'
import type { Operation } from '../../sim/index.ts'
import type { Collection } from '../catalog/collection.ts'
import type { Index } from '../catalog/index_definition.ts'
import { type Namespace, namespaceText } from '../catalog/namespace.ts'
import { ServerError } from '../errors.ts'
import { keysOf } from '../index/keys.ts'
import type { OperationContext } from '../operation_context.ts'
import { exclusively, findCollection } from './acquire.ts'

/** One index, compared with the records. */
export interface IndexValidation {
  readonly name: string
  readonly keys: number
  /** Entries that records call for and the index lacks; and those that no record calls for. */
  readonly missing: number
  readonly extra: number
}

export interface Validation {
  readonly collection: Collection
  readonly records: number
  readonly indexes: readonly IndexValidation[]
}

/**
 * Compares every index of a collection with its records, with the collection taken alone.
 * Source: collection_validation.cpp (8.0), as far as there is something that could be wrong.
 *
 * @throws ServerError 26
 */
export function* validateCollection(op: OperationContext, ns: Namespace): Operation<Validation> {
  const found = existing(op, ns)
  return yield* exclusively(op, found, () => {
    const collection = existing(op, ns)
    return {
      collection,
      records: countRecords(op, collection),
      indexes: indexesOf(collection).map((index) => validateIndex(op, collection, index)),
    }
  })
}

function existing(op: OperationContext, ns: Namespace): Collection {
  const collection = findCollection(op, ns)
  if (collection !== undefined) return collection
  throw new ServerError(
    'NamespaceNotFound',
    `Collection '${namespaceText(ns)}' does not exist to validate.`,
  )
}

/** What the profiler writes is in no index; the server's `system.profile` has none at all. */
function indexesOf({ ns, indexes }: Collection): readonly Index[] {
  return ns.coll === 'system.profile' ? [] : indexes
}

function countRecords(op: OperationContext, collection: Collection): number {
  let records = 0
  const scan = op.storage.scan(collection.records)
  while (scan.next()) records++
  return records
}

function validateIndex(
  op: OperationContext,
  collection: Collection,
  index: Index,
): IndexValidation {
  const { storage } = op
  let wanted = 0
  let missing = 0
  const records = storage.scan(collection.records)
  while (records.next()) {
    const { key: recordId, value: document } = records
    for (const key of keysOf(index, document).keys) {
      wanted++
      const entry = index.isId ? key : appendRecordId(key, recordId)
      if (storage.get(index.table, entry) !== recordId) missing++
    }
  }
  let keys = 0
  const entries = storage.scan(index.table)
  while (entries.next()) keys++
  return { name: index.name, keys, missing, extra: keys - (wanted - missing) }
}
