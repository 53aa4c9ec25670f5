import { invariant } from '../../invariant.ts'
import { Row } from '../update.ts'
import type { RowIndex, RowWalk, WalkRange } from './row_index.ts'
import { createTree, type RowTree, walkTree } from './tree.ts'

const BEHIND_AT_MOST = 1_000

/**
 * Rows by string in a map, with a B+ tree beside it from the first time somebody asks for the
 * order. Point access never pays for the tree; rows that came since it was last asked are kept in
 * a list and join it when it is asked again.
 */
export class LazyRows<V> implements RowIndex<string, V> {
  readonly #rows: Map<string, Row<string, V>> = new Map()
  #tree: RowTree<V> | undefined = undefined
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
    if (this.#tree !== undefined) this.#fallBehind(row)
    return row
  }

  delete(key: string): void {
    this.#rows.delete(key)
    this.#tree?.delete(key)
  }

  walk(range: WalkRange<string>): RowWalk<string, V> {
    return walkTree(this.#upToDate(), range)
  }

  all(): Iterable<Row<string, V>> {
    return this.#rows.values()
  }

  #fallBehind(row: Row<string, V>): void {
    this.#behind.push(row)
    // So far behind, a new tree is cheaper, and the list must not keep deleted rows for ever.
    if (this.#behind.length < BEHIND_AT_MOST || this.#behind.length < this.#rows.size) return
    this.#tree = undefined
    this.#behind = []
  }

  #upToDate(): RowTree<V> {
    const tree = this.#tree ?? this.#build()
    if (this.#behind.length === 0) return tree
    for (const row of this.#behind) {
      // It may have been deleted since, and even come back as another row.
      if (this.#rows.get(row.key) === row) tree.set(row.key, row)
    }
    this.#behind = []
    invariant(tree.size === this.#rows.size, 'the tree holds the rows of the map')
    return tree
  }

  #build(): RowTree<V> {
    const tree = createTree<V>()
    const rows = [...this.#rows.values()]
    // In order, every row goes to the last leaf.
    rows.sort((a, b) => (a.key < b.key ? -1 : 1))
    for (const row of rows) tree.set(row.key, row)
    this.#tree = tree
    return tree
  }
}
