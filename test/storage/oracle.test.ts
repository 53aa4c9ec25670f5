import { createReadStream, existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { describe, expect, it } from 'vitest'
import { compare, render } from '../../scripts/oracle/compare.ts'
import { replay } from '../../scripts/oracle/replay.ts'
import { MalformedInput, parseSchedule, type Schedule } from '../../scripts/oracle/schedule.ts'

/** Recorded by us from WiredTiger (develop of June 2025, a1e9823f), one step at a time, serially. */
const own = new URL('schedules.jsonl', import.meta.url)
const shared = new URL('../../../shared/oracle/wiredtiger-schedules.jsonl', import.meta.url)

async function differencesIn(file: URL): Promise<string[]> {
  const found: string[] = []
  let lineNumber = 0
  for await (const line of createInterface({ input: createReadStream(file) })) {
    const schedule = parseSchedule(line, ++lineNumber)
    const replayed = replay(schedule)
    for (const difference of compare(schedule, replayed)) {
      found.push(render(schedule, replayed, difference))
    }
  }
  expect(lineNumber).toBeGreaterThan(0)
  return found
}

describe('recorded schedules of the real library', () => {
  it('of our own are replayed without a difference', async () => {
    expect(await differencesIn(own)).toEqual([])
  })

  // Left out, and reported as skipped, where the folder beside the repository is absent.
  it.skipIf(!existsSync(shared))('in ../shared are replayed without a difference', async () => {
    expect(await differencesIn(shared)).toEqual([])
  })
})

const SCHEDULE: Schedule = {
  id: 7,
  mode: 'plain',
  n: 2,
  steps: ['1 begin', '1 put 0 a v1', '2 put 0 a v2', '1 commit', '2 get 0 a'],
  out: [{ rc: 'OK' }, { rc: 'OK' }, { rc: 'WOULD_SPIN' }, { rc: 'OK' }, { rc: 'OK', v: 'v1' }],
  end: {
    unfinished: [],
    final: [
      { rows: [['a', 'v1']], rc: 'WT_NOTFOUND' },
      { rows: [], rc: 'WT_NOTFOUND' },
    ],
    stats: { txn_update_conflict: 0, autocommit_update_retry: 0 },
  },
}

describe('the comparison', () => {
  it('finds nothing where there is nothing', () => {
    expect(compare(SCHEDULE, replay(SCHEDULE))).toEqual([])
  })

  it.each<[string, Partial<Schedule>]>([
    ['step 4: 2 get 0 a', { out: [...SCHEDULE.out.slice(0, 4), { rc: 'OK', v: 'v2' }] }],
    [
      'step 1: 1 put 0 a v1',
      { out: SCHEDULE.out.map((one, i) => (i === 1 ? { rc: 'EINVAL' } : one)) },
    ],
    ['end: unfinished', { end: { ...SCHEDULE.end, unfinished: [1] } }],
    ['end: final', { end: { ...SCHEDULE.end, final: [] } }],
    [
      'end: stats.txn_update_conflict',
      { end: { ...SCHEDULE.end, stats: { txn_update_conflict: 1 } } },
    ],
  ])('finds a difference at %s', (where, change) => {
    const schedule = { ...SCHEDULE, ...change }
    const replayed = replay(schedule)
    const found = compare(schedule, replayed)
    expect(found.map((difference) => difference.where)).toEqual([where])
    expect(render(schedule, replayed, found[0] as (typeof found)[number])).toContain('recorded:')
  })
})

describe('malformed input', () => {
  it.each([
    ['{"id":1', 'line 3: not JSON'],
    ['[]', 'line 3: not a JSON object'],
    [JSON.stringify({ ...SCHEDULE, n: 0 }), 'line 3: "n"'],
    [JSON.stringify({ ...SCHEDULE, steps: 'begin' }), 'line 3: "steps"'],
    [JSON.stringify({ ...SCHEDULE, out: [{}] }), 'line 3: "out"'],
    [JSON.stringify({ ...SCHEDULE, out: [] }), 'line 3: 5 steps, but 0 outcomes'],
    [JSON.stringify({ ...SCHEDULE, end: null }), 'line 3: "end"'],
    [JSON.stringify({ ...SCHEDULE, end: { unfinished: [] } }), 'line 3: "end.final"'],
  ])('%s', (line, message) => {
    expect(() => parseSchedule(line, 3)).toThrow(MalformedInput)
    expect(() => parseSchedule(line, 3)).toThrow(message)
  })

  it.each(['9 begin', '1 fly', 'g newest 3', '1 get 5 a', '1 put 0', '1 begin_readts x'])(
    'the step "%s"',
    (step) => {
      const schedule = { ...SCHEDULE, steps: [step], out: [{ rc: 'OK' }] }
      expect(() => replay(schedule)).toThrow(MalformedInput)
      expect(() => replay(schedule)).toThrow(`schedule 7, step "${step}"`)
    },
  )
})
