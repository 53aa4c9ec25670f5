import type { Table } from './table.ts'
import type { Row, Update } from './update.ts'

type AnyTable = Table<string | number, unknown>

/** One update of a transaction, and where it put it. Linked from the newest to the oldest. */
export class ModifiedRow {
  readonly table: AnyTable
  readonly row: Row<string | number, unknown>
  readonly update: Update<unknown>
  previous: ModifiedRow | undefined

  constructor(
    table: AnyTable,
    row: Row<string | number, unknown>,
    update: Update<unknown>,
    previous: ModifiedRow | undefined,
  ) {
    this.table = table
    this.row = row
    this.update = update
    this.previous = previous
  }
}
