import { invariant } from '../invariant.ts'
import { Snapshot } from './snapshot.ts'
import type { StorageTransaction } from './transaction.ts'
import { ABORTED, FIRST_TXN, NO_TXN, type TxnId } from './update.ts'

/**
 * Who is open: the one place that gives out ids and snapshots and knows the oldest of both.
 *
 * Three lists, all in order of age and linked through their members, so that joining, leaving and
 * asking for the oldest cost a few pointers: every open transaction; those that have an id and
 * are not prepared (the writers that a new snapshot must list); and the snapshots that somebody
 * holds. A later snapshot never has a smaller `min`, because ids grow and only the oldest
 * writer's end moves the least open id; so the head of the third list is what pins the most.
 */
export class TransactionTable {
  /** The next id to be given out, greater than every id given out so far. */
  currentId: TxnId = FIRST_TXN
  /** Counts commits with modifications: a snapshot of an older generation misses something. */
  generation = 0
  openCount = 0
  /** Called when the oldest snapshot or the oldest writer has gone: older versions may go too. */
  onOldestGone: (() => void) | undefined = undefined
  #latest: Snapshot | undefined = undefined
  #oldestSnapshot: Snapshot | undefined = undefined
  #newestSnapshot: Snapshot | undefined = undefined
  #oldestWriter: StorageTransaction | undefined = undefined
  #newestWriter: StorageTransaction | undefined = undefined
  #oldestOpen: StorageTransaction | undefined = undefined
  #newestOpen: StorageTransaction | undefined = undefined

  /** Hands out the current snapshot; `unpin` gives it back. */
  pin(): Snapshot {
    let snapshot = this.#latest
    if (snapshot === undefined) {
      snapshot = new Snapshot(this.currentId, this.#openWriters(), this.generation)
      this.#latest = snapshot
    }
    if (snapshot.pins++ === 0) {
      // Only ever the latest joins, so the list stays in order of age.
      snapshot.older = this.#newestSnapshot
      if (this.#newestSnapshot === undefined) this.#oldestSnapshot = snapshot
      else this.#newestSnapshot.newer = snapshot
      this.#newestSnapshot = snapshot
    }
    return snapshot
  }

  unpin(snapshot: Snapshot): void {
    invariant(snapshot.pins > 0, 'a snapshot is given back once per holder')
    if (--snapshot.pins > 0) return
    const { older, newer } = snapshot
    if (older === undefined) this.#oldestSnapshot = newer
    else older.newer = newer
    if (newer === undefined) this.#newestSnapshot = older
    else newer.older = older
    snapshot.older = undefined
    snapshot.newer = undefined
    if (older === undefined) this.onOldestGone?.()
  }

  /** Every id below this one is visible to every reader there is or will be, or was rolled back. */
  oldestId(): TxnId {
    const writer = this.#oldestWriter === undefined ? this.currentId : this.#oldestWriter.id
    const snapshot = this.#oldestSnapshot
    return snapshot !== undefined && snapshot.min < writer ? snapshot.min : writer
  }

  /** A transaction begins. */
  open(transaction: StorageTransaction): void {
    transaction.openedBefore = this.#newestOpen
    if (this.#newestOpen === undefined) this.#oldestOpen = transaction
    else this.#newestOpen.openedAfter = transaction
    this.#newestOpen = transaction
    this.openCount++
  }

  /** A transaction has ended. */
  close(transaction: StorageTransaction): void {
    const { openedBefore, openedAfter } = transaction
    if (openedBefore === undefined) this.#oldestOpen = openedAfter
    else openedBefore.openedAfter = openedAfter
    if (openedAfter === undefined) this.#newestOpen = openedBefore
    else openedAfter.openedBefore = openedBefore
    transaction.openedBefore = undefined
    transaction.openedAfter = undefined
    this.openCount--
    invariant(this.openCount >= 0, 'a transaction ends once')
  }

  /**
   * Gives a transaction its id. Snapshots handed out earlier need not list it: it is not below
   * their `max`, so they do not see it either way.
   */
  giveId(transaction: StorageTransaction): void {
    invariant(transaction.id === NO_TXN, 'a transaction gets one id')
    const id = this.currentId++
    invariant(this.#newestWriter === undefined || this.#newestWriter.id < id, 'ids grow')
    transaction.id = id
    transaction.olderWriter = this.#newestWriter
    if (this.#newestWriter === undefined) this.#oldestWriter = transaction
    else this.#newestWriter.newerWriter = transaction
    this.#newestWriter = transaction
  }

  /** A writer prepared, committed or rolled back: snapshots from now on do not list it. */
  leaveWriters(transaction: StorageTransaction): void {
    const { olderWriter, newerWriter } = transaction
    if (olderWriter === undefined) this.#oldestWriter = newerWriter
    else olderWriter.newerWriter = newerWriter
    if (newerWriter === undefined) this.#newestWriter = olderWriter
    else newerWriter.olderWriter = olderWriter
    transaction.olderWriter = undefined
    transaction.newerWriter = undefined
    this.#latest = undefined
    if (olderWriter === undefined) this.onOldestGone?.()
  }

  /** Whether the writer of an update has committed it. */
  hasCommitted(id: TxnId): boolean {
    if (id === ABORTED) return false
    for (let writer = this.#newestWriter; writer !== undefined; writer = writer.olderWriter) {
      if (writer.id === id) return false
    }
    return true
  }

  /** The open transaction, prepared ones included, that has this id. */
  holderOf(id: TxnId): StorageTransaction | undefined {
    for (let open = this.#newestOpen; open !== undefined; open = open.openedBefore) {
      if (open.id === id) return open
    }
    return undefined
  }

  /** Open transactions, the oldest first. The list may change while it is walked. */
  *openTransactions(): Generator<StorageTransaction> {
    let open = this.#oldestOpen
    while (open !== undefined) {
      const next: StorageTransaction | undefined = open.openedAfter
      yield open
      open = next
    }
  }

  #openWriters(): TxnId[] | undefined {
    if (this.#oldestWriter === undefined) return undefined
    const ids: TxnId[] = []
    for (let writer = this.#oldestWriter; writer !== undefined; ) {
      ids.push(writer.id)
      const newer: StorageTransaction | undefined = writer.newerWriter
      if (newer === undefined) break
      writer = newer
    }
    return ids
  }
}
