import { keyWithoutRecordId } from '../../bson/index.ts'
import type { Collection } from '../catalog/collection.ts'
import type { Index } from '../catalog/index_definition.ts'
import type { OperationContext } from '../operation_context.ts'

/** No more values than these are told of; the server stops where a reply is full. */
const VALUES_MAX = 1000

/**
 * The `_id`s of documents that have a value of this index in common, value by value: what stands in
 * the way of making it unique. Source: `scanIndexForDuplicates`, coll_mod_index.cpp (8.0).
 */
export function duplicatesIn(
  op: OperationContext,
  collection: Collection,
  index: Index,
): unknown[][] {
  op.abandonSnapshot()
  const found: unknown[][] = []
  let key: string | undefined
  let recordIds: number[] = []
  const endOfValue = (): void => {
    if (recordIds.length < 2 || found.length >= VALUES_MAX) return
    found.push(recordIds.map((id) => op.storage.get(collection.records, id)?.['_id']))
  }
  const entries = op.storage.scan(index.table)
  while (entries.next()) {
    const entryKey = keyWithoutRecordId(entries.key)
    if (entryKey !== key) {
      endOfValue()
      key = entryKey
      recordIds = []
    }
    recordIds.push(entries.value)
  }
  endOfValue()
  return found
}
