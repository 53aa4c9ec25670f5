import * as sortedBTree from 'sorted-btree'
import type { Row } from '../update.ts'
import type { RowWalk, WalkStart } from './row_index.ts'

/** The part of the B+ tree of the `sorted-btree` package that we use. */
export interface RowTree<V> {
  readonly size: number
  get(key: string): Row<string, V> | undefined
  set(key: string, row: Row<string, V>, overwrite?: boolean): boolean
  delete(key: string): boolean
  values(): Iterable<Row<string, V>>
  entries(from: string | undefined, reused: unknown[]): Iterator<readonly [string, Row<string, V>]>
  entriesReversed(
    from: string | undefined,
    reused: unknown[],
    skipHighest?: boolean,
  ): Iterator<readonly [string, Row<string, V>]>
}

type TreeConstructor = new <V>(
  entries: undefined,
  compare: (a: string, b: string) => number,
) => RowTree<V>

/** The package is CommonJS: loaders differ in how many `default`s they put before the class. */
function treeConstructor(): TreeConstructor {
  let candidate: unknown = sortedBTree
  while (typeof candidate !== 'function') candidate = (candidate as { default: unknown }).default
  return candidate as TreeConstructor
}

const BTree: TreeConstructor = treeConstructor()

/** Keys hold one byte a character, so the order of strings is the order of bytes. */
function compareKeys(a: string, b: string): number {
  return a < b ? -1 : a === b ? 0 : 1
}

export function createTree<V>(): RowTree<V> {
  return new BTree<V>(undefined, compareKeys)
}

/** Walks a tree through the package's iterator, which holds until the tree changes. */
export class TreeWalk<V> implements RowWalk<string, V> {
  readonly #iterator: Iterator<readonly [string, Row<string, V>]>
  #skipKey: string | undefined

  constructor(tree: RowTree<V>, start: WalkStart<string>) {
    const { from, inclusive, reverse } = start
    const reused: unknown[] = []
    this.#iterator = reverse
      ? tree.entriesReversed(from, reused, from !== undefined && !inclusive)
      : tree.entries(from, reused)
    this.#skipKey = reverse || inclusive ? undefined : from
  }

  next(): Row<string, V> | undefined {
    const step = this.#iterator.next()
    if (step.done === true) return undefined
    const row = step.value[1]
    if (this.#skipKey === undefined) return row
    const skip = row.key === this.#skipKey
    this.#skipKey = undefined
    return skip ? this.next() : row
  }
}
