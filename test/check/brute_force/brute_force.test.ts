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

const GUARANTEES: ReadonlySet<Level> = new Set<Level>([
  'monotonic-reads',
  'read-your-writes',
  'monotonic-writes',
  'writes-follow-reads',
])

function agrees(
  optionsOf: (plans: readonly Plan[]) => CheckOptions,
  historyOf: (plans: readonly Plan[]) => HistoryEvent[],
  truthOf: (history: readonly HistoryEvent[], plans: readonly Plan[]) => Record<Level, boolean>,
): void {
  const held = new Map<string, number>()
  const broken = new Map<string, number>()
  let incomplete = 0
  const judged = fc.property(plans, (given) => {
    const history = historyOf(given)
    const { levels, complete } = checkHistory(history, optionsOf(given))
    const truth = truthOf(history, given)
    if (!complete) incomplete++
    for (const level of LEVELS) {
      // Of versions that should not have been read at all, the guarantees say nothing.
      if (GUARANTEES.has(level) && !levels['read-committed']) continue
      const answers = truth[level] ? held : broken
      answers.set(level, (answers.get(level) ?? 0) + 1)
      // Where the order of some versions is not known, a violation may stay hidden.
      if (complete || truth[level]) expect([level, levels[level]]).toEqual([level, truth[level]])
    }
  })
  fc.assert(judged, { numRuns: RUNS, seed: SEED, endOnFailure: false })
  expect(incomplete).toBe(0)
  for (const level of LEVELS) {
    expect(held.get(level)).toBeGreaterThan(RUNS / 20)
    expect(broken.get(level)).toBeGreaterThan(0)
  }
}

test(`lists: the judge agrees with the definitions on ${RUNS} random histories`, () => {
  agrees(() => ({ model: 'list-append' }), listHistory, bruteForceLists)
}, 120_000)

test(`registers: the judge agrees with the definitions on ${RUNS} random histories`, () => {
  const initialOf = (given: readonly Plan[]): Initial =>
    given.length % 2 === 0 ? {} : { x: 0, y: 0 }
  agrees(
    (given) => ({ model: 'rw-register', initial: initialOf(given) }),
    (given) => registerHistory(given, initialOf(given)['x'] ?? null),
    (history, given) => bruteForceRegisters(history, initialOf(given)),
  )
}, 120_000)
