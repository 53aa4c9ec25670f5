import { expect, test } from 'vitest'
import { rungsOf } from '../../src/cli/demo/html/attempt_marks.ts'
import { countText, durationText, secondsText } from '../../src/cli/numbers.ts'
import { sampleAttempts } from './sample_story.ts'

test('numbers for people', () => {
  expect(countText(1013)).toBe('1,013')
  expect(secondsText(82_756)).toBe('82.756 s')
  expect([0, 0.05, 0.5, 7.25, 999.4, 1_000, 82_756].map(durationText)).toEqual([
    '0',
    '50 \u00b5s',
    '500 \u00b5s',
    '7.25 ms',
    '999 ms',
    '1 s',
    '82.8 s',
  ])
})

test('pauses of the same length in a row are one rung', () => {
  const span = { text: '', fromMs: 1_000, toMs: 1_200, attempts: sampleAttempts(6, 4, 100) }
  expect(rungsOf(span)).toEqual([
    { backoffMs: 0, first: 0, count: 4, fromMs: 1_000, toMs: 1_000 },
    { backoffMs: 100, first: 4, count: 2, fromMs: 1_000, toMs: 1_200 },
  ])
})
