import { expect } from 'vitest'
import { appendRecordId, type Document } from '../../src/bson/index.ts'
import { keysOf } from '../../src/engine/index/keys.ts'
import type { Collection, Engine } from '../../src/engine/index.ts'

/** Every index of every collection holds exactly the entries that a rebuild would put there. */
export function expectIndexesToMatchRecords(engine: Engine): void {
  const { catalog } = engine.services
  for (const db of catalog.databases()) {
    for (const collection of catalog.collections(db)) {
      for (const { index, found, rebuilt } of compareIndexes(engine, collection)) {
        if (JSON.stringify(found) === JSON.stringify(rebuilt)) continue
        expect(found, `${collection.text} ${index}`).toEqual(rebuilt)
      }
    }
  }
}

function compareIndexes(
  engine: Engine,
  collection: Collection,
): { index: string; found: [string, number][]; rebuilt: [string, number][] }[] {
  const storage = engine.services.store.begin()
  try {
    return collection.indexes.map((index) => {
      const found: [string, number][] = []
      const entries = storage.scan(index.table)
      while (entries.next()) found.push([entries.key, entries.value])
      const rebuilt: [string, number][] = []
      const records = storage.scan(collection.records)
      while (records.next()) {
        for (const key of keysOf(index, records.value).keys) {
          rebuilt.push([index.isId ? key : appendRecordId(key, records.key), records.key])
        }
      }
      rebuilt.sort(([a], [b]) => (a < b ? -1 : 1))
      return { index: index.name, found, rebuilt }
    })
  } finally {
    storage.rollback()
  }
}

/** No operation, storage transaction or lock is left over. */
export function expectQuiet(engine: Engine): void {
  expect(leftOvers(engine)).toEqual([])
}

function leftOvers(engine: Engine): string[] {
  const { catalog, store } = engine.services
  const { openTransactions } = store.statistics()
  const left: string[] = []
  if (openTransactions > 0) left.push(`${openTransactions} open storage transactions`)
  for (const { name } of engine.operations.values()) left.push(`the operation ${name}`)
  for (const db of catalog.databases()) {
    for (const { lock, databaseLock } of catalog.collections(db)) {
      for (const { resource, intents, exclusive, exclusiveWaiting } of [lock, databaseLock]) {
        if (intents > 0 || exclusive || exclusiveWaiting > 0) left.push(`the lock ${resource}`)
      }
    }
  }
  return left
}

/** The documents of a collection, in the order of their record ids, read past the executors. */
export function documentsOf(engine: Engine, db = 'test', coll = 'demo'): Document[] {
  const collection = engine.services.catalog.latest(db, coll)
  if (collection === undefined) return []
  const storage = engine.services.store.begin()
  const scan = storage.scan(collection.records)
  const documents: Document[] = []
  while (scan.next()) documents.push(scan.value)
  storage.rollback()
  return documents
}
