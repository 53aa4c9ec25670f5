import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ACTORS_MAX, parseSchedule, scheduleText } from '../../src/explore/schedule_text.ts'

test('a schedule is written and read back', () => {
  const thread = fc.integer({ min: -4, max: 3 * ACTORS_MAX })
  const threads = fc.array(fc.tuple(thread, fc.integer({ min: 1, max: 12 })))
  const without = fc.array(fc.integer({ min: 0, max: ACTORS_MAX - 1 }))
  fc.assert(
    fc.property(threads, without, (runs, left) => {
      const schedule = {
        without: new Set(left),
        threads: runs.flatMap(([one, times]) => new Array<number>(times).fill(one)),
      }
      const read = parseSchedule(scheduleText(schedule))
      expect(read.threads).toEqual(schedule.threads)
      expect([...read.without].sort()).toEqual([...schedule.without].sort())
    }),
  )
})

test('it is short', () => {
  expect(scheduleText({ without: new Set([2]), threads: [0, 0, 0, 1, 1, 0, -1, 52] })).toBe(
    "-c/a3b2a_a'",
  )
})

test.each(['a2?', '-/a', 'a9999999', '3a'])('%s is refused', (text) => {
  expect(() => parseSchedule(text)).toThrow(RangeError)
})
