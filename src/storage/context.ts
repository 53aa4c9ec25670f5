import type { CacheAccount } from './cache.ts'
import type { Journal } from './journal.ts'
import type { StoreObserver } from './observer.ts'
import type { Reclaimer } from './reclaim.ts'
import type { Counters } from './statistics.ts'
import type { GlobalTimestamps } from './timestamps.ts'
import type { TransactionTable } from './transaction_table.ts'

/** What the parts of one store share. */
export interface StoreContext {
  readonly transactions: TransactionTable
  readonly timestamps: GlobalTimestamps
  readonly counters: Counters
  readonly reclaimer: Reclaimer
  /** Undefined where no limit was asked for. */
  readonly cache: CacheAccount | undefined
  /** Notes what writes change since the last save; undefined while no save is held. */
  journal: Journal | undefined
  /** Told of each commit that changed something. */
  onCommit: (() => void) | undefined
  /** Hears of every access; undefined while nobody listens. */
  observer: StoreObserver | undefined
}
