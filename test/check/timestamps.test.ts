import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type CheckOptions,
  checkHistory,
  HistoryError,
  type HistoryEvent,
  type MicroOperation,
  type Value,
} from '../../src/check/index.ts'
import { history } from './short_history.ts'

type Times = readonly (readonly [start: number, commit?: number])[]

/** A history in short, its transactions with the timestamps given, in the order of completions. */
function timed(text: string, times: Times, model: 'list-append' | 'rw-register' = 'list-append') {
  let at = 0
  return history(text, model).map((event): HistoryEvent => {
    if (event.type === 'invoke') return event
    const [start, commit] = times[at++]!
    return { ...event, start, ...(commit !== undefined && { commit }) }
  })
}

function judge(text: string, times: Times, model: CheckOptions['model'] = 'list-append') {
  return checkHistory(timed(text, times, model as 'list-append'), { model })
}

const typesOf = (...given: Parameters<typeof judge>) =>
  judge(...given).anomalies.map(({ type }) => type)

describe('timestamps', () => {
  it('hold where each read is of the newest version at its start', () => {
    const verdict = judge('ax1 rx1ax2 rx1', [[0, 10], [10, 20], [15]])
    expect(verdict).toMatchObject({ ok: true, timestampsHold: true, anomalies: [] })
  })

  it.each<[string, string, Times, string]>([
    ['a read of what had not committed', 'ax1 rx1', [[0, 10], [5]], 'G-SIa'],
    [
      'two writers at once',
      'ax1 ax2',
      [
        [0, 10],
        [5, 15],
      ],
      'G-SIa',
    ],
    ['a read that misses a commit', 'ax1 rx', [[0, 10], [12]], 'G-SIb'],
  ])('%s: a difference, whatever clients saw', (_, text, times, type) => {
    const verdict = judge(text, times)
    expect(verdict.anomalies.map((anomaly) => anomaly.type)).toEqual([type])
    expect(verdict).toMatchObject({ ok: false, timestampsHold: false })
    expect(verdict.levels['strict-serializable']).toBe(true)
    expect(verdict.disagreement).toContain('but not those of the timestamps')
    expect(typesOf(text.replaceAll('a', 'w'), times, 'rw-register')).toEqual([type])
  })

  it('that hold where no snapshots explain what was seen: a difference as well', () => {
    // Each read ends in the newest version; only the lists tell that the two came both ways round.
    const times: Times = [[0, 10], [10, 20], [20, 30], [30]]
    const verdict = judge('ax1ay1 ax2ay2 ax3ay3 rx123ry213', times)
    expect(verdict).toMatchObject({ ok: false, timestampsHold: true })
    expect(verdict.anomalies.map(({ type }) => type)).toContain('G0')
    expect(verdict.disagreement).toContain('By the timestamps all read from snapshots')
  })

  it.each([
    ['a start that is missing', [[0, 10], []], /event 3: 'start' is missing/],
    ['a commit before its start', [[20, 10], [5]], /event 2: 'commit' 10 is before 'start' 20/],
    ['no number', [['soon', 10], [5]], /event 2: 'start' is a number, not "soon"/],
  ])('%s is told', (_, times, message) => {
    const events = timed('ax1 rx1', times as never).map((event) => JSON.stringify(event))
    const given = events.map((event) => JSON.parse(event) as HistoryEvent)
    expect(() => checkHistory(given, { model: 'list-append' })).toThrow(HistoryError)
    expect(() => checkHistory(given, { model: 'list-append' })).toThrow(message)
  })
})

interface Step {
  readonly who: number
  readonly does: 'begin' | 'read' | 'write' | 'end'
  readonly key: 'x' | 'y'
}

/** Runs transactions under snapshot isolation, first committer wins, and records what they saw. */
function runSnapshots(steps: readonly Step[]): HistoryEvent[] {
  const versions: Record<string, { at: number; value: Value }[]> = { x: [], y: [] }
  const open = new Map<
    number,
    { start: number; steps: MicroOperation[]; own: Map<string, Value> }
  >()
  const events: HistoryEvent[] = []
  const completions: HistoryEvent[] = []
  let now = 0
  let value = 0
  const end = (who: number): void => {
    const tx = open.get(who)
    if (tx === undefined) return
    open.delete(who)
    now++
    const wins = [...tx.own.keys()].every((key) => (versions[key]!.at(-1)?.at ?? 0) <= tx.start)
    if (wins) for (const [key, left] of tx.own) versions[key]!.push({ at: now, value: left })
    const process = events.length
    events.push({ type: 'invoke', process, f: 'txn', value: tx.steps.map(asked) })
    const times = { start: tx.start, ...(tx.own.size > 0 && { commit: now }) }
    const type = wins ? 'ok' : 'fail'
    completions.push({ type, process, f: 'txn', value: tx.steps, ...times })
  }
  for (const { who, does, key } of steps) {
    if (does === 'end') end(who)
    else if (!open.has(who)) open.set(who, { start: now, steps: [], own: new Map() })
    const tx = open.get(who)
    if (tx === undefined) continue
    if (does === 'write') {
      tx.own.set(key, ++value)
      tx.steps.push(['w', key, value])
    } else if (does === 'read') {
      const seen = versions[key]!.findLast(({ at }) => at <= tx.start)?.value ?? null
      tx.steps.push(['r', key, tx.own.get(key) ?? seen])
    }
  }
  for (const who of open.keys()) end(who)
  return [...events, ...completions]
}

function asked(step: MicroOperation): MicroOperation {
  return step[0] === 'r' ? ['r', step[1], null] : step
}

const steps = fc.array(
  fc.record<Step>({
    who: fc.integer({ min: 0, max: 3 }),
    does: fc.constantFrom('begin', 'read', 'read', 'write', 'write', 'end'),
    key: fc.constantFrom('x', 'y'),
  }),
  { minLength: 15, maxLength: 40 },
)

it('hold on whatever a store with snapshots does, and both views agree', () => {
  const judged = fc.property(steps, (given) => {
    const verdict = checkHistory(runSnapshots(given), { model: 'rw-register' })
    expect(verdict.timestampsHold ?? true).toBe(true)
    expect(verdict.levels['snapshot-isolation']).toBe(true)
    expect(verdict.disagreement).toBeUndefined()
  })
  fc.assert(judged, { numRuns: 2000, seed: 5 })
})

it('no longer hold where one transaction claims a snapshot before what it saw', () => {
  let changed = 0
  const judged = fc.property(steps, fc.nat(), (given, pick) => {
    const events = runSnapshots(given)
    const readers = events.filter(
      ({ type, value }) =>
        type === 'ok' && value.some((step) => step[0] === 'r' && step[2] !== null),
    )
    const victim = readers[pick % Math.max(readers.length, 1)]
    if (victim === undefined) return
    const isForeign = ([name, key, seen]: MicroOperation) =>
      name === 'r' &&
      seen !== null &&
      !victim.value.some((step) => step[0] === 'w' && step[1] === key && step[2] === seen)
    if (!victim.value.some(isForeign)) return
    changed++
    const moved = events.map((event) => (event === victim ? { ...event, start: -1 } : event))
    expect(checkHistory(moved, { model: 'rw-register' }).timestampsHold).toBe(false)
  })
  fc.assert(judged, { numRuns: 1000, seed: 5 })
  expect(changed).toBeGreaterThan(100)
})
