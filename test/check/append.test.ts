import { describe, expect, it } from 'vitest'
import { checkHistory, type Level } from '../../src/check/index.ts'
import { history } from './short_history.ts'

function typesOf(text: string): string[] {
  return checkHistory(history(text), { model: 'list-append' }).anomalies.map(({ type }) => type)
}

describe('anomalies of lists', () => {
  it.each([
    ['a clean history', 'ax1 rx1ay1 rx1ry1', []],
    ['dirty writes', 'ax1ay1 ax2ay2 rx12ry21', ['G0']],
    ['an aborted read', '!ax1 rx1', ['G1a']],
    ['an intermediate read', 'ax1ax2 rx1', ['G1b', 'G-single']],
    ['circular information', 'ax1ry1 ay1rx1', ['G1c']],
    ['read skew', 'ax1ay1 rx1ry', ['fractured-read', 'G-single']],
    ['write skew', 'rxay1 ryax1', ['G2-item']],
    ['a long fork', 'ax1 ay1 rx1ry rxry1', ['G-nonadjacent']],
    ['a lost update that nobody read', 'rxax1 rxax2', ['lost-update', 'G2-item']],
    ['nonsense', 'rx7', ['garbage-read']],
    ['an element twice', 'ax1 rx11', ['duplicate-elements']],
    ['two orders', 'ax1 ax2 rx12 rx21', ['incompatible-order']],
    ['a write on an aborted one', '!ax1 ax2 rx12', ['dirty-update', 'G1a']],
    ['own steps forgotten', 'ax1rx', ['internal']],
    ['the future', 'rx1ax1', ['future-read']],
  ])('%s: %s', (_, text, expected) => {
    const types = typesOf(text)
    for (const type of expected) expect(types).toContain(type)
    if (expected.length === 0) expect(types).toEqual([])
  })

  it('takes an unknown outcome for committed once its write was read', () => {
    expect(typesOf('?ax1ay1 rx1ry')).toContain('G-single')
    expect(typesOf('?ax1ay1 rxry')).toEqual([])
  })
})

describe('levels', () => {
  const holds = (text: string, level: Level) =>
    checkHistory(history(text), { model: 'list-append' }).levels[level]

  it('lets snapshot isolation skew writes, and serializability not', () => {
    expect(holds('rxay1 ryax1', 'snapshot-isolation')).toBe(true)
    expect(holds('rxay1 ryax1', 'serializable')).toBe(false)
  })

  it('sees a stale read only in real time, or in its process', () => {
    expect(holds('ax1 ; rx', 'serializable')).toBe(true)
    expect(holds('ax1 ; rx', 'strong-session-serializable')).toBe(true)
    expect(holds('ax1 ; rx', 'strict-serializable')).toBe(false)
    expect(holds('p1:ax1 ; p1:rx', 'strong-session-serializable')).toBe(false)
  })
})

it('explains a cycle edge by edge', () => {
  const { anomalies } = checkHistory(history('rxay1 ryax1'), { model: 'list-append' })
  expect(anomalies.map(({ explanation }) => explanation)).toEqual([
    'Write skew: a cycle with two rw edges in a row. T0 read "x" as [], which T1 then appended 1 to; ' +
      'T1 read "y" as [], which T0 then appended 1 to.',
  ])
})
