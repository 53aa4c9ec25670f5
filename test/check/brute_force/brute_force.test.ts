import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  type CheckOptions,
  checkHistory,
  type HistoryEvent,
  LEVELS,
  type Level,
} from '../../../src/check/index.ts'
import { bruteForceLists } from './lists.ts'
import { listHistory, type Plan, plans, registerHistory } from './random_history.ts'
import { bruteForceRegisters, type Initial } from './registers.ts'

/** Enough that every level is broken and held thousands of times; more by the environment. */
const RUNS = Number(process.env['PALIMPSEST_HISTORIES'] ?? 20_000)
const SEED = Number(process.env['PALIMPSEST_SEED'] ?? 7)

function agrees(
  options: CheckOptions,
  historyOf: (plans: readonly Plan[]) => HistoryEvent[],
  truthOf: (history: readonly HistoryEvent[]) => Record<Level, boolean>,
): void {
  const held = new Map<string, number>()
  let incomplete = 0
  const judged = fc.property(plans, (given) => {
    const history = historyOf(given)
    const { levels, complete } = checkHistory(history, options)
    const truth = truthOf(history)
    if (!complete) incomplete++
    for (const level of LEVELS) {
      if (truth[level]) held.set(level, (held.get(level) ?? 0) + 1)
      // Where the order of some versions is not known, a violation may stay hidden.
      if (complete || truth[level]) expect([level, levels[level]]).toEqual([level, truth[level]])
    }
  })
  fc.assert(judged, { numRuns: RUNS, seed: SEED, endOnFailure: false })
  expect(incomplete).toBe(0)
  for (const level of LEVELS) {
    expect(held.get(level)).toBeGreaterThan(RUNS / 20)
    expect(held.get(level)).toBeLessThan(RUNS)
  }
}

test(`lists: the judge agrees with the definitions on ${RUNS} random histories`, () => {
  agrees({ model: 'list-append' }, listHistory, bruteForceLists)
}, 120_000)

test.each<[string, Initial]>([
  ['nothing at first', {}],
  ['initial values', { x: 0, y: 0 }],
])(
  `registers, %s: the judge agrees with the definitions on ${RUNS} random histories`,
  (_, initial) => {
    agrees(
      { model: 'rw-register', initial },
      (given) => registerHistory(given, initial['x'] ?? null),
      (history) => bruteForceRegisters(history, initial),
    )
  },
  120_000,
)
