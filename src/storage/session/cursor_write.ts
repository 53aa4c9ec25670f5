/**
 * Writing through a cursor (`bt_cursor.c`, `cur_file.c`). A cursor that stands on its key writes
 * to that row without looking again whether anybody sees it; any other looks for its key first.
 * After a failure the position is gone, and the application's own key and value are still there.
 */
import {
  EINVAL,
  ENOTSUP,
  OK,
  type ReturnCode,
  WT_CACHE_FULL,
  WT_DUPLICATE_KEY,
  WT_NOTFOUND,
} from '../codes.ts'
import type { StorageTransaction } from '../transaction.ts'
import { MODIFY, RESERVE, STANDARD, TOMBSTONE, type UpdateType } from '../update.ts'
import {
  changeRow,
  insertRow,
  modifyRow,
  overwriteRow,
  refuseForEviction,
  refuseForSpace,
} from '../write.ts'
import { isKeyBlocked, writeCall } from './autocommit.ts'
import { isOutside } from './bounds.ts'
import type { CursorCore } from './cursor_core.ts'
import { searchExact } from './cursor_read.ts'
import { applyEdits, deltaSizeBytes, type ModifyEntry, storesWhole } from './modify.ts'
import type { SessionCore } from './session_core.ts'

type Key = string | number

/** `insert`, `update` and their like leave the position to whoever calls them. */
interface RowWrite<K, V> {
  readonly type: UpdateType
  readonly value: V | undefined
  readonly deltaBytes?: number
  /** For a cursor that does not stand on its key. */
  readonly byKey: (txn: StorageTransaction, key: K) => ReturnCode
}

export function insert<K extends Key, V>(cursor: CursorCore<K, V>): ReturnCode {
  const duplicateFirst = !cursor.overwrite
  return writeCall(cursor.session, {
    mayStartOver: () => true,
    isBlocked: () => isBlocked(cursor, { needsValue: true, duplicateFirst }),
    body: () => {
      const refused = refuseIncomplete(cursor, { needsValue: true })
      if (refused !== OK) return refused
      const value = cursor.value as V
      return cursor.overwrite ? insertWith(cursor, value) : insertNew(cursor, value)
    },
  })
}

function insertWith<K extends Key, V>(cursor: CursorCore<K, V>, value: V): ReturnCode {
  const { session, table } = cursor
  session.context.counters.cursorInsert++
  const code = place(cursor, {
    type: STANDARD,
    value,
    byKey: (txn, key) => overwriteRow(txn, table, key, value),
  })
  if (code === OK) cursor.clear()
  return code
}

function insertNew<K extends Key, V>(cursor: CursorCore<K, V>, value: V): ReturnCode {
  const { session } = cursor
  cursor.keepKey()
  cursor.keepValue()
  const state = cursor.saveState()
  const key = cursor.key as K
  if (isOutside(cursor, key)) {
    cursor.fallBackTo(state)
    return WT_NOTFOUND
  }
  cursor.enter({ anew: true })
  const code = insertRow(session.running as StorageTransaction, cursor.table, key, value)
  if (code === OK) cursor.clear()
  else cursor.fallBackTo(state)
  if (code === WT_DUPLICATE_KEY) {
    // The value that is there already can be read off the cursor.
    cursor.value = session.view.found as V
    cursor.valueHeld = 'external'
  }
  return code
}

export function update<K extends Key, V>(cursor: CursorCore<K, V>): ReturnCode {
  const { overwrite, table } = cursor
  return writeCall(cursor.session, {
    mayStartOver: () => true,
    isBlocked: () => isBlocked(cursor, { needsValue: true, duplicateFirst: false }),
    body: () => {
      const refused = refuseIncomplete(cursor, { needsValue: true })
      if (refused !== OK) return refused
      cursor.session.context.counters.cursorUpdate++
      const value = cursor.value as V
      const code = place(cursor, {
        type: STANDARD,
        value,
        byKey: (txn, key) =>
          overwrite
            ? overwriteRow(txn, table, key, value)
            : changeRow(txn, table, key, STANDARD, value),
      })
      if (code === OK) cursor.showValue(value)
      return code
    },
  })
}

/** Holds the row; a search afterwards supplies the value, as a call of its own. */
export function reserve<K extends Key, V>(cursor: CursorCore<K, V>): ReturnCode {
  const { session, table } = cursor
  const code = inTransaction(session, () => {
    const refused = refuseIncomplete(cursor, { needsValue: false })
    if (refused !== OK) return refused
    // A reserve that ends with the operation would hold nothing.
    if (session.running === undefined) return EINVAL
    session.context.counters.cursorReserve++
    const placed = place(cursor, {
      type: RESERVE,
      value: undefined,
      byKey: (txn, key) => changeRow(txn, table, key, RESERVE, undefined),
    })
    if (placed === OK) cursor.valueHeld = 'unset'
    return placed
  })
  return code === OK ? session.call(() => searchExact(cursor)) : code
}

export function remove<K extends Key, V>(cursor: CursorCore<K, V>): ReturnCode {
  const { session, table } = cursor
  const wasPositioned = cursor.keyHeld === 'internal'
  return writeCall(session, {
    mayStartOver: () => !wasPositioned || cursor.keyHeld === 'internal',
    // Without its position it would not start over, so it can't be blocked either.
    isBlocked: () =>
      !wasPositioned &&
      cursor.keyHeld !== 'unset' &&
      isKeyBlocked(session, table, cursor.key as K, { duplicateFirst: false }),
    body: () => {
      if (cursor.keyHeld === 'unset') return EINVAL
      session.context.counters.cursorRemove++
      const code = place(cursor, {
        type: TOMBSTONE,
        value: undefined,
        byKey: (txn, key) => {
          const pressed = refuseForEviction(txn)
          return pressed === OK ? changeRow(txn, table, key, TOMBSTONE, undefined) : pressed
        },
      })
      if (code !== OK) return code
      cursor.valueHeld = 'unset'
      // Who did not stand anywhere before does not stand anywhere afterwards.
      if (!wasPositioned) cursor.clear()
      return OK
    },
  })
}

/** Changes a part of a text value. Only inside a transaction at snapshot isolation. */
export function modify<K extends Key>(
  cursor: CursorCore<K, string>,
  entries: readonly ModifyEntry[],
): ReturnCode {
  const { session, table } = cursor
  return inTransaction(session, () => {
    const refused = refuseIncomplete(cursor, { needsValue: false })
    if (refused !== OK) return refused
    if (entries.length === 0) return EINVAL
    const state = cursor.saveState()
    if (session.view.isolation !== 'snapshot' || session.running === undefined) {
      cursor.fallBackTo(state)
      return ENOTSUP
    }
    if (cursor.keyHeld !== 'internal' || cursor.valueHeld !== 'internal') {
      const code = searchExact(cursor)
      if (code !== OK) return code
    }
    session.context.counters.cursorModify++
    const value = applyEdits(cursor.value as string, entries)
    const { reclaimer } = session.context
    const row = table.find(cursor.key as K)
    const whole = storesWhole(value, row, (found) => reclaimer.isVisibleToAll(found))
    const code = place(cursor, {
      type: whole ? STANDARD : MODIFY,
      value,
      deltaBytes: deltaSizeBytes(entries),
      byKey: (txn, key) => changeRow(txn, table, key, STANDARD, value),
    })
    if (code === OK) cursor.showValue(value)
    else cursor.fallBackTo(state)
    return code
  })
}

/** The way in and out of what is refused outside a transaction, whoever is in the way. */
function inTransaction(session: SessionCore, body: () => ReturnCode): ReturnCode {
  return writeCall(session, { body, mayStartOver: () => true, isBlocked: () => false })
}

/**
 * Whether an open transaction stands in the way of this write, which nothing else would stop
 * before.
 */
function isBlocked<K extends Key, V>(
  cursor: CursorCore<K, V>,
  options: { readonly needsValue: boolean; readonly duplicateFirst: boolean },
): boolean {
  const { session, table } = cursor
  const key = cursor.key as K
  if (refuseIncomplete(cursor, options) !== OK || isOutside(cursor, key)) return false
  return isKeyBlocked(session, table, key, options)
}

/**
 * An in-memory store that is full refuses before anything else; then the key and value are asked
 * for.
 */
function refuseIncomplete<K extends Key, V>(
  cursor: CursorCore<K, V>,
  options: { readonly needsValue: boolean },
): ReturnCode {
  const { session, table } = cursor
  const { cache } = session.context
  const running = session.running
  if (running !== undefined) {
    const full = refuseForSpace(running, table)
    if (full !== OK) return full
  } else if (cache?.isFull === true && !table.ignoresCacheSize) return WT_CACHE_FULL
  if (cursor.keyHeld === 'unset') return EINVAL
  if (options.needsValue && cursor.valueHeld === 'unset') return EINVAL
  return OK
}

/** Puts an update on the cursor's row, and stands there. */
function place<K extends Key, V>(cursor: CursorCore<K, V>, write: RowWrite<K, V>): ReturnCode {
  const { session } = cursor
  const key = cursor.key as K
  const removes = write.type === TOMBSTONE
  if (!removes && isOutside(cursor, key)) {
    cursor.fallBackTo(cursor.saveState())
    return WT_NOTFOUND
  }
  let code: ReturnCode
  if (cursor.standsOnItsKey) {
    session.beginImplicitly()
    code = placeHere(cursor, key, write)
    // A remove gives up the key it stood on with the position, the others make it their own.
    if (code !== OK && !removes) keepAll(cursor)
  } else {
    if (removes) cursor.keepKey()
    else keepAll(cursor)
    cursor.enter({ anew: true })
    code = write.byKey(session.running as StorageTransaction, key)
  }
  if (code === OK) cursor.showKey(key)
  else cursor.fallBackTo(cursor.saveState())
  return code
}

function keepAll<K extends Key, V>(cursor: CursorCore<K, V>): void {
  cursor.keepKey()
  cursor.keepValue()
}

/** Writes to the row that the cursor stands on, whether anybody still sees it or not. */
function placeHere<K extends Key, V>(
  cursor: CursorCore<K, V>,
  key: K,
  write: RowWrite<K, V>,
): ReturnCode {
  const txn = cursor.session.running as StorageTransaction
  const row = cursor.table.find(key)
  // The row may have died and been swept since: what is deleted for everybody is like a new key.
  if (row === undefined && write.type !== STANDARD) return WT_NOTFOUND
  if (row === undefined) return overwriteRow(txn, cursor.table, key, write.value as V)
  return modifyRow(txn, cursor.table, row, write.type, write.value, write.deltaBytes)
}
