import { describe, expect, it } from 'vitest'
import {
  EINVAL,
  OK,
  WT_CACHE_FULL,
  WT_NONE,
  WT_OLDEST_FOR_EVICTION,
  WT_ROLLBACK,
} from '../../src/storage/index.ts'
import { seed, textStore } from './support.ts'

const KILOBYTE = 'x'.repeat(1_000)

describe('a cache that is full', () => {
  // WiredTiger: include/api.h, CURSOR_UPDATE_API_CALL_BTREE and CURSOR_REMOVE_API_CALL.
  it('refuses writes that need space, not removes', () => {
    const texts = textStore({ cacheSizeBytes: 10_000 })
    const { store, table } = texts
    let rows = 0
    for (let code: number = OK; code === OK; rows++) {
      const transaction = store.begin()
      code = transaction.insert(table, `key ${rows}`, KILOBYTE)
      transaction.commit()
    }
    expect(rows).toBe(11)
    const { cacheBytesInuse, cacheBytesMax } = store.statistics()
    expect(cacheBytesMax).toBe(10_000)
    expect(cacheBytesInuse).toBeGreaterThanOrEqual(10_000)
    const transaction = store.begin()
    expect(transaction.put(table, 'key 0', '')).toBe(WT_CACHE_FULL)
    expect(transaction.update(table, 'key 0', '')).toBe(WT_CACHE_FULL)
    expect(transaction.reserve(table, 'key 0')).toBe(WT_CACHE_FULL)
    expect(transaction.remove(table, 'key 0')).toBe(OK)
    expect(transaction.commit()).toBe(EINVAL)
  })

  it('has space again once old versions can go', () => {
    const texts = textStore({ cacheSizeBytes: 10_000 })
    for (let i = 0; i < 9; i++) seed(texts, { [`key ${i}`]: KILOBYTE })
    const remover = texts.store.begin()
    for (let i = 0; i < 9; i++) remover.remove(texts.table, `key ${i}`)
    remover.commit()
    expect(texts.store.statistics().cacheBytesInuse).toBeLessThan(1_000)
    texts.table.sweep()
    expect(texts.store.statistics().cacheBytesInuse).toBe(0)
  })

  it('does not concern tables that ignore it', () => {
    const { store, table } = textStore({ cacheSizeBytes: 1 })
    const important = store.createTable<string, string>({
      name: 'important',
      keys: 'string',
      ignoreCacheSize: true,
    })
    const transaction = store.begin()
    expect(transaction.put(table, 'a', 'x')).toBe(OK)
    expect(transaction.put(table, 'b', 'x')).toBe(WT_CACHE_FULL)
    expect(transaction.put(important, 'a', 'x')).toBe(OK)
  })

  it('counts values by the size that it is told, and what is not committed', () => {
    const { store, table } = textStore({ cacheSizeBytes: 1e9, sizeOf: () => 100 })
    const transaction = store.begin()
    transaction.put(table, 'a', '')
    transaction.put(table, 'a', '')
    const one = store.context.cache?.costBytes('') as number
    expect(one).toBeGreaterThan(100)
    expect(store.statistics()).toMatchObject({
      cacheBytesInuse: 2 * one,
      cacheUpdatesTxnUncommittedBytes: 2 * one,
      cacheUpdatesTxnUncommittedCount: 2,
    })
    transaction.commit()
    expect(store.statistics()).toMatchObject({
      cacheBytesInuse: one,
      cacheUpdatesTxnUncommittedBytes: 0,
      cacheUpdatesTxnUncommittedCount: 0,
    })
  })

  it('gets the bytes of a rolled back transaction back', () => {
    const { store, table } = textStore({ cacheSizeBytes: 1e9 })
    for (let i = 0; i < 3; i++) {
      const transaction = store.begin()
      transaction.put(table, 'a', KILOBYTE)
      transaction.rollback()
    }
    expect(store.statistics().cacheBytesInuse).toBeLessThan(100)
    table.sweep()
    expect(store.statistics().cacheBytesInuse).toBe(0)
  })
})

describe('under eviction pressure', () => {
  // WiredTiger: txn.c, __wt_txn_is_blocking, as MongoDB builds it.
  it('the writer that pins the oldest versions is rolled back at its next write', () => {
    const texts = textStore({ evictionTriggerBytes: 3_000 })
    const { store, table } = texts
    const oldest = store.begin()
    oldest.put(table, 'mine', 'x')
    expect(oldest.put(table, 'mine', 'x')).toBe(OK)
    seed(texts, { a: KILOBYTE, b: KILOBYTE, c: KILOBYTE })
    const reader = store.begin()
    expect(reader.get(table, 'a')).toBe(KILOBYTE)
    expect(oldest.put(table, 'mine', 'y')).toBe(WT_ROLLBACK)
    expect(oldest.subLevelError).toBe(WT_OLDEST_FOR_EVICTION)
    expect(store.statistics()).toMatchObject({ txnRollbackOldestId: 1, txnRollbackOldestPinned: 0 })
  })

  it('an old snapshot counts like an old id, but only once its owner has written', () => {
    const texts = textStore({ evictionTriggerBytes: 3_000 })
    const { store, table } = texts
    const reader = store.begin()
    seed(texts, { a: KILOBYTE, b: KILOBYTE, c: KILOBYTE })
    expect(reader.put(table, 'mine', 'x')).toBe(OK)
    expect(reader.subLevelError).toBe(WT_NONE)
    expect(reader.remove(table, 'mine')).toBe(WT_ROLLBACK)
    expect(store.statistics().txnRollbackOldestPinned).toBe(1)
  })
})
