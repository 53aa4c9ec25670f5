import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareValues } from '../../../src/bson/index.ts'
import { compileFilter, FilterCache, simpleId } from '../../../src/engine/query/index.ts'
import { anyValue } from '../../bson/arbitraries.ts'
import { document, filter } from './documents.ts'
import { naiveMatches } from './naive_matcher.ts'

describe('compiled filters', () => {
  it('agree with the naive matcher', () => {
    fc.assert(
      fc.property(filter, document, (given, candidate) => {
        expect(compileFilter(given).matches(candidate)).toBe(naiveMatches(given, candidate))
      }),
      { numRuns: 3_000 },
    )
  })

  it('find any value by equality, and by both inclusive bounds', () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        fc.pre(value !== undefined && !isRegex(value))
        expect(compileFilter({ a: { $eq: value } }).matches({ a: value })).toBe(true)
        expect(compileFilter({ a: { $gte: value, $lte: value } }).matches({ a: value })).toBe(true)
        expect(
          compileFilter({ a: { $in: [value, 1, 2, 3, 4, 5, 6, 7, 8] } }).matches({ a: value }),
        ).toBe(true)
      }),
    )
  })

  it('put two values of one type into the order of compareValues', () => {
    fc.assert(
      fc.property(anyValue, anyValue, (a, b) => {
        fc.pre(a !== undefined && b !== undefined && !isRegex(b) && !Array.isArray(a))
        const isGreater = compileFilter({ v: { $gt: b } }).matches({ v: a })
        const isLess = compileFilter({ v: { $lt: b } }).matches({ v: a })
        if (isGreater) expect(compareValues(a, b)).toBeGreaterThan(0)
        if (isLess) expect(compareValues(a, b)).toBeLessThan(0)
      }),
    )
  })
})

describe('the cache', () => {
  it('gives what compiling gives', () => {
    const cache = new FilterCache(20)
    fc.assert(
      fc.property(filter, document, (given, candidate) => {
        const expected = compileFilter(given).matches(candidate)
        expect(cache.compile(given).matches(candidate)).toBe(expected)
        expect(cache.compile(given).matches(candidate)).toBe(expected)
        expect(cache.size).toBeLessThanOrEqual(20)
      }),
      { numRuns: 1_000 },
    )
  })

  it('knows a filter again, and tells near ones apart', () => {
    const cache = new FilterCache()
    const texts = [
      { a: 1 },
      { a: '1' },
      { a: [1] },
      { a: { b: 1 } },
      { a: null },
      { a: 'null' },
      { a: true },
      { 'a:': 1 },
      { a: 1, b: 2 },
      { b: 2, a: 1 },
      { a: 1.5 },
      { a: { $gt: 1 } },
    ]
    const compiled = texts.map((each) => cache.compile(each))
    expect(new Set(compiled).size).toBe(texts.length)
    expect(texts.map((each) => cache.compile({ ...each }))).toEqual(compiled)
    expect(cache.compile({ a: 1 })).toBe(compiled[0])
  })

  it('does not keep what its text could not tell apart', () => {
    const cache = new FilterCache()
    cache.compile({ at: new Date(0) })
    cache.compile({ a: -0 })
    expect(cache.size).toBe(0)
  })

  it('keeps what is in use and forgets what is not', () => {
    const cache = new FilterCache(10)
    const kept = cache.compile({ a: 'kept' })
    for (let n = 0; n < 100; n++) {
      cache.compile({ n })
      expect(cache.compile({ a: 'kept' })).toBe(kept)
    }
    expect(cache.size).toBeLessThanOrEqual(10)
  })
})

describe('simpleId', () => {
  // server: isSimpleIdQuery in query_utils.cpp, Indexability::isExactBoundsGenerating
  it.each([
    [{ _id: 5 }, 5],
    [{ _id: 'x' }, 'x'],
    [{ _id: { a: 1 } }, { a: 1 }],
    [{ _id: { $eq: 5 } }, 5],
    [{ _id: {} }, {}],
    [{ _id: new Date(5) }, new Date(5)],
    [{ _id: false }, false],
  ])('takes %j', (given, value) => {
    expect(simpleId(given)).toEqual({ value })
    expect(compileFilter(given).analysis.equalityId).toEqual({ value })
  })

  it.each([
    {},
    { a: 1 },
    { _id: 1, a: 1 },
    { _id: null },
    { _id: [1] },
    { _id: /x/ },
    { _id: { $gt: 1 } },
    { _id: { $eq: 1, $gt: 0 } },
    { _id: { $eq: [1] } },
    { _id: { $in: [1] } },
    { _id: { $ref: 'c', $id: 1 } },
    { $and: [{ _id: 1 }] },
  ])('refuses %j', (given) => {
    expect(simpleId(given)).toBeUndefined()
  })
})

function isRegex(value: unknown): boolean {
  return (
    value instanceof RegExp || (value as { _bsontype?: string } | null)?._bsontype === 'BSONRegExp'
  )
}
