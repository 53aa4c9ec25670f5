import { EINVAL, OK, type ReturnCode, WT_NOTFOUND, WT_ROLLBACK } from '../codes.ts'
import type { StorageTransaction } from '../transaction.ts'
import { type Row, TOMBSTONE } from '../update.ts'
import { modifyRow } from '../write.ts'
import { writeCall } from './autocommit.ts'
import type { CursorCore } from './cursor_core.ts'
import { searchExact, searchNear, step } from './cursor_read.ts'
import type { SessionCore } from './session_core.ts'

type Key = string | number

/**
 * Deletes the rows between two cursors, ends included, that the session sees; the ends need not
 * exist. Each is deleted with the usual conflict check. It is not atomic: after a failure what
 * was deleted stays deleted in the transaction, which can then only roll back. Rows that others
 * have added and the session does not see are passed over.
 * (`session_api.c:__wt_session_range_truncate`, `bt_cursor.c:__wt_cursor_truncate`.)
 */
export function truncate<K extends Key, V>(
  session: SessionCore,
  start: CursorCore<K, V>,
  stop: CursorCore<K, V> | undefined,
): ReturnCode {
  const code = writeCall(session, {
    mayStartOver: () => false,
    isBlocked: () => false,
    body: () => {
      session.context.counters.cursorTruncate++
      const done = removeRange(session, start, stop)
      start.reset()
      stop?.reset()
      return done
    },
  })
  // The calls inside have wiped out the reason of the failure by the time this one returns.
  if (code !== OK) session.forgetReason()
  return code
}

function removeRange<K extends Key, V>(
  session: SessionCore,
  start: CursorCore<K, V>,
  stop: CursorCore<K, V> | undefined,
): ReturnCode {
  if (start.keyHeld === 'unset' || stop?.keyHeld === 'unset') return EINVAL
  if (stop !== undefined && (start.key as K) > (stop.key as K)) return EINVAL
  const first = approach(start, false)
  if (first !== OK) return first === WT_NOTFOUND ? OK : first
  if (stop !== undefined) {
    const last = approach(stop, true)
    if (last !== OK) return last === WT_NOTFOUND ? OK : last
    if ((start.key as K) > (stop.key as K)) return OK
  }
  const code = removeUpTo(session, start, stop)
  // A row that has gone from under the walk is somebody else's change.
  return code === WT_NOTFOUND ? WT_ROLLBACK : code
}

/** Stands on the cursor's key, or on the nearest visible one inside the range. */
function approach<K extends Key, V>(cursor: CursorCore<K, V>, downwards: boolean): ReturnCode {
  if (cursor.keyHeld === 'internal') return OK
  const { code, exact } = searchNear(cursor)
  if (code !== OK) return code
  return (downwards ? exact > 0 : exact < 0) ? step(cursor, downwards) : OK
}

function removeUpTo<K extends Key, V>(
  session: SessionCore,
  start: CursorCore<K, V>,
  stop: CursorCore<K, V> | undefined,
): ReturnCode {
  session.beginImplicitly()
  const searched = searchExact(start)
  if (searched !== OK) return searched
  const txn = session.running as StorageTransaction
  for (;;) {
    const key = start.at as K
    const row = start.table.find(key) as Row<K, V>
    const removed = modifyRow(txn, start.table, row, TOMBSTONE, undefined)
    if (removed !== OK) return removed
    if (stop !== undefined && key === stop.at) return OK
    const stepped = step(start, false)
    if (stepped !== OK) return stepped === WT_NOTFOUND ? OK : stepped
  }
}
