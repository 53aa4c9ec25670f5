import { expect, test } from 'vitest'
import { Palimpsest, type SimulatorOptions } from '../../src/index.ts'
import { simulatorWithHolder } from './simulator.ts'

const macrotasks = (count: number) =>
  Array.from({ length: count }).reduce<Promise<void>>(
    (before) => before.then(() => new Promise((resolve) => setImmediate(resolve))),
    Promise.resolve(),
  )

test('an idle simulator in auto time stays where it is', async () => {
  const { sim, client, db } = await simulatorWithHolder()
  await db.collection('expiring').createIndex({ at: 1 }, { expireAfterSeconds: 1 })
  await db.collection('expiring').insertOne({ at: new Date(0) })
  const cursor = db.collection('demo').find().batchSize(0)
  await cursor.hasNext()
  await macrotasks(50)
  expect(sim.clock.elapsed()).toBe(0)
  expect(sim.stats().openTransactions).toHaveLength(1)
  await client.close()
  await sim.stop()
})

test('a blocked plain insert neither hangs nor spins', async () => {
  const { sim, client, demo, holder } = await simulatorWithHolder()
  await demo.insertOne({ _id: 'y', value: 1 }, { session: holder })
  const inserted = await demo.insertOne({ _id: 'y', value: 2 })
  expect(inserted.acknowledged).toBe(true)
  // Its sleeps grow by a tenth each time, so a wait of 90 seconds takes some two hundred attempts.
  const conflicts = (await client.db('admin').command({ serverStatus: 1 }))['metrics'].operation
  expect(Number(conflicts.writeConflicts)).toBeLessThan(400)
  expect(sim.clock.elapsed()).toBeGreaterThan(60_000)
  expect(await demo.findOne({ _id: 'y' })).toEqual({ _id: 'y', value: 2 })
  await sim.stop()
})

test('a forgotten manual clock says who waits on whom', async () => {
  const warnings: string[] = []
  const { sim, demo } = await simulatorWithHolder({
    time: 'manual',
    onWarning: (message) => warnings.push(message),
  })
  const waiting = demo.updateOne({ _id: 'x' }, { $inc: { value: 8 } })
  waiting.catch(() => {})
  await expect.poll(() => warnings).toHaveLength(1)
  expect(warnings[0]).toMatch(/test\.demo/)
  expect(warnings[0]).toMatch(/the transaction 1 of session/)
  expect(warnings[0]).toMatch(/sim\.clock\.advance\(/)
  await sim.stop()
})

async function traceOf(options: SimulatorOptions): Promise<string> {
  const { sim, client, demo } = await simulatorWithHolder({ ...options, trace: true })
  await Promise.all([
    demo.updateOne({ _id: 'x' }, { $inc: { value: 8 } }),
    demo.insertOne({ _id: 'z', value: 1 }),
    client.withSession((session) =>
      session.withTransaction((s) =>
        demo.updateOne({ _id: 'z' }, { $inc: { value: 1 } }, { session: s, upsert: true }),
      ),
    ),
  ])
  await demo.insertMany([{ value: 1 } as never, { value: 2 } as never])
  const all = JSON.stringify(await demo.find().toArray())
  await sim.stop()
  return `${sim.trace}\n${all}`
}

test('the same seed gives the same trace, byte for byte', async () => {
  const one = await traceOf({ seed: 7 })
  expect(one.length).toBeGreaterThan(10_000)
  expect(await traceOf({ seed: 7 })).toBe(one)
  expect(await traceOf({ seed: 8 })).not.toBe(one)
})

test('options that make no sense are refused by name', async () => {
  await expect(Palimpsest.create({ time: 'fast' as never })).rejects.toThrow(
    "'auto', 'manual' or 'real'",
  )
  await expect(Palimpsest.create({ sed: 1 } as never)).rejects.toThrow("'sed'")
  await expect(Palimpsest.create({ seed: 1.5 })).rejects.toThrow('seed')
  await expect(Palimpsest.create({ time: 'real', startAt: 0 })).rejects.toThrow('startAt')
  await expect(
    Palimpsest.create({ parameters: { transactionLifetimeLimitSeconds: 0 } }),
  ).rejects.toThrow('transactionLifetimeLimitSeconds')
})
