import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkDocuments, checkHistory, renderHtml } from '../../../src/check/index.ts'
import { elementsOf, loadedThings } from '../../checks/markup_reader.ts'
import { chaos } from '../explain/chaos.ts'
import { DOCTORS } from '../explain/doctors.ts'
import { longCycle } from '../explain/long_cycle.ts'
import { history } from '../short_history.ts'

function pageOf(events: ReturnType<typeof history>): string {
  return renderHtml(checkHistory(events, { model: 'list-append' }), events)
}

/** Elements by a class. */
function withClass(html: string, name: string) {
  return elementsOf(html).filter(({ attributes }) => attributes['class']?.split(' ').includes(name))
}

/** How many of something there are in each of the widths that a picture is drawn for. */
const WIDTHS = 3

describe('a page', () => {
  const page = pageOf(history('rxay1 ryax1'))

  test('is whole, well formed, and fetches nothing', () => {
    expect(page.startsWith('<!doctype html>')).toBe(true)
    expect(elementsOf(page).length).toBeGreaterThan(50)
    expect(loadedThings(page)).toEqual([])
  })

  test('draws each edge of a cycle once for each width, with its sentence', () => {
    const edges = withClass(page, 'edge')
    expect(edges).toHaveLength(2 * WIDTHS)
    for (const { attributes } of edges) expect(attributes['data-tip']).toMatch(/^T[01] read/)
    expect(withClass(page, 'racing')).toHaveLength(2 * WIDTHS)
  })

  test('says of each level whether it holds', () => {
    expect(withClass(page, 'broken')).toHaveLength(4)
    expect(page).toContain('<li class="broken asked"><b>no</b> serializable</li>')
    expect(page).toContain('<li class="holds"><b>yes</b> snapshot-isolation</li>')
  })

  test('offers each anomaly for choice, the first one chosen', () => {
    const many = pageOf(history('ax1ay2 ax2ay1 rx12ry21 rx12ry'))
    const inputs = elementsOf(many).filter(({ name }) => name === 'input')
    expect(inputs.length).toBeGreaterThan(1)
    expect(inputs.map(({ attributes }) => 'checked' in attributes)).toEqual(
      inputs.map((_, at) => at === 0),
    )
    expect(withClass(many, 'view')).toHaveLength(inputs.length)
  })

  test('escapes what users call things', () => {
    const events = [
      { type: 'invoke', process: '<b>&', f: 'txn', value: [['r', '<script>', null]] },
      { type: 'ok', process: '<b>&', f: 'txn', value: [['r', '<script>', ['"x"']]] },
    ] as const
    const odd = renderHtml(checkHistory(events, { model: 'list-append' }), events)
    expect(
      elementsOf(odd).filter(({ name }) => name === 'b' || name === 'script'),
    ).not.toHaveLength(0)
    expect(odd).toContain('&lt;script&gt;')
    expect(odd.match(/<script>/g)).toHaveLength(1)
  })

  test('is well formed whatever the history', () => {
    fc.assert(
      fc.property(chaos, (events) => {
        const any = pageOf(events)
        expect(loadedThings(any)).toEqual([])
        expect(any).not.toMatch(/NaN|Infinity|undefined/)
      }),
      { numRuns: 60 },
    )
  })
})

describe('of a large history', () => {
  const events = longCycle(1000)
  const page = pageOf(events)

  test('only the surroundings of what makes the anomaly are drawn, and the rest is said', () => {
    // T998, T999, T0 and T1, and one arrow for the other 997 edges.
    expect(withClass(page, 'edge').length / WIDTHS).toBeLessThan(20)
    expect(page).toContain('Dashed arrows stand for 997 edges of the cycle.')
    expect(page).toContain('997 more transactions are not shown.')
  })

  test('every sentence is there, folded', () => {
    expect(page).toContain('<summary>All 1000 edges</summary>')
    expect(page).toContain('T500 appended 500 to &quot;ring&quot;, then T501 501')
    expect(page.length).toBeLessThan(400_000)
  })
})

test('a clean history has a page without anomalies', () => {
  const page = pageOf(history('ax1 ; rx1'))
  expect(page).toContain('serializable: yes')
  expect(page).toContain('No anomaly was found.')
})

test('a history that was not judged has one without levels', () => {
  const timeline = [{ who: 'alice', text: 'stock.find({})', answer: '[]' }]
  const page = renderHtml(undefined, DOCTORS, { timeline, schedule: 'a2b', title: 'alice threw' })
  expect(withClass(page, 'levels')).toEqual([])
  expect(page).toContain('<h1>alice threw</h1>')
  expect(page).toContain('<code class="schedule">a2b</code>')
  expect(page).toContain('<td>stock.find({})</td>')
})

test('documents are drawn with their names', () => {
  const page = renderHtml(checkDocuments(DOCTORS), DOCTORS)
  expect(page).toContain('<text class="lane" x="0" y="16">alice</text>')
  expect(page).toContain('ward.doctors/&quot;bob&quot;')
})

test('a write skew looks as it did', async () => {
  const page = pageOf(history('rxay1 ryax1'))
  const drawing = /<svg viewBox="0 0 1080[\s\S]*?<\/svg>/.exec(page)![0]
  await expect(`${drawing.replaceAll('><', '>\n<')}\n`).toMatchFileSnapshot('write_skew.svg')
})
