import { describe, expect, it } from 'vitest'
import { checkHistory } from '../../src/check/index.ts'
import { history } from './short_history.ts'

const anomaliesOf = (text: string) =>
  checkHistory(history(text), { model: 'list-append' }).anomalies

describe('names', () => {
  it.each([
    ['ax1ay1 ax2ay2 rx12ry21', 'dirty write'],
    ['!ax1 rx1', 'aborted read'],
    ['ax1ax2 rx1', 'intermediate read'],
    ['ax1ry1 ay1rx1', 'circular information flow'],
    ['ax1ay1 rx1ry', 'read skew'],
    ['rxax1 rxax2 rx12', 'lost update'],
    ['ax1 ay1 rx1ry rxry1', 'long fork'],
    ['rxay1 ryax1', 'write skew'],
    ['ax1 ; rx', 'stale read'],
    // Fekete, O'Neil, O'Neil (2004): a deposit, a withdrawal, and whoever looks in between.
    ['rxryay1 rxax2 rx2ry', 'read-only anomaly'],
  ])('%s: %s', (text, name) => {
    expect(anomaliesOf(text).map((anomaly) => anomaly.name)).toContain(name)
  })

  it('calls it a write skew where those who wrote are at odds by themselves', () => {
    const names = anomaliesOf('rxay1 ryax1 rx1ry').map(({ name }) => name)
    expect(names).toContain('write skew')
    expect(names).not.toContain('read-only anomaly')
  })

  it('says who is between two rw edges', () => {
    const [anomaly] = anomaliesOf('rxryay1 rxax2 rx2ry').filter(({ type }) => type === 'G2-item')
    expect(anomaly).toMatchObject({ name: 'read-only anomaly', pivot: 0 })
  })
})
