import fc from 'fast-check'
import { expect, it } from 'vitest'
import { checkHistory, createJudge } from '../../src/check/index.ts'
import { listHistory, plans } from './brute_force/random_history.ts'
import { history } from './short_history.ts'

it('judges equal histories once', () => {
  const { judge } = createJudge({ model: 'list-append' })
  const verdict = judge(history('p1:rxay1 p2:ryax1'))
  expect(judge(history('p7:rxay1 p3:ryax1'))).toBe(verdict)
  expect(judge({ history: history('p7:rxay1 p3:rxay2') })).not.toBe(verdict)
})

it('counts them', () => {
  const judge = createJudge({ model: 'list-append' })
  for (const text of ['ax1 rx1', 'ax1 rx1', 'ax1 rx', 'ax1 rx1']) judge.judge(history(text))
  expect(judge.histories).toBe(2)
})

it('and says what the judge without a memory says', () => {
  const judge = createJudge({ model: 'list-append' })
  const same = fc.property(plans, (given) => {
    const events = listHistory(given)
    expect(judge.judge(events)).toEqual(checkHistory(events, { model: 'list-append' }))
  })
  fc.assert(same, { numRuns: 1000, seed: 3 })
})
