/** Mongoose's sessions and transactions over the wire, conflicts included. */
import mongoose, { Schema } from 'mongoose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { usePalimpsest } from '../../src/testing/vitest.ts'
import { failure } from './failure.ts'

const db = usePalimpsest({ listen: true, database: 'bank' })

interface Account {
  _id: string
  balance: number
}

const Account = mongoose.model(
  'Account',
  new Schema<Account>({ _id: String, balance: { type: Number, min: 0 } }, { timestamps: true }),
)

beforeAll(async () => {
  await mongoose.connect(db.uri)
  await Account.create([
    { _id: 'ada', balance: 100 },
    { _id: 'brian', balance: 100 },
  ])
})
afterAll(() => mongoose.disconnect())

const balances = async () => (await Account.find().sort('_id').lean()).map(({ balance }) => balance)

describe('connection.transaction', () => {
  test('commits what its function wrote', async () => {
    await mongoose.connection.transaction(async (session) => {
      await Account.updateOne({ _id: 'ada' }, { $inc: { balance: -30 } }, { session })
      const brian = await Account.findById('brian').session(session).orFail()
      brian.balance += 30
      await brian.save()
    })
    expect(await balances()).toEqual([70, 130])
  })

  test('undoes what a function that throws wrote, in documents as well', async () => {
    const ada = await Account.findById('ada').orFail()
    const made = new Account({ _id: 'cleo', balance: 1 })
    const attempt = mongoose.connection.transaction(async (session) => {
      ada.balance = 0
      await ada.save({ session })
      await made.save({ session })
      throw new Error('changed my mind')
    })
    expect(await failure(attempt)).toMatchObject({ message: 'changed my mind' })
    expect(await balances()).toEqual([100, 100])
    expect(made.isNew).toBe(true)
    expect(ada.isModified('balance')).toBe(true)
  })

  test('is tried again when it meets a conflict', async () => {
    let attempts = 0
    await mongoose.connection.transaction(async (session) => {
      attempts++
      const ada = await Account.findById('ada').session(session).orFail()
      // Somebody else changes what we have read, once.
      if (attempts === 1) await Account.updateOne({ _id: 'ada' }, { $inc: { balance: 1 } })
      ada.balance *= 2
      await ada.save()
    })
    expect(attempts).toBe(2)
    expect(await balances()).toEqual([202, 100])
  })

  test('many at once lose no money', async () => {
    const transfer = (from: string, to: string, amount: number) =>
      mongoose.connection.transaction(async (session) => {
        await Account.updateOne({ _id: from }, { $inc: { balance: -amount } }, { session })
        await Account.updateOne({ _id: to }, { $inc: { balance: amount } }, { session })
      })
    const transfers = Array.from({ length: 10 }, (_, index) =>
      index % 2 === 0 ? transfer('ada', 'brian', index) : transfer('brian', 'ada', index),
    )
    await Promise.all(transfers)
    expect(await balances()).toEqual([105, 95])
    expect(db.sim.stats().storageConflicts).toBeGreaterThan(0)
  })
})

describe('a session', () => {
  test('sees its own writes, and nobody else does until it commits', async () => {
    const session = await Account.startSession()
    session.startTransaction()
    await Account.create([{ _id: 'cleo', balance: 5 }], { session })
    expect(await Account.exists({ _id: 'cleo' })).toBeNull()
    expect(await Account.exists({ _id: 'cleo' }).session(session)).toEqual({ _id: 'cleo' })
    expect(await Account.countDocuments({}, { session })).toBe(3)
    const sums = await Account.aggregate([{ $group: { _id: null, sum: { $sum: '$balance' } } }], {
      session,
    })
    expect(sums).toEqual([{ _id: null, sum: 205 }])
    await session.commitTransaction()
    expect(await Account.exists({ _id: 'cleo' })).toEqual({ _id: 'cleo' })
    await session.endSession()
  })

  test('that writes what another has written meets a conflict, with its labels', async () => {
    const [first, second] = [await mongoose.startSession(), await mongoose.startSession()]
    first.startTransaction()
    second.startTransaction()
    await Account.updateOne({ _id: 'ada' }, { balance: 1 }, { session: first })
    const error = await failure(
      Account.updateOne({ _id: 'ada' }, { balance: 2 }, { session: second }).exec(),
    )
    expect(error).toMatchObject({ name: 'MongoServerError', code: 112, codeName: 'WriteConflict' })
    expect((error as mongoose.mongo.MongoServerError).errorLabels).toContain(
      'TransientTransactionError',
    )
    await second.abortTransaction()
    await first.commitTransaction()
    expect(await balances()).toEqual([1, 100])
    await Promise.all([first.endSession(), second.endSession()])
  })

  test('withTransaction of the driver, by way of Mongoose', async () => {
    const session = await mongoose.startSession()
    const answer = await session.withTransaction(async () => {
      await Account.deleteOne({ _id: 'brian' }, { session })
      return 'done'
    })
    expect(answer).toBe('done')
    expect(await balances()).toEqual([100])
    await session.endSession()
  })

  test('a plain write waits for a transaction in its way', async () => {
    const session = await mongoose.startSession()
    session.startTransaction()
    await Account.updateOne({ _id: 'ada' }, { $inc: { balance: 10 } }, { session })
    const waiting = Account.updateOne({ _id: 'ada' }, { $inc: { balance: 100 } }).exec()
    await new Promise((resolve) => setTimeout(resolve, 30))
    await session.commitTransaction()
    expect(await waiting).toMatchObject({ modifiedCount: 1 })
    expect(await balances()).toEqual([210, 100])
    await session.endSession()
  })
})

test('functions called within a transaction find its session by themselves', async () => {
  mongoose.set('transactionAsyncLocalStorage', true)
  try {
    const attempt = mongoose.connection.transaction(async () => {
      await Account.updateOne({ _id: 'ada' }, { balance: 0 })
      throw new Error('undo')
    })
    await failure(attempt)
    expect(await balances()).toEqual([100, 100])
  } finally {
    mongoose.set('transactionAsyncLocalStorage', false)
  }
})
