import { Row } from '../update.ts'
import type { RowIndex, RowWalk, WalkRange } from './row_index.ts'
import { createTree, type RowTree, walkTree } from './tree.ts'

/**
 * Rows by string in a B+ tree and nothing else: for tables that are read in order, where a second
 * structure for point access would only cost memory. A new key costs one descent.
 */
export class EagerRows<V> implements RowIndex<string, V> {
  readonly #tree: RowTree<V> = createTree<V>()

  get size(): number {
    return this.#tree.size
  }

  find(key: string): Row<string, V> | undefined {
    return this.#tree.get(key)
  }

  findOrAdd(key: string): Row<string, V> {
    // New keys are the common case here, so try to add first: looking first would descend twice.
    const row = new Row<string, V>(key)
    if (this.#tree.set(key, row, false)) return row
    return this.#tree.get(key) as Row<string, V>
  }

  delete(key: string): void {
    this.#tree.delete(key)
  }

  walk(range: WalkRange<string>): RowWalk<string, V> {
    return walkTree(this.#tree, range)
  }

  all(): Iterable<Row<string, V>> {
    return this.#tree.values()
  }
}
