import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  checkHistory,
  type HistoryEvent,
  LEVELS,
  type MicroOperation,
  type Value,
} from '../../src/check/index.ts'
import { bruteForce } from './brute_force.ts'

/** Enough that every level is broken and held thousands of times; more by the environment. */
const RUNS = Number(process.env['PALIMPSEST_HISTORIES'] ?? 20_000)

interface Plan {
  readonly process: number
  readonly aborts: boolean
  /** How many later events begin before it ends. */
  readonly lasts: number
  readonly steps: readonly {
    readonly append: boolean
    readonly key: 'x' | 'y'
    readonly choice: number
  }[]
}

const plan: fc.Arbitrary<Plan> = fc.record({
  process: fc.integer({ min: 0, max: 2 }),
  aborts: fc.integer({ min: 0, max: 9 }).map((one) => one === 0),
  lasts: fc.integer({ min: 0, max: 3 }),
  steps: fc.array(
    fc.record({
      append: fc.boolean(),
      key: fc.constantFrom('x' as const, 'y' as const),
      choice: fc.integer({ min: 0, max: 11 }),
    }),
    { minLength: 1, maxLength: 3 },
  ),
})

/**
 * Reads see a beginning of the key's list, the whole of it more often than not, and their own
 * appends at its end; now and then they see anything at all.
 */
function historyOf(plans: readonly Plan[]): HistoryEvent[] {
  const lists: Record<string, Value[]> = { x: [], y: [] }
  let element = 0
  const intervals: { at: number; event: HistoryEvent }[] = []
  const freeAt = new Map<number, number>()
  plans.forEach(({ process, aborts, lasts, steps }, index) => {
    const own: Record<string, Value[]> = { x: [], y: [] }
    const value = steps.map(({ append, key, choice }): MicroOperation => {
      if (append) {
        own[key]!.push(++element)
        return ['append', key, element]
      }
      const list = lists[key]!
      const seen = choice < 6 ? list : list.slice(0, choice % (list.length + 1))
      if (choice === 11) return ['r', key, [...list.slice(1), ...own[key]!]]
      return ['r', key, [...seen, ...own[key]!]]
    })
    if (!aborts) for (const key of ['x', 'y']) lists[key]!.push(...own[key]!)
    const began = Math.max(index * 10, (freeAt.get(process) ?? -1) + 1)
    const ended = began + lasts * 10 + 5
    freeAt.set(process, ended)
    const asked = value.map((step) => (step[0] === 'r' ? (['r', step[1], null] as const) : step))
    intervals.push({ at: began, event: { type: 'invoke', process, f: 'txn', value: asked } })
    const type = aborts ? 'fail' : 'ok'
    intervals.push({ at: ended, event: { type, process, f: 'txn', value } })
  })
  return intervals.sort((left, right) => left.at - right.at).map(({ event }) => event)
}

test(`the judge agrees with the definitions on ${RUNS} random histories, on every level`, () => {
  const held = new Map<string, number>()
  fc.assert(
    fc.property(fc.array(plan, { minLength: 1, maxLength: 4 }), (plans) => {
      const history = historyOf(plans)
      const { levels, complete } = checkHistory(history, { model: 'list-append' })
      const truth = bruteForce(history)
      for (const level of LEVELS) {
        if (truth[level]) held.set(level, (held.get(level) ?? 0) + 1)
        // Where the order of some versions is not known, a violation may stay hidden.
        if (complete || truth[level]) expect([level, levels[level]]).toEqual([level, truth[level]])
      }
    }),
    { numRuns: RUNS, seed: Number(process.env['PALIMPSEST_SEED'] ?? 7), endOnFailure: false },
  )
  for (const level of LEVELS) {
    expect(held.get(level)).toBeGreaterThan(RUNS / 20)
    expect(held.get(level)).toBeLessThan(RUNS)
  }
}, 120_000)
