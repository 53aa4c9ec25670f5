import type { TxnId } from './update.ts'

/**
 * What the store counts as it goes. The names are WiredTiger's (`dist/stat_data.py`) in camel case:
 * `txnUpdateConflict` is its `txn_update_conflict`.
 */
export class Counters {
  /** Calls to begin, refused ones included; implicit transactions are not counted. */
  txnBegin = 0
  txnCommit = 0
  txnRollback = 0
  /** Writes that met an update they could not see, internal retries included. */
  txnUpdateConflict = 0
  txnPrepare = 0
  txnPrepareCommit = 0
  txnPrepareRollback = 0
  txnPreparedUpdates = 0
  txnPreparedUpdatesCommitted = 0
  txnPreparedUpdatesRolledback = 0
  /** Rolled back under eviction pressure because its id was the oldest. */
  txnRollbackOldestId = 0
  /** Rolled back under eviction pressure because its snapshot was the oldest. */
  txnRollbackOldestPinned = 0
  autocommitUpdateRetry = 0
  autocommitReadonlyRetry = 0
  cursorInsert = 0
  cursorModify = 0
  cursorNext = 0
  cursorPrev = 0
  cursorRemove = 0
  cursorReserve = 0
  cursorReset = 0
  cursorSearch = 0
  cursorSearchNear = 0
  cursorTruncate = 0
  cursorUpdate = 0
  /** Updates in all chains, aborted ones that are still linked included. */
  updates = 0
  /** Updates of transactions that have not ended. */
  cacheUpdatesTxnUncommittedCount = 0
  cacheUpdatesTxnUncommittedBytes = 0
}

/** The counters, and what can be read off the store's state at any time. */
export interface Statistics extends Readonly<Counters> {
  /** The next transaction id. */
  readonly txnCurrent: TxnId
  /** Ids given out since the oldest one that somebody may still tell apart. */
  readonly txnPinnedRange: number
  readonly txnPrepareActive: number
  readonly txnSetTs: number
  readonly txnSetTsForce: number
  readonly txnSetTsOldest: number
  readonly txnSetTsOldestUpd: number
  readonly txnSetTsStable: number
  readonly txnSetTsStableUpd: number
  readonly txnSetTsDurable: number
  /** How far the global durable timestamp is ahead of what pins old versions. */
  readonly txnPinnedTimestamp: number
  readonly txnPinnedTimestampOldest: number
  readonly txnPinnedTimestampReader: number
  readonly txnTimestampOldestActiveRead: number
  readonly openTransactions: number
  /** Rows in all tables, deleted ones that were not swept yet included. */
  readonly rows: number
  /** Superseded updates and tombstones that wait for their last possible reader to end. */
  readonly pinnedUpdates: number
  readonly cacheBytesInuse: number
  /** 0 where there is no limit. */
  readonly cacheBytesMax: number
}
