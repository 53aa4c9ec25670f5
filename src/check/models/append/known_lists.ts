import type { TransactionTable } from '../../history/transaction_table.ts'
import type { Appends } from './appends.ts'
import type { VersionOrders } from './version_orders.ts'

/** A list-append history, as far as it is understood. */
export interface KnownLists {
  readonly table: TransactionTable
  readonly appends: Appends
  readonly versions: VersionOrders
  /** By step, the version that a read saw. */
  readonly seen: Int32Array
}
