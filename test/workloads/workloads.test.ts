import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Palimpsest } from '../../src/palimpsest.ts'
import { Random } from '../../src/sim/index.ts'
import {
  judgeRun,
  type RunWorkloadOptions,
  runWorkload,
  WORKLOAD_NAMES,
  WORKLOADS,
  type WorkloadClient,
  WorkloadError,
  type WorkloadEvent,
  type WorkloadName,
} from '../../src/workloads/index.ts'

/** Virtual time begins here. */
const START_AT = Date.UTC(2026, 0, 1)

async function play(name: WorkloadName, chaos = 0, more: Partial<RunWorkloadOptions> = {}) {
  await using sim = await Palimpsest.create({ seed: 7, startAt: START_AT })
  if (chaos > 0) sim.faults.chaos({ probability: chaos })
  const thinking = new Random(3)
  return await runWorkload(WORKLOADS[name], {
    client: sim.client(),
    transactions: 150,
    clients: 6,
    nowMs: () => sim.clock.elapsed(),
    pause: () => sim.clock.sleep(thinking.below(20)),
    ...more,
  })
}

describe.each(WORKLOAD_NAMES)('%s', (name) => {
  test('runs, meets conflicts, and snapshot isolation holds', async () => {
    const run = await play(name)
    expect(run.committed).toBeGreaterThan(30)
    expect(run.failed).toBeGreaterThan(0)
    expect(run.unknown).toBe(0)
    const { ok, verdict, complaints } = judgeRun(run)
    expect({ ok, complaints }).toEqual({ ok: true, complaints: [] })
    expect(verdict.levels['strong-snapshot-isolation']).toBe(true)
    expect(verdict.transactions).toBe(run.committed)
  })

  test('the same seed gives the same history', async () => {
    expect((await play(name)).events).toEqual((await play(name)).events)
  })

  test('under chaos, too: unknown outcomes are told as such', async () => {
    const run = await play(name, 0.05)
    expect(judgeRun(run)).toMatchObject({ ok: true, complaints: [] })
  })

  test('every event is completed by its process, and whoever does not know never returns', async () => {
    const { events } = await play(name, 0.1)
    const open = new Set<unknown>()
    const gone = new Set<unknown>()
    for (const { type, process } of events) {
      expect(gone.has(process)).toBe(false)
      expect(open.has(process)).toBe(type !== 'invoke')
      if (type === 'invoke') open.add(process)
      else open.delete(process)
      if (type === 'info') gone.add(process)
    }
    expect(open.size).toBe(0)
  })

  test('values are unique for their key', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const { source, intent } = WORKLOADS[name]
        const transactions = source(new Random(seed))
        const seen = new Set<string>()
        for (let i = 0; i < 200; i++) {
          for (const [kind, key, value] of transactions.next().flatMap(intent)) {
            if (kind === 'r') continue
            const written = `${key} ${value}`
            expect(seen.has(written)).toBe(false)
            seen.add(written)
          }
        }
      }),
      { numRuns: 20 },
    )
  })
})

test('a commit that nobody answers is unknown, and the run goes on', async () => {
  await using sim = await Palimpsest.create({ seed: 1, startAt: START_AT })
  sim.faults.fail({
    command: 'commitTransaction',
    code: 91,
    labels: ['UnknownTransactionCommitResult'],
    times: 40,
  })
  const run = await runWorkload(WORKLOADS.counter, {
    client: sim.client(),
    clients: 2,
    transactions: 30,
    nowMs: () => sim.clock.elapsed(),
  })
  expect(run.unknown).toBeGreaterThan(0)
  expect(run.committed).toBeGreaterThan(0)
  expect(judgeRun(run).ok).toBe(true)
})

test('a database that only fails ends the run', async () => {
  await using sim = await Palimpsest.create({ seed: 1 })
  sim.faults.fail({ command: 'find', code: 13, times: 1_000 })
  const running = runWorkload(WORKLOADS.bank, {
    client: sim.client(),
    nowMs: () => sim.clock.elapsed(),
  })
  await expect(running).rejects.toThrow(WorkloadError)
})

/** Without transactions: every statement by itself, and after each read some thought. */
function careless(client: WorkloadClient, think: () => Promise<void>): WorkloadClient {
  const bare = (options: object | undefined) => ({ ...options, session: undefined })
  return {
    db: (name) => {
      const db = client.db(name)
      return {
        createCollection: (of) => db.createCollection(of),
        dropCollection: (of) => db.dropCollection(of),
        collection: (of) => {
          const collection = db.collection(of)
          return {
            async findOne(filter, options) {
              const found = await collection.findOne(filter, bare(options))
              await think()
              return found
            },
            updateOne: (filter, update, options) =>
              collection.updateOne(filter, update, bare(options)),
            insertMany: (documents) => collection.insertMany(documents),
          }
        },
      }
    },
    startSession: () => ({
      startTransaction() {},
      commitTransaction: async () => {},
      abortTransaction: async () => {},
      endSession: async () => {},
    }),
  }
}

test.each(WORKLOAD_NAMES)('%s without transactions is found out', async (name) => {
  await using sim = await Palimpsest.create({ seed: 7, startAt: START_AT })
  const run = await play(name, 0, {
    client: careless(sim.client(), () => sim.clock.sleep(1)),
    nowMs: () => sim.clock.elapsed(),
    pause: () => sim.clock.sleep(1),
  })
  const { ok, verdict, complaints } = judgeRun(run)
  expect(ok).toBe(false)
  expect(verdict.levels['snapshot-isolation']).toBe(false)
  expect(verdict.anomalies.length).toBeGreaterThan(0)
  const hasOwnRule = name === 'bank' || name === 'counter'
  expect(complaints.length > 0).toBe(hasOwnRule)
})

test('the rule of the bank: a total that nobody can explain', () => {
  const numbers = { 0: 100, 1: 100, 2: 100, 3: 100, 4: 99 }
  const audit = { index: 1, type: 'ok', process: 3, f: 'txn', value: [], numbers } as const
  expect(WORKLOADS.bank.complaints([audit])).toEqual([
    'process 3 (event 1) saw 499 in all, and there is 500',
  ])
})

test('the rule of the counter: neither lost nor made up', () => {
  const increment = [['w', 'counter', 1]] as const
  const read = [['r', 'counter', null]] as const
  const event = (
    index: number,
    type: WorkloadEvent['type'],
    value: WorkloadEvent['value'],
    seen?: number,
  ): WorkloadEvent => ({
    ...{ index, type, process: 0, f: 'txn', value },
    ...(seen === undefined ? {} : { numbers: { counter: seen } }),
  })
  const complaintsOf = (outcome: 'ok' | 'fail' | 'info', seen: number) =>
    WORKLOADS.counter.complaints([
      event(0, 'invoke', increment),
      event(1, outcome, increment),
      event(2, 'invoke', read),
      event(3, 'ok', read, seen),
    ])
  expect(complaintsOf('ok', 1)).toEqual([])
  expect(complaintsOf('ok', 0)).toEqual(['process 0 (event 3) read 0, not from 1 to 1'])
  expect(complaintsOf('ok', 2)).toEqual(['process 0 (event 3) read 2, not from 1 to 1'])
  expect(complaintsOf('fail', 1)).toEqual(['process 0 (event 3) read 1, not from 0 to 0'])
  expect(complaintsOf('info', 0)).toEqual([])
  expect(complaintsOf('info', 1)).toEqual([])
})
