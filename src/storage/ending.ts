/**
 * How a transaction ends. Committing changes no update in the common case: the id leaves the list
 * of writers, and from that moment new snapshots see what it wrote.
 */
import { invariant } from '../invariant.ts'
import { EINVAL, OK, type ReturnCode } from './codes.ts'
import { type CommitTimestamps, isTimestampInOrder, setStamp } from './stamps.ts'
import type { StorageTransaction } from './transaction.ts'
import { ABORTED, NO_TIMESTAMP, NO_TXN, PREPARE_RESOLVED, RESERVE, UpdateTimes } from './update.ts'

export function commitTransaction(txn: StorageTransaction, given: CommitTimestamps): ReturnCode {
  const { counters } = txn.context
  invariant(txn.state === 'active' || txn.state === 'prepared', 'only an open transaction commits')
  const wasPrepared = txn.state === 'prepared'
  if (txn.options.implicit !== true) counters.txnCommit++
  if (wasPrepared) counters.txnPrepareCommit++
  const refused = mayCommit(txn, given)
  if (refused !== OK) {
    // WiredTiger panics over a prepared transaction that cannot commit; ours can be tried again.
    if (!wasPrepared) undo(txn)
    return refused
  }
  const { lastModified, id } = txn
  if (lastModified !== undefined) publish(txn, wasPrepared)
  const durableTs = txn.stamps?.durableTs ?? NO_TIMESTAMP
  txn.context.observer?.committed(txn)
  const { reclaimer, timestamps, transactions, onCommit } = txn.context
  leave(txn, wasPrepared)
  if (durableTs > timestamps.durable) timestamps.durable = durableTs
  if (lastModified !== undefined) {
    transactions.generation++
    onCommit?.()
    reclaimer.committed(id, lastModified)
    txn.lastModified = undefined
  }
  txn.become('committed')
  return OK
}

export function rollbackTransaction(txn: StorageTransaction): void {
  const { counters } = txn.context
  invariant(
    txn.state === 'active' || txn.state === 'prepared',
    'only an open transaction rolls back',
  )
  if (txn.options.implicit !== true) counters.txnRollback++
  if (txn.state === 'prepared') counters.txnPrepareRollback++
  undo(txn)
}

/** Everything that can stand against a commit, before anything is changed for good. */
function mayCommit(txn: StorageTransaction, given: CommitTimestamps): ReturnCode {
  if (txn.failed && txn.modificationCount > 0) return EINVAL
  // Times may have moved on since the timestamp was set, so it is checked again.
  const commitTs = given.commitTimestamp ?? txn.stamps?.commitTs ?? NO_TIMESTAMP
  if (commitTs !== NO_TIMESTAMP) {
    const refused = setStamp(txn, 'commit', commitTs)
    if (refused !== OK) return refused
  }
  const hadDurable = txn.stamps?.hasDurable === true ? txn.stamps.durableTs : undefined
  const durableTs = given.durableTimestamp ?? hadDurable
  if (durableTs !== undefined) {
    const refused = setStamp(txn, 'durable', durableTs)
    if (refused !== OK) return refused
  }
  const { stamps } = txn
  if (txn.state === 'prepared') {
    const complete = stamps !== undefined && stamps.commitTs !== NO_TIMESTAMP && stamps.hasDurable
    if (!complete) return EINVAL
  } else if (stamps !== undefined && stamps.prepareTs !== NO_TIMESTAMP) return EINVAL
  return txn.context.timestamps.inUse && !areTimestampsInOrder(txn) ? EINVAL : OK
}

function areTimestampsInOrder(txn: StorageTransaction): boolean {
  const commitTs = txn.stamps?.commitTs ?? NO_TIMESTAMP
  const prepared = txn.state === 'prepared'
  for (let at = txn.lastModified; at !== undefined; at = at.previous) {
    const { table, update } = at
    if (!table.hasTimestamps || update.type === RESERVE) continue
    const { times } = update
    const own = prepared || times === undefined ? NO_TIMESTAMP : times.startTs
    const previous = times === undefined ? NO_TIMESTAMP : times.previousDurableTs
    if (!isTimestampInOrder(txn, own === NO_TIMESTAMP ? commitTs : own, previous)) return false
  }
  return true
}

/** Gives the updates their final timestamps; reserves have done their work. */
function publish(txn: StorageTransaction, wasPrepared: boolean): void {
  const { stamps, lastModified } = txn
  let resolved = 0
  for (let at = lastModified; at !== undefined; at = at.previous) {
    const { update, table } = at
    invariant(update.txnId === txn.id || update.type === RESERVE, 'one commits only own updates')
    if (update.type === RESERVE) update.txnId = ABORTED
    else if (stamps !== undefined && table.hasTimestamps) {
      update.times ??= new UpdateTimes()
      const { times } = update
      if (wasPrepared || times.startTs === NO_TIMESTAMP) {
        times.startTs = stamps.commitTs
        times.durableTs = stamps.durableTs
      }
      if (wasPrepared) times.prepareState = PREPARE_RESOLVED
      resolved++
    }
  }
  if (wasPrepared) txn.context.counters.txnPreparedUpdatesCommitted += resolved
}

function undo(txn: StorageTransaction): void {
  const { counters, reclaimer, cache, observer } = txn.context
  observer?.rolledBack(txn)
  const wasPrepared = txn.state === 'prepared'
  for (let at = txn.lastModified; at !== undefined; at = at.previous) {
    const { update } = at
    invariant(update.txnId === txn.id || update.txnId === ABORTED, 'one undoes only own updates')
    if (wasPrepared && update.txnId !== ABORTED) counters.txnPreparedUpdatesRolledback++
    update.txnId = ABORTED
    // The update stays in its chain until the next write to it; its value need not.
    if (cache !== undefined) cache.shrink(update.value)
    update.value = undefined
  }
  leave(txn, wasPrepared)
  txn.become('rolledBack')
  reclaimer.rolledBack(txn)
  txn.lastModified = undefined
}

/** Gives back what an open transaction holds. */
function leave(txn: StorageTransaction, wasPrepared: boolean): void {
  const { counters, reclaimer, timestamps, transactions } = txn.context
  counters.cacheUpdatesTxnUncommittedCount -= txn.modificationCount
  counters.cacheUpdatesTxnUncommittedBytes -= txn.uncommittedBytes
  txn.releaseSnapshot()
  if (txn.id !== NO_TXN && !wasPrepared) transactions.leaveWriters(txn)
  transactions.close(txn)
  if (txn.readTimestamp !== NO_TIMESTAMP) {
    timestamps.removeReader(txn)
    reclaimer.advanceTimestamps()
  }
}
