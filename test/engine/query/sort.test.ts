import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareValues, type Document, parsePath } from '../../../src/bson/index.ts'
import { compileSort, keysOf, PARALLEL_ARRAYS } from '../../../src/engine/sort/index.ts'
import { document, path } from './documents.ts'

const ids = (documents: Document[]) => documents.map(({ _id }) => _id)

// server: SortKeyGenerator, BtreeKeyGenerator
describe('sort', () => {
  it.each<[string, Document, Document[], unknown[]]>([
    [
      'ascending',
      { a: 1 },
      [
        { _id: 1, a: 2 },
        { _id: 2, a: 1 },
      ],
      [2, 1],
    ],
    [
      'descending',
      { a: -1 },
      [
        { _id: 1, a: 1 },
        { _id: 2, a: 2 },
      ],
      [2, 1],
    ],
    [
      'missing as null, before numbers',
      { a: 1 },
      [{ _id: 1, a: 1 }, { _id: 2 }, { _id: 3, a: null }],
      [2, 3, 1],
    ],
    [
      'an empty array before null',
      { a: 1 },
      [
        { _id: 1, a: null },
        { _id: 2, a: [] },
      ],
      [2, 1],
    ],
    [
      'across types',
      { a: 1 },
      [
        { _id: 1, a: 'x' },
        { _id: 2, a: 5 },
        { _id: 3, a: {} },
      ],
      [2, 1, 3],
    ],
    [
      'arrays by their least',
      { a: 1 },
      [
        { _id: 1, a: [5, 1] },
        { _id: 2, a: 0 },
        { _id: 3, a: [2] },
      ],
      [2, 1, 3],
    ],
    [
      'arrays by their greatest',
      { a: -1 },
      [
        { _id: 1, a: [5, 1] },
        { _id: 2, a: 6 },
        { _id: 3, a: 4 },
      ],
      [2, 1, 3],
    ],
    [
      'by two fields',
      { a: 1, b: -1 },
      [
        { _id: 1, a: 1, b: 1 },
        { _id: 2, a: 1, b: 2 },
        { _id: 3, a: 0 },
      ],
      [3, 2, 1],
    ],
    [
      'stable',
      { a: 1 },
      [
        { _id: 1, a: 1 },
        { _id: 2, a: 1 },
        { _id: 3, a: 1 },
      ],
      [1, 2, 3],
    ],
    [
      'dotted',
      { 'a.b': 1 },
      [
        { _id: 1, a: { b: 2 } },
        { _id: 2, a: [{ b: 3 }, { b: 1 }] },
      ],
      [2, 1],
    ],
    [
      'one element for both fields',
      { 'a.b': 1, 'a.c': 1 },
      [
        {
          _id: 1,
          a: [
            { b: 1, c: 9 },
            { b: 2, c: 0 },
          ],
        },
        { _id: 2, a: { b: 1, c: 5 } },
      ],
      [2, 1],
    ],
    ['no field', {}, [{ _id: 2 }, { _id: 1 }], [2, 1]],
  ])('%s', (_, pattern, documents, expected) => {
    expect(ids(compileSort(pattern).sort(documents))).toEqual(expected)
  })

  it('takes directions of any numeric type, and cuts fractions off', () => {
    expect(
      ids(
        compileSort({ a: -1.5 }).sort([
          { _id: 1, a: 1 },
          { _id: 2, a: 2 },
        ]),
      ),
    ).toEqual([2, 1])
  })

  it('knows the natural order', () => {
    expect(compileSort({ $natural: -1 })).toMatchObject({ natural: -1, isEmpty: true })
    expect(compileSort({ a: 1 })).toMatchObject({ natural: undefined, isEmpty: false })
    expect(compileSort({})).toMatchObject({ isEmpty: true, pattern: {} })
  })

  it('orders as the least key of each document does', () => {
    const pattern = fc.dictionary(path, fc.constantFrom(1, -1), {
      minKeys: 1,
      maxKeys: 2,
      noNullPrototype: true,
    })
    fc.assert(
      fc.property(pattern, document, document, (orders, a, b) => {
        const least = (each: Document) => {
          const keys = keysOf(each, Object.keys(orders).map(parsePath))
          fc.pre(keys !== PARALLEL_ARRAYS)
          return (keys as unknown[][]).reduce((x, y) => (compareKeys(y, x, orders) < 0 ? y : x))
        }
        const expected = Math.sign(compareKeys(least(a), least(b), orders))
        expect(Math.sign(compileSort(orders).compare(a, b))).toBe(expected)
      }),
      { numRuns: 1_000 },
    )
  })
})

function compareKeys(a: readonly unknown[], b: readonly unknown[], orders: Document): number {
  const directions = Object.values(orders) as number[]
  for (const [at, direction] of directions.entries()) {
    const difference = compareValues(a[at], b[at])
    if (difference !== 0) return difference * direction
  }
  return 0
}

// server: BtreeKeyGenerator, btree_key_generator_test.cpp
describe('the keys of a document', () => {
  it.each<[string[], Document, unknown]>([
    [['a'], { a: 1 }, [[1]]],
    [['a'], {}, [[null]]],
    [['a'], { a: [1, 2] }, [[1], [2]]],
    [['a'], { a: [] }, [[undefined]]],
    [['a'], { a: [[1, 2]] }, [[[1, 2]]]],
    [['a.b'], { a: [{ b: 1 }, { b: [2, 3] }, 4] }, [[1], [2], [3], [null]]],
    [['a.b'], { a: [] }, [[null]]],
    [['a.b'], { a: 5 }, [[null]]],
    [['a.0'], { a: [1, 2] }, [[1]]],
    [['a.0.b'], { a: [{ b: 1 }, { b: 2 }] }, [[1]]],
    [
      ['a', 'b'],
      { a: [1, 2], b: 3 },
      [
        [1, 3],
        [2, 3],
      ],
    ],
    [
      ['a.b', 'a.c'],
      { a: [{ b: 1, c: 2 }, { b: 3 }] },
      [
        [1, 2],
        [3, null],
      ],
    ],
    [['a.b'], { a: [[{ b: 1 }]] }, [[null]]],
    [['a', 'b'], { a: [1], b: [2] }, PARALLEL_ARRAYS],
  ])('%j of %j', (paths, given, expected) => {
    expect(keysOf(given, paths.map(parsePath))).toEqual(expected)
  })
})
