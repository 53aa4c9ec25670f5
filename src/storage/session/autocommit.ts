/**
 * Writes outside a transaction: each begins one of its own, commits it, and after a conflict does
 * so again, for ever (`include/api.h:TXN_API_END`).
 *
 * Where the conflict is with a transaction that has ended, the second try has a newer snapshot
 * and gets through. Where it is with an open one, trying again at once would spin. So before
 * trying we look whether the way is free; if not, the call answers `WOULD_SPIN` and has done
 * nothing, and `untilFree` makes an operation of it that sleeps until the holder has ended.
 */
import { type Interruptor, type Operation, wait } from '../../sim/index.ts'
import {
  EINVAL,
  OK,
  type ReturnCode,
  WOULD_SPIN,
  WT_NONE,
  WT_PREPARE_CONFLICT,
  WT_ROLLBACK,
} from '../codes.ts'
import { ReadView } from '../read_view.ts'
import type { Table } from '../table.ts'
import { findWriteConflict } from '../visibility.ts'
import type { SessionCore } from './session_core.ts'

export interface WriteCall {
  readonly body: () => ReturnCode
  /** Asked after a conflict outside a transaction: whether the call starts over. */
  readonly mayStartOver: () => boolean
  /** Whether an open transaction is in the way; asked before the call, outside a transaction. */
  readonly isBlocked: () => boolean
}

/** Runs a call that writes, in the running transaction or in one of its own. */
export function writeCall(session: SessionCore, call: WriteCall): ReturnCode {
  for (;;) {
    session.enterCall()
    if (session.isPrepared) return session.refuse(EINVAL)
    const implicit = session.running === undefined
    if (implicit && call.isBlocked()) return session.refuse(WOULD_SPIN)
    if (implicit) session.expectImplicit()
    else if (session.running !== undefined) session.running.subLevelError = WT_NONE
    let code = call.body()
    // A writer has no use for a value that may never come to be.
    if (code === WT_PREPARE_CONFLICT) code = WT_ROLLBACK
    noteReason(session)
    session.leaveCall(code)
    if (!implicit || session.giveUpImplicit()) return code
    if (code === OK) return finish(session)
    const startsOver = code === WT_ROLLBACK && call.mayStartOver()
    if (startsOver) session.keepValues()
    session.transaction?.rollback()
    session.transaction = undefined
    if (!startsOver) {
      session.resetCursors()
      return code
    }
    session.context.counters.autocommitUpdateRetry++
  }
}

/** The transaction knows why a write failed. */
function noteReason(session: SessionCore): void {
  const running = session.running
  if (running === undefined) return
  session.reason = running.subLevelError
}

function finish(session: SessionCore): ReturnCode {
  const transaction = session.running
  if (transaction === undefined) return OK
  session.keepValues()
  const code = transaction.commit()
  session.transaction = undefined
  if (code !== OK) session.resetCursors()
  return code
}

/**
 * Whether a write of this key would meet an update of an open transaction, now and on every
 * retry.
 */
export function isKeyBlocked<K extends string | number, V>(
  session: SessionCore,
  table: Table<K, V>,
  key: K,
  options: { readonly duplicateFirst: boolean },
): boolean {
  const row = table.find(key)
  if (row === undefined || session.isolation !== 'snapshot') return false
  // A fresh snapshot sees everything committed: what it does not see has not ended.
  const fresh = new ReadView(session.context.transactions, 'snapshot')
  fresh.takeSnapshot()
  const isDuplicate = options.duplicateFirst && fresh.read(row) === OK
  const conflict = isDuplicate ? undefined : findWriteConflict(row.head, fresh)
  fresh.releaseSnapshot()
  if (conflict === undefined) return false
  session.blockedBy = session.context.transactions.holderOf(conflict.txnId)
  return true
}

/**
 * Makes a call, and while an open transaction is in its way, waits for that to end and makes it
 * again. Every wait counts as one conflict and one retry, as one turn of WiredTiger's loop would.
 *
 * @returns what the call answers; `WT_ROLLBACK` if the wait was interrupted
 */
export function* untilFree(
  session: SessionCore,
  attempt: () => ReturnCode,
  options: { readonly interruptor?: Interruptor } = {},
): Operation<ReturnCode> {
  for (;;) {
    const code = attempt()
    const holder = session.blockedBy
    if (code !== WOULD_SPIN || holder === undefined) return code
    const { counters } = session.context
    counters.txnUpdateConflict++
    counters.autocommitUpdateRetry++
    const resumption = yield wait(holder.ended, 'autocommit: write conflict', {
      interruptor: options.interruptor,
      describe: () => `transaction ${holder.id} holds the row`,
    })
    if (typeof resumption === 'object') return WT_ROLLBACK
  }
}
