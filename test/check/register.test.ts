import { describe, expect, it } from 'vitest'
import { type CheckOptions, checkHistory, type Level } from '../../src/check/index.ts'
import { history } from './short_history.ts'

function judge(text: string, options: Partial<CheckOptions> = {}) {
  return checkHistory(history(text, 'rw-register'), { model: 'rw-register', ...options })
}

function typesOf(text: string, options?: Partial<CheckOptions>): string[] {
  return judge(text, options).anomalies.map(({ type }) => type)
}

describe('anomalies of registers', () => {
  it.each([
    ['a clean history', 'wx1 rx1wy1 rx1ry1', []],
    ['an aborted read', '!wx1 rx1', ['G1a']],
    ['an intermediate read', 'wx1wx2 rx1', ['G1b']],
    ['circular information', 'wx1ry1 wy1rx1', ['G1c']],
    ['the same through a second read', 'rxrx1wy2 ry2wx1', ['internal', 'G1c']],
    ['read skew', 'wx1wy1 rx1ry', ['fractured-read', 'G-single']],
    ['write skew', 'rxwy1 rywx1', ['G2-item']],
    ['a long fork', 'wx1 wy1 rx1ry rxry1', ['G-nonadjacent']],
    ['a lost update', 'rxwx1 rxwx2', ['lost-update']],
    ['nonsense', 'rx7', ['garbage-read']],
    ['own steps forgotten', 'wx1rx', ['internal']],
    ['the future', 'rx1wx1', ['future-read']],
    // Neither order of the two writes explains both readers; no single edge says so.
    ['two orders', 'wx1 wx2 p1:rx1 ; p1:rx2 ; p2:rx2 ; p2:rx1', ['causality']],
    ['a stale read', 'wx1 ; wx2 ; rx1', ['unserializable-realtime']],
  ])('%s: %s', (_, text, expected) => {
    const types = typesOf(text)
    for (const type of expected) expect(types).toContain(type)
    if (expected.length === 0) expect(types).toEqual([])
  })

  it('takes an unknown outcome for committed once its write was read', () => {
    expect(typesOf('?wx1wy1 rx1ry')).toContain('fractured-read')
    expect(typesOf('?wx1wy1 rxry')).toEqual([])
  })
})

describe('what is assumed of keys', () => {
  const holds = (text: string, level: Level, options?: Partial<CheckOptions>) =>
    judge(text, options).levels[level]

  it('counts in the search as well as in the graph', () => {
    const text = 'p1:wx1 ; p1:wx2 ; p2:rx2 ; p2:rx1'
    expect(holds(text, 'serializable')).toBe(true)
    expect(holds(text, 'strong-session-serializable')).toBe(false)
    // Of the same process, the first write came first: of no order of time at all, nobody knows.
    expect(holds(text, 'serializable', { wfrKeys: true })).toBe(true)
    expect(holds('rxwx1 rx1wx2 rx2wx3', 'strict-serializable', { wfrKeys: true })).toBe(true)
    expect(typesOf('rx2wx1 rx1wx2', { wfrKeys: true })).toContain('cyclic-versions')
  })
})
