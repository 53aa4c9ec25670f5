import { expect, test } from 'vitest'
import { Palimpsest } from '../../src/index.ts'
import type { Demo } from './simulator.ts'

async function simulator() {
  const sim = await Palimpsest.create({ seed: 3 })
  const client = sim.client()
  const demo = client.db('test').collection<Demo>('demo')
  await demo.createIndex({ value: 1 })
  await demo.insertMany([
    { _id: 'x', value: 1 },
    { _id: 'y', value: 2 },
  ])
  return { sim, client, demo }
}

test('restore brings back documents, indexes and collections, as often as one likes', async () => {
  const { sim, client, demo } = await simulator()
  const saved = sim.save()
  for (let round = 0; round < 3; round++) {
    await demo.updateOne({ _id: 'x' }, { $set: { value: 9 } })
    await demo.deleteOne({ _id: 'y' })
    await demo.insertOne({ _id: 'z', value: 3 })
    await client.db('test').collection('other').insertOne({})
    if (round === 1) await demo.drop()
    if (round === 2) await demo.dropIndex('value_1')
    sim.restore(saved)
    expect(
      await demo
        .find({ value: { $gt: 0 } })
        .sort({ value: 1 })
        .toArray(),
    ).toEqual([
      { _id: 'x', value: 1 },
      { _id: 'y', value: 2 },
    ])
    expect((await demo.indexes()).map(({ name }) => name)).toEqual(['_id_', 'value_1'])
    const collections = await client.db('test').listCollections().toArray()
    expect(collections.map(({ name }) => name)).toEqual(['demo'])
  }
  await sim.stop()
})

test('restore aborts what is open', async () => {
  const { sim, client, demo } = await simulator()
  const saved = sim.save()
  const session = client.startSession()
  session.startTransaction()
  await demo.updateOne({ _id: 'x' }, { $set: { value: 9 } }, { session })
  sim.restore(saved)
  await expect(session.commitTransaction()).rejects.toMatchObject({ code: 251 })
  expect(await demo.findOne({ _id: 'x' })).toEqual({ _id: 'x', value: 1 })
  await sim.stop()
})

test('a fork goes its own way, and so does the original', async () => {
  const { sim, demo } = await simulator()
  await sim.clock.sleep(1_000)
  const other = sim.fork()
  expect(other.clock.elapsed()).toBe(1_000)
  const theirs = other.client().db('test').collection<Demo>('demo')
  await theirs.updateOne({ _id: 'x' }, { $set: { value: 7 } })
  await demo.deleteOne({ _id: 'x' })
  await other.clock.sleep(5_000)
  expect(sim.clock.elapsed()).toBe(1_000)
  expect(await demo.findOne({ _id: 'x' })).toBeNull()
  expect(await theirs.findOne({ _id: 'x' })).toEqual({ _id: 'x', value: 7 })
  expect(
    await theirs
      .find({ value: { $gte: 2 } })
      .sort({ value: 1 })
      .toArray(),
  ).toEqual([
    { _id: 'y', value: 2 },
    { _id: 'x', value: 7 },
  ])
  await Promise.all([sim.stop(), other.stop()])
})

test('nothing is saved or forked while a transaction is open', async () => {
  const { sim, client, demo } = await simulator()
  const session = client.startSession()
  session.startTransaction()
  await demo.findOne({}, { session })
  expect(() => sim.save()).toThrow('under way')
  expect(() => sim.fork()).toThrow('under way')
  await session.abortTransaction()
  await sim.stop()
})

test('a change stream that was open at the save goes on, and tells nothing of the way back', async () => {
  const { sim, demo } = await simulator()
  const stream = demo.watch()
  const first = stream.next()
  await demo.insertOne({ _id: 'of the past', value: 1 })
  expect(await first).toMatchObject({ documentKey: { _id: 'of the past' } })
  const saved = sim.save()
  await demo.insertOne({ _id: 'never told', value: 2 })
  sim.restore(saved)
  await demo.insertOne({ _id: 'new', value: 3 })
  expect(await stream.next()).toMatchObject({ documentKey: { _id: 'new' } })
  await stream.close()
  await sim.stop()
})
