import { expect, test } from 'vitest'
import { Palimpsest } from '../../src/index.ts'
import type { Demo } from './simulator.ts'

test('endless updates of one document keep one version of it', async () => {
  const sim = await Palimpsest.create()
  const demo = sim.client().db('test').collection<Demo>('demo')
  await demo.insertOne({ _id: 'x', value: 0 })
  const before = sim.stats().storage
  for (let i = 0; i < 100_000; i++) await demo.updateOne({ _id: 'x' }, { $inc: { value: 1 } })
  const after = sim.stats().storage
  expect(after.updates).toBe(before.updates)
  expect(after.rows).toBe(before.rows)
  expect(await demo.findOne({ _id: 'x' })).toEqual({ _id: 'x', value: 100_000 })
  await sim.stop()
})

test('statistics show what an open snapshot pins', async () => {
  const sim = await Palimpsest.create()
  const client = sim.client()
  const demo = client.db('test').collection<Demo>('demo')
  await demo.insertOne({ _id: 'x', value: 0 })
  const reader = client.startSession()
  reader.startTransaction()
  await demo.findOne({ _id: 'x' }, { session: reader })
  for (let i = 0; i < 1_000; i++) await demo.updateOne({ _id: 'x' }, { $inc: { value: 1 } })
  expect(sim.stats().pinnedUpdates).toBe(1_000)
  expect(sim.stats().storage.txnPinnedRange).toBeGreaterThanOrEqual(1_000)
  expect(sim.stats().openTransactions).toHaveLength(1)
  expect(await demo.findOne({ _id: 'x' }, { session: reader })).toEqual({ _id: 'x', value: 0 })
  await reader.commitTransaction()
  expect(sim.stats().pinnedUpdates).toBe(0)
  await sim.stop()
})
