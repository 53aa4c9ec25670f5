/** Searching and stepping (`bt_cursor.c`, `bt_curnext.c`, `bt_curprev.c`). */
import {
  OK,
  type ReturnCode,
  WT_MODIFY_READ_UNCOMMITTED,
  WT_NOTFOUND,
  WT_PREPARE_CONFLICT,
  WT_ROLLBACK,
} from '../codes.ts'
import type { WalkRange } from '../rows/row_index.ts'
import { StableWalk } from '../stable_walk.ts'
import type { Row } from '../update.ts'
import { isAbove, isBelow, isOutside } from './bounds.ts'
import type { CursorCore } from './cursor_core.ts'

type Key = string | number

/** Reads a row with the session's eyes; the value is left in the view's `found`. */
export function readRow<K extends Key, V>(cursor: CursorCore<K, V>, row: Row<K, V>): ReturnCode {
  const code = cursor.view.read(row)
  if (code === WT_ROLLBACK) cursor.session.reason = WT_MODIFY_READ_UNCOMMITTED
  return code
}

function show<K extends Key, V>(cursor: CursorCore<K, V>, row: Row<K, V>): ReturnCode {
  cursor.showKey(row.key)
  cursor.showValue(cursor.view.found as V)
  return OK
}

/** Finds the cursor's key, and stands on it. */
export function searchExact<K extends Key, V>(cursor: CursorCore<K, V>): ReturnCode {
  cursor.session.context.counters.cursorSearch++
  cursor.keepKey()
  cursor.dropInternalValue()
  const state = cursor.saveState()
  const key = cursor.key as K
  if (isOutside(cursor, key)) {
    cursor.fallBackTo(state)
    return WT_NOTFOUND
  }
  let code: ReturnCode = WT_NOTFOUND
  if (looksWhereItStands(cursor)) {
    cursor.view.takeSnapshot()
    code = readKey(cursor, key)
  }
  if (code === WT_NOTFOUND) {
    cursor.enter({ anew: true })
    code = readKey(cursor, key)
  }
  if (code === OK) return show(cursor, cursor.table.find(key) as Row<K, V>)
  cursor.fallBackTo(state)
  return code
}

/**
 * An active cursor looks on the page that it is on before it starts again from the root, so that
 * a value in the snapshot it holds is found even where a new one would not have it. Not at
 * read-committed.
 */
function looksWhereItStands<K extends Key, V>(cursor: CursorCore<K, V>): boolean {
  return cursor.active && cursor.view.isolation !== 'read-committed'
}

function readKey<K extends Key, V>(cursor: CursorCore<K, V>, key: K): ReturnCode {
  const row = cursor.table.find(key)
  return row === undefined ? WT_NOTFOUND : readRow(cursor, row)
}

/** What `searchNear` answers: a code, and how the key found compares with the one asked for. */
export interface Near {
  readonly code: ReturnCode
  readonly exact: -1 | 0 | 1
}

/**
 * Finds the cursor's key or a neighbour: the least visible key above, else the greatest below.
 * (In a table of many pages WiredTiger may prefer the other side; that is no part of its contract.)
 */
export function searchNear<K extends Key, V>(cursor: CursorCore<K, V>): Near {
  cursor.session.context.counters.cursorSearchNear++
  cursor.keepKey()
  cursor.dropInternalValue()
  const state = cursor.saveState()
  const asked = cursor.key as K
  const from = nearestInBounds(cursor, asked)
  if (looksWhereItStands(cursor)) {
    cursor.view.takeSnapshot()
    const code = readKey(cursor, from)
    if (code === OK) return found(cursor, cursor.table.find(from) as Row<K, V>, asked)
    if (code !== WT_NOTFOUND) return missed(cursor, state, code)
  }
  cursor.enter({ anew: true })
  const upwards = firstVisible(cursor, { from, reverse: false })
  if (upwards.row !== undefined) return found(cursor, upwards.row, asked)
  if (upwards.code !== WT_NOTFOUND) return missed(cursor, state, upwards.code)
  // Nothing above: from the far end down, which passes what was not visible before.
  cursor.enter({ anew: true })
  const downwards = firstVisible(cursor, { from: undefined, reverse: true })
  if (downwards.row !== undefined) return found(cursor, downwards.row, asked)
  return missed(cursor, state, downwards.code)
}

function nearestInBounds<K extends Key, V>(cursor: CursorCore<K, V>, key: K): K {
  if (isBelow(key, cursor.lower)) return cursor.lower?.key as K
  if (isAbove(key, cursor.upper)) return cursor.upper?.key as K
  return key
}

function found<K extends Key, V>(cursor: CursorCore<K, V>, row: Row<K, V>, asked: K): Near {
  show(cursor, row)
  return { code: OK, exact: row.key === asked ? 0 : row.key < asked ? -1 : 1 }
}

function missed<K extends Key, V>(
  cursor: CursorCore<K, V>,
  state: ReturnType<CursorCore<K, V>['saveState']>,
  code: ReturnCode,
): Near {
  cursor.fallBackTo(state)
  return { code, exact: 0 }
}

function firstVisible<K extends Key, V>(
  cursor: CursorCore<K, V>,
  start: { readonly from: K | undefined; readonly reverse: boolean },
): { readonly code: ReturnCode; readonly row: Row<K, V> | undefined } {
  const { from, reverse } = start
  const range = rangeOf(cursor, reverse)
  const rows = new StableWalk(
    cursor.table,
    from === undefined ? range : { ...range, from, fromInclusive: true },
  )
  for (let row = rows.next(); row !== undefined; row = rows.next()) {
    if (isOutside(cursor, row.key)) continue
    const code = readRow(cursor, row)
    if (code === OK) return { code, row }
    if (code !== WT_NOTFOUND) return { code, row: undefined }
  }
  return { code: WT_NOTFOUND, row: undefined }
}

/**
 * Steps to the next row that is visible, or the previous one. At the end the position is given
 * up, and the next step begins anew. A prepared update stops the step where it is, to be looked
 * at again.
 */
export function step<K extends Key, V>(cursor: CursorCore<K, V>, reverse: boolean): ReturnCode {
  const { counters } = cursor.session.context
  if (reverse) counters.cursorPrev++
  else counters.cursorNext++
  cursor.keyHeld = 'unset'
  cursor.valueHeld = 'unset'
  cursor.enter({ anew: false })
  const fromBound = cursor.at === undefined && (reverse ? cursor.upper : cursor.lower) !== undefined
  const rows = rowsFromHere(cursor, reverse)
  cursor.retry = undefined
  for (let row = rows.next(); row !== undefined; row = rows.next()) {
    const code = readRow(cursor, row)
    if (code === WT_NOTFOUND) continue
    cursor.at = row.key
    if (code === OK) return show(cursor, row)
    if (code === WT_PREPARE_CONFLICT && !fromBound) {
      cursor.retry = reverse ? 'prev' : 'next'
      cursor.walk = undefined
    } else cursor.loosePosition()
    return code
  }
  cursor.loosePosition()
  return WT_NOTFOUND
}

function rowsFromHere<K extends Key, V>(
  cursor: CursorCore<K, V>,
  reverse: boolean,
): StableWalk<K, V> {
  const { walk, at } = cursor
  if (at !== undefined && walk !== undefined && walk.reverse === reverse) return walk.rows
  const range = rangeOf(cursor, reverse)
  const fromInclusive = cursor.retry === (reverse ? 'prev' : 'next')
  const rows = new StableWalk(
    cursor.table,
    at === undefined ? range : { ...range, from: at, fromInclusive },
  )
  cursor.walk = { reverse, rows }
  return rows
}

/** The rows within the cursor's bounds, in one direction. */
function rangeOf<K extends Key, V>(cursor: CursorCore<K, V>, reverse: boolean): WalkRange<K> {
  const { lower, upper } = cursor
  const [first, last] = reverse ? [upper, lower] : [lower, upper]
  return {
    from: first?.key,
    fromInclusive: first?.inclusive ?? true,
    to: last?.key,
    toInclusive: last?.inclusive ?? true,
    reverse,
  }
}
