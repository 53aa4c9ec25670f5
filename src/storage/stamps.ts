/**
 * The timestamps of one transaction, and the rules for setting them (`txn/txn_timestamp.c`).
 *
 * A transaction without any has no `TransactionStamps` at all. The first commit timestamp is what
 * is compared with oldest and stable; a later one may only be greater, and marks the updates made
 * after it.
 */
import { EINVAL, OK, type ReturnCode } from './codes.ts'
import type { Table } from './table.ts'
import { isTimestamp } from './timestamps.ts'
import type { StorageTransaction } from './transaction.ts'
import { NO_TIMESTAMP, type Timestamp, type Update, UpdateTimes } from './update.ts'
import { isVisible } from './visibility.ts'

/** What a commit may carry. */
export interface CommitTimestamps {
  readonly commitTimestamp?: Timestamp
  /** For prepared transactions, which need it. */
  readonly durableTimestamp?: Timestamp
}

export class TransactionStamps {
  commitTs: Timestamp = NO_TIMESTAMP
  firstCommitTs: Timestamp = NO_TIMESTAMP
  /** Follows the commit timestamp until it is set by itself. */
  durableTs: Timestamp = NO_TIMESTAMP
  hasDurable = false
  prepareTs: Timestamp = NO_TIMESTAMP
}

export function setStamp(
  txn: StorageTransaction,
  which: 'commit' | 'durable' | 'prepare' | 'read',
  timestamp: Timestamp,
): ReturnCode {
  if (txn.state !== 'active' && txn.state !== 'prepared') return EINVAL
  if (!isTimestamp(timestamp)) return EINVAL
  txn.context.timestamps.inUse = true
  switch (which) {
    case 'commit':
      return setCommit(txn, timestamp)
    case 'durable':
      return setDurable(txn, timestamp)
    case 'prepare':
      return setPrepare(txn, timestamp)
    case 'read':
      return setRead(txn, timestamp)
  }
}

function setCommit(txn: StorageTransaction, timestamp: Timestamp): ReturnCode {
  if (txn.isolation !== 'snapshot') return EINVAL
  const stamps = txn.stamps ?? new TransactionStamps()
  let commitTs = timestamp
  if (stamps.prepareTs === NO_TIMESTAMP) {
    if (stamps.commitTs !== NO_TIMESTAMP && commitTs < stamps.firstCommitTs) return EINVAL
    const { oldest, stable } = txn.context.timestamps
    const compared = stamps.commitTs === NO_TIMESTAMP ? commitTs : stamps.firstCommitTs
    if (compared < oldest) return EINVAL
    if (stable !== NO_TIMESTAMP && compared <= stable) return EINVAL
  } else {
    if (commitTs < stamps.prepareTs) {
      if (txn.options.roundUpPrepared !== true) return EINVAL
      commitTs = stamps.prepareTs
    }
    // With a prepare timestamp set, the transaction must prepare before it can have this one.
    if (txn.state !== 'prepared') return EINVAL
  }
  if (stamps.commitTs === NO_TIMESTAMP) stamps.firstCommitTs = commitTs
  stamps.commitTs = commitTs
  if (!stamps.hasDurable) stamps.durableTs = commitTs
  txn.stamps = stamps
  return OK
}

function setDurable(txn: StorageTransaction, durableTs: Timestamp): ReturnCode {
  const { stamps } = txn
  if (txn.state !== 'prepared' || stamps === undefined) return EINVAL
  if (stamps.commitTs === NO_TIMESTAMP) return EINVAL
  const { oldest, stable } = txn.context.timestamps
  if (durableTs < oldest) return EINVAL
  if (stable !== NO_TIMESTAMP && durableTs <= stable) return EINVAL
  if (durableTs < stamps.commitTs) return EINVAL
  stamps.durableTs = durableTs
  stamps.hasDurable = true
  return OK
}

function setPrepare(txn: StorageTransaction, timestamp: Timestamp): ReturnCode {
  if (txn.state === 'prepared') return EINVAL
  const { stamps } = txn
  if (stamps !== undefined && stamps.prepareTs !== NO_TIMESTAMP) return EINVAL
  if (stamps !== undefined && stamps.commitTs !== NO_TIMESTAMP) return EINVAL
  const { oldest, stable } = txn.context.timestamps
  let prepareTs = timestamp
  if (prepareTs <= stable) {
    if (txn.options.roundUpPrepared !== true) return EINVAL
    if (prepareTs < oldest) prepareTs = oldest
  }
  txn.stamps = stamps ?? new TransactionStamps()
  txn.stamps.prepareTs = prepareTs
  return OK
}

function setRead(txn: StorageTransaction, timestamp: Timestamp): ReturnCode {
  // A prepared transaction must not fail, so the request is passed over, as WiredTiger does.
  if (txn.state === 'prepared') return OK
  if (txn.isolation !== 'snapshot' || txn.readTimestamp !== NO_TIMESTAMP) return EINVAL
  const { oldest } = txn.context.timestamps
  if (timestamp < oldest && txn.options.roundUpRead !== true) return EINVAL
  txn.readTimestamp = timestamp < oldest ? oldest : timestamp
  txn.context.timestamps.addReader(txn)
  // The snapshot may be older than what is to be read at this timestamp.
  txn.refreshSnapshot()
  return OK
}

/**
 * The timestamps of an update about to be put on a chain: the transaction's commit timestamp if
 * it has one by now, and the durable timestamp of what it is put on, for the check at commit.
 */
export function timesForWrite<K extends string | number, V>(
  txn: StorageTransaction,
  table: Table<K, V>,
  head: Update<V> | undefined,
): UpdateTimes | undefined {
  if (!table.hasTimestamps) return undefined
  let below = head
  while (below !== undefined && !isVisible(below, txn)) below = below.next
  const previousDurableTs = below?.times?.durableTs ?? NO_TIMESTAMP
  const { stamps } = txn
  const commitTs = stamps?.commitTs ?? NO_TIMESTAMP
  if (previousDurableTs === NO_TIMESTAMP && commitTs === NO_TIMESTAMP) return undefined
  const times = new UpdateTimes()
  times.previousDurableTs = previousDurableTs
  if (stamps !== undefined && commitTs !== NO_TIMESTAMP) {
    times.startTs = commitTs
    times.durableTs = stamps.durableTs
  }
  return times
}

/**
 * Whether an update may be committed with this timestamp (`NO_TIMESTAMP` for none): never before
 * the one it was put on, and not without one where there was one, unless the transaction said so
 * (`txn_inline.h:__wt_txn_timestamp_usage_check`).
 */
export function isTimestampInOrder(
  txn: StorageTransaction,
  commitTs: Timestamp,
  previousDurableTs: Timestamp,
): boolean {
  if (txn.stamps === undefined || txn.stamps.commitTs === NO_TIMESTAMP) {
    return previousDurableTs === NO_TIMESTAMP || txn.options.noTimestamp === true
  }
  return previousDurableTs <= commitTs
}
