import { beforeEach, expect, test } from 'vitest'
import { OK, Store, type Table, WT_ROLLBACK } from '../../src/storage/index.ts'

let store: Store
let table: Table<string, number>
beforeEach(() => {
  store = new Store()
  table = store.createTable({ name: 't', keys: 'string' })
})

function put(key: string, value: number): void {
  const transaction = store.begin()
  transaction.put(table, key, value)
  expect(transaction.commit()).toBe(OK)
}

test('a moment that is held can be read, however much is written after it', () => {
  put('x', 1)
  const held = store.hold()
  put('x', 2)
  put('y', 3)
  const then = store.begin({ at: held })
  expect([then.get(table, 'x'), then.get(table, 'y')]).toEqual([1, undefined])
  then.rollback()
  const now = store.begin()
  expect([now.get(table, 'x'), now.get(table, 'y')]).toEqual([2, 3])
  now.rollback()
})

test('who reads it goes on when it is let go; then what it saw is reclaimed', () => {
  put('x', 1)
  const held = store.hold()
  for (let i = 2; i < 10; i++) put('x', i)
  expect(store.statistics().pinnedUpdates).toBeGreaterThan(0)
  const reader = store.begin({ at: held })
  held.release()
  expect(reader.get(table, 'x')).toBe(1)
  reader.rollback()
  expect(store.statistics()).toMatchObject({ pinnedUpdates: 0, openTransactions: 0 })
})

test('what was overwritten since can not be written from there', () => {
  put('x', 1)
  const held = store.hold()
  put('x', 2)
  const late = store.begin({ at: held })
  expect(late.update(table, 'x', 5)).toBe(WT_ROLLBACK)
  late.rollback()
  const other = store.begin({ at: held })
  expect(other.put(table, 'y', 5)).toBe(OK)
  expect(other.commit()).toBe(OK)
  held.release()
  expect(store.statistics().pinnedUpdates).toBe(0)
})

test('an uncommitted write is no part of it, even once it commits', () => {
  const writer = store.begin()
  writer.put(table, 'x', 1)
  const held = store.hold()
  writer.commit()
  const then = store.begin({ at: held })
  expect(then.get(table, 'x')).toBeUndefined()
  then.rollback()
})

test('a listener hears of each commit that changed something, while it can be held', () => {
  const seen: (number | undefined)[] = []
  store.onCommit = () => {
    const reader = store.begin({ at: store.hold() })
    seen.push(reader.get(table, 'x'))
    reader.rollback()
  }
  put('x', 1)
  store.begin().commit()
  const lost = store.begin()
  lost.put(table, 'x', 7)
  lost.rollback()
  put('x', 2)
  store.onCommit = undefined
  put('x', 3)
  expect(seen).toEqual([1, 2])
})

test('it is let go once, and not read after that', () => {
  const held = store.hold()
  held.release()
  expect(() => held.release()).toThrow('let go once')
  expect(() => store.begin({ at: held })).toThrow('not read any more')
})
