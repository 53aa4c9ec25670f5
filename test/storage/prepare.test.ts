import { describe, expect, it } from 'vitest'
import { EINVAL, ENOTSUP, OK, WT_DUPLICATE_KEY, WT_ROLLBACK } from '../../src/storage/index.ts'
import { contents, seed, textStore } from './support.ts'

function prepared(timestamp = 10) {
  const texts = textStore()
  seed(texts, { a: 'old' })
  const before = texts.store.begin()
  const transaction = texts.store.begin({ owner: 'preparer' })
  transaction.put(texts.table, 'a', 'new')
  transaction.put(texts.table, 'b', 'new')
  expect(transaction.prepare(timestamp)).toBe(OK)
  return { texts, before, transaction, ...texts }
}

// WiredTiger: txn.c, __wt_txn_prepare; docs/timestamp-prepare.dox.
describe('a prepared transaction', () => {
  it('is still open to those who began before', () => {
    const { before, table } = prepared()
    expect(before.get(table, 'a')).toBe('old')
    expect(before.get(table, 'b')).toBeUndefined()
  })

  it('is in the way of those who begin after, also of writers who ignore it', () => {
    const { store, table } = prepared()
    expect(() => store.begin().get(table, 'a')).toThrow('prepared')
    const forced = store.begin({ ignorePrepare: 'force' })
    expect(forced.get(table, 'a')).toBe('old')
    expect(forced.put(table, 'a', 'mine')).toBe(WT_ROLLBACK)
    expect(forced.lastConflict?.holderOwner).toBe('preparer')
    expect(store.begin().insert(table, 'a', 'mine')).toBe(WT_ROLLBACK)
  })

  it('is passed over by those who ignore it, who write nothing then', () => {
    const { store, table } = prepared()
    const reader = store.begin({ ignorePrepare: true })
    expect(reader.get(table, 'a')).toBe('old')
    expect(reader.get(table, 'b')).toBeUndefined()
    expect(reader.put(table, 'c', 'x')).toBe(ENOTSUP)
    expect(reader.insert(table, 'a', 'x')).toBe(WT_DUPLICATE_KEY)
    expect(reader.put(table, 'a', 'x')).toBe(WT_ROLLBACK)
  })

  it('is not there yet for readers of an earlier time', () => {
    const { store, table } = prepared(10)
    expect(store.begin({ readTimestamp: 9 }).get(table, 'a')).toBe('old')
  })

  it('commits with a commit and a durable timestamp', () => {
    const { texts, store, table, transaction } = prepared(10)
    expect(transaction.commit({ commitTimestamp: 12, durableTimestamp: 14 })).toBe(OK)
    expect(contents(texts)).toEqual([
      ['a', 'new'],
      ['b', 'new'],
    ])
    expect(store.begin({ readTimestamp: 11 }).get(table, 'a')).toBe('old')
    expect(store.begin({ readTimestamp: 12 }).get(table, 'a')).toBe('new')
    expect(store.statistics()).toMatchObject({
      txnPrepare: 1,
      txnPrepareCommit: 1,
      txnPrepareActive: 0,
      txnPreparedUpdates: 2,
      txnPreparedUpdatesCommitted: 2,
    })
  })

  it('rolls back', () => {
    const { texts, store, transaction } = prepared()
    transaction.rollback()
    expect(contents(texts)).toEqual([['a', 'old']])
    expect(store.statistics()).toMatchObject({
      txnPrepareRollback: 1,
      txnPreparedUpdatesRolledback: 2,
    })
  })

  it.each([
    ['no commit timestamp', {}],
    ['no durable timestamp', { commitTimestamp: 12 }],
    [
      'a commit timestamp before the prepare timestamp',
      { commitTimestamp: 9, durableTimestamp: 12 },
    ],
    [
      'a durable timestamp before the commit timestamp',
      { commitTimestamp: 12, durableTimestamp: 11 },
    ],
  ])('with %s is refused and stays prepared', (_, timestamps) => {
    // WiredTiger panics here; see visibility.ts on what is left out.
    const { transaction } = prepared()
    expect(transaction.commit(timestamps)).toBe(EINVAL)
    expect(transaction.state).toBe('prepared')
    expect(transaction.commit({ commitTimestamp: 12, durableTimestamp: 12 })).toBe(OK)
  })

  it('no longer holds what it had only reserved', () => {
    const texts = textStore()
    seed(texts, { a: 'old' })
    const transaction = texts.store.begin()
    transaction.reserve(texts.table, 'a')
    expect(transaction.prepare(10)).toBe(OK)
    expect(texts.store.begin().put(texts.table, 'a', 'x')).toBe(OK)
  })
})

describe('preparing', () => {
  it('needs a timestamp after stable, once, and no commit timestamp before', () => {
    const { store } = textStore()
    store.setTimestamps({ stableTimestamp: 5 })
    expect(store.begin().prepare()).toBe(EINVAL)
    expect(store.begin().prepare(5)).toBe(EINVAL)
    const twice = store.begin()
    expect(twice.setTimestamp('prepare', 6)).toBe(OK)
    expect(twice.setTimestamp('prepare', 7)).toBe(EINVAL)
    expect(twice.setTimestamp('commit', 7)).toBe(EINVAL)
    const stamped = store.begin()
    stamped.setTimestamp('commit', 9)
    expect(stamped.prepare(10)).toBe(EINVAL)
  })

  it('must follow a prepare timestamp before commit', () => {
    const { store } = textStore()
    const transaction = store.begin()
    transaction.setTimestamp('prepare', 6)
    expect(transaction.commit()).toBe(EINVAL)
    expect(transaction.state).toBe('rolledBack')
  })

  it('may be rounded up to the oldest timestamp, and the commit up to it', () => {
    const { store, table } = textStore()
    store.setTimestamps({ oldestTimestamp: 4, stableTimestamp: 8 })
    const transaction = store.begin({ roundUpPrepared: true })
    transaction.put(table, 'a', 'x')
    expect(transaction.prepare(2)).toBe(OK)
    expect(transaction.commit({ commitTimestamp: 3, durableTimestamp: 9 })).toBe(OK)
    expect(store.begin({ readTimestamp: 4 }).get(table, 'a')).toBe('x')
  })

  it('is not supported by tables that ignore timestamps', () => {
    const { store } = textStore()
    const table = store.createTable<string, string>({
      name: 'logged',
      keys: 'string',
      timestamps: false,
    })
    const transaction = store.begin()
    transaction.put(table, 'a', 'x')
    expect(transaction.prepare(5)).toBe(ENOTSUP)
    expect(transaction.state).toBe('active')
  })
})
