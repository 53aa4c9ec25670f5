import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { el, escapeText, linearScale, logScale, raw } from '../../src/picture/index.ts'
import { elementsOf } from '../checks/markup_reader.ts'

describe('markup', () => {
  test('is escaped in texts and attributes, and whole where it is markup already', () => {
    const made = el(
      'p',
      { title: 'a "b" <c>', hidden: true, lang: undefined },
      'x < y & z',
      raw('<br>'),
    )
    expect(made.markup).toBe('<p title="a &quot;b&quot; &lt;c&gt;" hidden>x &lt; y &amp; z<br></p>')
  })

  test('is well formed whatever the text', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (text, attribute) => {
        const made = el('p', { title: attribute }, text).markup
        expect(elementsOf(made)).toHaveLength(1)
        expect(made).toContain(escapeText(text))
      }),
    )
  })
})

describe('scales', () => {
  test('put the ends of the domain at the ends of the range', () => {
    const range = { from: 50, to: 450 }
    for (const make of [linearScale, logScale]) {
      const scale = make({ from: 1, to: 1_000 }, range)
      expect(scale.at(1)).toBeCloseTo(50)
      expect(scale.at(1_000)).toBeCloseTo(450)
    }
    expect(logScale({ from: 1, to: 100 }, { from: 0, to: 2 }).at(10)).toBeCloseTo(1)
  })

  test('mark round values within the domain', () => {
    expect(linearScale({ from: 0, to: 97_000 }, { from: 0, to: 1 }).ticks(10)).toEqual(
      Array.from({ length: 10 }, (_, i) => i * 10_000),
    )
    expect(linearScale({ from: 0.1, to: 0.7 }, { from: 0, to: 1 }).ticks(3)).toEqual([
      0.2, 0.4, 0.6,
    ])
    expect(logScale({ from: 0.5, to: 2_000 }, { from: 0, to: 1 }).ticks(0)).toEqual([
      1, 10, 100, 1_000,
    ])
  })

  test('ticks are in order, inside, and not many more than asked for', () => {
    const ends = fc.tuple(fc.integer({ min: 0, max: 1e6 }), fc.integer({ min: 1, max: 1e6 }))
    fc.assert(
      fc.property(ends, fc.integer({ min: 2, max: 12 }), ([from, length], count) => {
        const ticks = linearScale({ from, to: from + length }, { from: 0, to: 1 }).ticks(count)
        expect(ticks).toEqual([...ticks].sort((a, b) => a - b))
        expect(ticks.every((one) => one >= from - 1e-6 && one <= from + length + 1e-6)).toBe(true)
        expect(ticks.length).toBeLessThanOrEqual(count + 1)
      }),
    )
  })
})
