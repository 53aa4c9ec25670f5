import { invariant } from '../invariant.ts'
import type { StoreContext } from './context.ts'
import { EagerRows } from './rows/eager_rows.ts'
import { IntegerRows } from './rows/integer_rows.ts'
import { LazyRows } from './rows/lazy_rows.ts'
import { EVERYTHING, type RowIndex, type RowWalk, type WalkRange } from './rows/row_index.ts'
import type { Row } from './update.ts'

export interface TableOptions {
  /** For explanations; need not be unique. */
  readonly name: string
  /** Natural numbers up to 2^53, or strings that hold one byte a character. */
  readonly keys: 'integer' | 'string'
  /**
   * String tables: `eager` keeps the rows in order at all times, `lazy` only once somebody asks for
   * the order, and then brings it up to date when asked. Default: `lazy`.
   */
  readonly ordered?: 'eager' | 'lazy'
  /** Whether updates carry their transaction's timestamps, and can be prepared. Default: true. */
  readonly timestamps?: boolean
  /** Whether writes go on when the cache is full. Default: false. */
  readonly ignoreCacheSize?: boolean
}

/** How many dead rows a table keeps before it looks for them and lets them go. */
const DEAD_ROWS_MAX = 128

/**
 * A table: rows by key. It knows which rows there are and nothing of who may see them; reading and
 * writing is the transactions' business.
 */
export class Table<K extends string | number, V> {
  readonly name: string
  readonly options: TableOptions
  readonly hasTimestamps: boolean
  readonly ignoresCacheSize: boolean
  /** Counts rows that came and went: whoever walks the table must look again when it has moved. */
  rowsVersion = 0
  readonly #index: RowIndex<K, V>
  readonly #context: StoreContext
  #dead: Row<K, V>[] = []

  /** Made by `Store.createTable`. */
  constructor(context: StoreContext, options: TableOptions) {
    this.name = options.name
    this.options = options
    this.hasTimestamps = options.timestamps ?? true
    this.ignoresCacheSize = options.ignoreCacheSize ?? false
    this.#context = context
    this.#index = createIndex<K, V>(options)
  }

  /** The store's shared parts; a transaction may only use tables of its own store. */
  get context(): StoreContext {
    return this.#context
  }

  /** Rows, deleted ones that were not swept yet included. */
  get rowCount(): number {
    return this.#index.size
  }

  find(key: K): Row<K, V> | undefined {
    return this.#index.find(key)
  }

  /** The row of this key, a new one if there is none. The caller puts an update into a new one. */
  findOrAdd(key: K): Row<K, V> {
    const row = this.#index.findOrAdd(key)
    if (row.head === undefined && row.settled === undefined) this.rowsVersion++
    return row
  }

  walk(range: WalkRange<K>): RowWalk<K, V> {
    return this.#index.walk(range)
  }

  all(): Iterable<Row<K, V>> {
    return this.#index.all()
  }

  /** The greatest key of all rows, whoever sees them. */
  largestKey(): K | undefined {
    return this.#index.walk({ ...EVERYTHING, reverse: true }).next()?.key
  }

  /** Nobody can find anything in this row. The next sweep removes it, unless it revives. */
  noteDead(row: Row<K, V>): void {
    this.#dead.push(row)
    if (this.#dead.length >= DEAD_ROWS_MAX) this.sweep()
  }

  /**
   * Replaces all versions of a row by one value that everybody sees; without a value the row
   * goes.
   */
  reset(key: K, value: V | undefined): void {
    const row = value === undefined ? this.#index.find(key) : this.findOrAdd(key)
    if (row === undefined) return
    this.#dropVersions(row)
    if (value === undefined) {
      this.#index.delete(key)
      this.rowsVersion++
      return
    }
    const { counters, cache } = this.#context
    row.settled = value
    counters.updates++
    cache?.add(value)
  }

  /** Removes the rows that died since the last sweep and did not revive. */
  sweep(): void {
    const dead = this.#dead
    if (dead.length === 0) return
    this.#dead = []
    const { reclaimer } = this.#context
    for (const row of dead) {
      if (this.#index.find(row.key) !== row || !reclaimer.isDead(row)) continue
      this.#dropVersions(row)
      this.#index.delete(row.key)
      this.rowsVersion++
    }
    invariant(this.#dead.length === 0, 'sweeping makes no row die')
  }

  #dropVersions(row: Row<K, V>): void {
    const { head } = row
    const { reclaimer } = this.#context
    if (head !== undefined) {
      reclaimer.cut(row, head)
      reclaimer.drop(head)
      row.head = undefined
    } else if (row.settled !== undefined) {
      reclaimer.forget(row.settled)
      row.settled = undefined
    }
  }
}

function createIndex<K, V>(options: TableOptions): RowIndex<K, V> {
  if (options.keys === 'integer') {
    invariant(options.ordered === undefined, 'integer tables are always in order')
    return new IntegerRows<V>() as unknown as RowIndex<K, V>
  }
  const index = options.ordered === 'eager' ? new EagerRows<V>() : new LazyRows<V>()
  return index as unknown as RowIndex<K, V>
}
