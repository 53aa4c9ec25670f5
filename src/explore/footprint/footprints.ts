/**
 * What each step of a schedule touched, so that a strategy can tell which steps depend on each
 * other.
 *
 * Two steps of different threads depend on each other where their order can be told:
 *
 * - **A snapshot and a commit.** What a transaction reads is decided when its snapshot is taken, at
 *   its first statement; so that step depends on every commit of what the transaction reads or
 *   writes *later*. Its reads themselves depend on nobody. What it scanned is a range, on which
 *   every commit of a key within depends.
 * - **Two writes of one key.** Whoever comes first wins, the other one meets a conflict. A write
 *   and
 *   a rollback of that key: the order says whether there is a conflict at all. A write and the
 *   *commit* of an earlier one do not depend: either way it is a conflict, unless the snapshot was
 *   taken after the commit, and of that the first rule speaks.
 * - **What has no versions**: reads of the newest commit, and inserts into one collection, whose
 *   record ids, and with them the natural order, go by who comes first.
 * - **A change of the catalog**, or time passing: everything depends on it.
 */
import type { ObservedTable, ScanRange, StorageTransaction } from '../../storage/index.ts'

/** A range of keys of one table; bounds belong to it, which makes it larger rather than smaller. */
export interface KeyRange {
  readonly table: number
  readonly lower: string | number | undefined
  readonly upper: string | number | undefined
}

/** One step. Keys are numbers given to each key of each table when it is first seen. */
export class Footprint {
  /** Depends on everything. */
  everything = false
  /** Read or written by transactions that took their snapshot in this step, until their end. */
  readonly seen: Set<number> = new Set()
  readonly seenRanges: KeyRange[] = []
  readonly written: Set<number> = new Set()
  readonly committed: Set<number> = new Set()
  readonly rolledBack: Set<number> = new Set()

  /** Takes in another one: what either touches. */
  add(other: Footprint): void {
    if (other.everything) this.everything = true
    for (const key of other.seen) this.seen.add(key)
    for (const range of other.seenRanges) {
      if (!this.seenRanges.some((known) => sameRange(known, range))) this.seenRanges.push(range)
    }
    for (const key of other.written) this.written.add(key)
    for (const key of other.committed) this.committed.add(key)
    for (const key of other.rolledBack) this.rolledBack.add(key)
  }
}

export class Footprints {
  /** Of the schedule under way, step by step. */
  readonly steps: Footprint[] = []
  /** Whether every snapshot depends on every commit, for levels that ask for real time. */
  readonly #withTime: boolean
  readonly #tables = new Map<
    ObservedTable,
    { number: number; keys: Map<string | number, number> }
  >()
  readonly #keyOf: (string | number)[] = []
  readonly #tableOf: number[] = []
  readonly #began = new Map<StorageTransaction, Footprint>()
  readonly #wrote = new Map<StorageTransaction, Set<number>>()
  #current: Footprint = new Footprint()

  constructor(withTime: boolean) {
    this.#withTime = withTime
  }

  begin(): void {
    this.steps.length = 0
    this.#began.clear()
    this.#wrote.clear()
    this.#current = new Footprint()
  }

  /** A step begins; what comes before the first one belongs to nobody. */
  /** @param isOfServer whether time passes, or a job of the server's own goes on */
  step(isOfServer: boolean): void {
    this.#current = new Footprint()
    this.#current.everything = isOfServer
    this.steps.push(this.#current)
  }

  /** The step under way can't be told apart from anything. */
  noteEverything(): void {
    this.#current.everything = true
  }

  began(transaction: StorageTransaction): void {
    this.#began.set(transaction, this.#current)
    if (this.#withTime) this.#current.seen.add(ANY_COMMIT)
  }

  read(
    transaction: StorageTransaction | undefined,
    table: ObservedTable,
    key: string | number,
  ): void {
    const number = this.#number(table, key)
    if (transaction === undefined) this.#current.seen.add(number)
    else this.#began.get(transaction)?.seen.add(number)
  }

  scanned(
    transaction: StorageTransaction,
    table: ObservedTable,
    { lower, upper }: ScanRange<string | number>,
  ): void {
    const range: KeyRange = { table: this.#tableNumber(table), lower, upper }
    this.#began.get(transaction)?.seenRanges.push(range)
  }

  wrote(transaction: StorageTransaction, table: ObservedTable, key: string | number): void {
    const number = this.#number(table, key)
    this.#began.get(transaction)?.seen.add(number)
    this.#current.written.add(number)
    const wrote = this.#wrote.get(transaction)
    if (wrote === undefined) this.#wrote.set(transaction, new Set([number]))
    else wrote.add(number)
  }

  /** An insert takes the next record id of its table. */
  tookRecordId(table: ObservedTable): void {
    this.#current.written.add(this.#number(table, NEXT_RECORD_ID))
  }

  committed(transaction: StorageTransaction): void {
    const wrote = this.#wrote.get(transaction)
    if (wrote === undefined) return
    for (const number of wrote) this.#current.committed.add(number)
    if (this.#withTime) this.#current.committed.add(ANY_COMMIT)
  }

  rolledBack(transaction: StorageTransaction): void {
    const wrote = this.#wrote.get(transaction)
    if (wrote !== undefined) for (const number of wrote) this.#current.rolledBack.add(number)
  }

  /** Whether the order of two steps of different threads can be told. */
  depend(a: Footprint, b: Footprint): boolean {
    if (a.everything || b.everything) return true
    return (
      intersect(a.written, b.written) ||
      intersect(a.written, b.rolledBack) ||
      intersect(b.written, a.rolledBack) ||
      this.#sees(a, b.committed) ||
      this.#sees(b, a.committed)
    )
  }

  #sees(reader: Footprint, committed: ReadonlySet<number>): boolean {
    if (committed.size === 0) return false
    if (intersect(reader.seen, committed)) return true
    for (const range of reader.seenRanges) {
      for (const number of committed) if (this.#isWithin(number, range)) return true
    }
    return false
  }

  #isWithin(number: number, { table, lower, upper }: KeyRange): boolean {
    if (this.#tableOf[number] !== table) return false
    const key = this.#keyOf[number]!
    return (lower === undefined || key >= lower) && (upper === undefined || key <= upper)
  }

  #tableNumber(table: ObservedTable): number {
    return this.#tableEntry(table).number
  }

  #number(table: ObservedTable, key: string | number): number {
    const { number: ofTable, keys } = this.#tableEntry(table)
    let number = keys.get(key)
    if (number === undefined) {
      number = this.#keyOf.push(key) - 1
      this.#tableOf[number] = ofTable
      keys.set(key, number)
    }
    return number
  }

  #tableEntry(table: ObservedTable): { number: number; keys: Map<string | number, number> } {
    let entry = this.#tables.get(table)
    if (entry === undefined) {
      entry = { number: this.#tables.size, keys: new Map() }
      this.#tables.set(table, entry)
    }
    return entry
  }
}

/** In place of a key: whatever is committed. */
const ANY_COMMIT = -1
const NEXT_RECORD_ID = -1

function intersect(a: ReadonlySet<number>, b: ReadonlySet<number>): boolean {
  const [few, many] = a.size <= b.size ? [a, b] : [b, a]
  for (const number of few) if (many.has(number)) return true
  return false
}

function sameRange(a: KeyRange, b: KeyRange): boolean {
  return a.table === b.table && a.lower === b.lower && a.upper === b.upper
}
