import { sizeOf } from '../bson/index.ts'
import type { Collection, OperationContext } from '../engine/index.ts'

/**
 * Documents of a collection and the bytes they take in BSON, as the operation's snapshot has them.
 */
export interface CollectionMeasure {
  readonly count: number
  readonly sizeBytes: number
}

/** Reads every document: for statistics, which are asked for seldom. */
export function measureCollection(op: OperationContext, collection: Collection): CollectionMeasure {
  let count = 0
  let sizeBytes = 0
  const scan = op.storage.scan(collection.records)
  while (scan.next()) {
    count++
    sizeBytes += sizeOf(scan.value)
  }
  return { count, sizeBytes }
}

/** What an index entry takes, about: its key's text and a record id. */
const RECORD_ID_BYTES = 8

/** Bytes of each index, by name. */
export function measureIndexes(
  op: OperationContext,
  collection: Collection,
): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>()
  for (const index of collection.indexes) {
    let sizeBytes = 0
    const scan = op.storage.scan(index.table)
    while (scan.next()) sizeBytes += scan.key.length + RECORD_ID_BYTES
    sizes.set(index.name, sizeBytes)
  }
  return sizes
}
