import { describe, expect, it } from 'vitest'
import { OK, Store } from '../../src/storage/index.ts'
import { contents, seed, textStore } from './support.ts'

/** Commits many updates of one key. */
function updateTimes(texts: ReturnType<typeof textStore>, key: string, times: number): void {
  for (let i = 0; i < times; i++) seed(texts, { [key]: String(i) })
}

describe('memory', () => {
  it('stays flat under 100,000 updates of one key', () => {
    const texts = textStore()
    updateTimes(texts, 'a', 100_000)
    expect(texts.store.statistics()).toMatchObject({ updates: 1, pinnedUpdates: 0, rows: 1 })
  })

  it('stays flat under endless rollbacks of one key', () => {
    const texts = textStore()
    seed(texts, { a: '1' })
    for (let i = 0; i < 10_000; i++) {
      const transaction = texts.store.begin()
      transaction.put(texts.table, 'a', '2')
      transaction.put(texts.table, 'b', '2')
      transaction.rollback()
    }
    // Two undone updates may wait in each chain for the next write.
    expect(texts.store.statistics().updates).toBeLessThanOrEqual(4)
    expect(texts.store.begin().get(texts.table, 'a')).toBe('1')
  })

  it.each([
    ['integer', undefined],
    ['string', 'lazy'],
    ['string', 'eager'],
  ] as const)('stays flat while fresh %s keys come and go (%s)', (keys, ordered) => {
    const store = new Store()
    const table = store.createTable<string | number, string>({
      name: 'fresh',
      keys,
      ...(ordered !== undefined && { ordered }),
    })
    let rowsMost = 0
    for (let i = 0; i < 20_000; i++) {
      const key = keys === 'integer' ? i : `key ${i}`
      const transaction = store.begin()
      transaction.insert(table, key, 'x')
      transaction.commit()
      const remover = store.begin()
      expect(remover.remove(table, key)).toBe(OK)
      remover.commit()
      rowsMost = Math.max(rowsMost, table.rowCount)
    }
    expect(rowsMost).toBeLessThanOrEqual(200)
    expect(store.statistics().updates).toBeLessThanOrEqual(200)
  })

  it('stays flat while inserts of fresh keys are rolled back', () => {
    const { store, table } = textStore()
    for (let i = 0; i < 5_000; i++) {
      const transaction = store.begin()
      transaction.insert(table, `key ${i}`, 'x')
      transaction.rollback()
    }
    expect(table.rowCount).toBeLessThanOrEqual(200)
  })
})

describe('a pinned snapshot', () => {
  it('keeps every version since, and lets all of them go at once', () => {
    const texts = textStore()
    seed(texts, { a: 'first' })
    const reader = texts.store.begin()
    updateTimes(texts, 'a', 1_000)
    expect(texts.store.statistics()).toMatchObject({
      updates: 1_001,
      pinnedUpdates: 1_000,
      txnPinnedRange: 1_000,
    })
    expect(reader.get(texts.table, 'a')).toBe('first')
    reader.commit()
    expect(texts.store.statistics()).toMatchObject({ updates: 1, pinnedUpdates: 0 })
  })

  it('lets 100,000 versions of one key go in time proportional to their number', () => {
    const texts = textStore()
    seed(texts, { a: 'first' })
    const [older, newer] = [texts.store.begin(), texts.store.begin()]
    updateTimes(texts, 'a', 50_000)
    newer.commit()
    const middle = texts.store.begin()
    updateTimes(texts, 'a', 50_000)
    older.commit()
    expect(texts.store.statistics()).toMatchObject({ updates: 50_001, pinnedUpdates: 50_000 })
    expect(middle.get(texts.table, 'a')).toBe('49999')
    middle.commit()
    expect(texts.store.statistics()).toMatchObject({ updates: 1, pinnedUpdates: 0 })
  })

  it('keeps only what it may still have to see', () => {
    const texts = textStore()
    updateTimes(texts, 'a', 10)
    const older = texts.store.begin()
    updateTimes(texts, 'a', 10)
    const newer = texts.store.begin()
    updateTimes(texts, 'a', 10)
    expect(texts.store.statistics().updates).toBe(21)
    older.commit()
    expect(texts.store.statistics().updates).toBe(11)
    newer.commit()
    expect(texts.store.statistics().updates).toBe(1)
  })

  it('keeps deleted rows, which go with it', () => {
    const texts = textStore()
    seed(texts, { a: '1', b: '1' })
    const reader = texts.store.begin()
    const remover = texts.store.begin()
    remover.remove(texts.table, 'a')
    remover.commit()
    texts.table.sweep()
    expect(reader.get(texts.table, 'a')).toBe('1')
    expect(texts.table.rowCount).toBe(2)
    reader.commit()
    texts.table.sweep()
    expect(texts.table.rowCount).toBe(1)
  })

  it('an open writer pins as well, and a prepared one holds its row', () => {
    const texts = textStore()
    seed(texts, { a: '1', b: '1' })
    const writer = texts.store.begin()
    writer.put(texts.table, 'b', '2')
    updateTimes(texts, 'a', 5)
    expect(texts.store.statistics().pinnedUpdates).toBe(5)
    expect(writer.prepare(10)).toBe(OK)
    expect(texts.store.statistics().pinnedUpdates).toBe(0)
    expect(writer.commit({ commitTimestamp: 10, durableTimestamp: 10 })).toBe(OK)
  })
})

describe('a row', () => {
  it('that was deleted and comes back is not swept', () => {
    const texts = textStore()
    seed(texts, { a: '1' })
    const remover = texts.store.begin()
    remover.remove(texts.table, 'a')
    remover.commit()
    seed(texts, { a: '2' })
    texts.table.sweep()
    expect(texts.store.begin().get(texts.table, 'a')).toBe('2')
  })

  it('that was deleted, came back and is deleted again stays for who sees it', () => {
    const texts = textStore()
    const remove = (): void => {
      const remover = texts.store.begin()
      remover.remove(texts.table, 'a')
      remover.commit()
    }
    seed(texts, { a: '1' })
    remove()
    seed(texts, { a: '2' })
    const reader = texts.store.begin()
    remove()
    texts.table.sweep()
    expect(reader.get(texts.table, 'a')).toBe('2')
    reader.commit()
    texts.table.sweep()
    expect(texts.table.rowCount).toBe(0)
  })

  it('that is deleted is not swept while somebody writes to it', () => {
    const texts = textStore()
    seed(texts, { a: '1' })
    const remover = texts.store.begin()
    remover.remove(texts.table, 'a')
    remover.commit()
    const writer = texts.store.begin()
    writer.put(texts.table, 'a', '2')
    texts.table.sweep()
    expect(texts.table.rowCount).toBe(1)
    writer.rollback()
    texts.table.sweep()
    expect(texts.table.rowCount).toBe(0)
  })
})

describe('a version that everybody sees', () => {
  it('settles in its row, and leaves no update behind', () => {
    const texts = textStore()
    seed(texts, { a: '1' })
    expect(texts.table.find('a')).toMatchObject({ head: undefined, settled: '1' })
    seed(texts, { a: '2' })
    expect(texts.table.find('a')).toMatchObject({ head: undefined, settled: '2' })
    expect(texts.store.statistics().updates).toBe(1)
  })

  it('settles also where its transaction wrote the row several times', () => {
    const { store, table } = textStore()
    const writer = store.begin()
    writer.put(table, 'a', '1')
    writer.remove(table, 'a')
    writer.put(table, 'a', '2')
    writer.reserve(table, 'a')
    writer.put(table, 'a', '3')
    writer.commit()
    expect(table.find('a')).toMatchObject({ head: undefined, settled: '3' })
    expect(store.statistics().updates).toBe(1)
  })

  it('does not settle while it has a timestamp, which later ones are compared with', () => {
    const { store, table } = textStore()
    const writer = store.begin()
    writer.put(table, 'a', '1')
    writer.commit({ commitTimestamp: 10 })
    store.setTimestamps({ oldestTimestamp: 20 })
    const other = store.begin()
    other.put(table, 'a', '2')
    expect(other.commit()).not.toBe(OK)
  })
})

describe('timestamped versions', () => {
  it('stay until the oldest timestamp passes them', () => {
    const { store, table } = textStore()
    for (let ts = 1; ts <= 10; ts++) {
      const transaction = store.begin()
      transaction.put(table, 'a', `at ${ts}`)
      transaction.commit({ commitTimestamp: ts })
    }
    expect(store.statistics()).toMatchObject({ updates: 10, pinnedUpdates: 9 })
    store.setTimestamps({ oldestTimestamp: 7 })
    expect(store.statistics()).toMatchObject({ updates: 4, pinnedUpdates: 3 })
    expect(store.begin({ readTimestamp: 7 }).get(table, 'a')).toBe('at 7')
  })

  it('that were cut off before their time came leave the row alone then', () => {
    const texts = textStore()
    const { store, table } = texts
    const timed = store.begin()
    timed.put(table, 'a', 'at 1')
    timed.put(table, 'b', 'at 1')
    timed.commit({ commitTimestamp: 1 })
    const again = store.begin()
    again.put(table, 'a', 'at 2')
    again.remove(table, 'b')
    again.commit({ commitTimestamp: 2 })
    for (const value of ['without', 'without again']) {
      const untimed = store.begin({ noTimestamp: true })
      untimed.put(table, 'a', value)
      untimed.put(table, 'b', value)
      untimed.commit()
    }
    expect(table.find('a')).toMatchObject({ head: undefined, settled: 'without again' })
    store.setTimestamps({ oldestTimestamp: 5 })
    expect(contents(texts)).toEqual([
      ['a', 'without again'],
      ['b', 'without again'],
    ])
    expect(store.statistics()).toMatchObject({ updates: 2, pinnedUpdates: 0 })
  })

  it('of a row that was restored since leave it alone', () => {
    const texts = textStore()
    const { store, table } = texts
    seed(texts, { a: 'saved' })
    const save = store.save()
    for (const timestamp of [1, 2]) {
      const timed = store.begin()
      timed.put(table, 'a', `at ${timestamp}`)
      timed.commit({ commitTimestamp: timestamp })
    }
    store.restore(save)
    store.setTimestamps({ oldestTimestamp: 5 })
    expect(contents(texts)).toEqual([['a', 'saved']])
    expect(store.statistics()).toMatchObject({ updates: 1, pinnedUpdates: 0 })
  })

  it('stay for a reader whose timestamp the oldest one has passed', () => {
    const { store, table } = textStore()
    for (let ts = 1; ts <= 4; ts++) {
      const transaction = store.begin()
      transaction.put(table, 'a', `at ${ts}`)
      transaction.commit({ commitTimestamp: ts })
    }
    const reader = store.begin({ readTimestamp: 2 })
    store.setTimestamps({ oldestTimestamp: 4 })
    expect(store.statistics().updates).toBe(3)
    expect(reader.get(table, 'a')).toBe('at 2')
    reader.commit()
    expect(store.statistics().updates).toBe(1)
  })
})
