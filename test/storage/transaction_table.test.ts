import { describe, expect, it } from 'vitest'
import { textStore } from './support.ts'

describe('ids and snapshots', () => {
  it('gives out ids at the first write, in that order', () => {
    const { store, table } = textStore()
    const first = store.begin()
    const second = store.begin()
    expect([first.id, second.id]).toEqual([0, 0])
    second.put(table, 'a', '2')
    first.put(table, 'b', '1')
    first.put(table, 'c', '1')
    expect([first.id, second.id]).toEqual([2, 1])
    expect(store.statistics().txnCurrent).toBe(3)
  })

  it('shares one snapshot until a writer ends', () => {
    const { store, table } = textStore()
    const before = store.begin()
    const writer = store.begin()
    writer.put(table, 'a', '1')
    // It need not list the writer: an id that is not below its max is not seen either way.
    const after = store.begin()
    expect(after.snapshot).toBe(before.snapshot)
    expect(after.get(table, 'a')).toBeUndefined()
    writer.commit()
    expect(after.get(table, 'a')).toBeUndefined()
    expect(store.begin().snapshot).toMatchObject({ min: 2, max: 2, concurrent: [] })
  })

  it('lists every open writer, sorted, and none that has prepared', () => {
    const { store, table } = textStore()
    const writers = ['a', 'b', 'c', 'd'].map((key) => {
      const writer = store.begin()
      writer.put(table, key, 'x')
      return writer
    })
    writers[1]?.rollback()
    expect(writers[2]?.prepare(10)).toBe(0)
    expect(store.begin().snapshot?.concurrent).toEqual([1, 4])
  })

  it('knows what pins the oldest versions', () => {
    const { store, table } = textStore()
    const reader = store.begin()
    for (let i = 0; i < 5; i++) {
      const writer = store.begin()
      writer.put(table, 'a', String(i))
      writer.commit()
    }
    expect(store.statistics()).toMatchObject({ txnPinnedRange: 5, openTransactions: 1 })
    reader.commit()
    expect(store.statistics()).toMatchObject({ txnPinnedRange: 0, openTransactions: 0 })
  })

  it('an open writer pins even without a snapshot of its own time', () => {
    const { store, table } = textStore()
    const old = store.begin()
    old.put(table, 'a', '1')
    expect(old.prepare(5)).toBe(0)
    // Prepared: it has given back its snapshot and left the writers.
    expect(store.statistics().txnPinnedRange).toBe(0)
    const later = store.begin()
    later.put(table, 'b', '1')
    expect(store.statistics().txnPinnedRange).toBe(1)
  })

  it('finds the holder of an id while it is open, prepared or not', () => {
    const { store, table } = textStore()
    const { transactions } = store.context
    const writer = store.begin({ owner: 'somebody' })
    writer.put(table, 'a', '1')
    expect(transactions.holderOf(1)?.owner).toBe('somebody')
    writer.prepare(5)
    expect(transactions.holderOf(1)).toBe(writer)
    writer.rollback()
    expect(transactions.holderOf(1)).toBeUndefined()
  })
})
