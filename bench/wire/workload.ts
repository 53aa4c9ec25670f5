/**
 * What the clients of `bench/wire` do, and how big it is: the flat documents of `bench/throughput`.
 * Both servers are asked exactly this; the null server answers each command by its name alone.
 */
import type { Collection, MongoClient } from 'mongodb'
import { documentOf, type FlatDocument, generator, idOf } from '../throughput/documents.ts'

export const DATABASE = 'bench'
export const COLLECTION = 'documents'
/** Documents that are there before anything is measured. */
export const DOCUMENTS = 10_000
export const RANGE = 100

export const PHASES = ['insertOne', 'findOne', 'updateOne', 'range100', 'transaction'] as const
export type Phase = (typeof PHASES)[number]

/** One operation after the other; several of these run side by side on connections of their own. */
export type Operations = Readonly<Record<Phase, () => Promise<unknown>>>

export const flatDocument = (i: number): FlatDocument => documentOf('flat', i) as FlatDocument

/** Documents inserted by all workers of this process, ever: ids are used once. */
let inserted = DOCUMENTS

/** Each of `workers` picks among documents of its own, so that no two conflict. */
export function worker(client: MongoClient, index: number, workers: number): Operations {
  const documents: Collection<FlatDocument> = client.db(DATABASE).collection(COLLECTION)
  const session = client.startSession()
  const next = generator(index + 1)
  const own = Math.floor(DOCUMENTS / workers)
  const pick = (): string => idOf((next() % own) * workers + index)
  const increment = { $inc: { n: 1 } }
  return {
    insertOne: () => documents.insertOne(flatDocument(inserted++)),
    findOne: () => documents.findOne({ _id: pick() }),
    updateOne: () => documents.updateOne({ _id: pick() }, increment),
    range100() {
      const from = next() % (DOCUMENTS - RANGE)
      return documents.find({ k: { $gte: from, $lt: from + RANGE } }).toArray()
    },
    async transaction() {
      session.startTransaction()
      await documents.findOne({ _id: pick() }, { session })
      await documents.findOne({ _id: pick() }, { session })
      await documents.updateOne({ _id: pick() }, increment, { session })
      await documents.updateOne({ _id: pick() }, increment, { session })
      await session.commitTransaction()
    },
  }
}

export async function fill(client: MongoClient): Promise<void> {
  const documents = client.db(DATABASE).collection<FlatDocument>(COLLECTION)
  await documents.createIndex({ k: 1 })
  await documents.insertMany(Array.from({ length: DOCUMENTS }, (_, i) => flatDocument(i)))
}
