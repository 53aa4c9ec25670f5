import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ANOMALIES, type AnomalyType } from '../../../src/check/anomalies/table.ts'
import { reworded, valueText } from '../../../src/check/explain/values.ts'
import {
  checkDocuments,
  checkHistory,
  explain,
  type HistoryEvent,
} from '../../../src/check/index.ts'
import { history } from '../short_history.ts'
import { chaos } from './chaos.ts'
import { DOCTORS } from './doctors.ts'

function explained(events: HistoryEvent[], model: 'list-append' | 'rw-register' = 'list-append') {
  return explain(checkHistory(events, { model }), events)
}

describe('a cycle', () => {
  test('points at the statements behind each edge, and at the pair that raced', () => {
    const [skew] = explained(history('rxay1 ryax1'))
    expect(skew).toMatchObject({
      type: 'G2-item',
      transactions: [
        { transaction: 0, name: 'T0' },
        { transaction: 1, name: 'T1' },
      ],
      edges: [
        {
          kind: 'rw',
          key: 'x',
          fromStep: { transaction: 0, step: 0, text: 'read x = []' },
          toStep: { transaction: 1, step: 1, text: 'append 1 to x' },
        },
        { kind: 'rw', key: 'y', fromStep: { transaction: 1, step: 0 }, toStep: { step: 1 } },
      ],
      race: [
        { name: 'T0', text: 'read x = []' },
        { name: 'T1', text: 'append 1 to x' },
      ],
    })
    expect(skew?.remedies.map(({ kind }) => kind)).toEqual(['write-what-you-read', 'retry'])
    expect(skew?.remedies[0]?.sentence).toContain('in x and y')
  })

  test('of those steps that touch its object takes the ones that it is about', () => {
    // T1 appends twice to x; T0 has seen the first of the two.
    const skew = explained(history('ryrx1 ax1ax2ay1 rx12')).find(({ type }) => type === 'G-single')
    const wr = skew?.edges.find(({ kind }) => kind === 'wr')
    expect(wr).toMatchObject({ fromStep: { text: 'append 1 to x' }, toStep: { step: 1 } })
  })

  test('whatever the history, an rw edge misses a write, and a wr edge sees one', () => {
    let edges = 0
    fc.assert(
      fc.property(chaos, (events) => {
        const steps = events.filter(({ type }) => type === 'ok').map(({ value }) => value)
        for (const explanation of explained(events)) {
          expect(explanation.remedies.length).toBeGreaterThan(0)
          for (const { kind, key, from, to, fromStep, toStep } of explanation.edges) {
            if (kind === 'process' || kind === 'realtime') continue
            edges++
            const [reader, writer] =
              kind === 'wr'
                ? [steps[to]![toStep!.step]!, steps[from]![fromStep!.step]!]
                : [steps[from]![fromStep!.step]!, steps[to]![toStep!.step]!]
            expect([reader[1], writer[1], writer[0]]).toEqual([key, key, 'append'])
            if (kind === 'ww') expect(reader[0]).toBe('append')
            else expect((reader[2] as unknown[]).includes(writer[2])).toBe(kind === 'wr')
          }
        }
      }),
      { numRuns: 300 },
    )
    expect(edges).toBeGreaterThan(100)
  })
})

describe('what would help', () => {
  const kinds = (...given: Parameters<typeof explained>) =>
    Object.fromEntries(
      explained(...given).map(({ type, remedies }) => [type, remedies.map(({ kind }) => kind)]),
    )

  test('against a lost update: one step, or a transaction', () => {
    expect(kinds(history('rxax1 rxax2'))['lost-update']).toEqual([
      'atomic-update',
      'transaction',
      'retry',
    ])
  })

  test('against a read skew: one snapshot', () => {
    expect(kinds(history('ax1ay1 rxry1'))['G-single']).toEqual(['one-snapshot', 'majority'])
  })

  test('against what only time rules out: a session, or linearizable reads', () => {
    const stale = kinds(history('p1:ax1 ; p1:rx ; p2:rx1'))
    expect(stale['G-single-process']).toEqual(['causal-session'])
    expect(kinds(history('p1:ax1 ; p2:rx ; p3:rx1'))['G-single-realtime']).toEqual(['linearizable'])
  })

  test('against a broken store: nothing that a program could do', () => {
    expect(kinds(history('ax1ay2 ax2ay1 rx12ry12'))['G0']).toEqual(['store'])
  })

  test('where the unit is the actor, a transaction, if that is enough', () => {
    const events = history('ax1ay1 rxry1')
    const verdict = checkHistory(events, { model: 'list-append' })
    const [skew] = explain(verdict, events, { unit: 'actor' }).filter(
      ({ type }) => type === 'G-single',
    )
    expect(skew?.remedies.map(({ kind }) => kind)).toEqual(['transaction', 'retry'])
  })

  test('there is something against every anomaly', () => {
    for (const type of Object.keys(ANOMALIES) as AnomalyType[]) {
      const anomaly = {
        type,
        name: type,
        cycle: [],
        transactions: [],
        explanation: 'Nobody knows.',
      }
      const [one] = explain({ anomalies: [anomaly] }, [])
      expect([type, one?.remedies.length]).not.toEqual([type, 0])
    }
  })
})

describe('names', () => {
  const named = (...processes: string[]): HistoryEvent[] =>
    processes.flatMap((process, at) => {
      const event = { process, f: 'txn', value: [['append', 'x', at]] } as const
      return [
        { ...event, type: 'invoke' },
        { ...event, type: 'ok', value: [['append', 'x', at]] },
      ]
    })

  test('are those of the actors, where processes have names', () => {
    const events = named('alice', 'bob', 'alice')
    const anomaly = {
      type: 'G0',
      name: 'dirty write',
      cycle: [],
      transactions: [0, 1, 2],
      explanation: 'T0, T1 and T2 met "T1" and ["T2"].',
    } as const
    const [one] = explain({ anomalies: [anomaly] }, events)
    expect(one?.transactions.map(({ name }) => name)).toEqual(['alice#1', 'bob', 'alice#2'])
    expect(one?.sentences).toEqual(['alice#1, bob and alice#2 met "T1" and ["T2"].'])
  })

  test('can be given', () => {
    const events = history('rxay1 ryax1')
    const verdict = checkHistory(events, { model: 'list-append' })
    const [one] = explain(verdict, events, { names: (at) => ['first', 'second'][at]! })
    expect(one?.sentences[0]).toBe('first read "x" as [], which second then appended 1 to')
  })
})

test('documents are explained as well, by their own names', () => {
  const [skew] = explain(checkDocuments(DOCTORS), DOCTORS)
  expect(skew).toMatchObject({
    type: 'G2-item',
    race: [
      { name: 'alice', step: 0, text: 'read ward.doctors/"bob" = {"onCall":true}' },
      { name: 'bob', step: 1, text: 'write ward.doctors/"bob" = {"onCall":false}' },
    ],
  })
})

test('long lists are cut, in values and in sentences, and nothing else is', () => {
  const list = Array.from({ length: 40 }, (_, at) => at)
  expect(valueText(list)).toBe('[0, … 34 more …, 35, 36, 37, 38, 39]')
  const nameOf = (transaction: number) => `<${transaction}>`
  expect(reworded(`T1 read "T2" as ${JSON.stringify(list)}`, nameOf)).toBe(
    '<1> read "T2" as [0, … 34 more …, 35, 36, 37, 38, 39]',
  )
  fc.assert(
    fc.property(fc.string(), (text) => {
      const quoted = JSON.stringify(text)
      expect(reworded(`saw ${quoted}`, nameOf)).toBe(`saw ${quoted}`)
    }),
  )
})
