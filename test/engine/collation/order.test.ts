import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Document } from '../../../src/bson/index.ts'
import { orderOf } from '../../../src/engine/collation/index.ts'
import { compileFilter } from '../../../src/engine/query/index.ts'
import { compileSort } from '../../../src/engine/sort/index.ts'
import { context } from '../expression/compute.ts'
import { value } from '../query/documents.ts'

const order = (fields: Document = {}) => orderOf({ locale: 'en_US', ...fields })

describe('strings under a collation', () => {
  // ICU's levels: letters, accents, case. Source: the manual's page on collation.
  it.each<[fields: Document, equal: [string, string][], different: [string, string][]]>([
    [
      { strength: 1 },
      [
        ['a', 'A'],
        ['e', 'é'],
      ],
      [['a', 'b']],
    ],
    [{ strength: 1, caseLevel: true }, [['e', 'é']], [['a', 'A']]],
    [{ strength: 2 }, [['ping', 'PING']], [['e', 'é']]],
    [{ strength: 2, caseLevel: true }, [['a', 'a']], [['a', 'A']]],
    [{}, [['é', 'e\u0301']], [['a', 'A']]],
    [{ strength: 5 }, [['a', 'a']], [['é', 'e\u0301']]],
    [{ alternate: 'shifted' }, [['a b', 'ab']], [['a', 'b']]],
  ])('%j', (fields, equal, different) => {
    const { equals, keyOf } = order(fields)
    for (const [a, b] of equal) {
      expect(equals(a, b), `${a} ${b}`).toBe(true)
      expect(keyOf({ x: [a] })).toBe(keyOf({ x: [b] }))
    }
    for (const [a, b] of different) {
      expect(equals(a, b), `${a} ${b}`).toBe(false)
      expect(keyOf(a)).not.toBe(keyOf(b))
    }
  })

  it('sort by language, numbers within by value where asked', () => {
    const sorted = (texts: string[], fields?: Document) => texts.toSorted(order(fields).compare)
    expect(sorted(['b', 'B', 'a', 'Z'])).toEqual(['a', 'b', 'B', 'Z'])
    expect(sorted(['a10', 'a9'], { numericOrdering: true })).toEqual(['a9', 'a10'])
    expect(sorted(['b', 'B'], { caseFirst: 'upper' })).toEqual(['B', 'b'])
  })
})

it('is no other order for values without strings', () => {
  const { compare } = order({ strength: 2 })
  const binary = orderOf({ locale: 'simple' })
  const noText = value.filter((one) => !JSON.stringify(one ?? null).includes('"'))
  fc.assert(
    fc.property(noText, noText, (a, b) => {
      expect(Math.sign(compare(a, b))).toBe(Math.sign(binary.compare(a, b)))
    }),
    { numRuns: 500 },
  )
})

it('is an order: equal values have one key, and comparison goes both ways', () => {
  const { compare, equals, keyOf } = order({ strength: 2 })
  const text = fc.string({ unit: fc.constantFrom('a', 'A', 'b', 'é', 'É', '1'), maxLength: 4 })
  const mixed = fc.oneof(text, fc.array(text, { maxLength: 2 }), fc.record({ x: text }), fc.nat(2))
  fc.assert(
    fc.property(mixed, mixed, mixed, (a, b, c) => {
      expect(Math.sign(compare(a, b))).toBe(-Math.sign(compare(b, a)) + 0)
      expect(equals(a, b)).toBe(keyOf(a) === keyOf(b))
      if (compare(a, b) <= 0 && compare(b, c) <= 0) expect(compare(a, c)).toBeLessThanOrEqual(0)
    }),
    { numRuns: 1000 },
  )
})

describe('filters and sorts under a collation', () => {
  const language = context.withOrder(order({ strength: 2 }))

  it.each<[filter: Document, matching: Document[], others: Document[]]>([
    [{ a: 'PING' }, [{ a: 'ping' }, { a: ['x', 'Ping'] }], [{ a: 'pong' }, {}, { a: 1 }]],
    [{ a: { $ne: 'x' } }, [{ a: 'y' }, {}], [{ a: 'X' }]],
    [{ a: { $in: ['X', 1] } }, [{ a: 'x' }, { a: 1 }], [{ a: 'y' }]],
    [{ a: { $gt: 'B' } }, [{ a: 'c' }, { a: 'C' }], [{ a: 'b' }, { a: 5 }]],
    [{ a: { b: 'X' } }, [{ a: { b: 'x' } }], [{ a: { B: 'x' } }]],
    [{ a: { $elemMatch: { b: 'X' } } }, [{ a: [{ b: 'x' }] }], []],
    [{ a: { $all: ['X', 'Y'] } }, [{ a: ['y', 'x'] }], [{ a: ['x'] }]],
    [{ $expr: { $eq: ['$a', 'X'] } }, [{ a: 'x' }], [{ a: 'y' }]],
    // A regular expression knows nothing of languages.
    [{ a: /x/ }, [{ a: 'x' }], [{ a: 'X' }]],
  ])('%j', (filter, matching, others) => {
    const { matches } = compileFilter(filter, language)
    expect(matching.filter(matches)).toEqual(matching)
    expect(others.filter(matches)).toEqual([])
  })

  it('sorts', () => {
    const documents = [{ a: 'b' }, { a: 'A' }, { a: ['c', 'Aa'] }, { a: 3 }]
    const sorted = compileSort({ a: 1 }, language.order).sort(documents)
    expect(sorted).toEqual([{ a: 3 }, { a: 'A' }, { a: ['c', 'Aa'] }, { a: 'b' }])
  })
})

it.each<[given: Document, code: number]>([
  [{ strength: 2 }, 40414],
  [{ locale: 'en', nosuch: 1 }, 40415],
  [{ locale: 5 }, 14],
  [{ locale: 'en', strength: 'x' }, 14],
  [{ locale: 'en', strength: 6 }, 2],
  [{ locale: 'en', caseFirst: 'both' }, 2],
  [{ locale: 'no such language' }, 2],
  [{ locale: 'simple', strength: 1 }, 2],
  [{ locale: 'en', backwards: true }, 238],
  [{ locale: 'en', version: '1' }, 161],
])('%j is refused', (given, code) => {
  expect(() => orderOf(given)).toThrow(expect.objectContaining({ code }))
})
