import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InvariantError } from '../../src/invariant.ts'
import { OK, type SavePoint, WT_DUPLICATE_KEY } from '../../src/storage/index.ts'
import { Saves } from '../../src/storage/saves.ts'
import { contents, seed, textStore } from './support.ts'

describe('a save point', () => {
  it('can be gone back to many times', () => {
    const texts = textStore()
    seed(texts, { a: '1', b: '1' })
    const save = texts.store.save()
    for (let round = 0; round < 3; round++) {
      seed(texts, { a: `${round}`, c: 'new' })
      const remover = texts.store.begin()
      remover.remove(texts.table, 'b')
      remover.commit()
      texts.store.restore(save)
      expect(contents(texts)).toEqual([
        ['a', '1'],
        ['b', '1'],
      ])
    }
  })

  it('rolls back what is open, and sets no counter back', () => {
    const texts = textStore()
    seed(texts, { a: '1' })
    const { store, table } = texts
    const save = store.save()
    const writer = store.begin()
    writer.put(table, 'a', '2')
    const reader = store.begin()
    const { currentId } = store.context.transactions
    store.restore(save)
    expect([writer.state, reader.state]).toEqual(['rolledBack', 'rolledBack'])
    expect(store.statistics()).toMatchObject({ txnCurrent: currentId, openTransactions: 0 })
    // Who held them may still roll back, but no more.
    writer.rollback()
    expect(() => reader.get(table, 'a')).toThrow(InvariantError)
    expect(contents(texts)).toEqual([['a', '1']])
  })

  it('empties tables made since, and brings dropped ones back', () => {
    const texts = textStore()
    seed(texts, { a: '1' })
    const { store, table } = texts
    const save = store.save()
    const younger = store.createTable<number, string>({ name: 'younger', keys: 'integer' })
    const writer = store.begin()
    writer.insert(younger, 7, 'x')
    writer.commit()
    store.dropTable(table)
    expect(store.statistics().rows).toBe(1)
    store.restore(save)
    expect(younger.rowCount).toBe(0)
    expect(store.statistics().rows).toBe(1)
    expect(store.fork().tableOf(table).rowCount).toBe(1)
  })

  it('costs what changed, and nothing when released', () => {
    const texts = textStore()
    for (let i = 0; i < 100; i++) seed(texts, { [`key ${i}`]: 'x' })
    const { store } = texts
    const save = store.save()
    seed(texts, { 'key 1': 'y', 'key 2': 'y' })
    seed(texts, { 'key 1': 'z' })
    expect([...(store.context.journal?.entries() ?? [])].map(([, key]) => key)).toEqual([
      'key 1',
      'key 2',
    ])
    save.release()
    expect(store.context.journal).toBeUndefined()
    expect(() => store.restore(save)).toThrow(InvariantError)
    save.release()
  })

  it('taken and released in a loop leaves nothing behind', () => {
    const texts = textStore()
    seed(texts, { a: '0' })
    const { store } = texts
    const base = store.save()
    for (let i = 0; i < 1_000; i++) {
      seed(texts, { a: `${i}`, [`key ${i % 3}`]: `${i}` })
      const save = store.save()
      seed(texts, { b: `${i}` })
      store.restore(save)
      save.release()
    }
    // One journal is left, that of the base, with the four keys that ever differed from it.
    expect([...(store.context.journal?.entries() ?? [])]).toHaveLength(4)
    store.restore(base)
    expect(contents(texts)).toEqual([['a', '0']])
  })

  it('that nobody names goes, wherever the present moves', () => {
    const texts = textStore()
    const { store } = texts
    const saves = new Saves(store.context)
    const touch = (): void => seed(texts, { a: 'touched' })
    const first = saves.save([])
    touch()
    const second = saves.save([])
    saves.restore(first)
    touch()
    const third = saves.save([])
    saves.restore(first)
    // Two lead here now, so it stays; once the present has moved to one of them, it goes.
    first.release()
    expect(saves.momentCount).toBe(3)
    saves.restore(third)
    expect(saves.momentCount).toBe(2)
    second.release()
    expect(saves.momentCount).toBe(1)
    third.release()
    expect(saves.momentCount).toBe(0)
  })

  it('is not taken while a transaction is open, nor restored in another store', () => {
    const { store } = textStore()
    const save = store.save()
    store.begin()
    expect(() => store.save()).toThrow('1 open')
    expect(() => store.fork()).toThrow('1 open')
    expect(() => textStore().store.restore(save)).toThrow(InvariantError)
  })

  it('brings back values that everybody sees, whatever their timestamps were', () => {
    const { store, table } = textStore()
    const writer = store.begin()
    writer.put(table, 'a', 'ten')
    writer.commit({ commitTimestamp: 10 })
    const save = store.save()
    const later = store.begin()
    later.put(table, 'a', 'twenty')
    later.commit({ commitTimestamp: 20 })
    store.restore(save)
    expect(store.begin({ readTimestamp: 5 }).get(table, 'a')).toBe('ten')
  })
})

type Step =
  | { readonly do: 'write'; readonly key: string; readonly value: string | undefined }
  | { readonly do: 'save' }
  | { readonly do: 'restore' | 'release'; readonly which: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('write' as const),
      key: fc.constantFrom('a', 'b', 'c', 'd'),
      value: fc.option(fc.constantFrom('1', '2', '3'), { nil: undefined }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('save' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom('restore' as const, 'release' as const),
      which: fc.nat(),
    }),
  },
)

describe('save points in any order', () => {
  it('bring back exactly what there was', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const texts = textStore()
        const saves: { readonly save: SavePoint; readonly rows: [string, string][] }[] = []
        for (const one of steps) {
          if (one.do === 'write') {
            const writer = texts.store.begin()
            if (one.value === undefined) writer.remove(texts.table, one.key)
            else writer.put(texts.table, one.key, one.value)
            expect(writer.commit()).toBe(OK)
          } else if (one.do === 'save') {
            saves.push({ save: texts.store.save(), rows: contents(texts) })
          } else if (saves.length > 0) {
            const position = one.which % saves.length
            const { save, rows } = saves[position] as (typeof saves)[number]
            if (one.do === 'restore') {
              texts.store.restore(save)
              expect(contents(texts)).toEqual(rows)
            } else {
              save.release()
              saves.splice(position, 1)
            }
          }
        }
        if (saves.length === 0) expect(texts.store.context.journal).toBeUndefined()
      }),
    )
  })
})

describe('a fork', () => {
  it('goes its own way from here, and shares the values', () => {
    const { store } = textStore()
    const table = store.createTable<string, object>({
      name: 'objects',
      keys: 'string',
      ordered: 'eager',
    })
    const value = { shared: true }
    const writer = store.begin()
    writer.insert(table, 'a', value)
    writer.commit()
    store.setTimestamps({ oldestTimestamp: 3 })
    const fork = store.fork()
    const copy = fork.tableOf(table)
    expect(copy).not.toBe(table)
    expect(fork.store.begin().get(copy, 'a')).toBe(value)
    expect(fork.store.statistics().txnCurrent).toBe(store.statistics().txnCurrent)
    expect(fork.store.setTimestamps({ oldestTimestamp: 2 })).not.toBe(OK)
    const other = fork.store.begin()
    expect(other.insert(copy, 'a', {})).toBe(WT_DUPLICATE_KEY)
    other.remove(copy, 'a')
    other.commit()
    expect(store.begin().get(table, 'a')).toBe(value)
  })

  it('has no table of another store', () => {
    const fork = textStore().store.fork()
    expect(() => fork.tableOf(textStore().table)).toThrow(InvariantError)
  })
})
