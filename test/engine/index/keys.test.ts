import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Document, encodeKeyString, isDocument } from '../../../src/bson/index.ts'
import { Index } from '../../../src/engine/catalog/index_definition.ts'
import { checkIndexSpec } from '../../../src/engine/catalog/index_spec.ts'
import { keysOf, keyValueOf } from '../../../src/engine/index/keys.ts'
import { ServerError } from '../../../src/engine/index.ts'
import { Store } from '../../../src/storage/index.ts'

function indexOn(key: Document, options: Document = {}): Index {
  const spec = checkIndexSpec({ key, name: 'i', ...options })
  return new Index(spec, new Store().createTable({ name: 'i', keys: 'string' }))
}

/** The keys as lists of values, in any order. */
function valuesOf(index: Index, document: Document): unknown[][] {
  const { keys } = keysOf(index, document)
  return keys.map((key) => Object.values(keyValueOf(index, document, key)))
}

describe('keys of a document', () => {
  // Source of the cases: btree_key_generator.cpp and btree_key_generator_test.cpp.
  test.each([
    [{ a: 1 }, {}, { a: 5 }, [[5]]],
    [{ a: 1 }, {}, {}, [[null]]],
    [{ a: 1 }, {}, { a: null }, [[null]]],
    [{ a: 1 }, {}, { a: [1, 2, 3] }, [[1], [2], [3]]],
    [{ a: 1 }, {}, { a: [1, 1, 2] }, [[1], [2]]],
    [{ a: 1 }, {}, { a: [[1, 2]] }, [[[1, 2]]]],
    [{ 'a.b': 1 }, {}, { a: { b: 4 } }, [[4]]],
    [{ 'a.b': 1 }, {}, { a: 4 }, [[null]]],
    [{ 'a.b': 1 }, {}, { a: { b: [4, 5] } }, [[4], [5]]],
    [{ 'a.b': 1 }, {}, { a: [{ b: 4 }, { b: 5 }, {}, 6] }, [[4], [5], [null]]],
    [{ 'a.b': 1 }, {}, { a: [[{ b: 4 }]] }, [[null]]],
    [{ 'a.b': 1 }, {}, { a: [] }, [[null]]],
    [{ 'a.0': 1 }, {}, { a: [7, 8] }, [[7]]],
    [{ 'a.0': 1 }, {}, { a: [[7, 8], 9] }, [[7], [8]]],
    [{ 'a.2': 1 }, {}, { a: [7, 8] }, [[null]]],
    [{ 'a.0.b': 1 }, {}, { a: [{ b: 7 }, { b: 8 }] }, [[7]]],
    [
      { a: 1, b: 1 },
      {},
      { a: [1, 2], b: 3 },
      [
        [1, 3],
        [2, 3],
      ],
    ],
    [
      { 'a.b': 1, 'a.c': 1 },
      {},
      { a: [{ b: 1, c: 2 }, { b: 3 }] },
      [
        [1, 2],
        [3, null],
      ],
    ],
    [{ a: 1, 'a.b': 1 }, {}, { a: [{ b: 1 }] }, [[{ b: 1 }, 1]]],
    [{ a: 1 }, { sparse: true }, {}, []],
    [{ a: 1 }, { sparse: true }, { a: null }, [[null]]],
    [{ a: 1, b: 1 }, { sparse: true }, { b: 2 }, [[null, 2]]],
    [{ a: 1, b: 1 }, { sparse: true }, { c: 2 }, []],
    [{ 'a.b': 1 }, { sparse: true }, { a: [1, {}] }, []],
  ])('%j %j of %j are %j', (key, options, document, expected) => {
    expect(valuesOf(indexOn(key, options), document)).toEqual(expected)
  })

  test('an empty array is undefined, which is less than null', () => {
    const index = indexOn({ a: 1 })
    expect(keysOf(index, { a: [] }).keys).toEqual([encodeKeyString([undefined], [1])])
    expect(keysOf(index, { a: [] }).keys[0]! < keysOf(index, {}).keys[0]!).toBe(true)
  })

  test('a name that objects inherit is no field', () => {
    expect(valuesOf(indexOn({ constructor: 1 }), {})).toEqual([[null]])
    expect(keysOf(indexOn({ toString: 1 }, { sparse: true }), {}).keys).toEqual([])
  })

  test('two arrays in one key are refused, the later one named first', () => {
    expect(() => keysOf(indexOn({ 'x.a': 1, b: 1 }), { x: { a: [1] }, b: [2] })).toThrow(
      'cannot index parallel arrays [b] [a]',
    )
    expect(() => keysOf(indexOn({ 'a.b': 1, 'c.d': 1 }), { a: [1], c: [1] })).toThrow(
      'cannot index parallel arrays [c] [a]',
    )
  })

  test('a number that is a position and a name as well is refused', () => {
    expect(() => keysOf(indexOn({ 'a.0': 1 }), { a: [{ '0': 1 }] })).toThrow(
      'Ambiguous field name found in array',
    )
  })

  test('a key is multikey where an array was expanded, even one of one element', () => {
    expect(keysOf(indexOn({ a: 1 }), { a: [1] }).multikey).toBe(true)
    expect(keysOf(indexOn({ a: 1 }), { a: [] }).multikey).toBe(true)
    expect(keysOf(indexOn({ a: 1 }), { a: 1 }).multikey).toBe(false)
    expect(keysOf(indexOn({ 'a.0': 1 }), { a: [1] }).multikey).toBe(false)
  })
})

/**
 * The naive way: find the first array in the way of some path, put each of its elements in its
 * place, and begin again with the document that results.
 */
class Opaque {
  readonly value: unknown
  constructor(value: unknown) {
    this.value = value
  }
}

type Settled = { readonly value: unknown } | undefined

function naiveKeys(paths: readonly string[], document: Document, sparse: boolean): Set<string> {
  const found = new Set<string>()
  const settle = (current: unknown, settled: readonly Settled[]): void => {
    const walks = paths.map((path, i) => settled[i] ?? walkTo(current, path.split('.')))
    const blocked = walks.flatMap((walk) => ('at' in walk ? [walk] : []))
    if (blocked.length === 0) {
      const values = walks.map((walk) => ('value' in walk ? walk.value : MISSING))
      if (sparse && values.every((value) => value === MISSING)) return
      const key = values.map((value) => (value === MISSING ? null : value))
      found.add(
        encodeKeyString(
          key,
          paths.map(() => 1),
        ),
      )
      return
    }
    const { at, array } = blocked[0]!
    if (blocked.some((walk) => walk.at !== at)) throw new Error('parallel arrays')
    const next = walks.map((walk) => ('value' in walk ? walk : undefined))
    const elements = array.length === 0 ? [new Opaque(undefined)] : array
    for (const element of elements) {
      const inPlace = Array.isArray(element) ? new Opaque(element) : element
      settle(replaced(current, at === '' ? [] : at.split('.'), inPlace), next)
    }
  }
  settle(
    document,
    paths.map(() => undefined),
  )
  return found
}

const MISSING = Symbol('missing')

function walkTo(
  document: unknown,
  parts: readonly string[],
): { value: unknown } | { at: string; array: readonly unknown[] } {
  let value = document
  for (const [i, part] of parts.entries()) {
    if (Array.isArray(value)) {
      if (!/^\d+$/.test(part) || Number(part) >= value.length) {
        return { at: parts.slice(0, i).join('.'), array: value }
      }
      value = value[Number(part)]
    } else if (isDocument(value) && !(value instanceof Opaque) && Object.hasOwn(value, part)) {
      value = value[part]
    } else {
      return { value: MISSING }
    }
  }
  if (Array.isArray(value)) return { at: parts.join('.'), array: value }
  return { value: value instanceof Opaque ? value.value : value }
}

function replaced(document: unknown, at: readonly string[], value: unknown): unknown {
  const [first, ...rest] = at
  if (first === undefined) return value
  if (Array.isArray(document)) {
    return document.with(Number(first), replaced(document[Number(first)], rest, value))
  }
  const fields = document as Document
  return { ...fields, [first]: replaced(fields[first], rest, value) }
}

const name = fc.constantFrom('a', 'b', 'c')
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { weight: 2, arbitrary: fc.integer({ min: 0, max: 3 }) },
    { weight: 1, arbitrary: fc.constant(null) },
    { weight: 3, arbitrary: fc.dictionary(name, tie('any'), { maxKeys: 3 }) },
    { weight: 3, arbitrary: fc.array(tie('any'), { maxLength: 3 }) },
  ),
})).any
const anyDocument = fc.dictionary(name, value, { minKeys: 2, maxKeys: 3 })
const anyPaths = fc.constantFrom(
  ['a'],
  ['a.b'],
  ['a.b.c'],
  ['a', 'b'],
  ['a.b', 'a.c'],
  ['a.b', 'c'],
  ['a', 'a.b'],
  ['a.0'],
  ['a.1.b'],
  ['a.b.c', 'a.b.a'],
)

test('keys agree with the naive way for any document', () => {
  let several = 0
  let refused = 0
  fc.assert(
    fc.property(anyPaths, fc.boolean(), anyDocument, (paths, sparse, document) => {
      const pattern = Object.fromEntries(paths.map((path) => [path, 1]))
      const index = indexOn(pattern, { sparse })
      let keys: readonly string[] | undefined
      try {
        keys = keysOf(index, document).keys
      } catch (error) {
        expect(error).toBeInstanceOf(ServerError)
        expect((error as ServerError).codeName).toBe('CannotIndexParallelArrays')
      }
      if (keys === undefined) {
        refused++
        expect(() => naiveKeys(paths, document, sparse)).toThrow('parallel arrays')
      } else {
        if (keys.length > 1) several++
        expect(new Set(keys)).toEqual(naiveKeys(paths, document, sparse))
        expect(new Set(keys).size).toBe(keys.length)
      }
    }),
    { numRuns: 2_000 },
  )
  // The document that multiplies its keys and the one that is refused were both met.
  expect(several).toBeGreaterThan(0)
  expect(refused).toBeGreaterThan(0)
})
