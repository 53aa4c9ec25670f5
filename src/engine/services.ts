import type { Long } from 'bson'
import type { Clock, Random, Scheduler, Trace } from '../sim/index.ts'
import type { StorageTransaction, Store } from '../storage/index.ts'
import type { BackoffPolicy } from './backoff.ts'
import type { Catalog } from './catalog/catalog.ts'
import type { Collection } from './catalog/collection.ts'
import type { Namespace } from './catalog/namespace.ts'
import type { ChangeLog } from './changes/index.ts'
import type { ObjectIdFactory } from './identity.ts'
import type { Lock } from './lock.ts'
import type { LogicalTime } from './logical_time.ts'
import type { Metrics } from './metrics.ts'
import type { ExecutionObserver } from './observer.ts'
import type { Parameters } from './parameters.ts'
import type { FilterCache } from './query/index.ts'
import type { SessionRecords } from './retryable/session_records.ts'
import type { SnapshotHistory } from './snapshot_history.ts'

/** What every operation of one simulator shares. */
export interface Services {
  readonly clock: Clock
  readonly random: Random
  readonly scheduler: Scheduler
  readonly store: Store
  readonly catalog: Catalog
  readonly parameters: Parameters
  readonly metrics: Metrics
  readonly backoff: BackoffPolicy
  readonly ids: ObjectIdFactory
  readonly timestamps: LogicalTime
  readonly changes: ChangeLog
  readonly snapshots: SnapshotHistory
  readonly sessionRecords: SessionRecords
  /** The term in which this node is primary, for whoever says when something was written. */
  readonly replication: { term: Long }
  readonly trace: Trace | undefined
  readonly filters: FilterCache
  /** Multi-document transactions in progress, in the order of their begin. */
  readonly openTransactions: Set<OpenTransaction>
  /** Faults that a test may ask of the engine. */
  readonly hooks: EngineHooks
}

/**
 * A multi-document transaction in progress, as far as a sweep, a restore or a report must know it.
 */
export interface OpenTransaction {
  readonly startedUs: number
  /** When its lifetime ends; fixed at begin. */
  readonly expiresUs: number
  describe(): string
  abort(cause: 'expired' | 'killed'): void
}

/** Faults that a test may ask of the engine. Empty unless somebody sets one. */
export interface EngineHooks {
  /** Returns true to make the next write of this namespace meet WT_ROLLBACK. */
  forceConflict?: ((namespace: string) => boolean) | undefined
  /** Surface 112 instead of retrying (the server's fail point of the same name). */
  skipWriteConflictRetries?: boolean
  /**
   * A write that meets an open transaction waits for its end instead of trying again and again: for
   * exploration, where each try would be one more step that changes nothing.
   */
  waitForHolder?: boolean
  /** Whether nobody may write now: jobs of the server's own put it off. */
  writesAreLocked?: (() => boolean) | undefined
  /** Hears which versions of documents are found and made. */
  observer?: ExecutionObserver | undefined
}

/**
 * The multi-document transaction that an operation runs in, as far as an operation must know it.
 */
export interface TransactionResources {
  readonly storage: StorageTransaction
  /** Intents of a transaction are held until it ends. */
  holdIntent(lock: Lock): void
  holds(lock: Lock): boolean
  /** The collection as the transaction sees it. */
  findCollection(ns: Namespace): Collection | undefined
  /** A collection made, or given other indexes, in the transaction. */
  addCreated(collection: Collection): void
  isCreatedHere(collection: Collection): boolean
  describe(): string
}
