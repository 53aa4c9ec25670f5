import { afterEach, describe, expect, it } from 'vitest'
import type { Document } from '../../src/bson/index.ts'
import { sweepPeriodMs } from '../../src/server/index.ts'
import {
  type Bench,
  commit,
  findAll,
  increment,
  insertOne,
  makeBench,
  starting,
} from './harness.ts'

let bench: Bench = makeBench()
afterEach(() => bench.stop())

/** When the transaction that holds document x is gone, in ms since the start of the simulator. */
async function abortedAtMs(beganMs: number, limitMs: number): Promise<number> {
  await bench.run(insertOne({ _id: 'x', value: 0 }))
  await bench.clock.advance(beganMs)
  await bench.run(starting(1, 2, increment('x', 1)))
  for (let ms = 500 * Math.ceil((beganMs + 1) / 500); ms <= limitMs; ms += 500) {
    await bench.clock.advance(ms - bench.clock.elapsed())
    if (bench.engine.services.openTransactions.size === 0) return ms
  }
  return Number.POSITIVE_INFINITY
}

describe('the sweep', () => {
  // Source: periodic_runner_job_abort_expired_transactions.cpp
  it.each([
    [1, 1_000],
    [3, 1_500],
    [60, 30_000],
    [120, 60_000],
    [3_600, 60_000],
  ])('a lifetime of %i s is swept every %i ms', (seconds, periodMs) => {
    expect(sweepPeriodMs(seconds)).toBe(periodMs)
  })

  // Its phase starts with the simulator; expired is what is strictly past its lifetime.
  it.each([
    [0, 90_000],
    [1, 90_000],
    [29_500, 90_000],
    [30_000, 120_000],
    [30_500, 120_000],
  ])('a transaction that began at %i ms is aborted at %i ms', async (beganMs, abortedMs) => {
    bench = makeBench({ manual: true })
    expect(await abortedAtMs(beganMs, 200_000)).toBe(abortedMs)
    expect(await bench.run(commit(1, 2))).toEqual({
      errorLabels: ['TransientTransactionError'],
      ok: 0,
      errmsg: 'Transaction with { txnNumber: 2 } has been aborted.',
      code: 251,
      codeName: 'NoSuchTransaction',
    })
  })

  it('follows the parameter when it is set, counted from its last run', async () => {
    bench = makeBench({ manual: true })
    await bench.clock.advance(40_000)
    const { metrics } = bench.engine.services
    expect(metrics.abortExpiredTransactions.passes).toBe(2)
    await bench.run({ setParameter: 1, transactionLifetimeLimitSeconds: 30, $db: 'admin' })
    await bench.clock.advance(4_999)
    expect(metrics.abortExpiredTransactions.passes).toBe(2)
    await bench.clock.advance(1)
    expect(metrics.abortExpiredTransactions.passes).toBe(3)
    await bench.clock.advance(15_000)
    expect(metrics.abortExpiredTransactions.passes).toBe(4)
  })

  it('a later change of the parameter is nothing to a transaction under way', async () => {
    bench = makeBench({ manual: true })
    await bench.run(starting(1, 1, insertOne({ _id: 1 })))
    await bench.run({ setParameter: 1, transactionLifetimeLimitSeconds: 1, $db: 'admin' })
    await bench.clock.advance(59_000)
    expect(await bench.run(commit(1, 1))).toMatchObject({ ok: 1 })
  })
})

/** The counts of the source article, and their times: issue and server's log_and_backoff.cpp. */
const WAITS: readonly [string, 'sweep' | 'exact', number, number, number][] = [
  ['981 conflicts in 79.556 s', 'sweep', 10_450, 981, 79_556],
  ['1,013 conflicts in 82.756 s', 'sweep', 7_300, 1_013, 82_756],
  ['786 conflicts in 60.056 s', 'exact', 0, 786, 60_056],
]

describe('a plain update that waits for a forgotten transaction', () => {
  it.each(WAITS)('%s', async (_name, expiry, firstAttemptMs, conflicts, waitedMs) => {
    bench = makeBench({ expiry })
    await bench.run(insertOne({ _id: 'x', value: 0 }))
    if (firstAttemptMs > 0) await bench.clock.advance(1)
    await bench.run(starting(1, 2, increment('x', 5)))
    await bench.clock.advance(firstAttemptMs - bench.clock.elapsed())
    const { metrics } = bench.engine.services
    expect(await bench.run(increment('x', 8))).toEqual({ n: 1, nModified: 1, ok: 1 })
    expect(metrics.operation.writeConflicts).toBe(conflicts)
    expect(bench.clock.elapsed()).toBe(firstAttemptMs + waitedMs)
    const found = (await bench.run(findAll()))['cursor'] as Document
    expect(found['firstBatch']).toEqual([{ _id: 'x', value: 8 }])
  })

  it('gives up at maxTimeMS, as far as the ladder lets it', async () => {
    bench = makeBench({ expiry: 'exact' })
    await bench.run(insertOne({ _id: 'x', value: 0 }))
    await bench.run(starting(1, 2, increment('x', 5)))
    const reply = await bench.run({ ...increment('x', 8), maxTimeMS: 1500 })
    expect(reply).toMatchObject({ ok: 0, code: 50, codeName: 'MaxTimeMSExpired' })
    expect(bench.clock.elapsed()).toBe(1_556)
  })
})

describe("expiry: 'exact'", () => {
  it('aborts right at the limit', async () => {
    bench = makeBench({ manual: true, expiry: 'exact' })
    expect(await abortedAtMs(1_500, 200_000)).toBe(61_500)
    expect(bench.engine.services.metrics.abortExpiredTransactions.successfulKills).toBe(1)
  })

  it('leaves alone what ended before', async () => {
    bench = makeBench({ manual: true, expiry: 'exact' })
    await bench.run(starting(1, 1, insertOne({ _id: 1 })))
    await bench.run(commit(1, 1))
    await bench.run(starting(1, 2, insertOne({ _id: 2 })))
    await bench.clock.advance(59_999)
    expect(await bench.run(commit(1, 2))).toMatchObject({ ok: 1 })
    await bench.clock.advance(1_000)
    expect(bench.engine.services.metrics.abortExpiredTransactions.successfulKills).toBe(0)
  })
})

it('an idle simulator does not age: nothing here makes time pass', async () => {
  bench = makeBench()
  await bench.run(starting(1, 1, insertOne({ _id: 1 })))
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(bench.clock.elapsed()).toBe(0)
})
