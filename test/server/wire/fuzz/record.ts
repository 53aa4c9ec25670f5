/**
 * Records what the real driver sends, for the fuzz test to start from. To record it anew:
 *
 *     npx tsx test/server/wire/fuzz/record.ts
 *
 * Each line of `recorded.txt` is one message in base64. The driver sits behind a proxy that listens
 * in; it does each thing once.
 */
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { release } from 'node:os'
import { fileURLToPath } from 'node:url'
import {
  Binary,
  Code,
  Decimal128,
  Double,
  Int32,
  Long,
  MaxKey,
  MinKey,
  MongoClient,
  type MongoClientOptions,
  ObjectId,
  Timestamp,
  UUID,
} from 'mongodb'
import { Palimpsest } from '../../../../src/index.ts'
import { MessageFramer } from '../../../../src/server/wire/message_framer.ts'

const messages: Buffer[] = []

const sim = await Palimpsest.create({ seed: 1, time: 'real' })
const { port } = new URL(await sim.listen())

const proxy = createServer((client) => {
  const server = connect(Number(port), '127.0.0.1')
  const framer = new MessageFramer()
  client.on('data', (chunk: Buffer) => {
    server.write(chunk)
    framer.push(chunk)
    for (let next = framer.next(); next !== undefined; next = framer.next()) {
      messages.push(Buffer.from(next))
    }
  })
  server.on('data', (chunk) => client.write(chunk))
  for (const socket of [client, server]) {
    socket.on('error', () => {})
    socket.on('close', () => {
      client.destroy()
      server.destroy()
    })
  }
}).listen(0, '127.0.0.1')
await once(proxy, 'listening')
const uri = `mongodb://127.0.0.1:${(proxy.address() as AddressInfo).port}/?directConnection=true`

const everyType = {
  _id: new ObjectId(),
  int: new Int32(7),
  double: new Double(1),
  fraction: 0.5,
  long: Long.MAX_VALUE,
  decimal: Decimal128.fromString('1.10'),
  text: 'grüße',
  yes: true,
  nothing: null,
  date: new Date(0),
  pattern: /^a/i,
  bytes: new Binary(Buffer.from('bytes')),
  uuid: new UUID(),
  stamp: new Timestamp({ t: 5, i: 6 }),
  ends: [new MinKey(), new MaxKey()],
  code: new Code('f()', { x: 1 }),
  nested: { list: [1, { two: [3] }], empty: {}, none: [] },
}

async function work(client: MongoClient): Promise<void> {
  const db = client.db('fuzz')
  const demo = db.collection('demo')
  await db.dropDatabase()
  await demo.createIndex({ k: 1, 'nested.x': -1 }, { unique: false })
  await demo.insertOne(everyType)
  await demo.insertMany(Array.from({ length: 8 }, (_, k) => ({ k, tags: ['a', `b${k}`] })))
  await demo.findOne({ _id: everyType._id })
  const filter = { k: { $gte: 1, $in: [1, 2, 3] }, $or: [{ tags: /b/ }, { 'tags.0': 'a' }] }
  await demo.find(filter, { sort: { k: -1 }, projection: { _id: 0, k: 1 }, skip: 1 }).toArray()
  await demo.find({}, { batchSize: 3 }).toArray()
  await demo.find({}, { batchSize: 3 }).next()
  await demo.updateOne({ k: 1 }, { $inc: { n: 1 }, $max: { m: 5, 'nested.y': 1 } })
  await demo.updateMany({ k: { $lt: 3 } }, { $set: { 'nested.x': 1 }, $unset: { n: '' } })
  await demo.replaceOne({ k: 99 }, { k: 99 }, { upsert: true })
  await demo.findOneAndUpdate({ k: 2 }, { $mul: { k: 1 } }, { returnDocument: 'after' })
  await demo.deleteOne({ k: 99 })
  await demo.countDocuments({ k: { $gt: 2 } })
  await demo.estimatedDocumentCount()
  await demo.distinct('k', { k: { $ne: 3 } })
  await demo.aggregate([{ $match: { k: 1 } }, { $group: { _id: '$k', n: { $sum: 1 } } }]).toArray()
  await demo.find({ k: 1 }).explain()
  await demo.bulkWrite([
    { insertOne: { document: { k: 50 } } },
    { updateOne: { filter: { k: 50 }, update: { $set: { a: 1 } } } },
    { deleteMany: { filter: { k: 50 } } },
  ])
  await client.bulkWrite([
    { namespace: 'fuzz.demo', name: 'insertOne', document: { k: 60 } },
    { namespace: 'fuzz.other', name: 'insertOne', document: { k: 61 } },
    { namespace: 'fuzz.demo', name: 'deleteOne', filter: { k: 60 } },
  ])
  await demo.insertOne({ k: 70 }, { writeConcern: { w: 0 } })
  await demo.listIndexes().toArray()
  await db.listCollections().toArray()
  await client.db('admin').command({ ping: 1 })
  await client.db('admin').command({ serverStatus: 1 })
  await db.command({ dbStats: 1 })
  await client.withSession(async (session) => {
    session.startTransaction({ readConcern: { level: 'snapshot' }, writeConcern: { w: 1 } })
    await demo.updateOne({ k: 3 }, { $inc: { n: 1 } }, { session })
    await demo.findOne({ k: 3 }, { session })
    await session.commitTransaction()
    session.startTransaction()
    await demo.insertOne({ k: 80 }, { session })
    await session.abortTransaction()
  })
  await db.collection('other').rename('renamed')
  await db.collection('renamed').drop()
}

for (const options of [
  {},
  { retryWrites: false },
  { compressors: ['zlib'] },
] satisfies MongoClientOptions[]) {
  const client = await MongoClient.connect(uri, options)
  await work(client)
  await client.close()
}
// An OP_COMPRESSED hides what is in it from most changes: a handful of them is enough.
let compressed = 0
const kept = messages.filter((one) => one.readInt32LE(12) !== 2012 || ++compressed % 4 === 0)
// The version of the system that this runs on is nobody's business.
const version = Buffer.from(release())
for (const one of kept) {
  const at = one.indexOf(version)
  if (at !== -1) one.fill('0', at, at + version.length)
}
const lines = kept.map((one) => one.toString('base64'))
const file = fileURLToPath(new URL('recorded.txt', import.meta.url))
writeFileSync(file, `${lines.join('\n')}\n`)
console.log(`${lines.length} messages, ${kept.reduce((sum, { length }) => sum + length, 0)} bytes`)
proxy.close()
await sim.stop()
