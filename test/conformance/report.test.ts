import { describe, expect, it } from 'vitest'
import { belowFloor, percent } from '../../scripts/conformance/floors.ts'
import type { CaseResult, Verdict } from '../../scripts/conformance/outcome.ts'
import { causeOf } from '../../scripts/conformance/report/causes.ts'
import { renderPage } from '../../scripts/conformance/report/page.ts'
import { renderTable } from '../../scripts/conformance/report/table.ts'
import { tally } from '../../scripts/conformance/report/tally.ts'

const result = (folder: string, verdict: Verdict): CaseResult => ({
  folder,
  file: 'file.json',
  description: 'a test',
  verdict,
})

const results = [
  result('sessions', { kind: 'passed', ways: ['its own way'] }),
  result('sessions', {
    kind: 'failed',
    reason: 'MongoServerError(238): the stage $out is not supported yet',
  }),
  result('sessions', { kind: 'left out', reason: 'no such helper' }),
  result('sessions', { kind: 'not applicable', reason: 'is for sharded' }),
  result('crud', { kind: 'passed' }),
]

describe('the table', () => {
  it('has a row for each specification, by name', () => {
    expect(renderTable(tally(results)).split('\n')).toEqual([
      '| specification | passed | failed | left out | not applicable | passed of those run |',
      '| ------------- | -----: | -----: | -------: | -------------: | ------------------: |',
      '| crud          |      1 |      0 |        0 |              0 |             100.0 % |',
      '| sessions      |      1 |      1 |        1 |              1 |              50.0 % |',
    ])
  })

  it('says 100 % of all and of nothing less', () => {
    expect([percent(1), percent(0.9999), percent(0)]).toEqual(['100.0 %', '99.9 %', '0.0 %'])
  })
})

it('a specification below its floor is named; one without a floor is not', () => {
  expect(belowFloor(tally(results))).toEqual([
    expect.stringMatching(/^sessions passes 50\.0 % of its tests; its floor is /),
  ])
  expect(belowFloor(tally([result('no floor', { kind: 'failed', reason: '' })]))).toEqual([])
})

it('a page tells what failures wait for, what is left out, and the ways of the driver', () => {
  const page = renderPage(results)
  expect(page).toContain('### 1 for the stage `$out`\n\n- sessions, `file.json`: a test\n')
  expect(page).toContain('## Left out\n\n- 1: no such helper\n')
  expect(page).toContain('- 1: its own way\n')
})

it('a page is the same for the same results', () => {
  const failing = (port: number, id: string): CaseResult =>
    result('crud', {
      kind: 'failed',
      reason: `find: connection 3 to 127.0.0.1:${port} closed after ${port} ms, {"$oid":"${id}"}`,
    })
  expect(renderPage([failing(40001, 'a'.repeat(24))])).toBe(
    renderPage([failing(5, 'b'.repeat(24))]),
  )
})

it.each([
  ["find failed: MongoServerError(238): Option 'let' is not supported", 'the option `let`'],
  ["MongoServerError(59): no such command: 'applyOps'", 'the command `applyOps`'],
  ['find failed: MongoServerError(238): something else', 'something else'],
  ['it.a should be 1, and is 2', 'a cause that is not known yet'],
])('%s waits for %s', (failure, cause) => {
  expect(causeOf(failure)).toBe(cause)
})
