import { stripVTControlCharacters } from 'node:util'
import { describe, expect, test } from 'vitest'
import { demoHtml } from '../../src/cli/demo/html/page.ts'
import { demoJson } from '../../src/cli/demo/json.ts'
import { demoText } from '../../src/cli/demo/text.ts'
import { wrap } from '../../src/cli/demo/wrap.ts'
import { styleFor } from '../../src/cli/style.ts'
import { elementsOf, loadedThings } from '../checks/markup_reader.ts'
import { SAMPLE_REPORT, SAMPLE_STORY } from './sample_story.ts'

const plain = { style: styleFor(false), columns: 100 }

describe('the transcript', () => {
  const text = demoText(SAMPLE_REPORT, plain)

  test('is the same with colour, once the colour is taken away', () => {
    const colored = demoText(SAMPLE_REPORT, { style: styleFor(true), columns: 100 })
    const bare = stripVTControlCharacters(colored)
    const trimmed = (lines: string) => lines.split('\n').map((line) => line.trimEnd())
    expect(colored).not.toBe(bare)
    expect(trimmed(bare)).toEqual(trimmed(text))
  })

  test('keeps to the columns that it is given', () => {
    for (const columns of [80, 90, 100]) {
      const lines = demoText(SAMPLE_REPORT, { ...plain, columns }).split('\n')
      expect(lines.filter((line) => line.length > columns)).toEqual([])
    }
  })

  test('has the clock at the left, once for each moment', () => {
    expect(text).toMatch(/^ {4}0\.000 s {2}A {5}> sessionA\.startTransaction\(\)$/m)
    expect(text).toMatch(/^ {13}A {5}\{ acknowledged: true, insertedId: 'x' \}$/m)
  })

  test('shows an error with its code and labels', () => {
    expect(text).toContain('MongoServerError[NoSuchTransaction]: Transaction with { txnNumber: 2 }')
    expect(text).toContain('code: 251   labels: TransientTransactionError')
  })

  test('leaves out seconds without news, and says how many', () => {
    expect(text).toContain('14 more seconds without news')
    expect(text.match(/\*0 {6}\*0 {6}\*0 {6}\*0/g)).toHaveLength(5)
    expect(text).toMatch(/\*0 +204$/m)
  })
})

test('JSON gives everything back, in Extended JSON', () => {
  const read = JSON.parse(demoJson(SAMPLE_REPORT))
  expect(read).toMatchObject({ version: '0.0.0', seed: 7, startAt: '2025-07-23T17:00:00.000Z' })
  const [story] = read.stories
  expect(story.steps).toHaveLength(SAMPLE_STORY.steps.length)
  expect(story.timeline).toEqual(SAMPLE_STORY.timeline)
  const results = story.steps.filter((step: { kind: string }) => step.kind === 'result')
  expect(results[1].value).toEqual({ n: 5, at: { $date: '1970-01-01T00:00:00Z' } })
})

describe('the page', () => {
  const html = demoHtml(SAMPLE_REPORT)
  const elements = elementsOf(html)
  const classed = (name: string, within = html) =>
    elementsOf(within).filter((one) => one.attributes['class']?.split(' ').includes(name))

  test('is well formed', () => {
    expect(elements.length).toBeGreaterThan(200)
  })

  test('loads nothing', () => {
    expect(loadedThings(html)).toEqual([])
  })

  test('escapes what stories say', () => {
    expect(html).toContain('1. A sample &lt;story&gt;')
    expect(html).not.toContain('<story>')
  })

  /** One of the three widths that every picture is drawn for. */
  const wide = html.slice(html.indexOf('<div class="wide">'), html.indexOf('<div class="middle">'))

  test('draws a lane each, transactions as bars, the wait as ticks and shading', () => {
    expect(classed('lane', wide)).toHaveLength(3)
    expect(classed('bar', wide)).toHaveLength(1)
    expect(classed('expired', wide)).toHaveLength(1)
    expect(classed('pause', wide)).toHaveLength(1)
    const ticks = classed('tick', wide)
    expect(ticks.length).toBeGreaterThan(150)
    expect(ticks[0]?.attributes['data-tip']).toBe('attempts 1 to 5|from 1.000 s')
    expect(ticks.at(-1)?.attributes['data-tip']).toBe('attempt 205: done|19.000 s')
  })

  test('draws the long wait once more on a logarithmic scale, with its rungs', () => {
    expect(html).toContain('on a logarithmic scale')
    expect(html).toContain('>4 \u00d7<')
    expect(html).toContain('>200 \u00d7<')
    expect(html).toContain('>90 ms<')
  })

  test('keeps the whole transcript, elided seconds included', () => {
    const stats = SAMPLE_STORY.steps.filter(({ kind }) => kind === 'stat')
    expect(html.match(/writeConflicts\.rate\(\) \d+<\/pre>/g)).toHaveLength(stats.length)
  })

  test('nothing is drawn outside of its picture', () => {
    const svgs = elements.filter(({ name }) => name === 'svg')
    expect(svgs.length).toBeGreaterThan(6)
    for (const rect of elements.filter(({ name }) => name === 'rect')) {
      expect(Number(rect.attributes['width'])).toBeGreaterThan(0)
      expect(Number(rect.attributes['height'])).toBeGreaterThan(0)
    }
    expect(html).not.toMatch(/NaN|Infinity|undefined/)
  })
})

test('lines break between words only', () => {
  expect(wrap('a bb ccc', 4)).toEqual(['a bb', 'ccc'])
  expect(wrap('unbreakable a', 4)).toEqual(['unbreakable', 'a'])
  expect(wrap('', 4)).toEqual([''])
  expect(wrap('f({ a: 1 }, { b: 2 })', 13)).toEqual(['f({ a: 1 },', '{ b: 2 })'])
  expect(wrap('  a bb ccc', 6)).toEqual(['  a bb', '  ccc'])
})
