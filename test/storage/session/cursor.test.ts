import { describe, expect, it } from 'vitest'
import {
  type Cursor,
  EINVAL,
  ENOTSUP,
  OK,
  type ReturnCode,
  Session,
  WOULD_SPIN,
  WT_DUPLICATE_KEY,
  WT_MODIFY_READ_UNCOMMITTED,
  WT_NOTFOUND,
  WT_PREPARE_CONFLICT,
  WT_ROLLBACK,
} from '../../../src/storage/index.ts'
import { seed, textStore } from '../support.ts'

type TextCursor = Cursor<string, string>

function opened(rows: Readonly<Record<string, string>> = { b: '1', d: '1', f: '1' }) {
  const texts = textStore()
  seed(texts, rows)
  const session = new Session(texts.store)
  return { texts, ...texts, session, cursor: session.openCursor(texts.table) }
}

/** Key and value as the cursor has them; asking for what is not there fails the transaction. */
function held(cursor: TextCursor): readonly [string | undefined, string | undefined] {
  return [cursor.getKey(), cursor.getValue()]
}

function at(cursor: TextCursor, key: string, value?: string): TextCursor {
  cursor.setKey(key)
  if (value !== undefined) cursor.setValue(value)
  return cursor
}

// WiredTiger: docs/cursor-ops.dox, "cursor position".
describe('after', () => {
  it.each<[string, (cursor: TextCursor) => ReturnCode, readonly (string | undefined)[]]>([
    ['search', (cursor) => at(cursor, 'd').search(), ['d', '1']],
    ['next', (cursor) => cursor.next(), ['b', '1']],
    ['prev', (cursor) => cursor.prev(), ['f', '1']],
    ['insert', (cursor) => at(cursor, 'x', '2').insert(), [undefined, undefined]],
    ['update', (cursor) => at(cursor, 'd', '2').update(), ['d', '2']],
    ['reserve', (cursor) => at(cursor, 'd').reserve(), ['d', '1']],
    ['remove', (cursor) => at(cursor, 'd').remove(), [undefined, undefined]],
    [
      'modify',
      (cursor) => at(cursor, 'd').modify([{ data: 'x', offset: 1, size: 0 }]),
      ['d', '1x'],
    ],
    ['reset', (cursor) => at(cursor, 'd', '2').reset(), [undefined, undefined]],
    ['largestKey', (cursor) => cursor.largestKey(), ['f', undefined]],
  ])('%s a cursor holds', (_, call, expected) => {
    const { session, cursor } = opened()
    session.begin()
    expect(call(cursor)).toBe(OK)
    expect(held(cursor)).toEqual(expected)
  })

  it('a remove where it stands a cursor keeps its place', () => {
    const { session, cursor } = opened()
    session.begin()
    at(cursor, 'd').search()
    expect(cursor.remove()).toBe(OK)
    expect(held(cursor)).toEqual(['d', undefined])
    expect(cursor.next()).toBe(OK)
    expect(cursor.getKey()).toBe('f')
  })

  it('a failure a cursor holds what the application had set', () => {
    const { texts, session, cursor, table } = opened()
    const strict = session.openCursor(table, { overwrite: false })
    session.begin()
    seed(texts, { d: 'changed since' })
    expect(at(cursor, 'x').search()).toBe(WT_NOTFOUND)
    expect(cursor.getKey()).toBe('x')
    expect(at(strict, 'd', 'mine').update()).toBe(WT_ROLLBACK)
    expect(held(strict)).toEqual(['d', 'mine'])
    expect(at(strict, 'd', 'mine').insert()).toBe(WT_DUPLICATE_KEY)
    // The value that is there can be read off the cursor.
    expect(held(strict)).toEqual(['d', '1'])
  })

  it('a commit a cursor keeps its place, after a rollback it does not', () => {
    const { session, cursor } = opened()
    session.begin()
    at(cursor, 'd').search()
    expect(session.commit()).toBe(OK)
    expect(held(cursor)).toEqual(['d', '1'])
    session.begin()
    expect(cursor.next()).toBe(OK)
    session.rollback()
    expect(held(cursor)).toEqual([undefined, undefined])
  })
})

describe('stepping', () => {
  it('turns round where it is, ends, and begins again', () => {
    const { cursor } = opened()
    const keys: (string | number | undefined)[] = []
    for (const way of [
      'next',
      'next',
      'prev',
      'prev',
      'prev',
      'next',
      'next',
      'next',
      'next',
    ] as const) {
      const code = cursor[way]()
      keys.push(code === OK ? cursor.getKey() : code)
    }
    expect(keys).toEqual(['b', 'd', 'b', WT_NOTFOUND, 'f', WT_NOTFOUND, 'b', 'd', 'f'])
  })

  it('stays at a prepared update until that is decided', () => {
    const { store, table, cursor } = opened()
    const other = store.begin()
    other.put(table, 'd', '2')
    other.prepare(5)
    expect(cursor.next()).toBe(OK)
    expect(cursor.next()).toBe(WT_PREPARE_CONFLICT)
    expect(cursor.next()).toBe(WT_PREPARE_CONFLICT)
    expect(cursor.prev()).toBe(OK)
    expect(cursor.getKey()).toBe('b')
    expect(cursor.next()).toBe(WT_PREPARE_CONFLICT)
    other.rollback()
    expect(cursor.next()).toBe(OK)
    expect(held(cursor)).toEqual(['d', '1'])
  })

  it('goes on from where a search has put it', () => {
    const { cursor } = opened({ a: '1', b: '1', c: '1', d: '1' })
    cursor.next()
    at(cursor, 'c').search()
    expect(cursor.next()).toBe(OK)
    expect(cursor.getKey()).toBe('d')
    at(cursor, 'b').search()
    expect(cursor.prev()).toBe(OK)
    expect(cursor.getKey()).toBe('a')
  })

  it('sees rows that its own transaction adds ahead', () => {
    const { session, table, cursor } = opened()
    session.begin()
    cursor.next()
    at(session.openCursor(table), 'c', 'new').insert()
    expect(cursor.next()).toBe(OK)
    expect(cursor.getKey()).toBe('c')
  })
})

describe('searching from where it stands a cursor', () => {
  it('first looks with the snapshot that it holds', () => {
    const { store, table, cursor } = opened()
    cursor.next()
    const other = store.begin()
    other.remove(table, 'd')
    other.put(table, 'e', 'new')
    other.commit()
    expect(at(cursor, 'd').search()).toBe(OK)
    // What that does not have it looks for with a new one.
    expect(at(cursor, 'e').search()).toBe(OK)
    expect(at(cursor, 'd').search()).toBe(WT_NOTFOUND)
  })

  it('keeps a value that became its own when the transaction began', () => {
    const { session, cursor } = opened()
    cursor.next()
    expect(at(cursor, 'absent').search()).toBe(WT_NOTFOUND)
    expect(cursor.getValue()).toBeUndefined()
    cursor.next()
    session.begin()
    expect(at(cursor, 'absent').search()).toBe(WT_NOTFOUND)
    expect(cursor.getValue()).toBe('1')
  })
})

describe('search near', () => {
  it.each([
    ['d', 'd', 0],
    ['c', 'd', 1],
    ['a', 'b', 1],
    ['g', 'f', -1],
  ])('%s finds %s', (asked, found, exact) => {
    const { cursor } = opened()
    expect(at(cursor, asked).searchNear()).toEqual({ code: OK, exact })
    expect(cursor.getKey()).toBe(found)
  })

  it('passes over what is not visible, upwards first', () => {
    const { session, cursor } = opened()
    session.begin()
    at(cursor, 'd').remove()
    expect(at(cursor, 'c').searchNear()).toEqual({ code: OK, exact: 1 })
    expect(cursor.getKey()).toBe('f')
    at(cursor, 'f').remove()
    expect(at(cursor, 'c').searchNear()).toEqual({ code: OK, exact: -1 })
    expect(cursor.getKey()).toBe('b')
    at(cursor, 'b').remove()
    expect(at(cursor, 'c').searchNear().code).toBe(WT_NOTFOUND)
    expect(cursor.getKey()).toBe('c')
  })

  it('moves to the nearest bound', () => {
    const { cursor } = opened()
    at(cursor, 'c').bound('lower')
    at(cursor, 'e').bound('upper')
    expect(at(cursor, 'a').searchNear()).toEqual({ code: OK, exact: 1 })
    expect(cursor.getKey()).toBe('d')
    expect(at(cursor, 'z').searchNear()).toEqual({ code: OK, exact: -1 })
    expect(cursor.getKey()).toBe('d')
  })

  it('stops at a prepared update that is on the way, not beyond the answer', () => {
    const { store, table, cursor } = opened()
    const other = store.begin()
    other.put(table, 'd', '2')
    other.prepare(5)
    expect(at(cursor, 'c').searchNear().code).toBe(WT_PREPARE_CONFLICT)
    expect(at(cursor, 'a').searchNear().code).toBe(OK)
  })
})

describe('bounds', () => {
  it('keep steps, searches and writes inside', () => {
    const { cursor } = opened({ a: '1', b: '1', c: '1', d: '1' })
    expect(at(cursor, 'b').bound('lower')).toBe(OK)
    expect(at(cursor, 'd').bound('upper', { inclusive: false })).toBe(OK)
    const keys: (string | undefined)[] = []
    while (cursor.next() === OK) keys.push(cursor.getKey())
    while (cursor.prev() === OK) keys.push(cursor.getKey())
    expect(keys).toEqual(['b', 'c', 'c', 'b'])
    expect(at(cursor, 'd').search()).toBe(WT_NOTFOUND)
    expect(at(cursor, 'a', '2').update()).toBe(WT_NOTFOUND)
    expect(at(cursor, 'a', '2').insert()).toBe(WT_NOTFOUND)
    expect(cursor.largestKey()).toBe(EINVAL)
    cursor.reset()
    expect(at(cursor, 'd').search()).toBe(OK)
  })

  it('may not cross, nor be empty, nor be set while the cursor stands somewhere', () => {
    const { cursor } = opened()
    expect(cursor.bound('lower')).toBe(EINVAL)
    at(cursor, 'd').bound('lower')
    expect(at(cursor, 'c').bound('upper')).toBe(EINVAL)
    expect(at(cursor, 'd').bound('upper', { inclusive: false })).toBe(EINVAL)
    expect(at(cursor, 'd').bound('upper')).toBe(OK)
    expect(cursor.clearBounds()).toBe(OK)
    expect(cursor.next()).toBe(OK)
    expect(cursor.getKey()).toBe('b')
    expect(cursor.bound('lower')).toBe(EINVAL)
  })
})

describe('where it stands a cursor', () => {
  it('updates without asking whether the row is still to be seen', () => {
    const { session, table, cursor } = opened()
    session.begin()
    at(cursor, 'd').search()
    at(session.openCursor(table), 'd').remove()
    cursor.setValue('2')
    expect(cursor.update()).toBe(OK)
    expect(held(cursor)).toEqual(['d', '2'])
  })

  it('does not remove what is removed', () => {
    const { session, table, cursor } = opened()
    session.begin()
    at(cursor, 'd').search()
    at(session.openCursor(table), 'd').remove()
    expect(cursor.remove()).toBe(WT_NOTFOUND)
    // It gave up the key it stood on with its place.
    expect(cursor.getKey()).toBeUndefined()
  })

  it('loses its place with a conflict, and outside a transaction does not start over', () => {
    const { texts, cursor, store } = opened()
    at(cursor, 'd').search()
    seed(texts, { d: '2' })
    expect(cursor.remove()).toBe(WT_ROLLBACK)
    expect(store.statistics()).toMatchObject({ txnUpdateConflict: 1, autocommitUpdateRetry: 0 })
  })

  it('writes anew when the row has been swept from under it', () => {
    const { session, cursor, store, table } = opened()
    session.begin()
    at(cursor, 'd').search()
    session.commit()
    const other = store.begin()
    other.remove(table, 'd')
    other.commit()
    table.sweep()
    expect(table.find('d')).toBeUndefined()
    session.begin()
    cursor.setValue('2')
    expect(cursor.update()).toBe(OK)
    expect(session.commit()).toBe(OK)
    expect(store.begin().get(table, 'd')).toBe('2')
  })
})

describe('largest key', () => {
  it('is the last row, whoever may see it', () => {
    const { store, table, cursor } = opened()
    const other = store.begin()
    other.put(table, 'z', '1')
    expect(cursor.largestKey()).toBe(OK)
    expect(cursor.getKey()).toBe('z')
    other.rollback()
    expect(cursor.largestKey()).toBe(OK)
    expect(cursor.getKey()).toBe('z')
    expect(opened({}).cursor.largestKey()).toBe(WT_NOTFOUND)
  })
})

describe('asking for the largest key', () => {
  it('takes a snapshot, which a cursor that stands somewhere keeps for the session', () => {
    const { texts, session, cursor, table } = opened()
    const standing = session.openCursor(table)
    standing.next()
    // The commit of the implicit transaction gives the snapshot back, while the cursor stays.
    at(cursor, 'other', '1').insert()
    cursor.largestKey()
    seed(texts, { zebra: '1' })
    expect(at(cursor, 'zebra').search()).toBe(WT_NOTFOUND)
    standing.reset()
    expect(at(cursor, 'zebra').search()).toBe(OK)
  })
})

describe('modify', () => {
  const LONG = 'x'.repeat(100)

  it.each([
    ['2', 3, 2, 'X', '2  X'],
    ['abcdef', 1, 2, 'XYZ', 'aXYZdef'],
    ['abcdef', 4, 9, '', 'abcd'],
    ['abcdef', 6, 0, 'g', 'abcdefg'],
  ])('%s at %i for %i by %j gives %j', (value, offset, size, data, expected) => {
    const { session, cursor } = opened({ a: value })
    session.begin()
    expect(at(cursor, 'a').modify([{ data, offset, size }])).toBe(OK)
    expect(cursor.getValue()).toBe(expected)
  })

  it('looks for the value before the conflict, update the other way round', () => {
    const { texts, session, cursor } = opened()
    session.begin()
    seed(texts, { new: '1' })
    expect(at(cursor, 'new').modify([{ data: 'x', offset: 0, size: 1 }])).toBe(WT_NOTFOUND)
    expect(at(cursor, 'new', 'x').update()).toBe(WT_ROLLBACK)
    expect(cursor.modify([])).toBe(EINVAL)
  })

  it('of a long value is a delta, which read-uncommitted can not put together', () => {
    const { session, cursor, store, table } = opened({ a: LONG })
    session.begin()
    at(cursor, 'a').modify([{ data: 'y', offset: 0, size: 1 }])
    const other = new Session(store)
    const reader = other.openCursor(table)
    other.begin({ isolation: 'read-uncommitted' })
    expect(at(reader, 'a').search()).toBe(WT_ROLLBACK)
    expect(other.lastError.subLevel).toBe(WT_MODIFY_READ_UNCOMMITTED)
    session.commit()
    const loose = new Session(store, { isolation: 'read-uncommitted' })
    expect(at(loose.openCursor(table), 'a').search()).toBe(WOULD_SPIN)
    expect(store.begin().get(table, 'a')).toBe(`y${LONG.slice(1)}`)
  })

  it('is stored whole again after a number of deltas, so that old ones can go', () => {
    const { session, cursor, store } = opened({ a: LONG })
    for (let i = 0; i < 100; i++) {
      session.begin()
      expect(at(cursor, 'a').modify([{ data: 'y', offset: i, size: 1 }])).toBe(OK)
      expect(session.commit()).toBe(OK)
    }
    expect(store.statistics().updates).toBeLessThanOrEqual(12)
    at(cursor, 'a').search()
    expect(cursor.getValue()).toBe('y'.repeat(100))
  })
})

describe('truncate', () => {
  it('deletes to the end without a stop, and resets both cursors', () => {
    const { session, cursor, table } = opened()
    const stop = session.openCursor(table)
    expect(session.truncate(at(cursor, 'c'))).toBe(OK)
    expect(cursor.next()).toBe(OK)
    expect(cursor.getKey()).toBe('b')
    expect(cursor.next()).toBe(WT_NOTFOUND)
    expect(session.truncate(at(cursor, 'a'), stop)).toBe(EINVAL)
    expect(session.truncate(at(cursor, 'a'), at(stop, 'z'))).toBe(OK)
    expect(cursor.next()).toBe(WT_NOTFOUND)
  })

  it('does not start over after a conflict, and tells no reason', () => {
    const { session, cursor, store, table } = opened()
    store.begin().put(table, 'd', '2')
    expect(session.truncate(at(cursor, 'a'))).toBe(WT_ROLLBACK)
    expect(session.lastError).toMatchObject({ code: WT_ROLLBACK, message: '' })
    expect(cursor.next()).toBe(OK)
    expect(cursor.getKey()).toBe('b')
  })
})

describe('closing a cursor', () => {
  it('gives up its place, and with it the snapshot of its session', () => {
    const { texts, session, cursor, store } = opened()
    cursor.next()
    seed(texts, { b: '2' })
    expect(store.statistics().pinnedUpdates).toBe(1)
    expect(cursor.close()).toBe(OK)
    expect(store.statistics().pinnedUpdates).toBe(0)
    expect(session.lastError.code).toBe(OK)
  })
})

describe('below snapshot isolation', () => {
  const LONG = 'x'.repeat(100)

  it('a delta is a value that can not be put together, but it is there', () => {
    const { session, cursor, store, table } = opened({ a: LONG })
    session.begin()
    at(cursor, 'a').modify([{ data: 'y', offset: 0, size: 1 }])
    const other = new Session(store)
    const strict = other.openCursor(table, { overwrite: false })
    other.begin({ isolation: 'read-uncommitted' })
    expect(at(strict, 'a', 'z').insert()).toBe(WT_ROLLBACK)
    expect(other.lastError.subLevel).toBe(WT_MODIFY_READ_UNCOMMITTED)
    expect(at(strict, 'a', 'z').update()).toBe(ENOTSUP)
    expect(at(strict, 'a').remove()).toBe(ENOTSUP)
  })
})
