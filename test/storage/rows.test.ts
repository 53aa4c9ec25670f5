import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EagerRows } from '../../src/storage/rows/eager_rows.ts'
import { IntegerRows } from '../../src/storage/rows/integer_rows.ts'
import { LazyRows } from '../../src/storage/rows/lazy_rows.ts'
import { EVERYTHING, type RowIndex, type WalkRange } from '../../src/storage/rows/row_index.ts'

const byteText = fc
  .array(fc.integer({ min: 0, max: 255 }), { maxLength: 4 })
  .map((bytes) => String.fromCharCode(...bytes))

/** Near each other, far apart, and where pages of integers begin and end. */
const integer = fc.oneof(
  fc.integer({ min: 0, max: 40 }),
  fc.integer({ min: 250, max: 260 }),
  fc.integer({ min: 0, max: 2_000 }),
  fc.maxSafeNat(),
)

type Step<K> =
  | { readonly do: 'add' | 'delete' | 'find'; readonly key: K }
  | { readonly do: 'walk'; readonly range: WalkRange<K> }

function steps<K>(key: fc.Arbitrary<K>): fc.Arbitrary<Step<K>[]> {
  const end = fc.option(key, { nil: undefined })
  return fc.array(
    fc.oneof(
      fc.record({ do: fc.constant('add' as const), key }),
      fc.record({ do: fc.constantFrom('delete' as const, 'find' as const), key }),
      fc.record({
        do: fc.constant('walk' as const),
        range: fc.record({
          from: end,
          fromInclusive: fc.boolean(),
          to: end,
          toInclusive: fc.boolean(),
          reverse: fc.boolean(),
        }),
      }),
    ),
    { maxLength: 60 },
  )
}

/** Plays steps on an index and on a sorted array of keys beside it. */
function agree<K extends string | number>(index: RowIndex<K, string>, played: Step<K>[]): void {
  const model: K[] = []
  for (const step of played) {
    if (step.do === 'walk') {
      expect(walked(index, step.range)).toEqual(expected(model, step.range))
      continue
    }
    const { key } = step
    const position = model.indexOf(key)
    if (step.do === 'add') {
      const row = index.findOrAdd(key)
      expect(row.key).toBe(key)
      expect(index.findOrAdd(key)).toBe(row)
      if (position < 0) model.push(key)
      model.sort((a, b) => (a < b ? -1 : 1))
    } else if (step.do === 'delete') {
      index.delete(key)
      if (position >= 0) model.splice(position, 1)
    } else expect(index.find(key)?.key).toBe(position < 0 ? undefined : key)
    expect(index.size).toBe(model.length)
  }
  expect([...index.all()].map((row) => row.key).sort()).toEqual([...model].sort())
}

function walked<K extends string | number>(index: RowIndex<K, string>, range: WalkRange<K>): K[] {
  const rows = index.walk(range)
  const keys: K[] = []
  for (let row = rows.next(); row !== undefined; row = rows.next()) keys.push(row.key)
  return keys
}

function expected<K extends string | number>(model: readonly K[], range: WalkRange<K>): K[] {
  const { from, fromInclusive, to, toInclusive, reverse } = range
  const [least, leastInclusive] = reverse ? [to, toInclusive] : [from, fromInclusive]
  const [most, mostInclusive] = reverse ? [from, fromInclusive] : [to, toInclusive]
  const keys = model
    .filter((key) => least === undefined || key > least || (key === least && leastInclusive))
    .filter((key) => most === undefined || key < most || (key === most && mostInclusive))
  return reverse ? keys.reverse() : keys
}

describe('rows by key agree with a sorted array', () => {
  it('integers, in pages', () => {
    fc.assert(fc.property(steps(integer), (played) => agree(new IntegerRows<string>(), played)))
  })

  it('strings, in a tree', () => {
    fc.assert(fc.property(steps(byteText), (played) => agree(new EagerRows<string>(), played)))
  })

  it('strings, in a map with a tree that follows', () => {
    fc.assert(fc.property(steps(byteText), (played) => agree(new LazyRows<string>(), played)))
  })
})

describe('a walk through a tree', () => {
  it('goes on from batch to batch', () => {
    const rows = new EagerRows<string>()
    const keys = Array.from({ length: 2_000 }, (_, i) => String(i).padStart(4, '0'))
    for (const key of keys) rows.findOrAdd(key)
    for (const reverse of [false, true]) {
      expect(walked(rows, { ...EVERYTHING, reverse })).toEqual(reverse ? [...keys].reverse() : keys)
    }
    const range = {
      ...EVERYTHING,
      from: '0100',
      fromInclusive: false,
      to: '0140',
      toInclusive: false,
    }
    expect(walked(rows, range)).toEqual(keys.slice(101, 140))
  })
})

describe('a lazy tree', () => {
  it('that was asked once does not keep rows that came and went since', () => {
    const rows = new LazyRows<string>()
    expect(rows.walk(EVERYTHING).next()).toBeUndefined()
    for (let i = 0; i < 5_000; i++) {
      rows.findOrAdd(`key ${i}`)
      rows.delete(`key ${i}`)
    }
    rows.findOrAdd('b')
    rows.findOrAdd('a')
    expect(walked(rows, EVERYTHING)).toEqual(['a', 'b'])
  })
})

describe('integer rows', () => {
  it('take natural numbers only', () => {
    expect(() => new IntegerRows<string>().findOrAdd(-1)).toThrow('natural number')
    expect(() => new IntegerRows<string>().findOrAdd(1.5)).toThrow('natural number')
  })
})
