import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  OK,
  type Scan,
  type ScanRange,
  Store,
  type Table,
  type TableOptions,
} from '../../src/storage/index.ts'
import { seed, textStore } from './support.ts'

function keysOf<K extends string | number>(scan: Scan<K, string>): K[] {
  const keys: K[] = []
  while (scan.next()) keys.push(scan.key)
  return keys
}

const KINDS: readonly (TableOptions & { readonly key: (n: number) => string | number })[] = [
  { name: 'integers', keys: 'integer', key: (n) => n },
  { name: 'eager', keys: 'string', ordered: 'eager', key: (n) => String(n).padStart(5, '0') },
  { name: 'lazy', keys: 'string', ordered: 'lazy', key: (n) => String(n).padStart(5, '0') },
]

describe.each(KINDS)('a scan of the table "$name"', ({ key, ...options }) => {
  function table(numbers: readonly number[]): {
    store: Store
    rows: Table<string | number, string>
  } {
    const store = new Store()
    const rows = store.createTable<string | number, string>(options)
    const writer = store.begin()
    for (const n of numbers) writer.put(rows, key(n), `value ${n}`)
    expect(writer.commit()).toBe(OK)
    return { store, rows }
  }

  it('takes many steps as it takes each', () => {
    const { store, rows } = table([3, 1, 4, 5, 9, 2, 6])
    const scan = store.begin().scan(rows, { lower: key(2) })
    const keys = [key(0)]
    const values: string[] = []
    expect(scan.take(4, keys, values)).toBe(4)
    expect(scan.take(4, keys, values)).toBe(2)
    expect(scan.take(4, keys, values)).toBe(0)
    expect(keys).toEqual([0, 2, 3, 4, 5, 6, 9].map(key))
    expect(values).toEqual([2, 3, 4, 5, 6, 9].map((n) => `value ${n}`))
  })

  it('finds every range that a filter finds, both ways', () => {
    const number = fc.integer({ min: 0, max: 600 })
    const bound = fc.option(number, { nil: undefined })
    const flag = fc.boolean()
    fc.assert(
      fc.property(
        fc.uniqueArray(number, { maxLength: 40 }),
        bound,
        bound,
        flag,
        flag,
        flag,
        (numbers, low, high, lowerInclusive, upperInclusive, reverse) => {
          const { store, rows } = table(numbers)
          const range: ScanRange<string | number> = {
            lower: low === undefined ? undefined : key(low),
            upper: high === undefined ? undefined : key(high),
            lowerInclusive,
            upperInclusive,
            reverse,
          }
          const expected = numbers
            .filter((n) => low === undefined || n > low || (n === low && lowerInclusive))
            .filter((n) => high === undefined || n < high || (n === high && upperInclusive))
            .sort((a, b) => (reverse ? b - a : a - b))
          expect(keysOf(store.begin().scan(rows, range))).toEqual(expected.map(key))
        },
      ),
    )
  })

  it('goes on while rows come and go, and sees what its own transaction adds ahead', () => {
    const { store, rows } = table([10, 20, 30, 40])
    const reader = store.begin()
    const scan = reader.scan(rows)
    expect(scan.next() && scan.key).toBe(key(10))
    const other = store.begin()
    other.put(rows, key(15), 'not seen')
    other.remove(rows, key(30))
    other.commit()
    reader.put(rows, key(25), 'own')
    reader.put(rows, key(5), 'own, but behind')
    reader.remove(rows, key(40))
    expect(keysOf(scan)).toEqual([20, 25, 30].map(key))
    expect(scan.next()).toBe(false)
  })

  it('outlives the sweep of the row it stands on', () => {
    const { store, rows } = table([1, 2, 3])
    const scan = store.begin({ isolation: 'read-committed' }).scan(rows)
    expect(scan.next() && scan.key).toBe(key(1))
    const other = store.begin()
    for (const n of [1, 2]) other.remove(rows, key(n))
    other.commit()
    rows.sweep()
    // It keeps the snapshot it began with, so the rows cannot have been swept, and it sees them.
    expect(keysOf(scan)).toEqual([2, 3].map(key))
    rows.sweep()
    expect(rows.rowCount).toBe(1)
  })
})

describe('a scan at read-committed', () => {
  it('keeps one snapshot, which reads of its transaction then share', () => {
    const texts = textStore()
    seed(texts, { a: '1', b: '1' })
    const { store, table } = texts
    const reader = store.begin({ isolation: 'read-committed' })
    const scan = reader.scan(table)
    scan.next()
    seed(texts, { b: '2', c: '2' })
    expect(reader.get(table, 'b')).toBe('1')
    expect(scan.next() && scan.value).toBe('1')
    expect(scan.next()).toBe(false)
    expect(reader.get(table, 'b')).toBe('2')
  })

  it('gives its snapshot back when it is closed', () => {
    const texts = textStore()
    seed(texts, { a: '1', b: '1' })
    const { store, table } = texts
    const reader = store.begin({ isolation: 'read-committed' })
    const scan = reader.scan(table)
    scan.next()
    seed(texts, { a: '2' })
    expect(store.statistics().pinnedUpdates).toBe(1)
    scan.close()
    scan.close()
    expect(store.statistics().pinnedUpdates).toBe(0)
    expect(scan.next()).toBe(false)
  })
})
