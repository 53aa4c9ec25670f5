import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  checkDocuments,
  checkHistory,
  explain,
  explanationText,
  type TimelineStep,
  timelineText,
} from '../../../src/check/index.ts'
import { chaos } from './chaos.ts'
import { DOCTORS } from './doctors.ts'
import { longCycle } from './long_cycle.ts'

describe('an explanation as text', () => {
  test('tells each edge, the two statements, and what would help', () => {
    const [skew] = explain(checkDocuments(DOCTORS), DOCTORS)
    expect(explanationText(skew!).split('\n')).toEqual([
      'write skew (G2-item): a cycle with two rw edges in a row',
      '  rw  alice read ward.doctors/"bob" = {"onCall":true}, which bob then overwrote with',
      '        {"onCall":false}',
      '  rw  bob read ward.doctors/"alice" = {"onCall":true}, which alice then overwrote with',
      '        {"onCall":false}',
      '  look at: alice, step 1: read ward.doctors/"bob" = {"onCall":true}',
      '           bob, step 2: write ward.doctors/"bob" = {"onCall":false}',
      '  mend:    Write what you read: a $inc of a revision in ward.doctors/"bob" and ward.doctors/"alice",',
      '             or findOneAndUpdate in place of find. Of two transactions that write one document only',
      '             one can commit.',
      '           Retry the whole transaction on WriteConflict (the label TransientTransactionError), as',
      '             withTransaction does: read again, and decide again.',
    ])
  })

  test('of a long cycle both ends and every rw edge', () => {
    const events = longCycle(50)
    const [skew] = explain(checkHistory(events, { model: 'list-append' }), events)
    const lines = explanationText(skew!).split('\n')
    expect(skew?.edges).toHaveLength(50)
    expect(lines.slice(1, 11)).toEqual([
      '  rw  T49 read "other" as [], which T0 then appended 0 to',
      '  ww  T0 appended 0 to "ring", then T1 1',
      '  ww  T1 appended 1 to "ring", then T2 2',
      '  ww  T2 appended 2 to "ring", then T3 3',
      '  ... 42 more edges',
      '  ww  T45 appended 45 to "ring", then T46 46',
      '  ww  T46 appended 46 to "ring", then T47 47',
      '  ww  T47 appended 47 to "ring", then T48 48',
      '  ww  T48 appended 48 to "ring", then T49 49',
      '  look at: T49, step 2: read other = []',
    ])
  })

  test('keeps to its columns', () => {
    fc.assert(
      fc.property(chaos, fc.integer({ min: 60, max: 120 }), (events, columns) => {
        const verdict = checkHistory(events, { model: 'list-append' })
        for (const explanation of explain(verdict, events)) {
          for (const line of explanationText(explanation, columns).split('\n')) {
            expect(line.length).toBeLessThanOrEqual(columns)
          }
        }
      }),
      { numRuns: 50 },
    )
  })
})

const TIMELINE: readonly TimelineStep[] = [
  { who: 'alice', text: 'doctors.find({onCall: true})', answer: '2 documents' },
  { who: 'bob', text: 'doctors.findOne("alice")' },
  { who: 'alice', text: 'doctors.updateOne({_id: "alice"}, {$set: {onCall: false}})' },
  { who: 'bob', text: 'commitTransaction', error: 'WriteConflict' },
]

describe('a timeline as text', () => {
  test('has a column for each actor, and marks those that raced', () => {
    const race = [{ transaction: 1, name: 'bob', step: 0, text: '', statement: 1 }]
    expect(timelineText(TIMELINE, { race, columns: 76 }).split('\n')).toEqual([
      '     alice                              bob',
      '  1  doctors.find({onCall: true})',
      '       -> 2 documents',
      '> 2                                     doctors.findOne("alice")',
      '  3  doctors.updateOne({_id: "alice"},',
      '       {$set: {onCall: false}})',
      '  4                                     commitTransaction',
      '                                          ! WriteConflict',
    ])
  })

  test('has names in front of each line where columns would be too narrow', () => {
    expect(timelineText(TIMELINE, { columns: 44 }).split('\n').slice(0, 3)).toEqual([
      '  1  alice: doctors.find({onCall: true})',
      '       -> 2 documents',
      '  2  bob: doctors.findOne("alice")',
    ])
  })

  test('keeps to its columns, whatever was typed, and loses none of it', () => {
    const step = fc.record({
      who: fc.constantFrom('a', 'b', 'c'),
      text: fc.string({ maxLength: 99 }),
    })
    fc.assert(
      fc.property(fc.array(step), fc.integer({ min: 40, max: 120 }), (timeline, columns) => {
        const text = timelineText(timeline, { columns })
        for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(columns)
        const bare = (one: string) => one.replaceAll(/\s/g, '')
        for (const { text: typed } of timeline) {
          if (typed.length < 16) expect(bare(text)).toContain(bare(typed))
        }
      }),
    )
  })

  test('of nothing is nothing', () => {
    expect(timelineText([]).trim()).toBe('')
  })
})
