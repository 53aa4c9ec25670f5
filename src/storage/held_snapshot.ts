import { invariant } from '../invariant.ts'
import type { Snapshot } from './snapshot.ts'
import type { TransactionTable } from './transaction_table.ts'

/**
 * One moment of a store that can be read for as long as it is held: a snapshot that belongs to no
 * transaction. What it can tell apart from the present is not reclaimed. Taking one costs as little
 * as a snapshot does, and those of the same moment share theirs.
 */
export class HeldSnapshot {
  readonly #transactions: TransactionTable
  #snapshot: Snapshot | undefined

  /** Made by `Store.hold`. */
  constructor(transactions: TransactionTable) {
    this.#transactions = transactions
    this.#snapshot = transactions.pin()
  }

  /** Lets go of the moment. Transactions that read it already go on. */
  release(): void {
    const snapshot = this.#snapshot
    invariant(snapshot !== undefined, 'a snapshot is let go once')
    this.#snapshot = undefined
    this.#transactions.unpin(snapshot)
  }

  /** For `Store.begin`: the snapshot, pinned once more. */
  pin(): Snapshot {
    const snapshot = this.#snapshot
    invariant(snapshot !== undefined, 'what was let go is not read any more')
    snapshot.pins++
    return snapshot
  }
}
