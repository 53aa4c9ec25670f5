import type { RowWalk, WalkStart } from './rows/row_index.ts'
import type { Table } from './table.ts'
import type { Row } from './update.ts'

/**
 * A walk over a table's rows that goes on while rows come and go: it remembers the last key, and
 * takes the walk up again behind it when the table's `rowsVersion` has moved.
 */
export class StableWalk<K extends string | number, V> implements RowWalk<K, V> {
  readonly #table: Table<K, V>
  readonly #start: WalkStart<K>
  #walk: RowWalk<K, V>
  #rowsVersion: number
  #lastKey: K | undefined = undefined

  constructor(table: Table<K, V>, start: WalkStart<K>) {
    this.#table = table
    this.#start = start
    this.#walk = table.walk(start)
    this.#rowsVersion = table.rowsVersion
  }

  next(): Row<K, V> | undefined {
    if (this.#rowsVersion !== this.#table.rowsVersion) this.#takeUpAgain()
    const row = this.#walk.next()
    if (row !== undefined) this.#lastKey = row.key
    return row
  }

  #takeUpAgain(): void {
    this.#rowsVersion = this.#table.rowsVersion
    const { reverse } = this.#start
    this.#walk =
      this.#lastKey === undefined
        ? this.#table.walk(this.#start)
        : this.#table.walk({ from: this.#lastKey, inclusive: false, reverse })
  }
}
