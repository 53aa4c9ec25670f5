/** What else a Mongoose application asks of a server: kinds of values, options of reads, GridFS. */
import mongoose, { mongo, Schema } from 'mongoose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { usePalimpsest } from '../../src/testing/vitest.ts'
import { failure } from './failure.ts'

const db = usePalimpsest({ listen: true, database: 'app' })

interface Thing {
  name?: string
  scores?: Map<string, number>
  mixed?: unknown
  buffer?: Buffer
  uuid?: string
  nested?: { deep?: { value?: number } }
  list: number[]
}

const Thing = mongoose.model(
  'Thing',
  new Schema<Thing>({
    name: String,
    scores: { type: Map, of: Number },
    mixed: Schema.Types.Mixed,
    buffer: Buffer,
    uuid: Schema.Types.UUID,
    nested: { deep: { value: Number } },
    list: [Number],
  }),
)

beforeAll(() => mongoose.connect(db.uri))
afterAll(() => mongoose.disconnect())

test('maps, mixed values, bytes, UUIDs and nested paths', async () => {
  const uuid = '00112233-4455-6677-8899-aabbccddeeff'
  const { _id } = await Thing.create({
    scores: new Map([['x', 1]]),
    mixed: { a: [1, { b: null }] },
    buffer: Buffer.from('abc'),
    uuid,
    nested: { deep: { value: 3 } },
  })
  const found = await Thing.findById(_id).orFail()
  expect(found.scores?.get('x')).toBe(1)
  expect(found.buffer?.toString()).toBe('abc')
  expect(String(found.uuid)).toBe(uuid)
  found.scores?.set('y', 5)
  found.set('nested.deep.value', 9)
  found.set('mixed.a.1.b', 7)
  found.markModified('mixed')
  await found.save()
  const filter = { 'scores.y': 5, 'nested.deep.value': { $gt: 8 }, uuid }
  expect((await Thing.findOne(filter).lean().orFail()).mixed).toEqual({ a: [1, { b: 7 }] })
})

test('options of reads and writes', async () => {
  await Thing.create({ name: 'a' })
  const read = Thing.find({ name: 'a' })
    .hint({ _id: 1 })
    .comment('why')
    .maxTimeMS(1000)
    .read('primary')
    .readConcern('majority')
    .allowDiskUse(true)
  expect(await read).toHaveLength(1)
  const write = { writeConcern: { w: 'majority', j: true } } as const
  expect(await Thing.updateOne({}, { name: 'b' }, write)).toMatchObject({ modifiedCount: 1 })
  const plan = await Thing.find({ name: 'b' }).explain('queryPlanner')
  expect(plan).toMatchObject({ queryPlanner: { namespace: 'app.things' } })
})

test('parts of arrays', async () => {
  await Thing.create({ name: 'a', list: [1, 2, 3] })
  const sliced = await Thing.findOne().slice('list', [1, 1]).lean().orFail()
  expect(sliced.list).toEqual([2])
  const matched = await Thing.findOne({}, { list: { $elemMatch: { $gte: 2 } } })
    .lean()
    .orFail()
  expect(matched.list).toEqual([2])
  expect(await Thing.countDocuments({ list: { $all: [1, 2], $size: 3 } })).toBe(1)
})

test('changes of arrays', async () => {
  const thing = await Thing.create({ list: [1, 2, 3, 4] })
  const one = { _id: thing._id }
  const list = async () => (await Thing.findById(thing._id).lean().orFail()).list
  await Thing.updateOne(one, { $pull: { list: { $in: [2, 3] } } })
  await Thing.updateOne(one, { $push: { list: { $each: [7], $position: 0 } } })
  expect(await list()).toEqual([7, 1, 4])
  await Thing.updateOne(one, { $pullAll: { list: [4] } })
  await Thing.updateOne(one, { $pop: { list: -1 } })
  expect(await list()).toEqual([1])
})

test('comparisons of fields of one document', async () => {
  await Thing.create([{ list: [1, 2] }, { list: [] }])
  expect(await Thing.find({ $expr: { $gt: [{ $size: '$list' }, 1] } })).toHaveLength(1)
})

describe('collation', () => {
  test('orders and finds regardless of case', async () => {
    await Thing.create([{ name: 'a' }, { name: 'B' }, { name: 'c' }])
    const collation = { locale: 'en', strength: 2 }
    const sorted = await Thing.find().collation(collation).sort('name').lean()
    expect(sorted.map(({ name }) => name)).toEqual(['a', 'B', 'c'])
    expect(await Thing.countDocuments({ name: 'A' }).collation(collation)).toBe(1)
  })

  test('of a unique index', async () => {
    const schema = new Schema({ name: String })
    schema.index({ name: 1 }, { unique: true, collation: { locale: 'en', strength: 2 } })
    const Named = mongoose.model('Named', schema)
    await Named.init()
    await Named.create({ name: 'x' })
    expect(await failure(Named.create({ name: 'X' }))).toMatchObject({ code: 11000 })
  })
})

test('a partial index minds what it covers', async () => {
  const schema = new Schema({ email: String, isActive: Boolean })
  schema.index({ email: 1 }, { unique: true, partialFilterExpression: { isActive: true } })
  const Account = mongoose.model('PartialAccount', schema)
  await Account.init()
  await Account.create([{ email: 'x' }, { email: 'x' }])
  await Account.create({ email: 'x', isActive: true })
  expect(await failure(Account.create({ email: 'x', isActive: true }))).toMatchObject({
    code: 11000,
  })
})

test('files in GridFS', async () => {
  const bucket = new mongo.GridFSBucket(mongoose.connection.db!, { chunkSizeBytes: 1000 })
  const upload = bucket.openUploadStream('file', { metadata: { by: 'ada' } })
  await new Promise<void>((resolve, reject) => {
    upload.on('finish', () => resolve()).on('error', reject)
    upload.end(Buffer.alloc(3500, 7))
  })
  const chunks: Buffer[] = []
  for await (const chunk of bucket.openDownloadStreamByName('file')) chunks.push(chunk as Buffer)
  expect(Buffer.concat(chunks)).toEqual(Buffer.alloc(3500, 7))
  await bucket.delete(upload.id)
  expect(await bucket.find().toArray()).toEqual([])
})

test('what tools ask of a connection', async () => {
  await Thing.create({ name: 'a' })
  expect(await mongoose.connection.db?.stats()).toMatchObject({ db: 'app', ok: 1 })
  const status = await mongoose.connection.db?.admin().serverStatus()
  expect(status?.['version']).toMatch(/^8\.0/)
  const { databases } = await mongoose.connection.listDatabases()
  expect(databases.map(({ name }) => name)).toContain('app')
})
