/** The real driver's sessions that read at a time, and its cursors that wait for more. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Driven, driven } from './driven.ts'

let server: Driven
beforeAll(async () => {
  server = await driven()
})
afterAll(() => server[Symbol.asyncDispose]())

test('a snapshot session reads one moment, across collections', async () => {
  const { client } = server
  const stock = client.db('test').collection<{ _id: number; n: number }>('stock')
  const orders = client.db('test').collection<{ _id: number }>('orders')
  await stock.insertOne({ _id: 1, n: 1 })
  await orders.insertOne({ _id: 1 })
  const session = client.startSession({ snapshot: true })
  try {
    expect(await stock.findOne({ _id: 1 }, { session })).toEqual({ _id: 1, n: 1 })
    await stock.updateOne({ _id: 1 }, { $inc: { n: 1 } })
    await orders.insertOne({ _id: 2 })
    expect(await stock.findOne({ _id: 1 }, { session })).toEqual({ _id: 1, n: 1 })
    expect(await orders.distinct('_id', {}, { session })).toEqual([1])
    expect(await orders.aggregate([{ $match: {} }], { session }).toArray()).toEqual([{ _id: 1 }])
    expect(await stock.findOne({ _id: 1 })).toEqual({ _id: 1, n: 2 })
  } finally {
    await session.endSession()
  }
})

test('a causally consistent session reads after what another one has done', async () => {
  const { client } = server
  const demo = client.db('test').collection<{ _id: number }>('causal')
  const writing = client.startSession({ causalConsistency: true })
  await demo.insertOne({ _id: 1 }, { session: writing })
  const reading = client.startSession({ causalConsistency: true })
  reading.advanceClusterTime(writing.clusterTime!)
  reading.advanceOperationTime(writing.operationTime!)
  expect(await demo.findOne({ _id: 1 }, { session: reading })).toEqual({ _id: 1 })
  expect(reading.operationTime!.greaterThanOrEqual(writing.operationTime!)).toBe(true)
  await writing.endSession()
  await reading.endSession()
})

test('a tailable cursor waits for what comes', async () => {
  const { client } = server
  const log = await client
    .db('test')
    .createCollection<{ _id: number }>('log', { capped: true, size: 4096 })
  await log.insertOne({ _id: 1 })
  const cursor = log.find({}, { tailable: true, awaitData: true, maxAwaitTimeMS: 5_000 })
  expect(await cursor.next()).toEqual({ _id: 1 })
  const next = cursor.next()
  await log.insertOne({ _id: 2 })
  expect(await next).toEqual({ _id: 2 })
  await cursor.close()
})
