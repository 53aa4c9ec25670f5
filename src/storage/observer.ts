import type { ScanRange } from './scan.ts'
import type { Table } from './table.ts'
import type { StorageTransaction } from './transaction.ts'

export type ObservedTable = Table<string | number, unknown>

/**
 * Hears what transactions look at and change, as it happens: for whoever explores schedules and
 * must know which steps depend on which. While nobody listens, it costs a look at one field.
 */
export interface StoreObserver {
  /** Its snapshot was taken. */
  began(transaction: StorageTransaction): void
  /** A key was looked up, by a transaction or, without one, as the last commit left it. */
  read(
    transaction: StorageTransaction | undefined,
    table: ObservedTable,
    key: string | number,
  ): void
  /** A range of keys was opened; what lies in it may be read from now on. */
  scanned(
    transaction: StorageTransaction,
    table: ObservedTable,
    range: ScanRange<string | number>,
  ): void
  /** A write was tried; it may have met a conflict. */
  wrote(transaction: StorageTransaction, table: ObservedTable, key: string | number): void
  /** About to leave the writers: from here on new snapshots see it. */
  committed(transaction: StorageTransaction): void
  rolledBack(transaction: StorageTransaction): void
}
