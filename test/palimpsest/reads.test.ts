import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Palimpsest, type PalimpsestClient } from '../../src/index.ts'
import { failure } from './simulator.ts'

interface Fruit {
  _id: number
  kind: string
  price: number
}

const FRUIT: Fruit[] = [
  { _id: 1, kind: 'apple', price: 3 },
  { _id: 2, kind: 'pear', price: 5 },
  { _id: 3, kind: 'apple', price: 4 },
]

let sim: Palimpsest
let client: PalimpsestClient
beforeEach(async () => {
  sim = await Palimpsest.create({ seed: 1, startAt: 0 })
  client = sim.client()
  await client.db('test').collection<Fruit>('fruit').insertMany(FRUIT)
})
afterEach(() => sim.stop())

const fruit = () => client.db('test').collection<Fruit>('fruit')

describe('through the in-process client', () => {
  it('countDocuments and estimatedDocumentCount', async () => {
    expect(await fruit().countDocuments()).toBe(3)
    expect(await fruit().countDocuments({ kind: 'apple' })).toBe(2)
    expect(await fruit().countDocuments({ kind: 'apple' }, { skip: 1, limit: 5 })).toBe(1)
    expect(await fruit().countDocuments({ kind: 'fig' })).toBe(0)
    expect(await fruit().estimatedDocumentCount()).toBe(3)
  })

  it('distinct', async () => {
    expect(await fruit().distinct('kind')).toEqual(['apple', 'pear'])
    expect(await fruit().distinct('price', { kind: 'apple' })).toEqual([3, 4])
  })

  it('aggregate, on collections and databases', async () => {
    const byKind = [
      { $group: { _id: '$kind', mean: { $avg: '$price' }, n: { $sum: 1 } } },
      { $sort: { _id: 1 } },
    ]
    expect(await fruit().aggregate(byKind).toArray()).toEqual([
      { _id: 'apple', mean: 3.5, n: 2 },
      { _id: 'pear', mean: 5, n: 1 },
    ])
    const documents = [{ $documents: [{ a: 1 }] }]
    expect(await client.db('test').aggregate(documents).toArray()).toEqual([{ a: 1 }])
  })

  it('an aggregate reads on over many batches', async () => {
    const many = client.db('test').collection<{ _id: number }>('many')
    await many.insertMany(Array.from({ length: 500 }, (_, _id) => ({ _id })))
    const ids: number[] = []
    for await (const { _id } of many.aggregate([{ $match: { _id: { $gte: 100 } } }])) ids.push(_id)
    expect(ids).toEqual(Array.from({ length: 400 }, (_, i) => i + 100))
  })

  it('what a transaction counts is its own snapshot', async () => {
    const session = client.startSession()
    session.startTransaction()
    expect(await fruit().countDocuments({}, { session })).toBe(3)
    await fruit().insertOne({ _id: 4, kind: 'plum', price: 1 })
    expect(await fruit().countDocuments({}, { session })).toBe(3)
    expect(await fruit().distinct('kind', {}, { session })).toEqual(['apple', 'pear'])
    const refused = await failure(fruit().estimatedDocumentCount({ session }))
    expect(refused).toMatchObject({ code: 263 })
    await session.endSession()
  })

  it('rename', async () => {
    await fruit().rename('renamed')
    expect(await fruit().countDocuments()).toBe(0)
    expect(await client.db('test').collection('renamed').countDocuments()).toBe(3)
  })

  it('client.bulkWrite', async () => {
    const result = await client.bulkWrite(
      [
        { namespace: 'test.fruit', name: 'insertOne', document: { _id: 9, kind: 'fig' } },
        {
          namespace: 'test.fruit',
          name: 'updateMany',
          filter: { kind: 'apple' },
          update: { $inc: { price: 1 } },
        },
        { namespace: 'other.log', name: 'insertOne', document: { _id: 1 } },
        { namespace: 'test.fruit', name: 'deleteOne', filter: { _id: 2 } },
        {
          namespace: 'other.log',
          name: 'replaceOne',
          filter: { _id: 5 },
          replacement: { a: 1 },
          upsert: true,
        },
      ],
      { verboseResults: true },
    )
    expect(result).toMatchObject({
      insertedCount: 2,
      matchedCount: 2,
      modifiedCount: 2,
      deletedCount: 1,
      upsertedCount: 1,
    })
    expect(result.updateResults?.get(4)).toMatchObject({ didUpsert: true, upsertedId: 5 })
    const failed = await failure(
      client.bulkWrite([{ namespace: 'test.fruit', name: 'insertOne', document: { _id: 9 } }]),
    )
    expect(failed).toMatchObject({ name: 'MongoClientBulkWriteError' })
  })

  it('explain', async () => {
    const plan = await fruit().find({ _id: 1 }).explain('executionStats')
    expect(plan).toMatchObject({
      queryPlanner: { winningPlan: { stage: 'EXPRESS_IXSCAN' } },
      executionStats: { nReturned: 1 },
    })
  })
})
