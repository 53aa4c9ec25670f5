import { invariant } from '../../invariant.ts'
import type { Row } from '../update.ts'
import type { RowWalk, WalkRange } from './row_index.ts'

const PAGE_ROWS_MAX = 256

/**
 * Rows by string, in order: a sorted list of pages, each a sorted list of rows.
 *
 * What costs in a large ordered structure is not comparing keys but fetching them: each is an
 * object of its own somewhere in memory, and a binary search among 100,000 touches seventeen. So
 * the first six bytes of every key are kept as a number beside it, in one array per page, and a
 * search reads those; it looks at a key itself only where six bytes do not tell. ("Poor man's
 * normalized keys": Graefe and Larson, B-tree indexes and CPU caches, 2001.)
 *
 * Two levels are enough: with a million rows the list of pages is as long as some thousands, and
 * splicing it, once in a hundred new rows, is a move of some kilobytes.
 */
export class SortedPages<V> {
  readonly #pages: Page<V>[] = []
  /** Of each page, the prefix of its bound. */
  readonly #bounds: number[] = []
  readonly #pageRowsMax: number
  #size = 0

  constructor(pageRowsMax: number = PAGE_ROWS_MAX) {
    invariant(pageRowsMax >= 2, 'half a page is at least a row')
    this.#pageRowsMax = pageRowsMax
  }

  get size(): number {
    return this.#size
  }

  find(key: string): Row<string, V> | undefined {
    const prefix = prefixOf(key)
    const page = this.#pages[this.#pageOf(prefix, key)]
    if (page === undefined) return undefined
    const row = page.rows[page.slotOf(prefix, key)]
    return row !== undefined && row.key === key ? row : undefined
  }

  /** Puts a row where it belongs, unless there is one with its key: then that one is returned. */
  add(row: Row<string, V>): Row<string, V> {
    const { key } = row
    const prefix = prefixOf(key)
    const at = this.#pageOf(prefix, key)
    const page = this.#pages[at]
    if (page === undefined) {
      this.#insertPage(0, new Page<V>('', [prefix], [row]))
    } else {
      const slot = page.slotOf(prefix, key)
      const there = page.rows[slot]
      if (there !== undefined && there.key === key) return there
      page.prefixes.splice(slot, 0, prefix)
      page.rows.splice(slot, 0, row)
      if (page.rows.length > this.#pageRowsMax) this.#split(page, at, slot)
    }
    this.#size++
    return row
  }

  delete(key: string): void {
    const prefix = prefixOf(key)
    const at = this.#pageOf(prefix, key)
    const page = this.#pages[at]
    if (page === undefined) return
    const slot = page.slotOf(prefix, key)
    if (page.rows[slot]?.key !== key) return
    page.prefixes.splice(slot, 1)
    page.rows.splice(slot, 1)
    this.#size--
    // Pages are not joined: what was deleted here is likely to be followed by something like it.
    if (page.rows.length === 0) this.#removePage(at)
  }

  walk(range: WalkRange<string>): RowWalk<string, V> {
    const { from, fromInclusive, to, toInclusive, reverse } = range
    const pages = this.#pages
    if (reverse) {
      const begin = from === undefined ? this.#end() : this.#positionOf(from, fromInclusive)
      const end = to === undefined ? START : this.#positionOf(to, !toInclusive)
      return new DownwardWalk(pages, begin, end)
    }
    const begin = from === undefined ? START : this.#positionOf(from, !fromInclusive)
    const end = to === undefined ? this.#end() : this.#positionOf(to, toInclusive)
    return new UpwardWalk(pages, begin, end)
  }

  *all(): Iterable<Row<string, V>> {
    for (const { rows } of this.#pages) yield* rows
  }

  #end(): Position {
    return { page: this.#pages.length, slot: 0 }
  }

  /** In front of the first row whose key is not less; or, if so asked, of the first greater one. */
  #positionOf(key: string, isBehind: boolean): Position {
    const prefix = prefixOf(key)
    const at = this.#pageOf(prefix, key)
    const page = this.#pages[at]
    if (page === undefined) return START
    const slot = page.slotOf(prefix, key)
    return { page: at, slot: isBehind && page.rows[slot]?.key === key ? slot + 1 : slot }
  }

  /** Which page a key belongs to: the last one whose bound is not greater. */
  #pageOf(prefix: number, key: string): number {
    const bounds = this.#bounds
    let low = 1
    let high = bounds.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const bound = bounds[middle] as number
      const isLater =
        bound === prefix ? (this.#pages[middle] as Page<V>).bound > key : bound > prefix
      if (isLater) high = middle
      else low = middle + 1
    }
    return low - 1
  }

  /** Halves a page; where rows arrive in order, the last page is left full instead. */
  #split(page: Page<V>, at: number, slot: number): void {
    const isAppended = at === this.#pages.length - 1 && slot === page.rows.length - 1
    const half = isAppended ? slot : page.rows.length >>> 1
    const rows = page.rows.splice(half)
    const prefixes = page.prefixes.splice(half)
    this.#insertPage(at + 1, new Page<V>((rows[0] as Row<string, V>).key, prefixes, rows))
  }

  #insertPage(at: number, page: Page<V>): void {
    this.#pages.splice(at, 0, page)
    this.#bounds.splice(at, 0, prefixOf(page.bound))
  }

  #removePage(at: number): void {
    this.#pages.splice(at, 1)
    this.#bounds.splice(at, 1)
    invariant(this.#pages.length === this.#bounds.length, 'each page has its bound')
  }
}

class Page<V> {
  /** No key of this page is less, unless it is the first page; all keys of those before are. */
  readonly bound: string
  readonly prefixes: number[]
  readonly rows: Row<string, V>[]

  constructor(bound: string, prefixes: number[], rows: Row<string, V>[]) {
    this.bound = bound
    this.prefixes = prefixes
    this.rows = rows
  }

  /** Where the first row stands whose key is not less; behind the last one if there is none. */
  slotOf(prefix: number, key: string): number {
    const { prefixes, rows } = this
    let low = 0
    let high = prefixes.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const other = prefixes[middle] as number
      const isLess = other === prefix ? (rows[middle] as Row<string, V>).key < key : other < prefix
      if (isLess) low = middle + 1
      else high = middle
    }
    return low
  }
}

const PREFIX_BYTES = 6

/** The first bytes of a key as a number, in the same order as far as they tell. */
function prefixOf(key: string): number {
  const { length } = key
  const end = length < PREFIX_BYTES ? length : PREFIX_BYTES
  let prefix = 0
  for (let index = 0; index < end; index++) prefix = prefix * 256 + key.charCodeAt(index)
  for (let index = end; index < PREFIX_BYTES; index++) prefix *= 256
  return prefix
}

/** A place between rows: in front of the row in this slot. */
interface Position {
  readonly page: number
  readonly slot: number
}

const START: Position = { page: 0, slot: 0 }

/** No key is looked at on the way: where it ends is found when it begins. */
class UpwardWalk<V> implements RowWalk<string, V> {
  readonly #pages: readonly Page<V>[]
  readonly #end: Position
  #page: number
  #slot: number

  constructor(pages: readonly Page<V>[], begin: Position, end: Position) {
    this.#pages = pages
    this.#page = begin.page
    this.#slot = begin.slot
    this.#end = end
  }

  next(): Row<string, V> | undefined {
    const { page, slot } = this.#end
    while (this.#page <= page) {
      const rows = this.#pages[this.#page]?.rows
      if (rows === undefined) return undefined
      if (this.#slot < (this.#page === page ? slot : rows.length)) return rows[this.#slot++]
      this.#page++
      this.#slot = 0
    }
    return undefined
  }
}

class DownwardWalk<V> implements RowWalk<string, V> {
  readonly #pages: readonly Page<V>[]
  readonly #end: Position
  #page: number
  /** Behind the row to come next. */
  #slot: number

  constructor(pages: readonly Page<V>[], begin: Position, end: Position) {
    this.#pages = pages
    this.#page = begin.page
    this.#slot = begin.slot
    this.#end = end
  }

  next(): Row<string, V> | undefined {
    const { page, slot } = this.#end
    while (this.#page >= page) {
      if (this.#slot > (this.#page === page ? slot : 0)) {
        return this.#pages[this.#page]?.rows[--this.#slot]
      }
      this.#page--
      this.#slot = this.#pages[this.#page]?.rows.length ?? 0
    }
    return undefined
  }
}
