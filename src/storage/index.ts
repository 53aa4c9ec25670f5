/**
 * # storage: snapshot isolation over update chains
 *
 * A store of tables, and transactions over them, by the rules of WiredTiger 12: snapshots,
 * first-updater- wins conflicts, isolation levels, timestamps, prepared transactions, reclaiming.
 * Keys and values are opaque: nothing here knows a document.
 *
 * It promises that every call answers at once, with a return code (`codes.ts`); that values are
 * shared and never copied or changed; that what nobody can see any more is let go.
 *
 * Read `visibility.ts` first: it is the theory. `store.ts` and `transaction.ts` are what one
 * uses; `session/` puts WiredTiger's own interface of sessions and positioned cursors on top of
 * the same core.
 *
 * May import `sim` and `../invariant.ts`.
 */
export type { CacheOptions } from './cache.ts'
export {
  EINVAL,
  ENOTSUP,
  OK,
  type ReturnCode,
  returnCodeName,
  type SubLevelCode,
  subLevelName,
  WOULD_SPIN,
  WT_CACHE_FULL,
  WT_DUPLICATE_KEY,
  WT_MODIFY_READ_UNCOMMITTED,
  WT_NONE,
  WT_NOTFOUND,
  WT_OLDEST_FOR_EVICTION,
  WT_PREPARE_CONFLICT,
  WT_ROLLBACK,
  WT_WRITE_CONFLICT,
} from './codes.ts'
export type { HeldSnapshot } from './held_snapshot.ts'
export type { ObservedTable, StoreObserver } from './observer.ts'
export type { Isolation } from './read_view.ts'
export type { SavePoint } from './saves.ts'
export type { Scan, ScanRange } from './scan.ts'
export {
  Cursor,
  type CursorOptions,
  type LastError,
  type ModifyEntry,
  type Near,
  Session,
  type SessionOptions,
  type TransactionTimestamps,
} from './session/index.ts'
export type { CommitTimestamps } from './stamps.ts'
export type { Statistics } from './statistics.ts'
export { type Fork, Store, type StoreOptions } from './store.ts'
export type { Table, TableOptions } from './table.ts'
export type { GlobalTimestampOptions } from './timestamps.ts'
export type { BeginOptions, Conflict, StorageTransaction } from './transaction.ts'
export { TRANSITIONS, type TransactionState } from './transaction_state.ts'
