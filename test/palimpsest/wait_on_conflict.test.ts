import { expect, test } from 'vitest'
import { failure, simulatorWithHolder, writeConflicts } from './simulator.ts'

/*
 * Counts and times of the article "wait on conflict for single documents": 981 conflicts in a wait of
 * 80 seconds, 1,013 in one of 83, an estimate of 785 in a minute. The sums are those of the sleeps of
 * `logAndBackoffImpl` (server, log_and_backoff.cpp), counted from 0 as the express executor does.
 */
test.each([
  { firstAttemptMs: 10_450, expiry: 'sweep', conflicts: 981, waitedMs: 79_556 },
  { firstAttemptMs: 7_300, expiry: 'sweep', conflicts: 1_013, waitedMs: 82_756 },
  { firstAttemptMs: 0, expiry: 'exact', conflicts: 786, waitedMs: 60_056 },
] as const)(
  'an update first tried at $firstAttemptMs ms meets $conflicts conflicts',
  async (given) => {
    const { sim, client, demo, holder } = await simulatorWithHolder({ expiry: given.expiry })
    await sim.clock.sleep(given.firstAttemptMs)
    const from = sim.clock.elapsed()
    expect(from).toBe(given.firstAttemptMs)

    const result = await demo.updateOne({ _id: 'x' }, { $inc: { value: 8 } })

    expect(result).toMatchObject({ matchedCount: 1, modifiedCount: 1, upsertedCount: 0 })
    expect(sim.clock.elapsed() - from).toBe(given.waitedMs)
    expect(await writeConflicts(client)).toBe(given.conflicts)
    expect(await failure(holder.commitTransaction())).toMatchObject({ code: 251 })
    expect(await demo.find().toArray()).toEqual([{ _id: 'x', value: 8 }])
    await sim.stop()
  },
)

test('maxTimeMS is seen only after a sleep that nothing can interrupt', async () => {
  const { sim, demo } = await simulatorWithHolder()
  const error = await failure(
    demo.updateOne({ _id: 'x' }, { $inc: { value: 8 } }, { maxTimeMS: 1_500 }),
  )
  expect(error).toMatchObject({ code: 50, codeName: 'MaxTimeMSExpired' })
  expect(sim.clock.elapsed()).toBe(1_556)
  await sim.stop()
})

test('the profiler tells the whole wait', async () => {
  const { sim, db, demo } = await simulatorWithHolder()
  await sim.clock.sleep(7_300)
  await db.command({ profile: 2 })
  await demo.updateOne({ _id: 'x' }, { $inc: { value: 8 } })
  await db.command({ profile: 0 })
  const entry = await db.collection('system.profile').findOne({ op: 'update' })
  expect(entry).toMatchObject({
    ns: 'test.demo',
    command: { q: { _id: 'x' }, u: { $inc: { value: 8 } }, multi: false, upsert: false },
    keysExamined: 1014,
    docsExamined: 1014,
    nMatched: 1,
    nModified: 1,
    nUpserted: 0,
    writeConflicts: 1013,
    numYield: 1013,
    millis: 82_756,
    planSummary: 'EXPRESS_IXSCAN { _id: 1 },EXPRESS_UPDATE',
    execStats: { stage: 'EXPRESS_UPDATE', keyPattern: '{ _id: 1 }', keysExamined: 1014 },
  })
  await sim.stop()
})

test('metrics jump at the end of the wait; currentOp counts during it', async () => {
  const { sim, client, demo } = await simulatorWithHolder({ time: 'manual' })
  await sim.clock.advance(7_300)
  const waiting = demo.updateOne({ _id: 'x' }, { $inc: { value: 8 } })
  const seen: number[] = []
  for (let minute = 0; minute < 3; minute++) {
    await sim.clock.advance(20_000)
    expect(await writeConflicts(client)).toBe(0)
    const { inprog } = await client.db('admin').command({ currentOp: 1 })
    const op = inprog.find((entry: { op: string }) => entry.op === 'update')
    expect(op.numYields).toBeGreaterThanOrEqual(op.writeConflicts - 1)
    seen.push(Number(op.writeConflicts))
  }
  expect(seen).toEqual([...seen].sort((a, b) => a - b))
  expect(new Set(seen).size).toBe(3)
  await sim.clock.advance(30_000)
  expect((await waiting).modifiedCount).toBe(1)
  expect(await writeConflicts(client)).toBe(1013)
  await sim.stop()
})
