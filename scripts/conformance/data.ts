/** The data before a test, and what must be there after it. */
import { type Document, MongoServerError } from 'mongodb'
import type { Deployment } from './deployment.ts'
import type { CollectionData, TestFile } from './format.ts'
import { isDocument, isSameScalar, show } from './match/values.ts'
import { Failure } from './outcome.ts'

const MAJORITY = { w: 'majority' } as const
const NAMESPACE_EXISTS = 48
const SYSTEM: ReadonlySet<string> = new Set(['admin', 'config', 'local'])

/** Empties the collections and fills them again; where a file names none, its databases go. */
export async function prepareData(
  { internal }: Deployment,
  { initialData: data, createEntities = [] }: TestFile,
): Promise<void> {
  if (data === undefined) {
    for (const { database } of createEntities) {
      const name = database?.['databaseName']
      if (name !== undefined && !SYSTEM.has(name)) await internal.db(name).dropDatabase()
    }
    return
  }
  for (const { databaseName, collectionName } of data) {
    await internal.db(databaseName).dropCollection(collectionName, { writeConcern: MAJORITY })
  }
  for (const { databaseName, collectionName, createOptions, documents } of data) {
    const db = internal.db(databaseName)
    if (createOptions !== undefined || documents.length === 0) {
      const options = { ...createOptions, writeConcern: MAJORITY }
      await db.createCollection(collectionName, options).catch(unlessItExists)
    }
    if (documents.length === 0) continue
    const copies = documents.map((document) => ({ ...document }))
    await db.collection(collectionName).insertMany(copies, { writeConcern: MAJORITY })
  }
}

/** A file may name a collection twice. */
function unlessItExists(error: unknown): void {
  if (error instanceof MongoServerError && error.code === NAMESPACE_EXISTS) return
  throw error
}

/** @throws Failure where a collection does not hold exactly these documents */
export async function checkOutcome(
  { internal }: Deployment,
  outcome: readonly CollectionData[],
): Promise<void> {
  for (const { databaseName, collectionName, documents } of outcome) {
    const collection = internal.db(databaseName).collection(collectionName)
    const options = { sort: { _id: 1 }, readConcern: 'local', readPreference: 'primary' } as const
    const found = await collection.find({}, options).toArray()
    if (isSame(documents, found)) continue
    throw new Failure(`${collectionName} should hold ${show(documents)}, and holds ${show(found)}`)
  }
}

/** Equal but for the order of fields: nothing more, nothing less. */
function isSame(expected: unknown, actual: unknown): boolean {
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual) || actual.length !== expected.length) return false
    return expected.every((item, i) => isSame(item, actual[i]))
  }
  if (!isDocument(expected)) return isSameScalar(expected, actual)
  if (!isDocument(actual)) return false
  const names = Object.keys(expected)
  if (Object.keys(actual).length !== names.length) return false
  return names.every((name) => name in actual && isSame(expected[name], (actual as Document)[name]))
}
