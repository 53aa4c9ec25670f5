import type { Row } from '../update.ts'

/** Where a walk begins, and which way it goes. Without `from` it begins at the end of the table. */
export interface WalkStart<K> {
  readonly from?: K | undefined
  /** Whether a row with the key `from` belongs to the walk. */
  readonly inclusive: boolean
  readonly reverse: boolean
}

/** Steps from row to row in the order of keys. It holds until rows come or go. */
export interface RowWalk<K, V> {
  /** The next row, or undefined at the end. */
  next(): Row<K, V> | undefined
}

/**
 * The rows of a table by key: which rows there are, not which of them anybody can see. There is one
 * kind for integers and two for strings.
 */
export interface RowIndex<K, V> {
  /** How many rows there are. */
  readonly size: number
  find(key: K): Row<K, V> | undefined
  /** The row of this key; a new one without versions if there was none. */
  findOrAdd(key: K): Row<K, V>
  delete(key: K): void
  walk(start: WalkStart<K>): RowWalk<K, V>
  /** Every row, in any order. */
  all(): Iterable<Row<K, V>>
}
