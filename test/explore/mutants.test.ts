/**
 * Broken engines, each of which exploration must find: one set of small programs, a budget of
 * schedules, and a counterexample short enough to read. The engine as it is passes all of it.
 */
import { afterAll, describe, expect, it, vi } from 'vitest'
import { type Counterexample, explore } from '../../src/explore/index.ts'
import { type Mutant, withMutant } from './mutants/mutant.ts'
import { PROGRAMS } from './mutants/programs.ts'
import { MUTANTS } from './mutants/table.ts'

const { switchable, switchableInvariant } = await vi.hoisted(() => import('./mutants/mutant.ts'))

vi.mock('../../src/storage/visibility.ts', async (original) => switchable(await original()))
vi.mock('../../src/storage/snapshot.ts', async (original) => switchable(await original()))
vi.mock('../../src/engine/index/entry.ts', async (original) => switchable(await original()))
vi.mock('../../src/invariant.ts', async (original) => {
  const real = await original<typeof import('../../src/invariant.ts')>()
  return { ...real, invariant: switchableInvariant(real.invariant as never) }
})

/** Schedules of each program. */
const BUDGET = 40
const SESSIONS_MAX = 3
const STEPS_MAX = 8

interface Caught {
  readonly program: string
  /** Schedules until then, over all programs. */
  readonly schedules: number
  readonly counterexample: Counterexample
}

/** All programs in their order, until one of them fails. */
async function exploreAll(schedules: number): Promise<Caught | undefined> {
  let played = 0
  for (const [program, options] of Object.entries(PROGRAMS)) {
    const report = await explore({
      ...options,
      seed: 1,
      schedules,
      granularity: 'statement',
      isolation: 'strong-snapshot-isolation',
    })
    played += report.explored
    const { counterexample } = report
    if (counterexample !== undefined) return { program, schedules: played, counterexample }
  }
  return undefined
}

const rows: string[] = []

describe('exploration', () => {
  it('finds nothing wrong with the engine', async () => {
    const caught = await exploreAll(2 * BUDGET)
    expect(caught?.counterexample.explanation).toBeUndefined()
  })

  it.each(MUTANTS)('catches: $name', async (mutant: Mutant) => {
    const caught = await withMutant(mutant, () => exploreAll(BUDGET))
    if (caught === undefined) throw new Error(`nothing found where ${mutant.fault}`)
    const { program, schedules, counterexample } = caught
    const { kind, schedule, timeline } = counterexample
    const steps = timeline.steps.length
    const found = [mutant.name, schedules, program, kind, steps, schedule]
    rows.push(found.join(' | '))
    expect(kind).not.toBe('nondeterminism')
    expect(kind).not.toBe('hang')
    const sessions = new Set(timeline.steps.map(({ actor }) => actor)).size
    expect(sessions).toBeLessThanOrEqual(SESSIONS_MAX)
    expect(steps).toBeLessThanOrEqual(STEPS_MAX)
  })

  afterAll(() => {
    console.log(['mutant | schedules | program | found as | steps | schedule', ...rows].join('\n'))
  })
})
