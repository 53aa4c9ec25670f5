import { describe, expect, it } from 'vitest'
import type { Document } from '../../../src/bson/index.ts'
import { compileFilter } from '../../../src/engine/query/index.ts'

function equalitiesOf(filter: Document): unknown {
  return compileFilter(filter).analysis.equalities.map(({ path, value }) => [path, value])
}

// server: MatchExpression::normalize, InMatchExpression::getOptimizer, extractEqualityMatches
describe('equalities, in the order of their paths', () => {
  it.each<[Document, unknown[]]>([
    [{}, []],
    [
      { b: 1, a: 2 },
      [
        ['a', 2],
        ['b', 1],
      ],
    ],
    [{ a: { $eq: 1 } }, [['a', 1]]],
    [
      { $and: [{ a: 1 }, { $and: [{ 'b.c': 2 }] }], d: 3 },
      [
        ['a', 1],
        ['b.c', 2],
        ['d', 3],
      ],
    ],
    [{ a: { $in: [1] } }, [['a', 1]]],
    [{ a: { $in: [1, 2] } }, []],
    [{ a: { $in: [/x/] } }, []],
    [{ a: { $all: [1] } }, [['a', 1]]],
    [
      { a: { $all: [1, 2] } },
      [
        ['a', 1],
        ['a', 2],
      ],
    ],
    [{ $or: [{ a: 1 }] }, [['a', 1]]],
    [{ $or: [{ a: 1 }, { b: 1 }] }, []],
    [{ a: { $gt: 1 }, b: 1 }, [['b', 1]]],
    [{ a: null }, [['a', null]]],
    [{ a: /x/ }, []],
    [{ $nor: [{ a: 1 }] }, []],
    [{ a: { $not: { $eq: 1 } } }, []],
  ])('%j', (filter, expected) => {
    expect(equalitiesOf(filter)).toEqual(expected)
  })
})

describe('pureEqualities: nothing but equalities', () => {
  it.each<[Document, boolean]>([
    [{ a: 1 }, true],
    [{ a: 1, b: 2 }, true],
    [{ $and: [{ a: 1 }, { b: 2 }] }, true],
    [{ a: { $in: [1] } }, true],
    [{ a: 1, b: { $gt: 1 } }, false],
    [{ a: 1, $or: [{ b: 1 }, { c: 1 }] }, false],
    [{}, false],
  ])('%j: %s', (filter, isPure) => {
    const { pureEqualities } = compileFilter(filter).analysis
    expect(pureEqualities !== undefined).toBe(isPure)
  })
})

describe('isEmpty', () => {
  it('is true of a filter that asks for nothing', () => {
    expect(compileFilter({}).isEmpty).toBe(true)
    expect(compileFilter({ $comment: 'all' }).isEmpty).toBe(true)
    expect(compileFilter({ $alwaysTrue: 1 }).isEmpty).toBe(false)
    expect(compileFilter({ a: 1 }).isEmpty).toBe(false)
  })
})

describe('equalityId', () => {
  it('sees through a lone $and, $or and $in', () => {
    expect(compileFilter({ $and: [{ _id: 1 }] }).analysis.equalityId).toEqual({ value: 1 })
    expect(compileFilter({ _id: { $in: ['x'] } }).analysis.equalityId).toEqual({ value: 'x' })
    expect(compileFilter({ _id: 1, a: 1 }).analysis.equalityId).toBeUndefined()
    expect(compileFilter({ _id: null }).analysis.equalityId).toBeUndefined()
    expect(compileFilter({ a: 1 }).analysis.equalityId).toBeUndefined()
  })
})
