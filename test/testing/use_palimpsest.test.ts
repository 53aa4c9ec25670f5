/** `usePalimpsest`: what a test finds, and what is left of it, with real drivers connected. */
import { type ClientSession, type Collection, type Db, MongoClient } from 'mongodb'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { usePalimpsest } from '../../src/testing/vitest.ts'

interface Named {
  _id: string
  n?: number
}

const db = usePalimpsest({
  listen: true,
  database: 'app',
  seedWith: (client) => client.db('app').collection<Named>('seeded').insertOne({ _id: 'seed' }),
})

let driver: MongoClient
let app: Db
const named = (name: string): Collection<Named> => app.collection<Named>(name)
const ids = async (name: string) => (await named(name).find().toArray()).map(({ _id }) => _id)

beforeAll(async () => {
  driver = await MongoClient.connect(db.uri)
  app = driver.db()
  await named('users').insertOne({ _id: 'of beforeAll' })
})

afterAll(() => driver.close())

describe('a test finds', () => {
  test('what seedWith and beforeAll wrote', async () => {
    expect(await ids('seeded')).toEqual(['seed'])
    expect(await ids('users')).toEqual(['of beforeAll'])
    await named('users').deleteMany({})
    await named('users').insertOne({ _id: 'of a test' })
    await named('more').createIndex({ n: 1 }, { unique: true })
  })

  test('nothing that another test wrote', async () => {
    expect(await ids('users')).toEqual(['of beforeAll'])
    expect(await app.listCollections({ name: 'more' }).toArray()).toEqual([])
  })

  describe('what the beforeAll of its own block wrote', () => {
    beforeAll(() => named('users').insertOne({ _id: 'of the block' }))
    beforeEach(() => named('users').insertOne({ _id: 'of beforeEach' }))

    test.each([1, 2])('in test %i', async () => {
      expect(await ids('users')).toEqual(['of beforeAll', 'of the block', 'of beforeEach'])
      await named('users').deleteOne({ _id: 'of the block' })
    })
  })
})

describe('what a test leaves open ends with it', () => {
  let session: ClientSession

  test('a transaction', async () => {
    session = driver.startSession()
    session.startTransaction()
    await named('users').insertOne({ _id: 'uncommitted' }, { session })
    expect(db.sim.stats().openTransactions).toHaveLength(1)
  })

  test('gone by now, and the session can be used again', async () => {
    expect(db.sim.stats().openTransactions).toEqual([])
    await expect(session.commitTransaction()).rejects.toMatchObject({ code: 251 })
    await session.withTransaction(() => named('users').insertOne({ _id: 'again' }, { session }))
    expect(await ids('users')).toEqual(['of beforeAll', 'again'])
    await session.endSession()
  })

  test('a write that waits behind a transaction, which nobody awaits', async () => {
    session = driver.startSession()
    session.startTransaction()
    await named('users').updateOne({ _id: 'of beforeAll' }, { $set: { n: 1 } }, { session })
    named('users').updateOne({ _id: 'of beforeAll' }, { $set: { n: 2 } })
    await expect.poll(() => db.sim.stats().storageConflicts).toBeGreaterThan(3)
  })

  test('neither is to be seen', async () => {
    expect(await named('users').findOne()).toEqual({ _id: 'of beforeAll' })
  })

  test('a fail point, and a server parameter', async () => {
    const admin = driver.db('admin')
    await admin.command({ setParameter: 1, transactionLifetimeLimitSeconds: 1 })
    const data = { failCommands: ['find'], errorCode: 2 }
    await admin.command({ configureFailPoint: 'failCommand', mode: 'alwaysOn', data })
    await expect(ids('users')).rejects.toMatchObject({ code: 2 })
  })

  test('both are as they were', async () => {
    expect(await ids('users')).toEqual(['of beforeAll'])
    const name = 'transactionLifetimeLimitSeconds'
    const reply = await driver.db('admin').command({ getParameter: 1, [name]: 1 })
    expect(reply[name]).toBe(60)
  })

  test('faults, and a set without a primary', async () => {
    db.sim.faults.fail({ command: 'find', code: 2, times: Number.POSITIVE_INFINITY })
    db.sim.faults.stepDown({ forMs: 60_000 })
    expect(db.sim.server.replicaSet?.acceptsWrites).toBe(false)
  })

  test('are gone, and there is one', async () => {
    expect(await ids('users')).toEqual(['of beforeAll'])
    expect(db.sim.server.replicaSet?.acceptsWrites).toBe(true)
  })

  test('a cursor', async () => {
    await named('users').insertMany([{ _id: '1' }, { _id: '2' }, { _id: '3' }])
    const cursor = named('users').find({}, { batchSize: 2 })
    await cursor.next()
    expect(db.sim.stats().openCursors).toBe(1)
  })

  test('is not open any more', () => expect(db.sim.stats().openCursors).toBe(0))

  let followed: Promise<unknown>

  test('a cursor that waits for more to come', async () => {
    await app.createCollection('log', { capped: true, size: 4096 })
    await app.collection('log').insertOne({})
    const patience = { tailable: true, awaitData: true, maxAwaitTimeMS: 60_000 }
    const cursor = app.collection('log').find({}, patience)
    await cursor.next()
    followed = cursor.next().catch((error: unknown) => error)
    await expect.poll(() => db.sim.stats().operationsInFlight).toBe(1)
  })

  test('has been told that it is closed', async () => {
    expect(await followed).toMatchObject({ code: 237, codeName: 'CursorKilled' })
  })
})

test('reset goes back in the middle of a test', async () => {
  await named('users').insertOne({ _id: 'before' })
  for (const round of [1, 2, 3]) {
    await db.reset()
    expect(await ids('users')).toEqual(['of beforeAll'])
    await named('users').insertOne({ _id: `of round ${round}` })
  }
})

describe('under fake timers', () => {
  beforeEach(() => {
    vi.useFakeTimers()
    return () => vi.useRealTimers()
  })

  test('a wait passes as they do', async () => {
    const session = driver.startSession()
    session.startTransaction()
    const increase = { $inc: { n: 1 } }
    await named('users').updateOne({ _id: 'of beforeAll' }, increase, { session })
    let isDone = false
    const waiting = named('users').updateOne({ _id: 'of beforeAll' }, increase)
    const done = waiting.then(() => {
      isDone = true
    })
    await vi.advanceTimersByTimeAsync(300)
    expect(isDone).toBe(false)
    await session.commitTransaction()
    while (!isDone) await vi.advanceTimersByTimeAsync(100)
    await done
    expect(await named('users').findOne()).toEqual({ _id: 'of beforeAll', n: 2 })
  })

  test.each([1, 2])('a test is put back, too: %i', async () => {
    expect(await ids('users')).toEqual(['of beforeAll'])
    await named('users').insertOne({ _id: 'under fake timers' })
  })
})
