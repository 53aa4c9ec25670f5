import { invariant } from '../invariant.ts'
import { EINVAL, ENOTSUP, OK, type ReturnCode } from './codes.ts'
import { setStamp } from './stamps.ts'
import type { StorageTransaction } from './transaction.ts'
import {
  ABORTED,
  NO_TIMESTAMP,
  NO_TXN,
  PREPARE_IN_PROGRESS,
  RESERVE,
  type Timestamp,
  UpdateTimes,
} from './update.ts'

/**
 * The first half of a two-phase commit (`txn.c:__wt_txn_prepare`). The updates stay where they
 * are, with the prepare timestamp and a mark; the transaction leaves the writers, so snapshots
 * taken from now on take it for committed and run into the mark, while older ones go on not
 * seeing it.
 */
export function prepareTransaction(
  txn: StorageTransaction,
  prepareTimestamp: Timestamp | undefined,
): ReturnCode {
  const { counters, transactions } = txn.context
  counters.txnPrepare++
  if (txn.state !== 'active') return EINVAL
  if (prepareTimestamp !== undefined) {
    const refused = setStamp(txn, 'prepare', prepareTimestamp)
    if (refused !== OK) return refused
  }
  const { stamps } = txn
  if (stamps === undefined || stamps.prepareTs === NO_TIMESTAMP) return EINVAL
  if (stamps.commitTs !== NO_TIMESTAMP) return EINVAL
  for (let at = txn.lastModified; at !== undefined; at = at.previous) {
    if (!at.table.hasTimestamps) return ENOTSUP
  }
  let prepared = 0
  for (let at = txn.lastModified; at !== undefined; at = at.previous) {
    const { update } = at
    invariant(update.txnId === txn.id, 'a transaction prepares its own updates')
    if (update.type === RESERVE) {
      update.txnId = ABORTED
      continue
    }
    update.times ??= new UpdateTimes()
    update.times.startTs = stamps.prepareTs
    update.times.durableTs = NO_TIMESTAMP
    update.times.prepareState = PREPARE_IN_PROGRESS
    prepared++
  }
  counters.txnPreparedUpdates += prepared
  txn.become('prepared')
  txn.releaseSnapshot()
  if (txn.id !== NO_TXN) transactions.leaveWriters(txn)
  return OK
}
