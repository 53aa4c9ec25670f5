/**
 * # Who sees what, and who is in whose way
 *
 * This file is the theory of the storage layer and its two rules. Everything else keeps books.
 *
 * ## Versions
 * A write never changes a value in place. It puts a new *update* at the head of its row's *update
 * chain*, marked with the id of the transaction that wrote it:
 *
 *     accounts/7 -> [txn 12, 40] -> [txn 9, tombstone] -> [txn 4, 70]
 *                   newest                                 oldest
 *
 * A delete is an update as well, a *tombstone*. A *reserve* is an update without a meaning to
 * readers: it only stands in other writers' way. Whoever rolls back marks its updates as
 * *aborted*; from then on they are as good as gone.
 *
 * ## Snapshots
 * A transaction gets its id late, at its first write, and its *snapshot* early, when it begins:
 * the next id to be given out (`max`), and the ids of the writers that are still open
 * (`concurrent`, the least of them is `min`). It sees what had committed at that moment, and its
 * own writes. So reading a row is: walk its chain from the newest, and stop at the first update
 * that is visible.
 *
 * Worked example. Transaction 9 has deleted the row and committed; 12 has written 40 and is open.
 * A reader that begins now has max = 13, concurrent = [12]: it skips 12, sees 9's tombstone, and
 * finds nothing. A reader that began while 9 was open has max = 12, concurrent = [9]: 12 is not
 * below its max, 9 is in its list, so it sees 70. After 12 commits both still see the same; that
 * is the point.
 *
 * ## Conflicts: the first updater wins
 * A transaction may only put an update on top of what it sees. At *every write* the chain is
 * walked from the newest; an update that is not aborted and that the writer cannot see means that
 * somebody else got there first, whether still open or committed since the snapshot: the write
 * fails at once with WT_ROLLBACK. Nothing waits, nothing is decided at commit. Hence no update is
 * ever lost and at most one open transaction has updates in a chain, at its head. But two
 * transactions that read the same rows and write different ones do not meet in any chain: write
 * skew is possible.
 *
 * ## Timestamps and prepared transactions
 * A commit may carry a timestamp of the user's. A reader with a read timestamp sees, of what its
 * snapshot shows, only what was committed at or before it. A transaction may *prepare*: its
 * updates stay, its id leaves the list of open writers, so later snapshots regard it as
 * committed; but its outcome is unknown, so a reader that meets one gets WT_PREPARE_CONFLICT, and
 * a writer WT_ROLLBACK.
 *
 * ## Reclaiming
 * No snapshot can tell apart two transactions whose ids are below every held `min`. Once the
 * update of such a transaction is the newest one of that age in its chain, nobody will ever walk
 * past it, and what lies below it is cut off (`reclaim.ts`).
 *
 * ## What is left out, and why
 * Pages, eviction to disk, checkpoints, logging and the history store: they move versions about,
 * and change no answer of an in-memory table. Panics are not imitated: where WiredTiger would
 * take the whole connection down over a misuse of prepared transactions, the call answers EINVAL
 * and changes nothing.
 *
 * Compare WiredTiger's `txn_inline.h`: `__wt_txn_visible`, `__wt_txn_upd_visible_type`,
 * `__wt_txn_read_upd_list_internal`, `__txn_modify_block`.
 */
import type { ReadView } from './read_view.ts'
import { snapshotIncludes } from './snapshot.ts'
import { ABORTED, isPrepared, NO_TXN, RESERVE, type TxnId, type Update } from './update.ts'

/** Whether the reader may see the update, its being prepared left aside. */
export function isVisible(update: Update<unknown>, view: ReadView): boolean {
  const id = update.txnId
  // Nobody sees what was rolled back.
  if (id === ABORTED) return false
  // What no transaction wrote was always there.
  if (id === NO_TXN) return true
  // Everybody sees their own writes, whatever their timestamps.
  if (id === view.id) return true
  // Read-uncommitted sees everybody's; the others see what had committed at their snapshot.
  if (view.isolation !== 'read-uncommitted') {
    if (view.snapshot === undefined || !snapshotIncludes(view.snapshot, id)) return false
  }
  // A read timestamp hides what was committed at a later one.
  if (update.times === undefined || view.readTimestamp === 0) return true
  return update.times.startTs <= view.readTimestamp
}

/**
 * The update that the reader sees in a chain: a value, a tombstone, or one that is prepared,
 * which no reader may use (it is for the caller to refuse). Undefined where the reader sees
 * nothing at all.
 */
export function visibleUpdate<V>(
  head: Update<V> | undefined,
  view: ReadView,
): Update<V> | undefined {
  let ignoredWriter: TxnId = NO_TXN
  for (let update = head; update !== undefined; update = update.next) {
    if (update.type === RESERVE) continue
    if (ignoredWriter !== NO_TXN && update.txnId === ignoredWriter) continue
    if (!isVisible(update, view)) continue
    if (!view.ignorePrepare || !isPrepared(update)) return update
    // Ignoring a prepared update means ignoring all that the same transaction did to the row.
    ignoredWriter = update.txnId
  }
  return undefined
}

/**
 * The update in the writer's way, or undefined if it may write. A prepared update is always in the
 * way, even of one who ignores it when reading: it may yet commit.
 */
export function findWriteConflict<V>(
  head: Update<V> | undefined,
  view: ReadView,
): Update<V> | undefined {
  for (let update = head; update !== undefined; update = update.next) {
    if (update.txnId === ABORTED) continue
    return isVisible(update, view) && !isPrepared(update) ? undefined : update
  }
  return undefined
}
