import type { Row } from '../update.ts'

/** The rows that a walk visits, in order. A missing end is open. */
export interface WalkRange<K> {
  /** Where it begins, and whether a row with this key belongs to it. */
  readonly from?: K | undefined
  readonly fromInclusive: boolean
  /** Where it ends, likewise. */
  readonly to?: K | undefined
  readonly toInclusive: boolean
  /** From greater keys to smaller ones. */
  readonly reverse: boolean
}

/** Steps from row to row in the order of keys. It holds until rows come or go. */
export interface RowWalk<K, V> {
  /** The next row, or undefined at the end. */
  next(): Row<K, V> | undefined
}

/** All rows, in order. */
export const EVERYTHING: WalkRange<never> = {
  fromInclusive: true,
  toInclusive: true,
  reverse: false,
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
  walk(range: WalkRange<K>): RowWalk<K, V>
  /** Every row, in any order. */
  all(): Iterable<Row<K, V>>
}
