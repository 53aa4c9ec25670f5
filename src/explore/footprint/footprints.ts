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
 *   and a rollback of that key: the order says whether there is a conflict at all. A write and the
 *   *commit* of an earlier one do not depend: either way it is a conflict, unless the snapshot was
 *   taken after the commit, and of that the first rule speaks.
 * - **What has no versions**: reads of the newest commit, and inserts into one collection, whose
 *   record ids, and with them the natural order, go by who comes first.
 * - **A change of the catalog**, or time passing: everything depends on it.
 */
import type { ObservedTable, ScanRange, StorageTransaction } from '../../storage/index.ts'
import type { Thread } from '../schedule_text.ts'

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

/** Keys of one table, by the names they have in every schedule. */
interface TableKeys {
  readonly number: number
  readonly keys: Map<string | number, number>
  /** Record ids that were handed out in the schedule under way, by what stands for them. */
  readonly fresh: Map<number, string>
  readonly isCatalog: boolean
  readonly isIgnored: boolean
}

/** Where the catalog is kept: whoever writes there changes what everybody looks up. */
const CATALOG = '_mdb_catalog'

export class Footprints {
  /** Of the schedule under way, step by step. */
  readonly steps: Footprint[] = []
  /** Whether every snapshot depends on every commit, for levels that ask for real time. */
  readonly #withTime: boolean
  readonly #ignored = new Set<string>()
  /** By name, which a table has in every fork of a store. */
  readonly #tables = new Map<string, TableKeys>()
  readonly #keyOf: (string | number)[] = []
  readonly #tableOf: number[] = []
  readonly #began = new Map<StorageTransaction, Footprint>()
  readonly #wrote = new Map<StorageTransaction, Set<number>>()
  /** How many records each thread has inserted. */
  readonly #inserts = new Map<Thread, number>()
  #thread: Thread = 0
  #current: Footprint = new Footprint()

  constructor(withTime: boolean) {
    this.#withTime = withTime
  }

  /** Nobody can tell what happens to this table: it is each session's own. */
  ignore(table: ObservedTable): void {
    this.#ignored.add(table.name)
  }

  begin(): void {
    this.steps.length = 0
    this.#inserts.clear()
    for (const { fresh } of this.#tables.values()) fresh.clear()
    this.end()
  }

  /** @param isOfServer whether time passes, or a job of the server's own goes on */
  step(thread: Thread, isOfServer: boolean): void {
    this.#thread = thread
    this.#current = new Footprint()
    this.#current.everything = isOfServer
    this.steps.push(this.#current)
  }

  /** What follows belongs to no step. */
  end(): void {
    this.#began.clear()
    this.#wrote.clear()
    this.#current = new Footprint()
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
    const keys = this.#keysOf(table)
    if (keys.isIgnored) return
    const number = this.#number(keys, key)
    if (transaction === undefined) this.#current.seen.add(number)
    else this.#began.get(transaction)?.seen.add(number)
  }

  scanned(
    transaction: StorageTransaction,
    table: ObservedTable,
    { lower, upper }: ScanRange<string | number>,
  ): void {
    const { number, isIgnored } = this.#keysOf(table)
    if (isIgnored) return
    this.#began.get(transaction)?.seenRanges.push({ table: number, lower, upper })
  }

  wrote(transaction: StorageTransaction, table: ObservedTable, key: string | number): void {
    const keys = this.#keysOf(table)
    if (keys.isIgnored) return
    if (keys.isCatalog) this.#current.everything = true
    if (typeof key === 'number' && !keys.fresh.has(key) && table.find(key) === undefined) {
      this.#tookRecordId(keys, key)
    }
    const number = this.#number(keys, key)
    this.#began.get(transaction)?.seen.add(number)
    this.#current.written.add(number)
    const wrote = this.#wrote.get(transaction)
    if (wrote === undefined) this.#wrote.set(transaction, new Set([number]))
    else wrote.add(number)
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

  /**
   * An insert takes the next record id of its table, so two of them do not commute; and since which
   * id it is depends on the schedule, the record goes by whose insert it is.
   */
  #tookRecordId(keys: TableKeys, recordId: number): void {
    this.#current.written.add(this.#number(keys, NEXT_RECORD_ID))
    const nth = (this.#inserts.get(this.#thread) ?? 0) + 1
    this.#inserts.set(this.#thread, nth)
    keys.fresh.set(recordId, `insert ${nth} of ${this.#thread}`)
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
    // A fresh record lies behind all others; how far, the schedule says: so within.
    if (key === FRESH) return true
    return (lower === undefined || key >= lower) && (upper === undefined || key <= upper)
  }

  #number({ number: ofTable, keys, fresh }: TableKeys, key: string | number): number {
    const alias = typeof key === 'number' ? fresh.get(key) : undefined
    const name = alias ?? key
    let number = keys.get(name)
    if (number === undefined) {
      number = this.#keyOf.push(alias === undefined ? key : FRESH) - 1
      this.#tableOf[number] = ofTable
      keys.set(name, number)
    }
    return number
  }

  #keysOf({ name }: ObservedTable): TableKeys {
    let entry = this.#tables.get(name)
    if (entry === undefined) {
      entry = {
        number: this.#tables.size,
        keys: new Map(),
        fresh: new Map(),
        isCatalog: name === CATALOG,
        isIgnored: this.#ignored.has(name),
      }
      this.#tables.set(name, entry)
    }
    return entry
  }
}

/** In place of a key: whatever is committed. */
const ANY_COMMIT = -1
const NEXT_RECORD_ID = -1
/** In place of a record id that differs from schedule to schedule. */
const FRESH = 'fresh'

function intersect(a: ReadonlySet<number>, b: ReadonlySet<number>): boolean {
  const [few, many] = a.size <= b.size ? [a, b] : [b, a]
  for (const number of few) if (many.has(number)) return true
  return false
}

function sameRange(a: KeyRange, b: KeyRange): boolean {
  return a.table === b.table && a.lower === b.lower && a.upper === b.upper
}
