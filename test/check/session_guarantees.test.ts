import { expect, it } from 'vitest'
import { checkHistory, type Level } from '../../src/check/index.ts'
import { history } from './short_history.ts'

/** Each breaks one guarantee and none of the others. */
it.each<[string, string, string, Level]>([
  ['ax1 ; p1:rx1 ; p1:rx', 'wx1 ; p1:rx1 ; p1:rx', 'non-monotonic-reads', 'monotonic-reads'],
  ['p1:ax1 ; p1:rx', 'p1:wx1 ; p1:rx', 'own-write-missed', 'read-your-writes'],
  [
    'p1:ax1 ; p1:ay2 ; ry2rx',
    'p1:wx1 ; p1:wy2 ; ry2rx',
    'non-monotonic-writes',
    'monotonic-writes',
  ],
  [
    'ax1 ; rx1ay2 ; ry2rx',
    'wx1 ; rx1wy2 ; ry2rx',
    'write-without-its-reads',
    'writes-follow-reads',
  ],
])('%s and %s: %s', (lists, registers, type, level) => {
  for (const [text, model] of [
    [lists, 'list-append'],
    [registers, 'rw-register'],
  ] as const) {
    const { anomalies, levels, complete } = checkHistory(history(text, model), { model })
    const types = anomalies.map((anomaly) => anomaly.type as string)
    expect(types).toContain(type)
    expect({ complete, causal: levels.causal }).toEqual({ complete: true, causal: false })
    const guarantees: Level[] = [
      'monotonic-reads',
      'read-your-writes',
      'monotonic-writes',
      'writes-follow-reads',
    ]
    expect(guarantees.filter((one) => !levels[one])).toEqual([level])
  }
})

it('says who, and of what', () => {
  const { anomalies } = checkHistory(history('ax1 ; p1:rx1 ; p1:rx'), { model: 'list-append' })
  const { explanation, transactions } = anomalies.find(
    ({ name }) => name === 'non monotonic reads',
  )!
  expect(transactions).toEqual([2, 1])
  expect(explanation).toBe(
    'T1 had read "x", and T2 of the same process then read an older version of it.',
  )
})
