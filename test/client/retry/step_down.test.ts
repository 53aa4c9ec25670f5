/** Writes that meet an election, in virtual time. Source: specifications, retryable-writes. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type ClientOptions, Palimpsest } from '../../../src/index.ts'

interface Thing {
  _id: number
  n: number
}

let sim: Palimpsest
beforeEach(async () => {
  sim = await Palimpsest.create({ seed: 1 })
  await things().insertOne({ _id: 1, n: 0 })
})
afterEach(() => sim.stop())

const things = (options: ClientOptions = {}) =>
  sim.client(options).db('shop').collection<Thing>('things')

const value = async () => (await things().findOne({ _id: 1 }))?.n

/** A transaction of somebody else's is in the way of whoever writes the thing. */
async function hold(): Promise<void> {
  const session = sim.client().startSession()
  session.startTransaction()
  const held = session.client.db('shop').collection<Thing>('things')
  await held.updateOne({ _id: 1 }, { $inc: { n: 100 } }, { session })
}

test('one that waited when the node stepped down is done once, after the election', async () => {
  await hold()
  const startedMs = sim.clock.now()
  const writing = things().updateOne({ _id: 1 }, { $inc: { n: 1 } })
  sim.faults.stepDown({ forMs: 8_000 })
  expect(await writing).toMatchObject({ modifiedCount: 1 })
  expect(sim.clock.now() - startedMs).toBeGreaterThanOrEqual(8_000)
  expect(await value()).toBe(1)
})

test('one without retries fails, and is not done', async () => {
  await hold()
  const writing = things({ retryWrites: false }).updateOne({ _id: 1 }, { $inc: { n: 1 } })
  sim.faults.stepDown({ forMs: 8_000 })
  await expect(writing).rejects.toMatchObject({ code: 11602 })
  expect(await value()).toBe(0)
})

test('even one of many documents waits for the primary, once its client knows', async () => {
  sim.faults.stepDown({ forMs: 8_000 })
  const t = things()
  await expect(t.updateMany({}, { $inc: { n: 1 } })).rejects.toMatchObject({ code: 10107 })
  expect(await t.updateMany({}, { $inc: { n: 1 } })).toMatchObject({ modifiedCount: 1 })
})

test('an election that takes longer than serverSelectionTimeoutMS ends it', async () => {
  sim.faults.stepDown({ forMs: 60_000 })
  const startedMs = sim.clock.now()
  await expect(things().updateOne({ _id: 1 }, { $inc: { n: 1 } })).rejects.toMatchObject({
    code: 10107,
  })
  expect(sim.clock.now() - startedMs).toBe(30_000)
})
