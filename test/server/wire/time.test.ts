/**
 * What the simulator shows in process, over TCP and with the real driver: the counts and times of
 * test/palimpsest are the same, because they are the server's.
 */
import { expect, test } from 'vitest'
import { driven, failure, holdX } from './driven.ts'

// Sums of the sleeps of logAndBackoffImpl; server: log_and_backoff.cpp.
test.each([
  { firstAttemptMs: 10_450, expiry: 'sweep', conflicts: 981, waitedMs: 79_556 },
  { firstAttemptMs: 7_300, expiry: 'sweep', conflicts: 1_013, waitedMs: 82_756 },
  { firstAttemptMs: 0, expiry: 'exact', conflicts: 786, waitedMs: 60_056 },
] as const)(
  'auto: an update first tried at $firstAttemptMs ms meets $conflicts conflicts',
  async ({ firstAttemptMs, expiry, conflicts, waitedMs }) => {
    await using server = await driven({ time: 'auto', startAt: 0, expiry })
    const { sim, client } = server
    const { demo, holder } = await holdX(client)
    const { elapsedMs: from } = await client
      .db('admin')
      .command({ palimpsestAdvanceClock: 1, ms: firstAttemptMs })
    expect(from).toBe(firstAttemptMs)

    const result = await demo.updateOne({ _id: 'x' }, { $inc: { value: 8 } })

    expect(result).toMatchObject({ matchedCount: 1, modifiedCount: 1 })
    expect(sim.clock.elapsed() - from).toBe(waitedMs)
    const { metrics } = await client.db('admin').command({ serverStatus: 1 })
    expect(metrics.operation.writeConflicts).toBe(conflicts)
    expect(await failure(holder.commitTransaction())).toMatchObject({ code: 251 })
    expect(await demo.find().toArray()).toEqual([{ _id: 'x', value: 8 }])
  },
)

test('auto: a holder that goes on in time is waited for, not overtaken', async () => {
  await using server = await driven({ time: 'auto', startAt: 0 })
  const { demo, holder } = await holdX(server.client)
  const waiting = demo.updateOne({ _id: 'x' }, { $inc: { value: 8 } })
  // Real round trips: each takes longer than a macrotask.
  for (let i = 0; i < 20; i++) await demo.findOne({ _id: 'x' }, { session: holder })
  await holder.commitTransaction()
  await waiting
  expect(await demo.findOne()).toEqual({ _id: 'x', value: 10 })
  expect(server.sim.clock.elapsed()).toBeLessThan(1_000)
})

test('auto: an idle server does not age, whatever monitors ask', async () => {
  await using server = await driven({ time: 'auto', startAt: 0, client: { minPoolSize: 3 } })
  await holdX(server.client)
  for (let i = 0; i < 5; i++) {
    await server.client.db('admin').command({ hello: 1 })
    await new Promise((resolve) => setTimeout(resolve, 30))
  }
  expect(server.sim.clock.elapsed()).toBe(0)
  expect(server.sim.stats().openTransactions).toHaveLength(1)
})

test('a transaction fails on the conflict, at once', async () => {
  await using server = await driven({ time: 'auto', startAt: 0 })
  const { demo } = await holdX(server.client)
  const other = server.client.startSession()
  other.startTransaction()
  const error = await failure(
    demo.updateOne({ _id: 'x' }, { $inc: { value: 4 } }, { session: other }),
  )
  expect(error).toMatchObject({
    name: 'MongoServerError',
    code: 112,
    codeName: 'WriteConflict',
    errorLabels: ['TransientTransactionError'],
    message:
      'Caused by :: Write conflict during plan execution and yielding is disabled. :: ' +
      'Please retry your operation or multi-document transaction.',
  })
  expect(server.sim.clock.elapsed()).toBe(0)
})

test('an expired transaction can no longer commit', async () => {
  await using server = await driven({ time: 'manual', startAt: 0 })
  const { client } = server
  const { demo } = await holdX(client)
  const second = client.startSession()
  for (const end of [() => second.abortTransaction(), () => undefined]) {
    second.startTransaction()
    await demo.findOne({ _id: 'x' }, { session: second })
    await end()
  }
  await client.db('admin').command({ palimpsestAdvanceClock: 1, ms: 91_000 })
  expect(await failure(second.commitTransaction())).toMatchObject({
    code: 251,
    codeName: 'NoSuchTransaction',
    errorLabels: ['TransientTransactionError'],
    message: 'Transaction with { txnNumber: 2 } has been aborted.',
  })
})

test('withTransaction tries again until the holder is gone', async () => {
  await using server = await driven({ time: 'real' })
  const { client } = server
  const { demo, holder } = await holdX(client)
  let attempts = 0
  const answer = await client.withSession((session) =>
    session.withTransaction(async (s) => {
      if (++attempts === 3) await holder.commitTransaction()
      await demo.updateOne({ _id: 'x' }, { $inc: { value: 8 } }, { session: s })
      return 'done'
    }),
  )
  expect(answer).toBe('done')
  expect(attempts).toBeGreaterThan(2)
  expect(await demo.findOne({ _id: 'x' })).toEqual({ _id: 'x', value: 10 })
})

test('currentOp counts during the wait; metrics jump at its end', async () => {
  await using server = await driven({ time: 'manual', startAt: 0, idleMs: 15 })
  const { client } = server
  const { demo } = await holdX(client)
  const admin = client.db('admin')
  const advance = (ms: number) => admin.command({ palimpsestAdvanceClock: 1, ms })
  const writeConflicts = async () =>
    (await admin.command({ serverStatus: 1 }))['metrics'].operation.writeConflicts
  await advance(7_300)
  const waiting = demo.updateOne({ _id: 'x' }, { $inc: { value: 8 } })
  const seen: number[] = []
  for (let look = 0; look < 3; look++) {
    await advance(20_000)
    expect(await writeConflicts()).toBe(0)
    const { inprog } = await admin.command({ currentOp: 1 })
    const op = inprog.find((entry: { op: string }) => entry.op === 'update')
    expect(op).toMatchObject({ ns: 'test.demo', client: '127.0.0.1' })
    seen.push(op.writeConflicts)
  }
  expect(seen).toEqual([...new Set(seen)].sort((a, b) => a - b))
  await advance(30_000)
  expect((await waiting).modifiedCount).toBe(1)
  expect(await writeConflicts()).toBe(1013)
})

test('a real clock says that it can not be advanced; so does a time that is none', async () => {
  await using server = await driven({ time: 'real' })
  const admin = server.client.db('admin')
  const refused = [
    [{ ms: 5 }, 20],
    [{ ms: -1 }, 2],
    [{ ms: 'x' }, 14],
    [{}, 40414],
  ] as const
  for (const [fields, code] of refused) {
    const error = await failure(admin.command({ palimpsestAdvanceClock: 1, ...fields }))
    expect(error['code']).toBe(code)
  }
  const elsewhere = server.client.db('test').command({ palimpsestAdvanceClock: 1, ms: 1 })
  expect(await failure(elsewhere)).toMatchObject({ code: 13 })
})
