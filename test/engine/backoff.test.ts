import { describe, expect, test } from 'vitest'
import {
  backoffPolicies,
  backoffSleepUs,
  insertRetrySleepUs,
  MINIMUM_ATTEMPT_US,
} from '../../src/engine/index.ts'
import { Random } from '../../src/sim/index.ts'

const random = new Random(1)
const sleepMs = (policy: keyof typeof backoffPolicies, attempt: number): number =>
  backoffPolicies[policy].sleepUs(attempt, random) / 1000

describe('the 8.0 ladder', () => {
  // Source: logAndBackoffImpl, src/mongo/util/log_and_backoff.cpp.
  test.each([
    [0, 0],
    [3, 0],
    [4, 1],
    [9, 1],
    [10, 5],
    [99, 5],
    [100, 10],
    [199, 10],
    [200, 100],
    [1_000_000, 100],
  ])('attempt %i sleeps %i ms', (attempt, ms) => {
    expect(sleepMs('ladder', attempt)).toBe(ms)
  })

  // 0-based: 6 + 450 + 1000 ms for the first 200, 100 ms each from there on.
  test.each([
    [785, 59_956, 60_056],
    [981, 79_556, 79_656],
    [1_013, 82_756, 82_856],
  ])('%i conflicts cost %i ms counted from 0, %i ms counted from 1', (conflicts, from0, from1) => {
    const total = (base: number): number =>
      Array.from({ length: conflicts }, (_, i) => sleepMs('ladder', base + i)).reduce(
        (sum, ms) => sum + ms,
      )
    expect(total(0)).toBe(from0)
    expect(total(1)).toBe(from1)
  })

  test('can not be interrupted, and keeps its locks', () => {
    expect(backoffPolicies.ladder).toMatchObject({ interruptible: false, releasesFirst: false })
  })
})

describe('the ramp of 2026', () => {
  // Source: write_conflict_backoff.h: 0, 1, 2, then 8 times 4 each, at most 256; between once and
  // twice.
  test.each([
    [1, 0],
    [2, 1],
    [3, 2],
    [4, 8],
    [5, 32],
    [6, 128],
    [7, 256],
    [50, 256],
  ])('attempt %i sleeps from %i ms to twice that', (attempt, baseMs) => {
    const sleeps = Array.from({ length: 200 }, () => sleepMs('jitteredRamp', attempt))
    expect(Math.min(...sleeps)).toBeGreaterThanOrEqual(baseMs)
    expect(Math.max(...sleeps)).toBeLessThanOrEqual(2 * baseMs)
    if (baseMs > 0) expect(new Set(sleeps).size).toBeGreaterThan(50)
  })
})

test('a policy that never sleeps is charged a minimum after ten attempts', () => {
  const charged = (attempt: number) => backoffSleepUs(backoffPolicies.immediate, attempt, random)
  expect([charged(0), charged(9), charged(10)]).toEqual([0, 0, MINIMUM_ATTEMPT_US])
  expect(backoffSleepUs(backoffPolicies.ladder, 3, random)).toBe(0)
})

describe('the schedule of inserts', () => {
  test('is a tenth of an attempt, growing by a tenth, once attempts are timed', () => {
    const sleeps = [1, 2, 3, 10, 100].map((k) => insertRetrySleepUs(k) - MINIMUM_ATTEMPT_US)
    expect(sleeps).toEqual([0, 3, 4, 11, 62_013])
  })
})
