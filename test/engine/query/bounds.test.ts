import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Direction,
  type Document,
  encodeKeyString,
  parsePath,
} from '../../../src/bson/index.ts'
import {
  boundsFor,
  compileFilter,
  type Interval,
  keyRanges,
} from '../../../src/engine/query/index.ts'
import { keysOf, PARALLEL_ARRAYS } from '../../../src/engine/sort/index.ts'
import { document, indexableCondition, path } from './documents.ts'

function textOf({ low, high }: Interval): string {
  const left =
    low.kind === 'type' ? `[${low.type}` : `${low.inclusive ? '[' : '('}${show(low.value)}`
  const right =
    high.kind === 'type' ? `${high.type}]` : `${show(high.value)}${high.inclusive ? ']' : ')'}`
  return `${left}, ${right}`
}

function show(value: unknown): string {
  return value === undefined
    ? 'undefined'
    : value === Number.NEGATIVE_INFINITY
      ? '-inf'
      : JSON.stringify(value)
}

function boundsText(filter: Document, keyPattern: Document, multikey: boolean): string | undefined {
  const bounds = boundsFor(compileFilter(filter).analysis, { keyPattern, multikey })
  if (bounds === undefined) return undefined
  const fields = bounds.fields.map(({ intervals }) => intervals.map(textOf).join(' '))
  return `${fields.join(' | ')}${bounds.isExact ? ' exact' : ''}`
}

describe('bounds', () => {
  it.each<[Document, Document, boolean, string | undefined]>([
    [{ a: 1 }, { a: 1 }, false, '[1, 1] exact'],
    [{ a: 1 }, { b: 1 }, false, undefined],
    [{}, { a: 1 }, false, undefined],
    [{ a: 1, c: 1 }, { a: 1 }, false, '[1, 1]'],
    [{ a: { $gt: 1 } }, { a: 1 }, false, '(1, int] exact'],
    [{ a: { $lt: 1 } }, { a: 1 }, false, '[-inf, 1) exact'],
    [{ a: { $lte: 'x' } }, { a: 1 }, false, '[string, "x"] exact'],
    [{ a: { $gt: 1, $lte: 5 } }, { a: 1 }, false, '(1, 5] exact'],
    [{ a: { $gt: 5, $lt: 1 } }, { a: 1 }, false, ' exact'],
    [{ a: { $gt: 1, $lt: 'x' } }, { a: 1 }, false, ' exact'],
    [{ a: { $in: [3, 1, 3] } }, { a: 1 }, false, '[1, 1] [3, 3] exact'],
    [{ a: { $in: [3, 1], $gt: 2 } }, { a: 1 }, false, '[3, 3] exact'],
    [{ a: null }, { a: 1 }, false, '[null, null]'],
    [{ a: { $exists: true } }, { a: 1 }, false, '[minKey, maxKey]'],
    [{ a: { $exists: false } }, { a: 1 }, false, '[null, null]'],
    [{ a: [2, 1] }, { a: 1 }, true, '[2, 2] [[2,1], [2,1]]'],
    [{ a: /^ab/ }, { a: 1 }, false, '["ab", "ac") [regex, regex]'],
    [{ a: /^ab*/ }, { a: 1 }, false, '["a", "b") [regex, regex]'],
    [{ a: /b/ }, { a: 1 }, false, '[string, string] [regex, regex]'],
    [{ a: { $size: 1 } }, { a: 1 }, true, undefined],
    [{ $or: [{ a: 1 }, { a: 2 }] }, { a: 1 }, false, undefined],
    [{ a: 1, b: { $gt: 2 } }, { a: 1, b: 1 }, false, '[1, 1] | (2, int] exact'],
    [{ a: { $gt: 1 }, b: 2 }, { a: 1, b: 1 }, false, '(1, int]'],
    [{ a: { $in: [1, 2] }, b: 2 }, { a: 1, b: 1 }, false, '[1, 1] [2, 2] | [2, 2] exact'],
    [{ b: 2 }, { a: 1, b: 1 }, false, undefined],
    // With arrays, two conditions may hold of two elements.
    [{ a: { $gt: 1, $lt: 5 } }, { a: 1 }, true, '(1, int]'],
    [{ a: 1, b: 2 }, { a: 1, b: 1 }, true, '[1, 1] | [2, 2] exact'],
    [{ 'a.b': 1, 'a.c': 2 }, { 'a.b': 1, 'a.c': 1 }, true, '[1, 1]'],
    [{ 'a.b': 1, 'a.c': 2 }, { 'a.b': 1, 'a.c': 1 }, false, '[1, 1] | [2, 2] exact'],
  ])('%j on %j, multikey %s', (filter, keyPattern, multikey, expected) => {
    expect(boundsText(filter, keyPattern, multikey)).toBe(expected)
  })

  it('say when they are one key', () => {
    const isPoint = (filter: Document, keyPattern: Document) =>
      boundsFor(compileFilter(filter).analysis, { keyPattern, multikey: false })?.isPoint
    expect(isPoint({ a: 1 }, { a: 1 })).toBe(true)
    expect(isPoint({ a: 1 }, { a: 1, b: 1 })).toBe(false)
    expect(isPoint({ a: { $in: [1, 2] } }, { a: 1 })).toBe(false)
    expect(isPoint({ a: { $gt: 1 } }, { a: 1 })).toBe(false)
  })
})

/** An index as sorted keys, each with the document it belongs to. */
function indexOf(
  documents: readonly Document[],
  paths: readonly string[],
  directions: Direction[],
) {
  let multikey = false
  const entries = documents.flatMap((each) => {
    const keys = keysOf(each, paths.map(parsePath))
    if (keys === PARALLEL_ARRAYS) return []
    if (keys.length !== 1 || hasArray(each, paths)) multikey = true
    return keys.map((values) => ({ key: encodeKeyString(values, directions), document: each }))
  })
  return { entries, multikey }
}

/** Whether an array is taken apart: one that a component picks an element of by position is not. */
function hasArray(document: Document, paths: readonly string[]): boolean {
  return paths.some((text) => {
    let value: unknown = document
    for (const part of text.split('.')) {
      if (Array.isArray(value) && !(/^\d$/.test(part) && Number(part) < value.length)) return true
      value = (value as Document | null | undefined)?.[part]
    }
    return Array.isArray(value)
  })
}

describe('an index scan within the bounds', () => {
  const index = fc.uniqueArray(path, { minLength: 1, maxLength: 2 }).chain((paths) =>
    fc.record({
      paths: fc.constant(paths),
      directions: fc.array(fc.constantFrom<Direction>(1, -1), {
        minLength: paths.length,
        maxLength: paths.length,
      }),
      filter: fc
        .tuple(...paths.map(() => indexableCondition))
        .map((conditions) => Object.fromEntries(paths.map((each, at) => [each, conditions[at]]))),
    }),
  )

  it('finds every match, and nothing else where they are exact', () => {
    fc.assert(
      fc.property(
        index,
        fc.array(document, { maxLength: 8 }),
        ({ paths, directions, filter }, documents) => {
          const { entries, multikey } = indexOf(documents, paths, directions)
          const keyPattern = Object.fromEntries(paths.map((each, at) => [each, directions[at]]))
          const { analysis, matches } = compileFilter(filter)
          const bounds = boundsFor(analysis, { keyPattern, multikey })
          if (bounds === undefined) return
          const ranges = keyRanges(bounds, directions)
          const found = new Set(
            entries
              .filter(({ key }) => ranges.some(({ low, high }) => key >= low && key < high))
              .map((entry) => entry.document),
          )
          const indexed = new Set(entries.map((entry) => entry.document))
          const expected = [...indexed].filter(matches)
          expect(expected.filter((each) => !found.has(each))).toEqual([])
          if (bounds.isExact) expect([...found].filter((each) => !matches(each))).toEqual([])
        },
      ),
      { numRuns: 3_000 },
    )
  })

  it('reads its ranges in the order of the keys, none twice', () => {
    fc.assert(
      fc.property(index, ({ paths, directions, filter }) => {
        const keyPattern = Object.fromEntries(paths.map((each, at) => [each, directions[at]]))
        const bounds = boundsFor(compileFilter(filter).analysis, { keyPattern, multikey: false })
        if (bounds === undefined) return
        const edges = keyRanges(bounds, directions).flatMap(({ low, high }) => [low, high])
        expect(edges).toEqual([...edges].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)))
      }),
    )
  })
})
