import { describe, expect, it } from 'vitest'
import { InvariantError } from '../../../src/invariant.ts'
import { AutoClock, Interruptor, Scheduler } from '../../../src/sim/index.ts'
import {
  EINVAL,
  ENOTSUP,
  OK,
  Session,
  WOULD_SPIN,
  WT_CACHE_FULL,
  WT_NONE,
  WT_NOTFOUND,
  WT_PREPARE_CONFLICT,
  WT_ROLLBACK,
  WT_WRITE_CONFLICT,
} from '../../../src/storage/index.ts'
import { contents, seed, textStore } from '../support.ts'

function twoSessions(options = {}) {
  const texts = textStore(options)
  const one = new Session(texts.store)
  const two = new Session(texts.store)
  return {
    texts,
    ...texts,
    one,
    two,
    c1: one.openCursor(texts.table),
    c2: two.openCursor(texts.table),
  }
}

describe('a session', () => {
  it('runs one transaction at a time', () => {
    const { one, store } = twoSessions()
    expect([one.commit(), one.rollback(), one.prepare()]).toEqual([EINVAL, EINVAL, EINVAL])
    expect(one.timestampTransaction({ commitTimestamp: 1 })).toBe(EINVAL)
    expect(one.begin()).toBe(OK)
    expect(one.begin()).toBe(EINVAL)
    expect(one.rollback()).toBe(OK)
    // Refused calls count too: WiredTiger counts calls, not transactions.
    expect(store.statistics()).toMatchObject({
      txnBegin: 2,
      txnCommit: 1,
      txnRollback: 2,
      txnPrepare: 1,
    })
  })

  it('holds misuse against the transaction, if it has written', () => {
    const { texts, one, c1 } = twoSessions()
    one.begin()
    expect(c1.search()).toBe(EINVAL)
    expect(one.lastError).toMatchObject({ code: EINVAL, subLevel: WT_NONE })
    expect(one.commit()).toBe(OK)
    one.begin()
    c1.setKey('a')
    c1.setValue('1')
    expect(c1.insert()).toBe(OK)
    expect(c1.getKey()).toBeUndefined()
    expect(one.commit()).toBe(EINVAL)
    expect(contents(texts)).toEqual([])
  })

  it('remembers why a call failed until the next one', () => {
    const { texts, one, two, c1, c2 } = twoSessions()
    seed(texts, { a: '1' })
    two.begin()
    c2.setKey('a')
    c2.setValue('2')
    c2.update()
    one.begin()
    c1.setKey('a')
    c1.setValue('3')
    expect(c1.update()).toBe(WT_ROLLBACK)
    expect(one.lastError).toEqual({
      code: WT_ROLLBACK,
      subLevel: WT_WRITE_CONFLICT,
      message: 'Write conflict between concurrent operations',
    })
    expect(c1.getKey()).toBe('a')
    expect(one.lastError).toMatchObject({ code: OK, subLevel: WT_NONE })
  })

  it('in a prepared transaction only ends it, which is not held against it', () => {
    const { texts, one, c1 } = twoSessions()
    one.begin()
    c1.setKey('a')
    c1.setValue('1')
    c1.insert()
    c1.setKey('a')
    expect(one.prepare({ prepareTimestamp: 5 })).toBe(OK)
    expect(one.begin()).toBe(EINVAL)
    expect([c1.search(), c1.next(), c1.insert(), c1.remove(), c1.largestKey()]).toEqual(
      new Array(5).fill(EINVAL),
    )
    expect(c1.setKey('b')).toBe(EINVAL)
    expect(one.transactionPinnedRange().code).toBe(EINVAL)
    expect(one.timestampTransaction({ readTimestamp: 5 })).toBe(OK)
    expect(c1.reset()).toBe(OK)
    expect(one.commit({ commitTimestamp: 5, durableTimestamp: 5 })).toBe(OK)
    expect(contents(texts)).toEqual([['a', '1']])
  })

  it('takes a newer snapshot on request, as long as it has written nothing', () => {
    const { texts, one, c1 } = twoSessions()
    one.begin()
    seed(texts, { a: '1' })
    c1.setKey('a')
    expect(c1.search()).toBe(WT_NOTFOUND)
    expect(one.resetSnapshot()).toBe(OK)
    expect(c1.search()).toBe(OK)
    c1.setValue('2')
    expect(c1.update()).toBe(OK)
    expect(one.resetSnapshot()).toBe(ENOTSUP)
    expect(one.commit()).toBe(OK)
    one.begin({ isolation: 'read-committed' })
    expect(one.resetSnapshot()).toBe(ENOTSUP)
  })

  it('outside a transaction keeps the snapshot of a reset until a cursor stands anew', () => {
    const { texts, one, c1 } = twoSessions()
    seed(texts, { a: '1' })
    expect(one.resetSnapshot()).toBe(OK)
    seed(texts, { a: '2', b: '2' })
    expect(c1.next()).toBe(OK)
    expect(c1.getValue()).toBe('1')
    c1.reset()
    expect(c1.next()).toBe(OK)
    expect(c1.getValue()).toBe('2')
  })

  it('says how many ids it pins', () => {
    const { texts, one } = twoSessions()
    expect(one.transactionPinnedRange()).toEqual({ code: OK, range: 0 })
    one.begin()
    seed(texts, { a: '1', b: '1', c: '1' })
    expect(one.transactionPinnedRange()).toEqual({ code: OK, range: 3 })
  })

  it('finds its transaction gone after a restore', () => {
    const { texts, one, c1, store } = twoSessions()
    seed(texts, { a: '1' })
    const save = store.save()
    one.begin()
    c1.setKey('a')
    c1.setValue('2')
    c1.insert()
    store.restore(save)
    expect(one.transaction).toBeUndefined()
    expect(one.commit()).toBe(EINVAL)
    c1.setKey('a')
    expect(c1.search()).toBe(OK)
    expect(c1.getValue()).toBe('1')
  })

  it('does not begin at a timestamp that is gone', () => {
    const { one, store } = twoSessions()
    store.setTimestamps({ oldestTimestamp: 10 })
    expect(one.begin({ readTimestamp: 9 })).toBe(EINVAL)
    expect(one.transaction).toBeUndefined()
    expect(one.begin({ readTimestamp: 9, roundUpRead: true })).toBe(OK)
    expect(one.transaction?.readTimestamp).toBe(10)
  })

  it('opens cursors on its own store only', () => {
    const { one } = twoSessions()
    expect(() => one.openCursor(textStore().table)).toThrow(InvariantError)
  })

  it('is told at once that the cache is full, in and outside a transaction', () => {
    const { one, c1 } = twoSessions({ cacheSizeBytes: 49 })
    for (const code of [OK, WT_CACHE_FULL]) {
      c1.setKey(`a${code}`)
      c1.setValue('1')
      expect(c1.insert()).toBe(code)
    }
    one.begin()
    expect(c1.update()).toBe(WT_CACHE_FULL)
    expect(one.commit()).toBe(OK)
  })
})

describe('a write outside a transaction', () => {
  it('says that it would spin, having done nothing, while somebody holds the row', () => {
    const { texts, two, c1, c2, store } = twoSessions()
    seed(texts, { a: '1' })
    two.begin()
    c2.setKey('a')
    c2.setValue('2')
    c2.update()
    for (const write of ['insert', 'update', 'remove'] as const) {
      c1.setKey('a')
      c1.setValue('3')
      expect(c1[write]()).toBe(WOULD_SPIN)
    }
    expect(store.statistics()).toMatchObject({ txnUpdateConflict: 0, openTransactions: 1 })
    two.commit()
    expect(c1.update()).toBe(OK)
    expect(contents(texts)).toEqual([['a', '3']])
  })

  it.each(['commit', 'rollback'] as const)(
    'as an operation sleeps until the holder has had its %s',
    async (end) => {
      const { texts, one, two, c1, c2, store } = twoSessions()
      seed(texts, { a: '1' })
      two.begin()
      c2.setKey('a')
      c2.setValue('2')
      c2.update()
      c1.setKey('a')
      c1.setValue('3')
      const scheduler = new Scheduler({ clock: new AutoClock(0) })
      const code = scheduler.run(
        'writer',
        one.untilFree(() => c1.update()),
      )
      expect(store.statistics()).toMatchObject({ txnUpdateConflict: 1, autocommitUpdateRetry: 1 })
      two[end]()
      scheduler.drain()
      expect(await code).toBe(OK)
      expect(contents(texts)).toEqual([['a', '3']])
    },
  )

  it('as an operation can be interrupted', async () => {
    const { texts, one, two, c1, c2 } = twoSessions()
    seed(texts, { a: '1' })
    two.begin()
    c2.setKey('a')
    c2.remove()
    c1.setKey('a')
    const interruptor = new Interruptor()
    const scheduler = new Scheduler({ clock: new AutoClock(0) })
    const code = scheduler.run(
      'remover',
      one.untilFree(() => c1.remove(), { interruptor }),
    )
    interruptor.raise({ code: 11601, message: 'interrupted' })
    scheduler.drain()
    expect(await code).toBe(WT_ROLLBACK)
  })

  it('with an old snapshot loses once, and gets through with a new one', () => {
    const { texts, one, c1, store, table } = twoSessions()
    seed(texts, { a: '1', b: '1' })
    const standing = one.openCursor(table)
    expect(standing.next()).toBe(OK)
    seed(texts, { b: '2' })
    c1.setKey('b')
    c1.setValue('3')
    expect(c1.insert()).toBe(OK)
    expect(store.statistics()).toMatchObject({ txnUpdateConflict: 1, autocommitUpdateRetry: 1 })
    expect(standing.getKey()).toBe('a')
  })

  it('that fails otherwise resets the cursors of its session', () => {
    const { texts, one, store, table } = twoSessions()
    seed(texts, { a: '1' })
    const standing = one.openCursor(table)
    standing.next()
    const plain = one.openCursor(table, { overwrite: false })
    plain.setKey('absent')
    expect(plain.remove()).toBe(WT_NOTFOUND)
    expect(standing.getKey()).toBeUndefined()
    expect(store.statistics().openTransactions).toBe(0)
  })

  it('without a timestamp on a key that has them is refused at its commit', () => {
    const { store, table, c1 } = twoSessions()
    const writer = store.begin()
    writer.put(table, 'a', '1')
    writer.commit({ commitTimestamp: 10 })
    c1.setKey('a')
    c1.setValue('2')
    expect(c1.update()).toBe(EINVAL)
    expect(store.begin().get(table, 'a')).toBe('1')
  })

  it('can neither reserve nor modify', () => {
    const { texts, c1 } = twoSessions()
    seed(texts, { a: '1' })
    c1.setKey('a')
    expect(c1.reserve()).toBe(EINVAL)
    expect(c1.modify([{ data: 'x', offset: 0, size: 1 }])).toBe(ENOTSUP)
  })
})

describe('a read outside a transaction', () => {
  it('meets prepared updates', () => {
    const { two, c1, c2 } = twoSessions()
    two.begin()
    c2.setKey('a')
    c2.setValue('1')
    c2.insert()
    two.prepare({ prepareTimestamp: 5 })
    c1.setKey('a')
    expect(c1.search()).toBe(WT_PREPARE_CONFLICT)
  })

  it('shares the snapshot of the session while a cursor stands somewhere', () => {
    const { texts, one, c1, table } = twoSessions()
    seed(texts, { a: '1', b: '1' })
    const standing = one.openCursor(table)
    standing.next()
    seed(texts, { b: '2' })
    const read = (): string | undefined => {
      c1.setKey('b')
      c1.search()
      const value = c1.getValue()
      c1.reset()
      return value
    }
    expect(read()).toBe('1')
    standing.reset()
    expect(read()).toBe('2')
  })
})
