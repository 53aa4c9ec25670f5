/** The real driver over TCP: what applications do all day. */
import { networkInterfaces } from 'node:os'
import {
  Binary,
  BSONRegExp,
  Decimal128,
  Double,
  Int32,
  Long,
  MaxKey,
  MinKey,
  MongoClient,
  ObjectId,
  Timestamp,
  UUID,
} from 'mongodb'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Palimpsest } from '../../../src/index.ts'
import { type Driven, driven, failure } from './driven.ts'

let server: Driven
let client: MongoClient

beforeAll(async () => {
  server = await driven()
  client = server.client
})

afterAll(() => server[Symbol.asyncDispose]())

let collections = 0
const fresh = () => client.db('test').collection(`c${++collections}`)

test('the whole round of writes and reads', async () => {
  const stock = fresh()
  expect(await stock.insertOne({ name: 'a', n: 1 })).toMatchObject({ acknowledged: true })
  expect((await stock.insertMany([{ n: 2 }, { n: 3 }])).insertedCount).toBe(2)
  expect(await stock.updateOne({ n: 1 }, { $inc: { n: 10 } })).toMatchObject({ modifiedCount: 1 })
  expect(await stock.updateMany({}, { $set: { seen: true } })).toMatchObject({ modifiedCount: 3 })
  const upserted = await stock.updateOne({ n: 7 }, { $set: { m: 1 } }, { upsert: true })
  expect(upserted).toMatchObject({ matchedCount: 0, upsertedCount: 1 })
  expect(await stock.replaceOne({ n: 7 }, { n: 8 })).toMatchObject({ modifiedCount: 1 })
  const after = { returnDocument: 'after', projection: { _id: 0 } } as const
  expect(await stock.findOneAndUpdate({ n: 2 }, { $inc: { n: 1 } }, after)).toEqual({
    n: 3,
    seen: true,
  })
  expect(await stock.deleteOne({ n: 8 })).toMatchObject({ deletedCount: 1 })
  const left = await stock.find({}, { projection: { _id: 0 }, sort: { n: -1 } }).toArray()
  expect(left.map(({ n }) => n)).toEqual([11, 3, 3])
  expect(await stock.bulkWrite([{ deleteMany: { filter: {} } }])).toMatchObject({ deletedCount: 3 })
})

test('an error has its code, and the driver its class for it', async () => {
  const unique = fresh()
  await unique.createIndex({ a: 1 }, { unique: true })
  await unique.insertOne({ a: 1 })
  const error = await failure(unique.insertOne({ a: 1 }))
  expect(error).toMatchObject({ name: 'MongoServerError', code: 11000, keyValue: { a: 1 } })
  const unknown = await failure(client.db('test').command({ nonsense: 1 }))
  expect(unknown).toMatchObject({ code: 59, codeName: 'CommandNotFound' })
})

test('every type comes back as what it was', async () => {
  const types = fresh()
  const given = {
    _id: new ObjectId(),
    int: new Int32(1),
    double: new Double(1),
    fraction: new Double(1.5),
    long: Long.fromNumber(1),
    big: Long.MAX_VALUE,
    decimal: Decimal128.fromString('1.10'),
    text: 'grüße \u{1f600} \0 end',
    uuid: new UUID('00112233-4455-6677-8899-aabbccddeeff'),
    bytes: new Binary(Buffer.from([1, 2, 3]), 5),
    when: new Date('2025-07-23T08:47:00.123Z'),
    long_ago: new Date(-1),
    pattern: new BSONRegExp('^a', 'im'),
    stamp: new Timestamp({ t: 1, i: 2 }),
    nothing: null,
    yes: true,
    min: new MinKey(),
    max: new MaxKey(),
    nested: { 'dotted.name': [new Int32(1), { '': new Double(2) }] },
  }
  await types.insertOne(given)
  const raw = { promoteValues: false, bsonRegExp: true }
  expect(await types.findOne({}, raw)).toEqual(given)
  for (const [field, type] of [
    ['int', 'int'],
    ['double', 'double'],
    ['long', 'long'],
    ['decimal', 'decimal'],
  ] as const) {
    expect(await types.findOne({ [field]: { $type: type } }, { projection: { _id: 1 } })).not.toBe(
      null,
    )
  }
  await types.updateOne({}, { $inc: { int: 1, double: 1, long: 1, decimal: 1 } })
  expect(await types.findOne({}, raw)).toMatchObject({
    int: new Int32(2),
    double: new Double(2),
    long: Long.fromNumber(2),
    decimal: Decimal128.fromString('2.10'),
  })
})

describe('cursors', () => {
  test('read on in batches, over one connection or several', async () => {
    const many = fresh()
    await many.insertMany(Array.from({ length: 250 }, (_, n) => ({ n })))
    const seen: number[] = []
    for await (const { n } of many.find().batchSize(40)) seen.push(n)
    expect(seen).toEqual(Array.from({ length: 250 }, (_, n) => n))
    const cursor = many.find({ n: { $gte: 240 } }).batchSize(2)
    expect(await cursor.next()).toMatchObject({ n: 240 })
    await cursor.close()
    const { metrics } = await client.db('admin').command({ serverStatus: 1 })
    expect(metrics.cursor.open.total).toBe(0)
  })

  test('that are gone say so', async () => {
    const gone = client.db('test').command({ getMore: Long.fromNumber(12345), collection: 'demo' })
    expect(await failure(gone)).toMatchObject({ code: 43, codeName: 'CursorNotFound' })
  })
})

test('100,000 documents in one insertMany, and back', async () => {
  const many = fresh()
  const { insertedCount } = await many.insertMany(
    Array.from({ length: 100_000 }, (_, n) => ({ _id: n as never, text: `number ${n}` })),
  )
  expect(insertedCount).toBe(100_000)
  let sum = 0
  for await (const { _id } of many.find({}, { projection: { _id: 1 } })) sum += Number(_id)
  expect(sum).toBe((99_999 * 100_000) / 2)
})

test('sessions: causal consistency, snapshots of one moment, ends', async () => {
  const things = fresh()
  await client.withSession({ causalConsistency: true }, async (session) => {
    await things.insertOne({ a: 1 }, { session })
    expect(session.operationTime).toBeDefined()
    expect(await things.findOne({}, { session })).toMatchObject({ a: 1 })
  })
  const session = client.startSession()
  await things.findOne({}, { session })
  await session.endSession()
  expect(server.sim.server.sessions.size).toBeGreaterThan(0)
})

test('a write that nobody wants acknowledged', async () => {
  const quiet = fresh()
  const result = await quiet.insertOne({ a: 1 }, { writeConcern: { w: 0 } })
  expect(result.acknowledged).toBe(false)
  await expect.poll(() => quiet.findOne({ a: 1 })).not.toBe(null)
})

test('compressed by zlib, both ways', async () => {
  const other = await server.connect({ compressors: ['zlib'] })
  const text = 'a'.repeat(100_000)
  const collection = other.db('test').collection('compressed')
  await collection.insertOne({ text })
  expect(await collection.findOne({}, { projection: { _id: 0 } })).toEqual({ text })
})

test('many connections, all at once, and none is left over', async () => {
  const before = server.sim.server.connectionCount
  const others = await Promise.all(Array.from({ length: 25 }, () => new MongoClient(server.uri)))
  const pings = others.flatMap((other) =>
    Array.from({ length: 4 }, () => other.db('test').command({ ping: 1 })),
  )
  for (const reply of await Promise.all(pings)) expect(reply).toMatchObject({ ok: 1 })
  expect(server.sim.server.connectionCount).toBeGreaterThan(before + 50)
  await Promise.all(others.map((other) => other.close()))
  await expect.poll(() => server.sim.server.connectionCount).toBe(before)
})

describe('addresses', () => {
  const hello = async (sim: Palimpsest, uri: string) => {
    const other = await MongoClient.connect(uri, { serverSelectionTimeoutMS: 3_000 })
    const reply = await other.db('admin').command({ hello: 1 })
    await other.close()
    await sim.stop()
    return reply
  }

  const loopbacks = (networkInterfaces()['lo'] ?? []).map(({ address }) => address)
  const hosts = [
    ['localhost', 'localhost'],
    ['127.0.0.1', '127.0.0.1'],
    ['0.0.0.0', '127.0.0.1'],
    // Containers often have no IPv6.
    ...(loopbacks.includes('::1') ? [['::1', '[::1]'] as const] : []),
  ] as const
  test.each(hosts)('listening on %s: hosts, me and primary are %s', async (host, name) => {
    const sim = await Palimpsest.serve({ host, onWarning: () => {} })
    const uri = sim.getUri()
    const { port } = new URL(uri)
    expect(uri).toBe(`mongodb://${name}:${port}/?replicaSet=rs0`)
    const reply = await hello(sim, uri)
    const me = `${name}:${port}`
    expect(reply).toMatchObject({ me, primary: me, hosts: [me] })
  })

  test('behind a port mapping: the address that was advertised', async () => {
    const sim = await Palimpsest.serve({ advertise: 'db.example:27018' })
    expect(sim.getUri()).toBe('mongodb://db.example:27018/?replicaSet=rs0')
    await sim.stop()
  })

  test('a name that resolves to where we listen is good enough to begin with', async () => {
    const sim = await Palimpsest.serve({ host: '127.0.0.1' })
    const { port } = new URL(sim.getUri())
    const reply = await hello(sim, `mongodb://localhost:${port}/?replicaSet=rs0`)
    expect(reply['me']).toBe(`127.0.0.1:${port}`)
  })

  test('a standalone refuses transaction numbers', async () => {
    const sim = await Palimpsest.serve({ persona: 'standalone' })
    expect(sim.getUri('shop')).toMatch(/^mongodb:\/\/127\.0\.0\.1:\d+\/shop$/)
    const other = await MongoClient.connect(sim.getUri())
    const demo = other.db('test').collection('demo')
    await demo.insertOne({ a: 1 })
    const session = other.startSession()
    session.startTransaction()
    const error = await failure(demo.insertOne({ a: 2 }, { session }))
    // The driver puts its own words in the place of the server's.
    expect(error['originalError']).toMatchObject({ code: 20, codeName: 'IllegalOperation' })
    await other.close()
    await sim.stop()
  })
})
