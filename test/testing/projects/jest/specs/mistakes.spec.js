/**
 * What the environment refuses; the tests named "fails" do.
 * @jest-environment-options {"palimpsest": {"time": "manual", "settleMs": 50}}
 */
const { MongoClient } = require('mongodb')

const driver = new MongoClient(process.env.MONGODB_URI)
const users = driver.db('app').collection('users')

beforeAll(() => users.insertOne({ _id: 1, n: 0 }))
afterAll(() => driver.close())

test('fails: a write is left that waits on a clock which nobody moves', async () => {
  palimpsest.sim.server.failPoints.configure('WTWriteConflictException', 'alwaysOn', {})
  users.updateOne({ _id: 1 }, { $inc: { n: 1 } }).catch(() => {})
  const { sim } = palimpsest
  while (sim.stats().operationsInFlight === 0)
    await new Promise((resolve) => setTimeout(resolve, 1))
})

test('passes: the next one finds the store as it should be', async () => {
  expect(await users.find().toArray()).toEqual([{ _id: 1, n: 0 }])
})
