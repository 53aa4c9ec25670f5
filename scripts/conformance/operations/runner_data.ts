/** Assertions about the data, by a client of our own. */
import { type Db, type Document, MongoServerError } from 'mongodb'
import { check } from '../outcome.ts'
import type { TestRun } from '../test_run.ts'

const NAMESPACE_NOT_FOUND = 26

export const DATA_ASSERTIONS: Readonly<
  Record<string, (run: TestRun, args: Document) => Promise<void>>
> = {
  async assertCollectionExists(run, { databaseName, collectionName }) {
    const names = await collectionNames(databaseOf(run, databaseName))
    check(names.includes(collectionName), `there should be a collection ${collectionName}`)
  },
  async assertCollectionNotExists(run, { databaseName, collectionName }) {
    const names = await collectionNames(databaseOf(run, databaseName))
    check(!names.includes(collectionName), `there should be no collection ${collectionName}`)
  },
  async assertIndexExists(run, { databaseName, collectionName, indexName }) {
    const names = await indexNames(databaseOf(run, databaseName), collectionName)
    check(names.includes(indexName), `there should be an index ${indexName}`)
  },
  async assertIndexNotExists(run, { databaseName, collectionName, indexName }) {
    const names = await indexNames(databaseOf(run, databaseName), collectionName)
    check(!names.includes(indexName), `there should be no index ${indexName}`)
  },
}

function databaseOf(run: TestRun, name: string): Db {
  return run.deployment.internal.db(name)
}

async function collectionNames(db: Db): Promise<string[]> {
  return (await db.listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name)
}

async function indexNames(db: Db, collection: string): Promise<string[]> {
  try {
    const found = await db.collection(collection).listIndexes().toArray()
    return found.map(({ name }) => name)
  } catch (error) {
    if (error instanceof MongoServerError && error.code === NAMESPACE_NOT_FOUND) return []
    throw error
  }
}
