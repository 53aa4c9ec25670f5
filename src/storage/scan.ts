import { invariant } from '../invariant.ts'
import { StableWalk } from './stable_walk.ts'
import type { Table } from './table.ts'
import type { StorageTransaction } from './transaction.ts'
import { isPrepared, type Row, TOMBSTONE } from './update.ts'
import { visibleUpdate } from './visibility.ts'

/** A range of keys. Bounds belong to it unless said otherwise; a missing bound is open. */
export interface ScanRange<K> {
  readonly lower?: K | undefined
  readonly lowerInclusive?: boolean
  readonly upper?: K | undefined
  readonly upperInclusive?: boolean
  /** From the greatest key down. */
  readonly reverse?: boolean
}

/**
 * A walk over the rows of a range that a transaction sees:
 *
 *     const scan = transaction.scan(table, { lower: 'a' })
 *     while (scan.next()) console.log(scan.key, scan.value)
 *
 * Anybody may write between two steps.
 */
export class Scan<K extends string | number, V> {
  /** The key of the current row; only to be read after `next` answered true. */
  key!: K
  /** The value of the current row; likewise. */
  value!: V
  readonly #transaction: StorageTransaction
  readonly #walk: StableWalk<K, V>
  #isOpen = true

  /** Made by `StorageTransaction.scan`. */
  constructor(transaction: StorageTransaction, table: Table<K, V>, range: ScanRange<K>) {
    invariant(table.context === transaction.context, 'a transaction scans tables of its own store')
    this.#transaction = transaction
    const { lower, lowerInclusive = true, upper, upperInclusive = true, reverse = false } = range
    this.#walk = new StableWalk(table, {
      from: reverse ? upper : lower,
      fromInclusive: reverse ? upperInclusive : lowerInclusive,
      to: reverse ? lower : upper,
      toInclusive: reverse ? lowerInclusive : upperInclusive,
      reverse,
    })
    transaction.scanOpened()
  }

  /** Steps to the next row; false at the end, where the scan closes itself. */
  next(): boolean {
    if (!this.#isOpen) return false
    const transaction = this.#transaction
    invariant(transaction.state === 'active', 'a transaction that has ended scans nothing')
    transaction.context.counters.cursorNext++
    for (let row = this.#walk.next(); row !== undefined; row = this.#walk.next()) {
      const value = this.#valueOf(row)
      if (value === undefined) continue
      this.key = row.key
      this.value = value
      return true
    }
    this.close()
    return false
  }

  /**
   * Steps over several rows at once, for who needs no look at each before the next. The rows are
   * collected first and read then, so that the processor waits for several of them at a time.
   *
   * @param keys the keys found are put behind what is there
   * @param values likewise
   * @returns how many were found: fewer than asked for only at the end
   */
  take(countMax: number, keys: K[], values: V[]): number {
    if (!this.#isOpen) return 0
    const transaction = this.#transaction
    invariant(transaction.state === 'active', 'a transaction that has ended scans nothing')
    let count = 0
    while (count < countMax) {
      const rows = this.#walk.take(countMax - count)
      if (rows.length === 0) {
        this.close()
        break
      }
      for (let i = 0; i < rows.length; i++) {
        const row = rows[i]!
        const value = this.#valueOf(row)
        if (value === undefined) continue
        keys.push(row.key)
        values.push(value)
        count++
      }
    }
    transaction.context.counters.cursorNext += count
    return count
  }

  /** Ends the scan early. Needed only below snapshot isolation, where it holds its own snapshot. */
  close(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    this.#transaction.scanClosed()
  }

  /** What the transaction sees in a row; undefined if that is nothing. */
  #valueOf(row: Row<K, V>): V | undefined {
    const update = row.head === undefined ? undefined : visibleUpdate(row.head, this.#transaction)
    if (update === undefined) return row.settled
    invariant(!isPrepared(update), 'a scan does not meet prepared updates')
    return update.type === TOMBSTONE ? undefined : update.value
  }
}
