import type { RowWalk, WalkRange } from './rows/row_index.ts'
import type { Table } from './table.ts'
import type { Row } from './update.ts'

/**
 * A walk over a table's rows that goes on while rows come and go: it remembers the last key, and
 * takes the walk up again behind it when the table's `rowsVersion` has moved.
 */
export class StableWalk<K extends string | number, V> implements RowWalk<K, V> {
  readonly #table: Table<K, V>
  readonly #range: WalkRange<K>
  #walk: RowWalk<K, V>
  #rowsVersion: number
  #lastKey: K | undefined = undefined

  constructor(table: Table<K, V>, range: WalkRange<K>) {
    this.#table = table
    this.#range = range
    this.#walk = table.walk(range)
    this.#rowsVersion = table.rowsVersion
  }

  next(): Row<K, V> | undefined {
    if (this.#rowsVersion !== this.#table.rowsVersion) this.#takeUpAgain()
    const row = this.#walk.next()
    if (row !== undefined) this.#lastKey = row.key
    return row
  }

  /** The next rows at once, none of which is looked at but the last; none at the end. */
  take(countMax: number): Row<K, V>[] {
    if (this.#rowsVersion !== this.#table.rowsVersion) this.#takeUpAgain()
    const rows: Row<K, V>[] = []
    while (rows.length < countMax) {
      const row = this.#walk.next()
      if (row === undefined) break
      rows.push(row)
    }
    if (rows.length > 0) this.#lastKey = rows[rows.length - 1]!.key
    return rows
  }

  #takeUpAgain(): void {
    this.#rowsVersion = this.#table.rowsVersion
    const range = this.#range
    this.#walk =
      this.#lastKey === undefined
        ? this.#table.walk(range)
        : this.#table.walk({ ...range, from: this.#lastKey, fromInclusive: false })
  }
}
