/** Mongoose's collections and indexes over the wire, and writes that come in bulk. */
import mongoose, { Schema } from 'mongoose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { usePalimpsest } from '../../src/testing/vitest.ts'
import { failure } from './failure.ts'

const db = usePalimpsest({ listen: true, database: 'app' })

interface User {
  email: string
  name?: string
  nick?: string
  age?: number
}

const userSchema = new Schema<User>({
  email: { type: String, required: true, unique: true },
  name: { type: String, index: true },
  nick: { type: String, index: { unique: true, sparse: true } },
  age: Number,
})
userSchema.index({ name: 1, age: -1 })
const User = mongoose.model('User', userSchema)

// Not awaited on purpose: its indexes are there all the same when the first test begins.
beforeAll(() => mongoose.connect(db.uri))
afterAll(() => mongoose.disconnect())

describe('unique indexes', () => {
  // Twice, since what Mongoose made once must still be there when the store was put back.
  test.each([1, 2])('refuse a second of a kind (%i)', async () => {
    await User.create({ email: 'ada@x', nick: 'a' })
    const error = await failure(User.create({ email: 'ada@x' }))
    expect(error).toMatchObject({
      name: 'MongoServerError',
      code: 11000,
      keyPattern: { email: 1 },
      keyValue: { email: 'ada@x' },
    })
    expect(error.message).toBe(
      'E11000 duplicate key error collection: app.users index: email_1 dup key: { email: "ada@x" }',
    )
    expect(await failure(User.create({ email: 'b@x', nick: 'a' }))).toMatchObject({ code: 11000 })
    await User.create([{ email: 'c@x' }, { email: 'd@x' }])
    expect(await User.countDocuments()).toBe(3)
  })
})

describe('indexes', () => {
  const names = async () => (await User.collection.indexes()).map(({ name }) => name).sort()

  test('are those of the schema', async () => {
    await User.init()
    expect(await names()).toEqual(['_id_', 'email_1', 'name_1', 'name_1_age_-1', 'nick_1'])
    expect(await User.diffIndexes()).toEqual({ toDrop: [], toCreate: [] })
  })

  test('syncIndexes drops what the schema does not have, and makes what it has', async () => {
    await User.collection.createIndex({ age: 1 })
    await User.collection.dropIndex('name_1')
    expect(await User.diffIndexes()).toMatchObject({ toDrop: ['age_1'], toCreate: [{ name: 1 }] })
    expect(await User.syncIndexes()).toEqual(['age_1'])
    expect(await names()).toEqual(['_id_', 'email_1', 'name_1', 'name_1_age_-1', 'nick_1'])
  })

  test('a change of options is a new index to syncIndexes', async () => {
    const schema = new Schema<User>({ name: String }, { collection: 'changing', autoIndex: false })
    schema.index({ name: 1 }, { expireAfterSeconds: 60 })
    const Changing = mongoose.model('Changing', schema)
    await Changing.createCollection()
    await Changing.collection.createIndex({ name: 1 })
    expect(await Changing.syncIndexes()).toEqual(['name_1'])
    expect(await Changing.collection.indexes()).toMatchObject([{}, { expireAfterSeconds: 60 }])
  })

  test('that another document already breaks can not be made', async () => {
    await mongoose.connection.collection('loose').insertMany([{ a: 1 }, { a: 1 }])
    const schema = new Schema({ a: { type: Number, unique: true } }, { collection: 'loose' })
    const Loose = mongoose.model('Loose', schema)
    expect(await failure(Loose.init())).toMatchObject({ code: 11000 })
  })

  test('listIndexes and ensureIndexes', async () => {
    await User.ensureIndexes()
    expect(await User.listIndexes()).toHaveLength(5)
  })
})

describe('collections', () => {
  test('capped, and dropped', async () => {
    const capped = { size: 4096, max: 2 }
    const Log = mongoose.model('Log', new Schema({ n: Number }, { capped, collection: 'log' }))
    await Log.init()
    await Log.create([{ n: 1 }])
    await Log.create([{ n: 2 }])
    await Log.create([{ n: 3 }])
    expect((await Log.find().lean()).map(({ n }) => n)).toEqual([2, 3])
    await Log.collection.drop()
    expect(await Log.countDocuments()).toBe(0)
  })

  test('a database, with all that it has', async () => {
    await User.create({ email: 'a@x' })
    await mongoose.connection.dropDatabase()
    expect(await mongoose.connection.listCollections()).toEqual([])
  })

  test('which the next test finds again', async () => {
    const names = (await mongoose.connection.listCollections()).map(({ name }) => name)
    expect(names).toContain('users')
    expect(await failure(User.create([{ email: 'x' }, { email: 'x' }]))).toMatchObject({
      code: 11000,
    })
  })
})

describe('writes in bulk', () => {
  test('bulkWrite casts, and runs in order', async () => {
    const result = await User.bulkWrite([
      { insertOne: { document: { email: 'a@x', age: 1 } } },
      { insertOne: { document: { email: 'b@x', age: 2 } } },
      { updateOne: { filter: { email: 'a@x' }, update: { $inc: { age: 10 } } } },
      { updateMany: { filter: {}, update: { name: 'all' } } },
      { replaceOne: { filter: { email: 'b@x' }, replacement: { email: 'b@y', age: 2 } } },
      { updateOne: { filter: { email: 'c@x' }, update: { age: 3 }, upsert: true } },
      { deleteOne: { filter: { email: 'a@x' } } },
    ])
    expect(result).toMatchObject({
      insertedCount: 2,
      matchedCount: 4,
      modifiedCount: 4,
      upsertedCount: 1,
      deletedCount: 1,
    })
    expect((await User.find().sort('email').lean()).map(({ email }) => email)).toEqual([
      'b@y',
      'c@x',
    ])
  })

  test('insertMany stops at the first error, or goes on', async () => {
    const users = ['a@x', 'a@x', 'b@x'].map((email) => ({ email }))
    expect(await failure(User.insertMany(users))).toMatchObject({
      name: 'MongoBulkWriteError',
      code: 11000,
      insertedCount: 1,
    })
    const rest = ['c@x', 'c@x', 'd@x'].map((email) => ({ email }))
    const error = await failure(User.insertMany(rest, { ordered: false }))
    expect(error).toMatchObject({ code: 11000, insertedCount: 2 })
    expect(await User.countDocuments()).toBe(3)
  })

  test('insertMany tells which documents went in', async () => {
    const users = ['a@x', 'a@x', 'b@x'].map((email) => ({ email }))
    const result = await User.insertMany(users, { ordered: false, rawResult: true }).catch(
      (error) => error.insertedDocs,
    )
    expect(result).toMatchObject([{ email: 'a@x' }, { email: 'b@x' }])
  })

  test('bulkSave saves documents that changed', async () => {
    const users = await User.create([{ email: 'a@x' }, { email: 'b@x' }])
    for (const user of users) user.age = 9
    await User.bulkSave([...users, new User({ email: 'c@x', age: 9 })])
    expect(await User.countDocuments({ age: 9 })).toBe(3)
  })
})

describe('finding and changing in one', () => {
  test('an upsert, then an update, then a deletion', async () => {
    const options = { upsert: true, returnDocument: 'after', includeResultMetadata: true } as const
    const first = await User.findOneAndUpdate({ email: 'a@x' }, { $inc: { age: 1 } }, options)
    expect(first).toMatchObject({ lastErrorObject: { updatedExisting: false }, value: { age: 1 } })
    const second = await User.findOneAndUpdate({ email: 'a@x' }, { $inc: { age: 1 } }, options)
    expect(second).toMatchObject({ lastErrorObject: { updatedExisting: true }, value: { age: 2 } })
    expect(await User.findOneAndReplace({ email: 'a@x' }, { email: 'b@x' })).toMatchObject({
      age: 2,
    })
    expect(await User.findOneAndDelete({ email: 'b@x' })).toMatchObject({ email: 'b@x' })
    expect(await User.findOneAndDelete({ email: 'b@x' })).toBeNull()
  })
})
