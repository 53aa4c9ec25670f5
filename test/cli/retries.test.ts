import { beforeAll, describe, expect, test } from 'vitest'
import { measureWait } from '../../src/cli/retries/measure.ts'
import { retriesHtml } from '../../src/cli/retries/page.ts'
import { measureRetries, type RetriesReport } from '../../src/cli/retries/report.ts'
import { SUBJECTS } from '../../src/cli/retries/subjects.ts'
import { retriesTable } from '../../src/cli/retries/table.ts'
import { styleFor } from '../../src/cli/style.ts'
import { elementsOf, loadedThings } from '../checks/markup_reader.ts'

const subject = (id: string) => SUBJECTS.find((one) => one.id === id)!

describe('one wait', () => {
  // server: log_and_backoff.cpp. The pauses are 4 x 0, 6 x 1, 90 x 5, 100 x 10 ms, then 100 ms
  // each; an attempt that fails before the release and whose pause ends after it is the last in
  // vain.
  const ladder: [id: string, heldMs: number, conflicts: number, waitedMs: number][] = [
    ['ladder0', 0.5, 5, 1],
    ['ladder0', 5.5, 10, 6],
    ['ladder0', 455.5, 100, 456],
    ['ladder0', 1_455.5, 200, 1_456],
    ['ladder0', 82_700, 1_013, 82_756],
    ['ladder1', 0.5, 4, 1],
    ['ladder1', 5.5, 9, 6],
    ['ladder1', 455.5, 99, 456],
    ['ladder1', 1_455.5, 199, 1_456],
    ['ladder1', 82_700, 1_012, 82_756],
  ]
  test.each(ladder)(
    '%s, held for %d ms: %d conflicts in %d ms',
    async (id, heldMs, conflicts, waitedMs) => {
      expect(await measureWait(subject(id), heldMs, 1)).toEqual({ heldMs, conflicts, waitedMs })
    },
  )

  test('chance is the seed: the same wait for the same one, another for another', async () => {
    const [one, same, other] = [
      await measureWait(subject('ramp'), 5_000, 1),
      await measureWait(subject('ramp'), 5_000, 1),
      await measureWait(subject('ramp'), 5_000, 2),
    ]
    expect(same).toEqual(one)
    expect(other.waitedMs).not.toBe(one.waitedMs)
  })
})

describe('the report', () => {
  let report: RetriesReport
  const progress: string[] = []

  beforeAll(async () => {
    const versions = { version: '0.0.0', node: '20.0.0' }
    const extent = { pointsPerDecade: 2, runsPerPoint: 3 }
    report = await measureRetries(versions, (text) => progress.push(text), extent)
  })

  test('has a curve for each subject, as far as it is measured', () => {
    expect(report.curves.map(({ id }) => id)).toEqual(SUBJECTS.map(({ id }) => id))
    for (const [index, { points }] of report.curves.entries()) {
      expect(points[0]?.heldMs).toBe(1)
      expect(points.at(-1)?.heldMs).toBe(SUBJECTS[index]!.holdMaxMs)
    }
    expect(progress).toContain('ladder, from 0: 12 of 12')
  })

  test('the ladder is never later than its longest pause, and counting from 1 is one behind', () => {
    const [from0, from1] = report.curves
    for (const [index, point] of from0!.points.entries()) {
      expect(point.overheadMs.max).toBeLessThanOrEqual(100)
      expect(from1!.points[index]!.conflicts.median).toBe(point.conflicts.median - 1)
      expect(from1!.points[index]!.waitedMs).toEqual(point.waitedMs)
    }
  })

  test('close up, the published counts are met at the published times', () => {
    const { waits } = report.closeup[0]!
    for (const { conflicts, waitedMs } of report.articles) {
      // The articles' clocks were off by a few tenths of a second: a handful of conflicts.
      const near = waits.filter((wait) => Math.abs(wait.waitedMs - waitedMs) < 1_000)
      expect(near.length).toBeGreaterThan(0)
      for (const wait of near) expect(Math.abs(wait.conflicts - conflicts)).toBeLessThanOrEqual(11)
    }
  })

  test('as a table: a row for each holding time that is shown, none too wide', () => {
    const lines = retriesTable(report, styleFor(false)).split('\n')
    expect(lines.filter((line) => line.length > 105)).toEqual([])
    expect(lines.some((line) => /^ +100 ms +\d/.test(line))).toBe(true)
    expect(lines.some((line) => /^ +120 s +1,38\d /.test(line))).toBe(true)
  })

  test('as a page: well formed, loads nothing, the published figures laid over it', () => {
    const html = retriesHtml(report)
    const elements = elementsOf(html)
    expect(loadedThings(html)).toEqual([])
    expect(html).not.toMatch(/NaN|Infinity|undefined/)
    for (const { label } of report.articles) expect(html).toContain(`>${label}<`)
    const lines = elements.filter(({ attributes }) => attributes['class'] === 'line')
    expect(lines.length).toBeGreaterThan(2 * SUBJECTS.length)
  })
})
