import { Row } from '../update.ts'
import type { RowIndex, RowWalk, WalkRange } from './row_index.ts'
import { SortedPages } from './sorted_pages.ts'

/**
 * Rows by string in sorted pages and nothing else: for tables that are read in order, where a
 * second structure for point access would only cost memory. A new key costs one search.
 */
export class EagerRows<V> implements RowIndex<string, V> {
  readonly #pages: SortedPages<V> = new SortedPages()

  get size(): number {
    return this.#pages.size
  }

  find(key: string): Row<string, V> | undefined {
    return this.#pages.find(key)
  }

  findOrAdd(key: string): Row<string, V> {
    // New keys are the common case here, so try to add first: looking first would search twice.
    return this.#pages.add(new Row<string, V>(key))
  }

  delete(key: string): void {
    this.#pages.delete(key)
  }

  walk(range: WalkRange<string>): RowWalk<string, V> {
    return this.#pages.walk(range)
  }

  all(): Iterable<Row<string, V>> {
    return this.#pages.all()
  }
}
