import { Palimpsest } from '../../dist/index.js'
import type { Subject } from './subject.ts'

export async function palimpsest(): Promise<Subject> {
  const sim = await Palimpsest.create({ seed: 1 })
  const client = sim.client()
  const collection = client.db('bench').collection('documents')
  await collection.createIndex({ k: 1 })
  const session = client.startSession()
  return {
    name: 'palimpsest',
    insertOne: (document) => collection.insertOne(document as never),
    findById: (id) => collection.findOne({ _id: id } as never),
    increment: (id) => collection.updateOne({ _id: id } as never, { $inc: { n: 1 } }),
    range: (from, to) => collection.find({ k: { $gte: from, $lt: to } }).toArray(),
    async transaction(reads, writes) {
      session.startTransaction()
      for (const id of reads) await collection.findOne({ _id: id } as never, { session })
      for (const id of writes) {
        await collection.updateOne({ _id: id } as never, { $inc: { n: 1 } }, { session })
      }
      await session.commitTransaction()
    },
    close: () => sim.stop(),
  }
}
