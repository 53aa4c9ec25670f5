import { invariant } from '../invariant.ts'
import type { CacheAccount } from './cache.ts'
import type { ModifiedRow } from './modified_row.ts'
import type { Counters } from './statistics.ts'
import type { Table } from './table.ts'
import type { GlobalTimestamps } from './timestamps.ts'
import type { StorageTransaction } from './transaction.ts'
import type { TransactionTable } from './transaction_table.ts'
import {
  MODIFY,
  NO_TIMESTAMP,
  newestLive,
  RESERVE,
  type Row,
  TOMBSTONE,
  type TxnId,
  type Update,
} from './update.ts'

type AnyTable = Table<string | number, unknown>

/** The superseding updates of one committed transaction, waiting for every reader to see them. */
interface Generation {
  readonly txnId: TxnId
  readonly superseding: ModifiedRow
  next: Generation | undefined
}

/**
 * Frees what nobody can see any more, as soon as nobody can.
 *
 * An update that is visible to every reader there is or can be ends all their walks, so what is
 * below it in the chain goes. When its transaction commits and no older snapshot is held, that is
 * at once; else the transaction's updates join a queue, and leave it in order of commit when the
 * oldest snapshot or writer ends. Each update is looked at once, so the work is proportional to
 * what is written. (WiredTiger does it on the next write to the same row:
 * `row_modify.c:__wt_update_obsolete_check`.)
 *
 * Updates with timestamps wait in a second queue for the oldest timestamp, and the readers'
 * timestamps, to pass them.
 */
export class Reclaimer {
  /** How many superseding updates wait in either queue. */
  pinnedUpdates = 0
  readonly #transactions: TransactionTable
  readonly #timestamps: GlobalTimestamps
  readonly #counters: Counters
  readonly #cache: CacheAccount | undefined
  #first: Generation | undefined = undefined
  #last: Generation | undefined = undefined
  #firstTimed: ModifiedRow | undefined = undefined
  #lastTimed: ModifiedRow | undefined = undefined

  constructor(
    transactions: TransactionTable,
    timestamps: GlobalTimestamps,
    counters: Counters,
    cache: CacheAccount | undefined,
  ) {
    this.#transactions = transactions
    this.#timestamps = timestamps
    this.#counters = counters
    this.#cache = cache
  }

  /** A transaction has committed and left the writers; `last` is the newest of its updates. */
  committed(txnId: TxnId, last: ModifiedRow): void {
    const superseding = supersedingOnly(last)
    if (superseding === undefined) return
    if (this.#first === undefined && txnId < this.#transactions.oldestId()) {
      this.#settleAll(superseding)
      return
    }
    const generation: Generation = { txnId, superseding, next: undefined }
    if (this.#last === undefined) this.#first = generation
    else this.#last.next = generation
    this.#last = generation
    for (let row: ModifiedRow | undefined = superseding; row !== undefined; row = row.previous) {
      this.pinnedUpdates++
    }
  }

  /** A snapshot was given back, or a writer ended: what it pinned may go. */
  advance(): void {
    let generation = this.#first
    if (generation === undefined) return
    const oldestId = this.#transactions.oldestId()
    while (generation !== undefined && generation.txnId < oldestId) {
      const { superseding } = generation
      for (let row: ModifiedRow | undefined = superseding; row !== undefined; row = row.previous) {
        this.pinnedUpdates--
      }
      this.#settleAll(superseding)
      generation = generation.next
    }
    this.#first = generation
    if (generation === undefined) this.#last = undefined
    invariant(this.pinnedUpdates >= 0, 'what leaves the queues had entered them')
  }

  /** The oldest timestamp moved, or a reader with a timestamp ended. */
  advanceTimestamps(): void {
    const pinned = this.#timestamps.pinned()
    let timed = this.#firstTimed
    while (timed !== undefined && durableTsOf(timed.update) <= pinned) {
      const next: ModifiedRow | undefined = timed.previous
      timed.previous = undefined
      this.pinnedUpdates--
      this.#settle(timed)
      timed = next
    }
    this.#firstTimed = timed
    if (timed === undefined) this.#lastTimed = undefined
  }

  /** A transaction has rolled back: its updates are aborted. Rows that only it had are dead. */
  rolledBack(transaction: StorageTransaction): void {
    for (let row = transaction.lastModified; row !== undefined; row = row.previous) {
      this.#noteIfDead(row.table, row.row)
    }
  }

  /** Unlinks what is below an update. Returns how many updates went. */
  cut(update: Update<unknown>): number {
    let freed = 0
    let below = update.next
    update.next = undefined
    while (below !== undefined) {
      const next: Update<unknown> | undefined = below.next
      below.next = undefined
      this.forget(below)
      freed++
      below = next
    }
    return freed
  }

  /** An update has left its chain. */
  forget(update: Update<unknown>): void {
    this.#counters.updates--
    this.#cache?.remove(update.value)
  }

  /** Whether no reader, present or future, can find anything in the row. */
  isDead(row: Row<unknown, unknown>): boolean {
    const newest = newestLive(row.head)
    if (newest === undefined) return true
    return newest.type === TOMBSTONE && this.isVisibleToAll(newest)
  }

  /** Whether every reader there is or can be sees the update. */
  isVisibleToAll(update: Update<unknown>): boolean {
    return update.txnId < this.#transactions.oldestId() && this.#isTimestampOld(update)
  }

  #settleAll(superseding: ModifiedRow): void {
    let row: ModifiedRow | undefined = superseding
    while (row !== undefined) {
      const next: ModifiedRow | undefined = row.previous
      row.previous = undefined
      this.#settle(row)
      row = next
    }
  }

  /**
   * The update's transaction is old to everybody; frees what it supersedes, its timestamp
   * permitting.
   */
  #settle(modified: ModifiedRow): void {
    const { update } = modified
    if (!this.#isTimestampOld(update)) {
      this.pinnedUpdates++
      if (this.#lastTimed === undefined) this.#firstTimed = modified
      else this.#lastTimed.previous = modified
      this.#lastTimed = modified
      return
    }
    // Readers of a delta need the value below it, so a delta ends no walk.
    if (update.type !== MODIFY) this.cut(update)
    if (update.type === TOMBSTONE) this.#noteIfDead(modified.table, modified.row)
  }

  #noteIfDead(table: AnyTable, row: Row<string | number, unknown>): void {
    if (this.isDead(row)) table.noteDead(row)
  }

  #isTimestampOld(update: Update<unknown>): boolean {
    const durableTs = durableTsOf(update)
    return durableTs === NO_TIMESTAMP || durableTs <= this.#timestamps.pinned()
  }
}

function durableTsOf(update: Update<unknown>): number {
  return update.times === undefined ? NO_TIMESTAMP : update.times.durableTs
}

/** Keeps, of a transaction's updates, those that have something below them or delete a row. */
function supersedingOnly(last: ModifiedRow): ModifiedRow | undefined {
  let kept: ModifiedRow | undefined
  let modified: ModifiedRow | undefined = last
  while (modified !== undefined) {
    const older: ModifiedRow | undefined = modified.previous
    const { update } = modified
    if (update.type !== RESERVE && (update.next !== undefined || update.type === TOMBSTONE)) {
      modified.previous = kept
      kept = modified
    }
    modified = older
  }
  return kept
}
