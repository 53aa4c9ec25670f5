import { describe, expect, it } from 'vitest'
import { InvariantError } from '../../src/invariant.ts'
import {
  EINVAL,
  ENOTSUP,
  OK,
  returnCodeName,
  type StorageTransaction,
  type Store,
  type Table,
  WT_NOTFOUND,
  WT_ROLLBACK,
  WT_WRITE_CONFLICT,
} from '../../src/storage/index.ts'
import { contents, seed, textStore } from './support.ts'

type Write = (transaction: StorageTransaction, table: Table<string, string>) => number

const WRITES: Readonly<Record<string, Write>> = {
  insert: (transaction, table) => transaction.insert(table, 'k', 'mine'),
  put: (transaction, table) => transaction.put(table, 'k', 'mine'),
  update: (transaction, table) => transaction.update(table, 'k', 'mine'),
  reserve: (transaction, table) => transaction.reserve(table, 'k'),
  remove: (transaction, table) => transaction.remove(table, 'k'),
}

/** What somebody else has done to the key by the time of the write; it was 'old' at the beginning. */
const OTHERS: Readonly<Record<string, (store: Store, table: Table<string, string>) => void>> = {
  nothing: () => {},
  'changed, open': (store, table) => void store.begin().put(table, 'k', 'theirs'),
  'changed, committed': (store, table) => {
    const other = store.begin()
    other.put(table, 'k', 'theirs')
    other.commit()
  },
  'changed, undone': (store, table) => {
    const other = store.begin()
    other.put(table, 'k', 'theirs')
    other.rollback()
  },
  'removed, open': (store, table) => void store.begin().remove(table, 'k'),
  'reserved, open': (store, table) => void store.begin().reserve(table, 'k'),
  'reserved, committed': (store, table) => {
    const other = store.begin()
    other.reserve(table, 'k')
    other.commit()
  },
  prepared: (store, table) => {
    const other = store.begin()
    other.put(table, 'k', 'theirs')
    other.prepare(5)
  },
}

describe('the order of outcomes, on a key that the transaction sees', () => {
  // WiredTiger: bt_cursor.c, __wt_btcur_insert, __btcur_update, __wt_btcur_remove.
  it.each`
    other                    | insert                | put              | update           | reserve          | remove
    ${'nothing'}             | ${'WT_DUPLICATE_KEY'} | ${'OK'}          | ${'OK'}          | ${'OK'}          | ${'OK'}
    ${'changed, open'}       | ${'WT_DUPLICATE_KEY'} | ${'WT_ROLLBACK'} | ${'WT_ROLLBACK'} | ${'WT_ROLLBACK'} | ${'WT_ROLLBACK'}
    ${'changed, committed'}  | ${'WT_DUPLICATE_KEY'} | ${'WT_ROLLBACK'} | ${'WT_ROLLBACK'} | ${'WT_ROLLBACK'} | ${'WT_ROLLBACK'}
    ${'changed, undone'}     | ${'WT_DUPLICATE_KEY'} | ${'OK'}          | ${'OK'}          | ${'OK'}          | ${'OK'}
    ${'removed, open'}       | ${'WT_DUPLICATE_KEY'} | ${'WT_ROLLBACK'} | ${'WT_ROLLBACK'} | ${'WT_ROLLBACK'} | ${'WT_ROLLBACK'}
    ${'reserved, open'}      | ${'WT_DUPLICATE_KEY'} | ${'WT_ROLLBACK'} | ${'WT_ROLLBACK'} | ${'WT_ROLLBACK'} | ${'WT_ROLLBACK'}
    ${'reserved, committed'} | ${'WT_DUPLICATE_KEY'} | ${'OK'}          | ${'OK'}          | ${'OK'}          | ${'OK'}
    ${'prepared'}            | ${'WT_DUPLICATE_KEY'} | ${'WT_ROLLBACK'} | ${'WT_ROLLBACK'} | ${'WT_ROLLBACK'} | ${'WT_ROLLBACK'}
  `('after $other', ({ other, ...expected }) => {
    for (const [name, write] of Object.entries(WRITES)) {
      const texts = textStore()
      seed(texts, { k: 'old' })
      const transaction = texts.store.begin()
      OTHERS[other]?.(texts.store, texts.table)
      const code = write(transaction, texts.table)
      expect(`${name}: ${returnCodeName(code as 0)}`).toBe(`${name}: ${expected[name]}`)
    }
  })
})

describe('the order of outcomes, on a key that the transaction does not see', () => {
  const put = (store: Store, table: Table<string, string>): StorageTransaction => {
    const other = store.begin()
    other.put(table, 'k', 'theirs')
    return other
  }
  const EARLIER: Readonly<Record<string, (store: Store, table: Table<string, string>) => void>> = {
    'never there': () => {},
    'added since': (store, table) => void put(store, table).commit(),
    'added, open': (store, table) => void put(store, table),
    'added, undone': (store, table) => put(store, table).rollback(),
    'added and removed since': (store, table) => {
      put(store, table).commit()
      const other = store.begin()
      other.remove(table, 'k')
      other.commit()
    },
  }
  it.each`
    other                        | insert           | put              | update           | reserve          | remove
    ${'never there'}             | ${'OK'}          | ${'OK'}          | ${'WT_NOTFOUND'} | ${'WT_NOTFOUND'} | ${'WT_NOTFOUND'}
    ${'added since'}             | ${'WT_ROLLBACK'} | ${'WT_ROLLBACK'} | ${'WT_ROLLBACK'} | ${'WT_ROLLBACK'} | ${'WT_ROLLBACK'}
    ${'added, open'}             | ${'WT_ROLLBACK'} | ${'WT_ROLLBACK'} | ${'WT_ROLLBACK'} | ${'WT_ROLLBACK'} | ${'WT_ROLLBACK'}
    ${'added, undone'}           | ${'OK'}          | ${'OK'}          | ${'WT_NOTFOUND'} | ${'WT_NOTFOUND'} | ${'WT_NOTFOUND'}
    ${'added and removed since'} | ${'WT_ROLLBACK'} | ${'WT_ROLLBACK'} | ${'WT_ROLLBACK'} | ${'WT_ROLLBACK'} | ${'WT_ROLLBACK'}
  `('$other', ({ other, ...expected }) => {
    for (const [name, write] of Object.entries(WRITES)) {
      const { store, table } = textStore()
      const transaction = store.begin()
      EARLIER[other]?.(store, table)
      const code = write(transaction, table)
      expect(`${name}: ${returnCodeName(code as 0)}`).toBe(`${name}: ${expected[name]}`)
    }
  })
})

describe('a transaction', () => {
  it('reads many keys as it reads each', () => {
    const texts = textStore()
    const { store, table } = texts
    seed(texts, { settled: 'a', changed: 'b', deleted: 'c', theirs: 'd' })
    const reader = store.begin()
    const other = store.begin()
    other.put(table, 'theirs', 'new')
    other.remove(table, 'deleted')
    expect(other.commit()).toBe(OK)
    reader.put(table, 'changed', 'mine')
    const keys = ['theirs', 'none', 'settled', 'deleted', 'changed']
    const expected = ['d', undefined, 'a', 'c', 'mine']
    expect(reader.getAll(table, keys)).toEqual(expected)
    expect(keys.map((key) => reader.get(table, key))).toEqual(expected)
    expect(store.begin().getAll(table, keys)).toEqual(['new', undefined, 'a', undefined, 'b'])
  })

  it('sees its own writes and nobody else does, until it commits', () => {
    const texts = textStore()
    seed(texts, { a: '1' })
    const { store, table } = texts
    const writer = store.begin()
    const before = store.begin()
    writer.put(table, 'a', '2')
    writer.remove(table, 'a')
    writer.insert(table, 'a', '3')
    expect(writer.get(table, 'a')).toBe('3')
    expect(before.get(table, 'a')).toBe('1')
    expect(store.begin().get(table, 'a')).toBe('1')
    writer.commit()
    expect(before.get(table, 'a')).toBe('1')
    expect(store.begin().get(table, 'a')).toBe('3')
  })

  it('goes on after a conflict, but its commit rolls back what it wrote', () => {
    const texts = textStore()
    seed(texts, { a: '1' })
    const { store, table } = texts
    const loser = store.begin()
    const winner = store.begin()
    winner.put(table, 'a', '2')
    expect(loser.put(table, 'b', '1')).toBe(OK)
    expect(loser.put(table, 'a', '3')).toBe(WT_ROLLBACK)
    expect(loser.subLevelError).toBe(WT_WRITE_CONFLICT)
    expect(loser.get(table, 'a')).toBe('1')
    expect(loser.put(table, 'c', '1')).toBe(OK)
    // WiredTiger: session_api.c, __session_commit_transaction.
    expect(loser.commit()).toBe(EINVAL)
    expect(loser.state).toBe('rolledBack')
    winner.commit()
    expect(contents(texts)).toEqual([['a', '2']])
  })

  it('commits after a conflict if it has written nothing', () => {
    const { store, table } = textStore()
    store.begin().put(table, 'a', '1')
    const loser = store.begin()
    expect(loser.put(table, 'a', '2')).toBe(WT_ROLLBACK)
    expect(loser.hasModifications).toBe(false)
    expect(loser.commit()).toBe(OK)
  })

  it('says who was in the way, open or committed since', () => {
    const { store, table } = textStore()
    const loser = store.begin({ owner: 'loser' })
    const winner = store.begin({ owner: 'winner' })
    winner.put(table, 'a', '1')
    loser.put(table, 'a', '2')
    const conflict = { table, key: 'a', holderId: winner.id }
    expect(loser.lastConflict).toEqual({
      ...conflict,
      holder: winner,
      holderOwner: 'winner',
      holderActive: true,
    })
    winner.commit()
    loser.put(table, 'a', '2')
    expect(loser.lastConflict).toEqual({
      ...conflict,
      holder: undefined,
      holderOwner: undefined,
      holderActive: false,
    })
  })

  it('permits write skew: two that read both rows and write different ones', () => {
    const texts = textStore()
    seed(texts, { x: 'on call', y: 'on call' })
    const { store, table } = texts
    const [one, two] = [store.begin(), store.begin()]
    for (const transaction of [one, two]) {
      expect([transaction.get(table, 'x'), transaction.get(table, 'y')]).toEqual([
        'on call',
        'on call',
      ])
    }
    expect(one.put(table, 'x', 'off')).toBe(OK)
    expect(two.put(table, 'y', 'off')).toBe(OK)
    expect([one.commit(), two.commit()]).toEqual([OK, OK])
    expect(contents(texts)).toEqual([
      ['x', 'off'],
      ['y', 'off'],
    ])
  })

  it('below snapshot isolation writes nothing, but asks about existence first', () => {
    const texts = textStore()
    seed(texts, { a: '1' })
    const { store, table } = texts
    for (const isolation of ['read-committed', 'read-uncommitted'] as const) {
      const transaction = store.begin({ isolation })
      expect(transaction.put(table, 'a', '2')).toBe(ENOTSUP)
      expect(transaction.put(table, 'new', '2')).toBe(ENOTSUP)
      expect(transaction.remove(table, 'absent')).toBe(WT_NOTFOUND)
      expect(transaction.id).toBe(0)
      transaction.rollback()
    }
    expect(contents(texts)).toEqual([['a', '1']])
    expect(store.statistics().rows).toBe(1)
  })

  it('at read-committed sees each newest commit, at read-uncommitted what is not', () => {
    const texts = textStore()
    seed(texts, { a: '1' })
    const { store, table } = texts
    const committed = store.begin({ isolation: 'read-committed' })
    const uncommitted = store.begin({ isolation: 'read-uncommitted' })
    const writer = store.begin()
    writer.put(table, 'a', '2')
    expect(committed.get(table, 'a')).toBe('1')
    expect(uncommitted.get(table, 'a')).toBe('2')
    writer.commit()
    expect(committed.get(table, 'a')).toBe('2')
  })

  it('that has ended does nothing more; rolling back again is harmless', () => {
    const { store, table } = textStore()
    const transaction = store.begin()
    transaction.rollback()
    transaction.rollback()
    expect(() => transaction.get(table, 'a')).toThrow(InvariantError)
    expect(() => transaction.put(table, 'a', '1')).toThrow(InvariantError)
    expect(() => transaction.commit()).toThrow(InvariantError)
  })

  it('writes only to tables of its own store', () => {
    const { store } = textStore()
    const foreign = textStore().table
    expect(() => store.begin().put(foreign, 'a', '1')).toThrow(InvariantError)
  })

  it('wakes who waits for its end', () => {
    const { store, table } = textStore()
    for (const end of ['commit', 'rollback'] as const) {
      const transaction = store.begin()
      transaction.put(table, 'a', '1')
      let woken = 0
      transaction.ended.add(() => woken++)
      transaction[end]()
      expect(woken).toBe(1)
    }
  })
})
