import { invariant } from '../../invariant.ts'
import { Row } from '../update.ts'
import type { RowIndex, RowWalk, WalkRange } from './row_index.ts'

const PAGE_BITS = 8
/** Neighbouring keys share a page: 2^8 rows, one array. */
const PAGE_ROWS = 1 << PAGE_BITS

class Page<V> {
  readonly number: number
  readonly rows: (Row<number, V> | undefined)[]
  count = 0

  constructor(number: number) {
    this.number = number
    this.rows = new Array<Row<number, V> | undefined>(PAGE_ROWS).fill(undefined)
  }
}

/**
 * Rows by integer, as a record store needs them: ids are handed out in order, so nearly every new
 * row goes to the last page. Pages are listed in order. As long as there are no gaps between them
 * the place of a page follows from its number; else it is searched for. A page in the middle costs
 * a splice of the list, which only keys out of order ever pay.
 */
export class IntegerRows<V> implements RowIndex<number, V> {
  readonly #order: Page<V>[] = []
  #size = 0

  get size(): number {
    return this.#size
  }

  find(key: number): Row<number, V> | undefined {
    const page = this.#page(pageOf(key))
    return page === undefined ? undefined : page.rows[slotOf(key)]
  }

  findOrAdd(key: number): Row<number, V> {
    invariant(Number.isSafeInteger(key) && key >= 0, 'an integer key is a natural number')
    const number = pageOf(key)
    const page = this.#page(number) ?? this.#addPage(number)
    const slot = slotOf(key)
    const found = page.rows[slot]
    if (found !== undefined) return found
    const row = new Row<number, V>(key)
    page.rows[slot] = row
    page.count++
    this.#size++
    return row
  }

  delete(key: number): void {
    const page = this.#page(pageOf(key))
    const slot = slotOf(key)
    if (page === undefined || page.rows[slot] === undefined) return
    page.rows[slot] = undefined
    page.count--
    this.#size--
    invariant(page.count >= 0 && this.#size >= 0, 'a row is deleted once')
    if (page.count === 0) this.#removePage(page)
  }

  walk(range: WalkRange<number>): RowWalk<number, V> {
    const { from, fromInclusive, reverse } = range
    const step = reverse ? -1 : 1
    const firstSlot = reverse ? PAGE_ROWS - 1 : 0
    if (from === undefined) {
      const position = reverse ? this.#order.length - 1 : 0
      return new PageWalk(this.#order, position, firstSlot, range)
    }
    const number = pageOf(from)
    const position = this.#positionOf(number)
    if (this.#order[position]?.number === number) {
      return new PageWalk(this.#order, position, slotOf(from) + (fromInclusive ? 0 : step), range)
    }
    // No such page: begin with the neighbour on the side that the walk goes to.
    return new PageWalk(this.#order, reverse ? position - 1 : position, firstSlot, range)
  }

  *all(): Iterable<Row<number, V>> {
    for (const page of this.#order) {
      for (const row of page.rows) if (row !== undefined) yield row
    }
  }

  #page(number: number): Page<V> | undefined {
    const order = this.#order
    const first = order[0]
    if (first === undefined || number < first.number) return undefined
    const expected = order[number - first.number]
    if (expected !== undefined && expected.number === number) return expected
    const found = order[this.#positionOf(number)]
    return found !== undefined && found.number === number ? found : undefined
  }

  #addPage(number: number): Page<V> {
    const page = new Page<V>(number)
    const order = this.#order
    const last = order[order.length - 1]
    if (last === undefined || last.number < number) order.push(page)
    else order.splice(this.#positionOf(number), 0, page)
    return page
  }

  #removePage(page: Page<V>): void {
    const position = this.#positionOf(page.number)
    invariant(this.#order[position] === page, 'a page stands where its number belongs')
    this.#order.splice(position, 1)
  }

  /** Where in the list the page of this number is, or would be. */
  #positionOf(number: number): number {
    const order = this.#order
    let low = 0
    let high = order.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((order[middle] as Page<V>).number < number) low = middle + 1
      else high = middle
    }
    return low
  }
}

class PageWalk<V> implements RowWalk<number, V> {
  readonly #order: readonly Page<V>[]
  #position: number
  #slot: number
  readonly #step: number
  /** The first whole number that is not to be visited. */
  readonly #end: number

  constructor(order: readonly Page<V>[], position: number, slot: number, range: WalkRange<number>) {
    const { to, toInclusive, reverse } = range
    this.#order = order
    this.#position = position
    this.#slot = slot
    this.#step = reverse ? -1 : 1
    if (to === undefined) this.#end = reverse ? -1 : Number.POSITIVE_INFINITY
    else this.#end = toInclusive ? to + this.#step : to
  }

  next(): Row<number, V> | undefined {
    const step = this.#step
    for (;;) {
      const page = this.#order[this.#position]
      if (page === undefined) return undefined
      const rows = page.rows
      let slot = this.#slot
      while (slot >= 0 && slot < PAGE_ROWS) {
        const row = rows[slot]
        slot += step
        if (row === undefined) continue
        if (step > 0 ? row.key >= this.#end : row.key <= this.#end) return undefined
        this.#slot = slot
        return row
      }
      this.#position += step
      this.#slot = step > 0 ? 0 : PAGE_ROWS - 1
    }
  }
}

/** Keys may exceed 32 bits, so no shift here. */
function pageOf(key: number): number {
  return Math.floor(key / PAGE_ROWS)
}

function slotOf(key: number): number {
  return key % PAGE_ROWS
}
