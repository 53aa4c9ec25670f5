import * as sortedBTree from 'sorted-btree'
import type { Row } from '../update.ts'
import { isPast, type RowWalk, type WalkRange } from './row_index.ts'

/** The part of the B+ tree of the `sorted-btree` package that we use. */
export interface RowTree<V> {
  readonly size: number
  get(key: string): Row<string, V> | undefined
  set(key: string, row: Row<string, V>, overwrite?: boolean): boolean
  delete(key: string): boolean
  values(): Iterable<Row<string, V>>
  minKey(): string | undefined
  maxKey(): string | undefined
  forRange(
    low: string,
    high: string,
    includeHigh: boolean,
    onFound: (key: string, row: Row<string, V>) => { readonly break: number } | undefined,
  ): unknown
  entriesReversed(
    from: string | undefined,
    reused: unknown[],
    skipHighest?: boolean,
  ): Iterator<readonly [string, Row<string, V>]>
}

type TreeConstructor = new <V>(
  entries: undefined,
  compare: (a: string, b: string) => number,
  maxNodeSize: number,
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

/** Larger nodes than the package's 32 make random access to 100,000 rows a quarter faster. */
const NODE_KEYS = 128

export function createTree<V>(): RowTree<V> {
  return new BTree<V>(undefined, compareKeys, NODE_KEYS)
}

/**
 * How many rows the first reach into the tree takes out, and at most. Each is twice the one
 * before.
 */
const BATCH_FIRST = 64
const BATCH_MOST = 256
/** What makes the package end a range early. */
const ENOUGH = { break: 0 }

/** A walk through a tree: upwards in batches, which is several times as fast as row by row. */
export function walkTree<V>(tree: RowTree<V>, range: WalkRange<string>): RowWalk<string, V> {
  return range.reverse ? new DownwardWalk(tree, range) : new UpwardWalk(tree, range)
}

class UpwardWalk<V> implements RowWalk<string, V> {
  readonly #tree: RowTree<V>
  readonly #to: string | undefined
  readonly #toInclusive: boolean
  #from: string | undefined
  #fromInclusive: boolean
  #batch: Row<string, V>[] = []
  #position = 0
  #batchSize = BATCH_FIRST
  #isLast = false

  constructor(tree: RowTree<V>, range: WalkRange<string>) {
    this.#tree = tree
    this.#from = range.from ?? tree.minKey()
    this.#fromInclusive = range.from === undefined || range.fromInclusive
    this.#to = range.to ?? tree.maxKey()
    this.#toInclusive = range.to === undefined || range.toInclusive
  }

  next(): Row<string, V> | undefined {
    if (this.#position === this.#batch.length) this.#takeNext()
    return this.#batch[this.#position++]
  }

  #takeNext(): void {
    const batch: Row<string, V>[] = []
    const from = this.#from
    const to = this.#to
    this.#batch = batch
    this.#position = 0
    if (this.#isLast || from === undefined || to === undefined || from > to) return
    const size = this.#batchSize
    this.#tree.forRange(from, to, this.#toInclusive, (_, row) =>
      batch.push(row) === size ? ENOUGH : undefined,
    )
    this.#isLast = batch.length < size
    if (!this.#fromInclusive && batch[0]?.key === from) this.#position = 1
    this.#from = batch[batch.length - 1]?.key
    this.#fromInclusive = false
    this.#batchSize = Math.min(size * 2, BATCH_MOST)
    // A batch of nothing but the row to be skipped says nothing about what follows.
    if (this.#position === batch.length) this.#takeNext()
  }
}

/** The package has batches upwards only; downwards there is its iterator. */
class DownwardWalk<V> implements RowWalk<string, V> {
  readonly #iterator: Iterator<readonly [string, Row<string, V>]>
  readonly #range: WalkRange<string>

  constructor(tree: RowTree<V>, range: WalkRange<string>) {
    const { from, fromInclusive } = range
    this.#range = range
    this.#iterator = tree.entriesReversed(from, [], from !== undefined && !fromInclusive)
  }

  next(): Row<string, V> | undefined {
    const step = this.#iterator.next()
    if (step.done === true) return undefined
    const row = step.value[1]
    return isPast(row.key, this.#range) ? undefined : row
  }
}
