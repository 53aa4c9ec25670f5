/**
 * Random workloads under seeded chaos: every acknowledged write is applied exactly once, every
 * failed one at most once, and no money is lost or made.
 *
 * A few hundred seeds in every run of the tests; `CHAOS_SEEDS=10000` for more, `CHAOS_SEED=7` for
 * one of them.
 */
import { expect, test } from 'vitest'
import type { PalimpsestClient } from '../../../src/client/index.ts'
import { createClient } from '../../../src/client/index.ts'
import type { Palimpsest } from '../../../src/index.ts'
import { type ChaosRun, runSeed, storyOf } from './story.ts'

const ACTIONS_EACH = 5
const CLIENTS = 3

/** From calm weather to a storm in which every other command is struck. */
const subjectFor = (seed: number): ChaosRun => ({
  shape: { clients: CLIENTS, actionsEach: ACTIONS_EACH, mayExpire: true },
  chaos: { probability: 0.05 + 0.05 * (seed % 10) },
})

const { CHAOS_SEEDS = '300', CHAOS_SEED } = process.env
const FIRST = CHAOS_SEED === undefined ? 1 : Number(CHAOS_SEED)
const COUNT = CHAOS_SEED === undefined ? Number(CHAOS_SEEDS) : 1

/** What takes longer than this had a transaction that expired. */
const LIFETIME_MS = 60_000

test(`${COUNT} seeds from ${FIRST} on`, { timeout: 600_000 }, async () => {
  const totals = { faults: 0, acknowledged: 0, failed: 0, expired: 0 }
  for (let seed = FIRST; seed < FIRST + COUNT; seed++) {
    const run = await runSeed(seed, subjectFor(seed))
    if (run.violations.length > 0) throw new Error(await storyAgain(seed))
    totals.faults += run.faults
    for (const { outcome, fromMs, toMs } of run.actions) {
      if (outcome === 'acknowledged') totals.acknowledged++
      if (outcome === 'failed') totals.failed++
      if (toMs - fromMs > LIFETIME_MS) totals.expired++
    }
  }
  if (CHAOS_SEED !== undefined) return
  // Else nothing was shown.
  expect(totals.faults).toBeGreaterThan(COUNT)
  expect(totals.acknowledged).toBeGreaterThan(totals.failed)
  expect(totals.acknowledged + totals.failed).toBe(COUNT * CLIENTS * ACTIONS_EACH)
  expect(totals.failed).toBeGreaterThan(0)
  expect(totals.expired).toBeGreaterThan(0)
})

/** The same run once more, with a trace. */
async function storyAgain(seed: number, subject = subjectFor(seed)): Promise<string> {
  return storyOf(await runSeed(seed, subject, { trace: true }))
}

test('the same seed is the same story', async () => {
  expect(await storyAgain(3)).toBe(await storyAgain(3))
})

test('a client that retries without numbers is found out, and the story says how', async () => {
  const stories: string[] = []
  for (let seed = 1; seed <= 20; seed++) {
    const careless = { ...subjectFor(seed), clientOf: carelessClient }
    const { violations } = await runSeed(seed, careless)
    if (violations.length > 0) stories.push(await storyAgain(seed, careless))
  }
  expect(stories.length).toBeGreaterThan(0)
  const [story] = stories.filter((one) => one.includes('is there 2 times'))
  expect(story).toMatch(
    /^Seed \d+: client \d: lists\.\w+\(.*\) acknowledged, and mark \d+ is there 2/,
  )
  expect(story).toContain('fault  loseReply at ')
  expect(story).toMatch(/Again: CHAOS_SEED=\d+ npx vitest run/)
})

/** Its retryable writes lose their numbers on the way, so that the server can't know a retry. */
function carelessClient(sim: Palimpsest): PalimpsestClient {
  const own = sim.server.transport()
  return createClient({
    clock: sim.clock,
    random: sim.random,
    transport: {
      isReliable: false,
      isStandalone: false,
      send: (command, options) => {
        if (command['autocommit'] === undefined) delete command['txnNumber']
        return own.send(command, options)
      },
    },
  })
}
