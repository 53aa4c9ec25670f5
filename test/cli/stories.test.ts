import { beforeAll, describe, expect, test } from 'vitest'
import { demoHtml } from '../../src/cli/demo/html/page.ts'
import { demoJson } from '../../src/cli/demo/json.ts'
import { type DemoReport, playAll } from '../../src/cli/demo/report.ts'
import { demoText } from '../../src/cli/demo/text.ts'
import { SCRIPTS } from '../../src/cli/stories/scripts.ts'
import type { Lane, StatStep, Story } from '../../src/cli/story/story.ts'
import { styleFor } from '../../src/cli/style.ts'
import { elementsOf, loadedThings } from '../checks/markup_reader.ts'

let report: DemoReport

beforeAll(async () => {
  report = await playAll(SCRIPTS, '0.0.0')
})

function story(id: string): Story {
  return report.stories.find((one) => one.id === id)!
}

function lane(id: string, who: string): Lane {
  return story(id).timeline.lanes.find((one) => one.who === who)!
}

describe('wait on conflict', () => {
  // The counts are those of the article that measured a real 8.0 server, whose profiler said
  // writeConflicts 1013 and keysExamined 1014; the time is the sum of the ladder's pauses
  // (server: log_and_backoff.cpp), 6 x 1 + 90 x 5 + 100 x 10 + 813 x 100 ms.
  test('the figures', () => {
    expect(story('wait-on-conflict').figures).toEqual({
      writeConflicts: 1013,
      numYield: 1013,
      keysExamined: 1014,
      docsExamined: 1014,
      nMatched: 1,
      nModified: 1,
      planSummary: 'EXPRESS_IXSCAN { _id: 1 },EXPRESS_UPDATE',
      millis: 82_756,
      waitedMs: 82_756,
      expiredAtMs: 90_000,
      commitError: 'NoSuchTransaction',
      commitMessage: 'Transaction with { txnNumber: 2 } has been aborted.',
      value: 8,
    })
  })

  test('mongostat sees nothing for 83 seconds, and then everything at once', () => {
    const stats = story('wait-on-conflict').steps.filter((step) => step.kind === 'stat')
    const during = (step: StatStep): boolean => step.atMs > 7_300 && step.atMs < 90_056
    expect(stats.filter(during)).toHaveLength(83)
    expect(stats.filter(({ writeConflicts }) => writeConflicts > 0)).toMatchObject([
      { atMs: 91_000, writeConflicts: 1013 },
    ])
    expect(stats.filter(({ update }) => update > 0)).toMatchObject([{ atMs: 8_000, update: 1 }])
  })

  test('currentOp sees the conflicts so far', () => {
    const { steps } = story('wait-on-conflict')
    const asked = steps.findIndex(
      (step) => step.kind === 'command' && step.text.includes('currentOp'),
    )
    // 33.2 s after the first attempt: 200 conflicts in the first 1.456 s, then ten a second, and
    // the one that it sleeps after right now.
    expect(steps[asked + 1]).toMatchObject({ kind: 'result', atMs: 40_500, value: 518 })
  })

  test('the holder: number 2, expired by the sweep, past its lifetime for half a minute', () => {
    expect(lane('wait-on-conflict', 'A').transactions).toEqual([
      { txnNumber: 1, fromMs: 500, toMs: 500, expiresMs: 60_500, end: 'committed' },
      { txnNumber: 2, fromMs: 1_500, toMs: 90_000, expiresMs: 61_500, end: 'expired' },
    ])
  })

  test('the attempts: all of them, with the pauses of the ladder', () => {
    const update = lane('wait-on-conflict', 'B').statements[0]!
    expect(update).toMatchObject({ fromMs: 7_300, toMs: 90_056 })
    expect(update.attempts).toHaveLength(1014)
    expect(update.attempts.filter(({ outcome }) => outcome === 'conflict')).toHaveLength(1013)
    const pauses = [...new Set(update.attempts.map(({ backoffMs }) => backoffMs))]
    expect(pauses).toEqual([0, 1, 5, 10, 100])
  })
})

test('fail on conflict: at once, with code and label, and the second try gets through', () => {
  expect(story('fail-on-conflict').figures).toEqual({
    code: 112,
    codeName: 'WriteConflict',
    // server: plan_executor_express.cpp, with the transaction's advice around it.
    message:
      'Caused by :: Write conflict during plan execution and yielding is disabled. :: ' +
      'Please retry your operation or multi-document transaction.',
    labels: 'TransientTransactionError',
    waitedMs: 0,
    value: 6,
  })
  const ends = lane('fail-on-conflict', 'B').transactions.map(({ end }) => end)
  expect(ends).toEqual(['aborted', 'committed'])
})

describe('retry', () => {
  test('bare, the fast one fails and the slow one wins; retried, the fast one comes last', () => {
    const { bareError, afterBare, afterRetry } = story('retry').figures
    expect({ bareError, afterBare, afterRetry }).toEqual({
      bareError: 'WriteConflict',
      afterBare: 'slow',
      afterRetry: 'fast',
    })
  })

  test('the fast one goes on until the slow one has held for 2 s', () => {
    const [slow] = lane('retry', 'slow').transactions.slice(-1)
    const span = lane('retry', 'fast').statements.find(({ attempts }) => attempts.length > 1)!
    const { attempts } = story('retry').figures
    expect(slow!.toMs - slow!.fromMs).toBe(2_000)
    expect(span.attempts).toHaveLength(Number(attempts))
    expect(span.attempts.slice(0, -1).every(({ atMs }) => atMs < slow!.toMs)).toBe(true)
    expect(span.attempts.at(-1)).toMatchObject({ outcome: 'done', atMs: span.toMs })
    expect(span.toMs).toBeGreaterThanOrEqual(slow!.toMs)
    // specifications: transactions-convenient-api, no backoff is longer than 500 ms.
    expect(Math.max(...span.attempts.map(({ backoffMs }) => backoffMs))).toBeLessThanOrEqual(500)
  })
})

describe('lost reply', () => {
  test('retried at once it is applied once; with the session forgotten, twice', () => {
    // localLogicalSessionTimeoutMinutes is 30, and the retry comes after 40.
    expect(story('lost-reply').figures).toEqual({
      valueAfterRetry: 1,
      retriedCommandsCount: 1,
      valueAfterLateRetry: 3,
      retriedCommandsCountLate: 1,
      waitedMs: 2_400_000,
    })
  })

  test('the attempts of the driver: two for each update', () => {
    const updates = lane('lost-reply', 'app').statements.filter(({ text }) => /update/.test(text))
    expect(updates.map(({ attempts }) => attempts)).toEqual([
      [
        { atMs: 240_000, outcome: 'lost', backoffMs: 0 },
        { atMs: 240_000, outcome: 'done', backoffMs: 0 },
      ],
      [
        { atMs: 480_000, outcome: 'lost', backoffMs: 2_400_000 },
        { atMs: 2_880_000, outcome: 'done', backoffMs: 0 },
      ],
    ])
  })
})

test('steps are in the order of their time', () => {
  for (const { steps } of report.stories) {
    const times = steps.map(({ atMs }) => atMs)
    expect(times).toEqual([...times].sort((a, b) => a - b))
  }
})

test('played twice, everything is the same, byte for byte', async () => {
  const again = await playAll(SCRIPTS, '0.0.0')
  const options = { style: styleFor(true), columns: 100 }
  expect(demoText(again, options)).toBe(demoText(report, options))
  expect(demoJson(again)).toBe(demoJson(report))
  expect(demoHtml(again)).toBe(demoHtml(report))
})

test('the page is well formed and loads nothing', () => {
  const html = demoHtml(report)
  expect(elementsOf(html).length).toBeGreaterThan(500)
  expect(loadedThings(html)).toEqual([])
  expect(html).not.toMatch(/NaN|Infinity|undefined/)
})
