import { invariant } from '../invariant.ts'
import type { StoreContext } from './context.ts'
import { committedValue, Journal } from './journal.ts'
import type { Table } from './table.ts'

type AnyTable = Table<string | number, unknown>

/** A moment that can be gone back to. */
class Moment {
  /** The tables that the store had. */
  readonly tables: readonly AnyTable[]
  /** What differs here from the neighbour towards the present. */
  difference: Journal = new Journal()
  /** The neighbour towards the present; undefined for the moment that is next to it. */
  towards: Moment | undefined = undefined
  /** The moments whose way to the present leads through this one. */
  readonly from: Set<Moment> = new Set()
  /** How many save points name it. */
  handles = 0

  constructor(tables: readonly AnyTable[]) {
    this.tables = tables
  }
}

/** What `Store.save` hands out. Dropping it is enough; `release` frees what it keeps at once. */
export class SavePoint {
  #moment: Moment | undefined
  readonly #saves: Saves

  /** Made by `Store.save`. */
  constructor(saves: Saves, moment: Moment) {
    this.#saves = saves
    this.#moment = moment
  }

  /** After this it can't be restored. Releasing again changes nothing. */
  release(): void {
    const moment = this.#moment
    if (moment === undefined) return
    this.#moment = undefined
    this.#saves.release(this, moment)
  }

  /** For `Saves`: the moment, unless the save point was released or belongs to another store. */
  momentIn(saves: Saves): Moment {
    invariant(this.#saves === saves, 'a save point is restored in its own store')
    invariant(this.#moment !== undefined, 'a released save point is not restored')
    return this.#moment
  }
}

/**
 * The saved moments of a store, and the way back to each.
 *
 * The moments form a tree whose root is the present. Each knows how it differs from its neighbour
 * towards the root; only the one next to the present grows, as the journal of what is being
 * written.
 *
 *     A --{x: 1}--> B --{y: 2, z: none}--> present        "at B, y was 2 and z was not there"
 *
 * Going back to A undoes B's difference, then A's, and turns the edge between them round, so that
 * B can still be reached from the new present. A moment that nobody names any more is joined with
 * its only neighbour, so save points taken and dropped in a loop leave nothing behind. (The idea
 * is Baker's, for persistent arrays.)
 */
export class Saves {
  readonly #context: StoreContext
  /** The moment next to the present: its difference is the journal. */
  #nearest: Moment | undefined = undefined
  /** A save point that was dropped without `release`. */
  readonly #dropped: FinalizationRegistry<Moment> = new FinalizationRegistry((moment) => {
    this.#unname(moment)
  })

  constructor(context: StoreContext) {
    this.#context = context
  }

  save(tables: readonly AnyTable[]): SavePoint {
    let moment = this.#nearest
    if (moment === undefined || !moment.difference.isEmpty || differ(moment.tables, tables)) {
      moment = new Moment(tables)
      if (this.#nearest !== undefined) link(this.#nearest, moment)
      this.#becomeNearest(moment)
    }
    moment.handles++
    const point = new SavePoint(this, moment)
    this.#dropped.register(point, moment, point)
    return point
  }

  /**
   * Puts every row back to what it held then; returns the tables of then. No transaction is open.
   */
  restore(point: SavePoint): readonly AnyTable[] {
    const target = point.momentIn(this)
    const path: Moment[] = []
    for (let at: Moment | undefined = target; at !== undefined; at = at.towards) path.push(at)
    const nearest = path.pop() as Moment
    invariant(nearest === this.#nearest, 'every way leads to the present')
    // The present itself was not saved: what it differed by is forgotten.
    this.#context.journal = undefined
    this.#apply(nearest.difference)
    nearest.difference.clear()
    let here = nearest
    const passed: Moment[] = []
    for (let moment = path.pop(); moment !== undefined; moment = path.pop()) {
      const wayBack = this.#apply(moment.difference)
      moment.towards = undefined
      here.from.delete(moment)
      here.difference = wayBack
      link(here, moment)
      moment.difference = new Journal()
      passed.push(here)
      here = moment
    }
    invariant(here === target && target.towards === undefined, 'the target is next to the present')
    this.#becomeNearest(target)
    // Moments on the way that nobody names may now have one neighbour only.
    for (const moment of passed) this.#joinIfUnnamed(moment)
    return target.tables
  }

  /** How many moments are kept. */
  get momentCount(): number {
    const below = (moment: Moment): number => {
      let count = 1
      for (const dependent of moment.from) count += below(dependent)
      return count
    }
    return this.#nearest === undefined ? 0 : below(this.#nearest)
  }

  release(point: SavePoint, moment: Moment): void {
    this.#dropped.unregister(point)
    this.#unname(moment)
  }

  #unname(moment: Moment): void {
    invariant(moment.handles > 0, 'a save point is released once')
    moment.handles--
    this.#joinIfUnnamed(moment)
  }

  #joinIfUnnamed(moment: Moment): void {
    if (moment.handles > 0 || moment.from.size > 1) return
    const towards = moment.towards
    for (const dependent of moment.from) {
      // The dependent's own values win: they are the older ones.
      for (const [table, key, value] of dependent.difference.entries()) {
        moment.difference.set(table, key, value)
      }
      dependent.difference = moment.difference
      dependent.towards = undefined
      if (towards === undefined) this.#becomeNearest(dependent)
      else link(dependent, towards)
    }
    if (towards === undefined) {
      if (moment.from.size === 0) this.#becomeNearest(undefined)
      return
    }
    towards.from.delete(moment)
    this.#joinIfUnnamed(towards)
  }

  #becomeNearest(moment: Moment | undefined): void {
    this.#nearest = moment
    this.#context.journal = moment?.difference
  }

  /** Writes the noted values into the tables; returns the values that were there. */
  #apply(difference: Journal): Journal {
    const replaced = new Journal()
    for (const [table, key, value] of difference.entries()) {
      const row = table.find(key)
      replaced.set(table, key, row === undefined ? undefined : committedValue(row))
      table.reset(key, value)
    }
    return replaced
  }
}

function differ(a: readonly AnyTable[], b: readonly AnyTable[]): boolean {
  return a.length !== b.length || a.some((table, position) => table !== b[position])
}

function link(moment: Moment, towards: Moment): void {
  invariant(moment.towards === undefined, 'a moment has one way to the present')
  moment.towards = towards
  towards.from.add(moment)
}
