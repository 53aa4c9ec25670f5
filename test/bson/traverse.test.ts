import { describe, expect, it } from 'vitest'
import { parsePath, someLeafAt, someValueAt, valuesAtPath } from '../../src/bson/index.ts'

const MISSING = undefined

/** What a path reaches, in order. Source: server, matcher/path.cpp and path_test.cpp's cases. */
const REACHED: [object, string, unknown[]][] = [
  [{ a: 5 }, 'a', [5]],
  [{ a: 5 }, 'b', [MISSING]],
  [{ a: null }, 'a', [null]],
  [{ a: 5 }, 'a.b', [MISSING]],
  [{ a: { b: 5 } }, 'a.b', [5]],
  [{ a: { b: 5 } }, 'a', [{ b: 5 }]],
  [{ a: [5, 6] }, 'a', [5, 6, [5, 6]]],
  [{ a: [] }, 'a', [[]]],
  [{ a: [[1, 2]] }, 'a', [[1, 2], [[1, 2]]]],
  [{ a: [{ b: 5 }, 3, {}, { b: [9, 11] }, { b: 7 }] }, 'a.b', [5, MISSING, 9, 11, [9, 11], 7]],
  [{ a: [5, 6] }, 'a.b', []],
  [{ a: [] }, 'a.b', []],
  [{ a: [[{ b: 1 }]] }, 'a.b', []],
  [{ a: [5, 6] }, 'a.0', [5]],
  [{ a: [[1, 2], 3] }, 'a.0', [[1, 2]]],
  [{ a: [{ '0': 7 }, { b: 1 }] }, 'a.0', [7, { '0': 7 }, MISSING]],
  [{ a: [5, 6] }, 'a.7', []],
  [{ a: [5, { b: 6 }] }, 'a.1.b', [MISSING, 6]],
  [{ a: [[{ b: 1 }, { b: 2 }]] }, 'a.0.b', [1, 2]],
  [{ a: [[{ b: 1 }, { b: 2 }]] }, 'a.0.1.b', [MISSING, MISSING, 2]],
  [{ a: [[[1], 2]] }, 'a.0.0', [[1]]],
  [{ a: [{ b: [{ c: 1 }, { c: 2 }] }, { b: { c: 3 } }] }, 'a.b.c', [1, 2, 3]],
  [{ a: { '0': 'x' } }, 'a.0', ['x']],
  [{ a: new Date(0) }, 'a.b', [MISSING]],
  [{}, 'constructor', [MISSING]],
  [{ a: [{}] }, 'a.constructor', [MISSING]],
]

describe('valuesAtPath', () => {
  it.each(REACHED)('%j, %s', (document, path, expected) => {
    expect(valuesAtPath(document, parsePath(path))).toEqual(expected)
  })
})

describe('someValueAt', () => {
  it('stops at the first value that will do', () => {
    const seen: unknown[] = []
    const found = someValueAt({ a: [1, 2, 3] }, parsePath('a'), (value) => {
      seen.push(value)
      return value === 2
    })
    expect(found).toBe(true)
    expect(seen).toEqual([1, 2])
    expect(someValueAt({ a: [1, 2, 3] }, parsePath('a'), (value) => value === 4)).toBe(false)
  })
})

describe('someLeafAt', () => {
  it('asks about arrays as wholes at the end of the path, and searches those before it', () => {
    const seen: unknown[] = []
    const note = (value: unknown) => {
      seen.push(value)
      return false
    }
    someLeafAt({ a: [{ b: [1, 2] }, { b: 3 }] }, parsePath('a.b'), note)
    expect(seen).toEqual([[1, 2], 3])
  })
})
