import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EagerRows } from '../../src/storage/rows/eager_rows.ts'
import { IntegerRows } from '../../src/storage/rows/integer_rows.ts'
import { LazyRows } from '../../src/storage/rows/lazy_rows.ts'
import type { RowIndex } from '../../src/storage/rows/row_index.ts'

const byteText = fc
  .array(fc.integer({ min: 0, max: 255 }), { maxLength: 4 })
  .map((bytes) => String.fromCharCode(...bytes))

/** Near each other, far apart, and where pages of integers begin and end. */
const integer = fc.oneof(
  fc.integer({ min: 0, max: 40 }),
  fc.integer({ min: 250, max: 260 }),
  fc.maxSafeNat(),
)

type Step<K> =
  | { readonly do: 'add' | 'delete' | 'find'; readonly key: K }
  | {
      readonly do: 'walk'
      readonly from: K | undefined
      readonly inclusive: boolean
      readonly reverse: boolean
    }

function steps<K>(key: fc.Arbitrary<K>): fc.Arbitrary<Step<K>[]> {
  const from = fc.option(key, { nil: undefined })
  return fc.array(
    fc.oneof(
      fc.record({ do: fc.constant('add' as const), key }),
      fc.record({ do: fc.constantFrom('delete' as const, 'find' as const), key }),
      fc.record({
        do: fc.constant('walk' as const),
        from,
        inclusive: fc.boolean(),
        reverse: fc.boolean(),
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
      expect(walked(index, step)).toEqual(expected(model, step))
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

type Walk<K> = Extract<Step<K>, { do: 'walk' }>

function walked<K extends string | number>(index: RowIndex<K, string>, walk: Walk<K>): K[] {
  const rows = index.walk(walk)
  const keys: K[] = []
  for (let row = rows.next(); row !== undefined; row = rows.next()) keys.push(row.key)
  return keys
}

function expected<K extends string | number>(model: readonly K[], walk: Walk<K>): K[] {
  const { from, inclusive, reverse } = walk
  const isIn = (key: K): boolean =>
    from === undefined || (key === from ? inclusive : reverse ? key < from : key > from)
  const keys = model.filter(isIn)
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

describe('a lazy tree', () => {
  it('that was asked once does not keep rows that came and went since', () => {
    const rows = new LazyRows<string>()
    const all = { inclusive: true, reverse: false }
    expect(rows.walk(all).next()).toBeUndefined()
    for (let i = 0; i < 5_000; i++) {
      rows.findOrAdd(`key ${i}`)
      rows.delete(`key ${i}`)
    }
    rows.findOrAdd('b')
    rows.findOrAdd('a')
    expect(walked(rows, { do: 'walk', from: undefined, ...all })).toEqual(['a', 'b'])
  })
})

describe('integer rows', () => {
  it('take natural numbers only', () => {
    expect(() => new IntegerRows<string>().findOrAdd(-1)).toThrow('natural number')
    expect(() => new IntegerRows<string>().findOrAdd(1.5)).toThrow('natural number')
  })
})
