import { describe, expect, it } from 'vitest'
import { EINVAL, OK, type StorageTransaction, WT_ROLLBACK } from '../../src/storage/index.ts'
import { textStore } from './support.ts'

function commitAt(texts: ReturnType<typeof textStore>, value: string, timestamp: number): number {
  const transaction = texts.store.begin()
  transaction.put(texts.table, 'a', value)
  return transaction.commit({ commitTimestamp: timestamp })
}

// WiredTiger: txn/txn_timestamp.c, docs/timestamp-txn-api.dox.
describe('the timestamps of the store', () => {
  it('never go backwards, and oldest never passes stable', () => {
    const { store } = textStore()
    expect(store.setTimestamps({ oldestTimestamp: 10 })).toBe(OK)
    expect(store.setTimestamps({ oldestTimestamp: 10 })).toBe(OK)
    expect(store.setTimestamps({ oldestTimestamp: 9 })).toBe(EINVAL)
    expect(store.setTimestamps({ stableTimestamp: 9 })).toBe(EINVAL)
    expect(store.setTimestamps({ stableTimestamp: 20 })).toBe(OK)
    expect(store.setTimestamps({ oldestTimestamp: 21 })).toBe(EINVAL)
    expect(store.setTimestamps({ oldestTimestamp: 30, stableTimestamp: 30 })).toBe(OK)
    expect(store.setTimestamps({ durableTimestamp: 5 })).toBe(OK)
    expect(store.setTimestamps({ oldestTimestamp: 1, force: true })).toBe(OK)
    expect(store.statistics()).toMatchObject({
      txnSetTs: 9,
      txnSetTsForce: 1,
      txnSetTsOldest: 6,
      txnSetTsOldestUpd: 3,
      txnSetTsStable: 3,
      txnSetTsStableUpd: 2,
      txnSetTsDurable: 1,
    })
  })

  it.each([0, -1, 1.5, Number.NaN, 2 ** 53])('%s is none', (timestamp) => {
    const { store } = textStore()
    expect(store.setTimestamps({ oldestTimestamp: timestamp })).toBe(EINVAL)
    expect(store.begin().setTimestamp('commit', timestamp)).toBe(EINVAL)
  })
})

describe('a reader with a timestamp', () => {
  it('sees what was committed by then', () => {
    const texts = textStore()
    commitAt(texts, 'ten', 10)
    commitAt(texts, 'twenty', 20)
    const at = (readTimestamp: number): string | undefined =>
      texts.store.begin({ readTimestamp }).get(texts.table, 'a')
    expect([9, 10, 19, 20, 1_000].map(at)).toEqual([undefined, 'ten', 'ten', 'twenty', 'twenty'])
  })

  it('conflicts with what is newer, although its snapshot has it', () => {
    const texts = textStore()
    commitAt(texts, 'ten', 10)
    const writer = texts.store.begin({ readTimestamp: 9 })
    expect(writer.put(texts.table, 'a', 'mine')).toBe(WT_ROLLBACK)
  })

  it('may not begin before the oldest timestamp, unless it is rounded up', () => {
    const { store } = textStore()
    store.setTimestamps({ oldestTimestamp: 10 })
    expect(store.begin().setTimestamp('read', 9)).toBe(EINVAL)
    const rounded = store.begin({ roundUpRead: true })
    expect(rounded.setTimestamp('read', 9)).toBe(OK)
    expect(rounded.readTimestamp).toBe(10)
    expect(() => store.begin({ readTimestamp: 9 })).toThrow('oldest timestamp')
  })

  it('has one timestamp at most, at snapshot isolation', () => {
    const { store } = textStore()
    const reader = store.begin({ readTimestamp: 5 })
    expect(reader.setTimestamp('read', 6)).toBe(EINVAL)
    expect(store.begin({ isolation: 'read-committed' }).setTimestamp('read', 6)).toBe(EINVAL)
    expect(store.begin({ isolation: 'read-committed', readTimestamp: 5 }).isolation).toBe(
      'snapshot',
    )
  })

  it('gets a newer snapshot when somebody has committed since', () => {
    const texts = textStore()
    const reader = texts.store.begin()
    commitAt(texts, 'ten', 10)
    expect(reader.get(texts.table, 'a')).toBeUndefined()
    reader.setTimestamp('read', 15)
    expect(reader.get(texts.table, 'a')).toBe('ten')
  })
})

describe('a commit timestamp', () => {
  const begun = (): { transaction: StorageTransaction; texts: ReturnType<typeof textStore> } => {
    const texts = textStore()
    texts.store.setTimestamps({ oldestTimestamp: 10, stableTimestamp: 20 })
    return { texts, transaction: texts.store.begin() }
  }

  it('is after stable, and not before the first one', () => {
    const { transaction } = begun()
    expect(transaction.setTimestamp('commit', 20)).toBe(EINVAL)
    expect(transaction.setTimestamp('commit', 25)).toBe(OK)
    expect(transaction.setTimestamp('commit', 30)).toBe(OK)
    expect(transaction.setTimestamp('commit', 26)).toBe(OK)
    expect(transaction.setTimestamp('commit', 24)).toBe(EINVAL)
  })

  it('is checked again at commit, by the first one', () => {
    const { texts, transaction } = begun()
    transaction.put(texts.table, 'a', '1')
    transaction.setTimestamp('commit', 25)
    texts.store.setTimestamps({ stableTimestamp: 25 })
    expect(transaction.commit({ commitTimestamp: 40 })).toBe(EINVAL)
    expect(transaction.state).toBe('rolledBack')
  })

  it('marks the updates made after it was set; the last one marks the rest', () => {
    const texts = textStore()
    const transaction = texts.store.begin()
    transaction.put(texts.table, 'before', 'x')
    transaction.setTimestamp('commit', 10)
    transaction.put(texts.table, 'between', 'x')
    expect(transaction.commit({ commitTimestamp: 20 })).toBe(OK)
    const reader = texts.store.begin({ readTimestamp: 15 })
    expect(reader.get(texts.table, 'between')).toBe('x')
    expect(reader.get(texts.table, 'before')).toBeUndefined()
    expect(texts.store.context.timestamps.durable).toBe(20)
  })

  it('needs snapshot isolation; a durable one needs a prepared transaction', () => {
    const { texts, transaction } = begun()
    const weak = texts.store.begin({ isolation: 'read-uncommitted' })
    expect(weak.setTimestamp('commit', 30)).toBe(EINVAL)
    expect(transaction.setTimestamp('durable', 30)).toBe(EINVAL)
  })
})

describe('the order of timestamps on a key', () => {
  // WiredTiger: txn_inline.h, __wt_txn_timestamp_usage_check.
  it.each([
    ['later', 20, false, OK],
    ['equal', 10, false, OK],
    ['earlier', 9, false, EINVAL],
    ['none', undefined, false, EINVAL],
    ['none, as announced', undefined, true, OK],
    ['earlier, though none was announced', 9, true, EINVAL],
  ])('%s than before: %s', (_, timestamp, noTimestamp, expected) => {
    const texts = textStore()
    commitAt(texts, 'ten', 10)
    const transaction = texts.store.begin({ noTimestamp })
    transaction.put(texts.table, 'a', 'next')
    const given = timestamp === undefined ? {} : { commitTimestamp: timestamp }
    expect(transaction.commit(given)).toBe(expected)
  })

  it('is not kept for tables that ignore timestamps', () => {
    const { store } = textStore()
    const table = store.createTable<string, string>({
      name: 'logged',
      keys: 'string',
      timestamps: false,
    })
    for (const timestamp of [10, 5, undefined]) {
      const transaction = store.begin()
      transaction.put(table, 'a', 'x')
      expect(
        transaction.commit(timestamp === undefined ? {} : { commitTimestamp: timestamp }),
      ).toBe(OK)
    }
    expect(store.begin({ readTimestamp: 1 }).get(table, 'a')).toBe('x')
  })

  it('a first update of a key without a timestamp is seen at every one', () => {
    const { store, table } = textStore()
    const transaction = store.begin()
    transaction.put(table, 'a', 'x')
    transaction.commit()
    expect(store.begin({ readTimestamp: 1 }).get(table, 'a')).toBe('x')
  })
})
