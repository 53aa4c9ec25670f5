/** What the fixture refuses; the tests named "fails" do. */
import { MongoClient } from 'mongodb'
import { usePalimpsest } from 'palimpsest/vitest'
import { beforeAll, describe, expect, test } from 'vitest'

const db = usePalimpsest({ listen: true, time: 'manual', settleMs: 50 })
expect(() => db.uri).toThrow('opened in beforeAll')

let users

beforeAll(async () => {
  const driver = await MongoClient.connect(db.uri)
  users = driver.db('app').collection('users')
  await users.insertOne({ _id: 1, n: 0 })
  return () => driver.close()
})

test('fails: a write is left that waits on a clock which nobody moves', async () => {
  await db.sim.server.failPoints.configure('WTWriteConflictException', 'alwaysOn', {})
  users.updateOne({ _id: 1 }, { $inc: { n: 1 } }).catch(() => {})
  while (db.sim.stats().operationsInFlight === 0)
    await new Promise((resolve) => setTimeout(resolve, 1))
})

test('passes: the next one finds the store as it should be', async () => {
  expect(await users.find().toArray()).toEqual([{ _id: 1, n: 0 }])
})

describe('side by side', () => {
  test.concurrent('fails: concurrent tests share the store', () => {})
})
