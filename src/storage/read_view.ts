import { invariant } from '../invariant.ts'
import { OK, type ReturnCode, WT_NOTFOUND, WT_PREPARE_CONFLICT, WT_ROLLBACK } from './codes.ts'
import type { Snapshot } from './snapshot.ts'
import type { TransactionTable } from './transaction_table.ts'
import {
  isPrepared,
  MODIFY,
  NO_TIMESTAMP,
  NO_TXN,
  type Row,
  STANDARD,
  type Timestamp,
  TOMBSTONE,
  type TxnId,
} from './update.ts'
import { visibleUpdate } from './visibility.ts'

/**
 * What a transaction may see of others.
 *
 * - `snapshot`: what had committed when it began, for as long as it lives. The only level that
 *   writes.
 * - `read-committed`: what had committed when the operation, or the scan it belongs to, began.
 * - `read-uncommitted`: whatever is in the chain and was not rolled back.
 */
export type Isolation = 'snapshot' | 'read-committed' | 'read-uncommitted'

/** What decides what a reader sees. A transaction is a reader that may also write. */
export class ReadView {
  protected readonly transactions: TransactionTable
  /** The reader's own transaction id; `NO_TXN` until it has written. */
  id: TxnId = NO_TXN
  isolation: Isolation
  /**
   * At read-uncommitted it decides nothing, and only keeps what is being read from being reclaimed.
   */
  snapshot: Snapshot | undefined = undefined
  /** What was committed later than this is not seen; `NO_TIMESTAMP` sees all. */
  readTimestamp: Timestamp = NO_TIMESTAMP
  /** Skip what prepared transactions wrote, instead of being refused. */
  ignorePrepare = false
  /** What the last `read` that answered `OK` found. */
  found: unknown = undefined

  constructor(transactions: TransactionTable, isolation: Isolation) {
    this.transactions = transactions
    this.isolation = isolation
  }

  /** Takes a snapshot unless one is held. */
  takeSnapshot(): void {
    if (this.snapshot === undefined) this.snapshot = this.transactions.pin()
  }

  /**
   * Makes sure that the snapshot is current. One that is held stays as long as nobody has
   * committed a change since: whoever merely prepared since is still open in it
   * (`txn.c:__txn_get_snapshot_int`, the fast path).
   */
  refreshSnapshot(): void {
    const held = this.snapshot
    if (held !== undefined && held.generation === this.transactions.generation) return
    this.snapshot = this.transactions.pin()
    if (held !== undefined) this.transactions.unpin(held)
  }

  /**
   * Takes over the snapshot that another view of the same user holds, in place of its own. An
   * outdated one is only taken over by a view that may go on with it.
   */
  takeOver(from: ReadView, options: { readonly evenOutdated: boolean }): void {
    const given = from.snapshot
    if (given === undefined) return
    from.snapshot = undefined
    const own = this.snapshot
    const current = given.generation === this.transactions.generation
    if (own !== undefined && !current && !options.evenOutdated) {
      this.transactions.unpin(given)
      return
    }
    this.snapshot = given
    if (own !== undefined) this.transactions.unpin(own)
  }

  releaseSnapshot(): void {
    const held = this.snapshot
    if (held === undefined) return
    this.snapshot = undefined
    this.transactions.unpin(held)
  }

  /**
   * Reads a row; the value is left in `found`.
   *
   * @returns `OK`, `WT_NOTFOUND`, `WT_PREPARE_CONFLICT`, or `WT_ROLLBACK` where a read-uncommitted
   * reader would have to put a value together from deltas whose writers may still roll back
   */
  read(row: Row<unknown, unknown>): ReturnCode {
    this.found = undefined
    const update = visibleUpdate(row.head, this)
    if (update === undefined) {
      this.found = row.settled
      return row.settled === undefined ? WT_NOTFOUND : OK
    }
    if (isPrepared(update)) return WT_PREPARE_CONFLICT
    if (update.type === TOMBSTONE) return WT_NOTFOUND
    if (update.type === MODIFY && this.isolation === 'read-uncommitted') return WT_ROLLBACK
    invariant(update.type === STANDARD || update.type === MODIFY, 'only values are read')
    this.found = update.value
    return OK
  }
}
