/**
 * A row and its versions.
 *
 * These two classes are most of what the store holds, so they are small and have one shape each:
 * all fields are set in the constructor and never change their representation (ids and states stay
 * small integers). What only some updates need sits behind one pointer, `times`.
 */

/** A transaction id. They are given out in order, at a transaction's first write. */
export type TxnId = number

/** No transaction: what was written under it is visible to everybody. */
export const NO_TXN: TxnId = 0
export const FIRST_TXN: TxnId = 1
/** The writer rolled back. Nobody sees such an update, and nobody conflicts with it. */
export const ABORTED: TxnId = -1

/** What an update does (`btmem.h`, update types; the numbers are WiredTiger's). */
export const MODIFY = 1
export const RESERVE = 2
export const STANDARD = 3
export const TOMBSTONE = 4
/**
 * `STANDARD` holds a value, `TOMBSTONE` says that there is none, `RESERVE` holds the row for its
 * writer until that ends and is never read. `MODIFY` stands where WiredTiger would keep a delta: it
 * holds the whole value too (values are shared, not copied), but reads as a delta does.
 */
export type UpdateType = typeof MODIFY | typeof RESERVE | typeof STANDARD | typeof TOMBSTONE

/** A point in the user's own order of commits, greater than 0; 0 where there is none. */
export type Timestamp = number
export const NO_TIMESTAMP: Timestamp = 0

export const PREPARE_INIT = 0
export const PREPARE_IN_PROGRESS = 1
export const PREPARE_RESOLVED = 3
export type PrepareState =
  | typeof PREPARE_INIT
  | typeof PREPARE_IN_PROGRESS
  | typeof PREPARE_RESOLVED

/** The timestamps of an update, for the stores and tables that use them. */
export class UpdateTimes {
  /** From which read timestamp on the update can be seen. */
  startTs: Timestamp = NO_TIMESTAMP
  /** From which oldest timestamp on older versions may go. */
  durableTs: Timestamp = NO_TIMESTAMP
  /** The durable timestamp of the update that this one was placed on: commit compares with it. */
  previousDurableTs: Timestamp = NO_TIMESTAMP
  prepareState: PrepareState = PREPARE_INIT
}

/** One version of a row. Newer versions point to older ones. */
export class Update<V> {
  txnId: TxnId
  readonly type: UpdateType
  /** Opaque and immutable; undefined for tombstones, reserves, and once the writer rolled back. */
  value: V | undefined
  next: Update<V> | undefined
  times: UpdateTimes | undefined

  constructor(
    txnId: TxnId,
    type: UpdateType,
    value: V | undefined,
    next: Update<V> | undefined,
    times: UpdateTimes | undefined,
  ) {
    this.txnId = txnId
    this.type = type
    this.value = value
    this.next = next
    this.times = times
  }
}

/**
 * A `MODIFY`, with what WiredTiger's delta would take in memory: that decides when it is stored
 * whole.
 */
export class DeltaUpdate<V> extends Update<V> {
  readonly deltaBytes: number

  constructor(
    txnId: TxnId,
    value: V | undefined,
    next: Update<V> | undefined,
    times: UpdateTimes | undefined,
    deltaBytes: number,
  ) {
    super(txnId, MODIFY, value, next, times)
    this.deltaBytes = deltaBytes
  }
}

/**
 * A key, the newest of its versions, and below them all the settled one.
 *
 * A version that every reader sees, present or future, needs no writer and no timestamps any
 * more: its value moves into the row itself, as WiredTiger moves it from the update chain onto
 * the page. Most rows of a store are like that, so most reads follow no pointer and most rows are
 * one small object.
 */
export class Row<K, V> {
  readonly key: K
  head: Update<V> | undefined = undefined
  /** What everybody sees who sees no update of the chain; undefined if that is nothing. */
  settled: V | undefined = undefined

  constructor(key: K) {
    this.key = key
  }
}

/** Whether the update's writer has prepared and not yet committed or rolled back. */
export function isPrepared(update: Update<unknown>): boolean {
  return update.times !== undefined && update.times.prepareState === PREPARE_IN_PROGRESS
}

/** The newest update of a chain whose writer did not roll back. */
export function newestLive<V>(head: Update<V> | undefined): Update<V> | undefined {
  let update = head
  while (update !== undefined && update.txnId === ABORTED) update = update.next
  return update
}
