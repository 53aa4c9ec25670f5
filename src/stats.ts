import type { CommandServer, FaultCounts } from './server/index.ts'
import type { Statistics } from './storage/index.ts'

/** A transaction in progress, and what it keeps alive. */
export interface OpenTransactionStats {
  /** Session and number. */
  readonly name: string
  readonly ageMs: number
  /** Until its lifetime ends; the sweep may come later. */
  readonly expiresInMs: number
}

export interface SimulatorStats {
  readonly seed: number
  /** Milliseconds of this simulator's time since it was made. */
  readonly elapsedMs: number
  /** Conflicts of operations that have ended, as `serverStatus` counts them. */
  readonly writeConflicts: number
  /** Conflicts as storage met them, those of operations under way included. */
  readonly storageConflicts: number
  readonly operationsInFlight: number
  readonly openTransactions: readonly OpenTransactionStats[]
  readonly openCursors: number
  /** Versions that only open snapshots still need. */
  readonly pinnedUpdates: number
  /** How often each kind of fault struck; see `Palimpsest.faults`. */
  readonly faults: FaultCounts
  readonly storage: Statistics
}

export function statsOf({ engine, faults }: CommandServer, seed: number): SimulatorStats {
  const { clock, metrics, openTransactions, store } = engine.services
  const nowUs = clock.nowUs()
  const storage = store.statistics()
  return {
    seed,
    elapsedMs: clock.elapsed(),
    writeConflicts: metrics.operation.writeConflicts,
    storageConflicts: storage.txnUpdateConflict,
    operationsInFlight: engine.operations.size,
    openTransactions: [...openTransactions].map((open) => ({
      name: open.describe(),
      ageMs: (nowUs - open.startedUs) / 1000,
      expiresInMs: (open.expiresUs - nowUs) / 1000,
    })),
    openCursors: metrics.cursor.open,
    pinnedUpdates: storage.pinnedUpdates,
    faults: faults.counts,
    storage,
  }
}
