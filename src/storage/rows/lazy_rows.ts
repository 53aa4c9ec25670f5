import { invariant } from '../../invariant.ts'
import { Row } from '../update.ts'
import type { RowIndex, RowWalk, WalkRange } from './row_index.ts'
import { SortedPages } from './sorted_pages.ts'

const BEHIND_AT_MOST = 1_000

/**
 * Rows by string in a map, with sorted pages beside it from the first time somebody asks for the
 * order. Point access never pays for them; rows that came since they were last asked are kept in a
 * list and join them when they are asked again.
 */
export class LazyRows<V> implements RowIndex<string, V> {
  readonly #rows: Map<string, Row<string, V>> = new Map()
  #sorted: SortedPages<V> | undefined = undefined
  #behind: Row<string, V>[] = []

  get size(): number {
    return this.#rows.size
  }

  find(key: string): Row<string, V> | undefined {
    return this.#rows.get(key)
  }

  findOrAdd(key: string): Row<string, V> {
    const found = this.#rows.get(key)
    if (found !== undefined) return found
    const row = new Row<string, V>(key)
    this.#rows.set(key, row)
    if (this.#sorted !== undefined) this.#fallBehind(row)
    return row
  }

  delete(key: string): void {
    this.#rows.delete(key)
    this.#sorted?.delete(key)
  }

  walk(range: WalkRange<string>): RowWalk<string, V> {
    return this.#upToDate().walk(range)
  }

  all(): Iterable<Row<string, V>> {
    return this.#rows.values()
  }

  #fallBehind(row: Row<string, V>): void {
    this.#behind.push(row)
    // So far behind, sorting anew is cheaper, and the list must not keep deleted rows for ever.
    if (this.#behind.length < BEHIND_AT_MOST || this.#behind.length < this.#rows.size) return
    this.#sorted = undefined
    this.#behind = []
  }

  #upToDate(): SortedPages<V> {
    const sorted = this.#sorted ?? this.#build()
    if (this.#behind.length === 0) return sorted
    for (const row of this.#behind) {
      // It may have been deleted since, and even come back as another row.
      if (this.#rows.get(row.key) === row) sorted.add(row)
    }
    this.#behind = []
    invariant(sorted.size === this.#rows.size, 'both hold the same rows')
    return sorted
  }

  #build(): SortedPages<V> {
    const sorted = new SortedPages<V>()
    const rows = [...this.#rows.values()]
    // In order, every row goes to the last page.
    rows.sort((a, b) => (a.key < b.key ? -1 : 1))
    for (const row of rows) sorted.add(row)
    this.#sorted = sorted
    return sorted
  }
}
