import { invariant } from '../invariant.ts'
import type { CacheAccount } from './cache.ts'
import type { ModifiedRow } from './modified_row.ts'
import type { Counters } from './statistics.ts'
import type { Table } from './table.ts'
import type { GlobalTimestamps } from './timestamps.ts'
import type { StorageTransaction } from './transaction.ts'
import type { TransactionTable } from './transaction_table.ts'
import {
  ABORTED,
  MODIFY,
  NO_TIMESTAMP,
  newestLive,
  RESERVE,
  type Row,
  STANDARD,
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
 * below it in the chain goes, and its value settles in the row. When its transaction commits and
 * no older snapshot is held, that is at once; else the transaction's updates join a queue, and
 * leave it in order of commit when the oldest snapshot or writer ends. Each update is looked at
 * once, so the work is proportional to what is written. (WiredTiger does it on the next write to
 * the same row: `row_modify.c:__wt_update_obsolete_check`.)
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
    if (this.#first === undefined && txnId < this.#transactions.oldestId()) {
      this.#settleAll(oldestFirst(last, isSettling))
      return
    }
    const superseding = oldestFirst(last, isSuperseding)
    if (superseding === undefined) return
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

  /** Unlinks what is below an update, the settled version included. */
  cut(row: Row<unknown, unknown>, update: Update<unknown>): void {
    let below = update.next
    update.next = undefined
    while (below !== undefined) {
      const next: Update<unknown> | undefined = below.next
      this.drop(below)
      below = next
    }
    if (row.settled === undefined) return
    this.forget(row.settled)
    row.settled = undefined
  }

  /**
   * Takes an update out for good. It counts as aborted from then on: it may still wait in a queue,
   * and must not be taken for a part of its row when its turn comes.
   */
  drop(update: Update<unknown>): void {
    update.next = undefined
    update.txnId = ABORTED
    this.forget(update.value)
  }

  /** A version has left its row. */
  forget(value: unknown): void {
    this.#counters.updates--
    this.#cache?.remove(value)
  }

  /** Whether no reader, present or future, can find anything in the row. */
  isDead(row: Row<unknown, unknown>): boolean {
    const newest = newestLive(row.head)
    if (newest === undefined) return row.settled === undefined
    return newest.type === TOMBSTONE && this.isVisibleToAll(newest)
  }

  /** Whether every reader there is or can be sees the update. */
  isVisibleToAll(update: Update<unknown>): boolean {
    return update.txnId < this.#transactions.oldestId() && this.#isTimestampOld(update)
  }

  #settleAll(first: ModifiedRow | undefined): void {
    let row: ModifiedRow | undefined = first
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
    const { row, update } = modified
    if (update.txnId === ABORTED) return
    if (!this.#isTimestampOld(update)) {
      this.pinnedUpdates++
      if (this.#lastTimed === undefined) this.#firstTimed = modified
      else this.#lastTimed.previous = modified
      this.#lastTimed = modified
      return
    }
    // Readers of a delta need the value below it, so a delta ends no walk.
    if (update.type !== MODIFY) this.cut(row, update)
    if (update.type === TOMBSTONE) this.#noteIfDead(modified.table, row)
    if (update.type === STANDARD && update.times === undefined) leaveChain(row, update)
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

/**
 * The only update of a chain leaves it: its value becomes the settled one. One that has others
 * above it stays where it is, since looking for its neighbour would cost the length of the chain
 * each time; it goes when they settle.
 */
function leaveChain(row: Row<unknown, unknown>, update: Update<unknown>): void {
  if (row.head !== update) return
  invariant(update.next === undefined && row.settled === undefined, 'only the last one settles')
  row.head = undefined
  row.settled = update.value
}

/** Whether the update frees something once everybody sees it. */
function isSuperseding({ row, update }: ModifiedRow): boolean {
  if (update.type === RESERVE) return false
  return update.next !== undefined || row.settled !== undefined || update.type === TOMBSTONE
}

/** The same, or it can settle at once. */
function isSettling(modified: ModifiedRow): boolean {
  const { type, times } = modified.update
  return (type === STANDARD && times === undefined) || isSuperseding(modified)
}

/** A transaction's updates in the order they were made, those that do not count left out. */
function oldestFirst(
  last: ModifiedRow,
  counts: (modified: ModifiedRow) => boolean,
): ModifiedRow | undefined {
  let kept: ModifiedRow | undefined
  let modified: ModifiedRow | undefined = last
  while (modified !== undefined) {
    const older: ModifiedRow | undefined = modified.previous
    if (counts(modified)) {
      modified.previous = kept
      kept = modified
    }
    modified = older
  }
  return kept
}
