import { Timestamp } from 'bson'
import type { Document } from '../../bson/index.ts'
import { type Clock, WaitQueue } from '../../sim/index.ts'
import type { StorageTransaction } from '../../storage/index.ts'
import type { Collection } from '../catalog/collection.ts'
import { isInternalDatabase, type Namespace } from '../catalog/namespace.ts'
import { ServerError } from '../errors.ts'
import type { LogicalTime } from '../logical_time.ts'
import type { CatalogChange, Change, LoggedChange, TransactionName } from './change.ts'

export type { TransactionName } from './change.ts'

/** So many changes are kept at least; the oldest go once there are twice as many. */
const KEPT_MIN = 50_000

/** What an update did, as far as an event shows it. */
export type UpdateDone = Omit<Extract<Change, { kind: 'update' }>, 'kind' | 'collection'>

/**
 * The changes of one store, in the order of their commits, from the first change stream on. Writes
 * ask `isOn`, and while it is off that is all they do.
 *
 * What a storage transaction changes waits beside it, and is let in when it commits; of one that
 * rolls back nothing remains.
 */
export class ChangeLog {
  /** Whether anybody ever watched. */
  isOn = false
  /** Told whenever there is something new. */
  readonly arrived: WaitQueue = new WaitQueue('change')
  readonly #clock: Clock
  readonly #time: LogicalTime
  #entries: LoggedChange[] = []
  /** Number of the first that is kept; numbers go on when old ones go. */
  #first = 0
  /** Number of the first since the store went back to a save; streams go on from there. */
  #restart = 0
  /** Nothing that happened after it is missing; what happened at it is not there. */
  #since: Timestamp | undefined = undefined
  readonly #waiting = new WeakMap<StorageTransaction, Change[]>()

  constructor(clock: Clock, time: LogicalTime) {
    this.#clock = clock
    this.#time = time
  }

  /**
   * From here on changes are kept. Time moves on, as it does when a set writes that nothing
   * happened, so that a time which anybody learns from now on is one that is covered.
   */
  start(): void {
    if (this.isOn) return
    this.isOn = true
    this.#begin()
  }

  #begin(): void {
    this.#since = this.#time.lastChange()
    this.#time.reach(tickAfter(this.#since))
  }

  /**
   * The store went back to a save: what was kept did not happen.
   *
   * @param watched whether anybody still watches; else it is off again
   */
  restart(watched: boolean): void {
    this.isOn = watched
    this.#first += this.#entries.length
    this.#restart = this.#first
    this.#entries = []
    if (watched) this.#begin()
    else this.#since = undefined
  }

  inserted(storage: StorageTransaction, collection: Collection, after: Document): void {
    this.#note(storage, collection, { kind: 'insert', collection, after })
  }

  updated(storage: StorageTransaction, collection: Collection, done: UpdateDone): void {
    this.#note(storage, collection, { kind: 'update', collection, ...done })
  }

  deleted(storage: StorageTransaction, collection: Collection, before: Document): void {
    this.#note(storage, collection, { kind: 'delete', collection, before })
  }

  /** A storage transaction has committed. */
  committed(storage: StorageTransaction, transaction?: TransactionName): void {
    const changes = this.#waiting.get(storage)
    if (changes === undefined) return
    this.#waiting.delete(storage)
    for (const change of changes) this.#add(change, transaction)
    this.arrived.notifyAll()
  }

  /** A change of the catalog has committed. */
  happened(change: CatalogChange, transaction?: TransactionName): void {
    if (!this.isOn || !isWatched(change.ns)) return
    this.#add(change, transaction)
    this.arrived.notifyAll()
  }

  // ---- reading ----

  /** The number from which on a reader goes on who stood before a restart. */
  onFrom(number: number): number {
    return Math.max(number, this.#restart)
  }

  /** The number after the last one. */
  get end(): number {
    return this.#first + this.#entries.length
  }

  /**
   * @returns nothing where there is none of that number yet
   * @throws ServerError 286 for one that is gone
   */
  at(number: number): LoggedChange | undefined {
    if (number < this.#first) throw historyLost()
    return this.#entries[number - this.#first]
  }

  /**
   * The number of the first change at or after a time.
   *
   * @throws ServerError 286 where nobody knows what happened since
   */
  from(time: Timestamp): number {
    if (this.#since === undefined || time.compare(this.#since) <= 0) throw historyLost()
    let low = 0
    let high = this.#entries.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#entries[middle]!.time.compare(time) < 0) low = middle + 1
      else high = middle
    }
    return this.#first + low
  }

  /** The number of the change at this very place. @throws ServerError 286 */
  find(time: Timestamp, index: number): number | undefined {
    for (let number = this.from(time); ; number++) {
      const entry = this.at(number)
      if (entry === undefined || !entry.time.equals(time)) return undefined
      if (entry.index === index) return number
    }
  }

  /** The cluster time up to which everything is in the log. */
  get reached(): Timestamp {
    return this.#time.lastWrite()
  }

  #note(storage: StorageTransaction, { ns }: Collection, change: Change): void {
    if (!isWatched(ns)) return
    const before = this.#waiting.get(storage)
    if (before === undefined) this.#waiting.set(storage, [change])
    else before.push(change)
  }

  #add(change: Change, transaction: TransactionName | undefined): void {
    const time = this.#time.lastWrite()
    const last = this.#entries.at(-1)
    const index = last?.time.equals(time) ? last.index + 1 : 0
    const wallMs = Math.floor(this.#clock.now())
    this.#entries.push({ change, time, index, wallMs, transaction })
    if (this.#entries.length >= 2 * KEPT_MIN) this.#forgetOld()
  }

  #forgetOld(): void {
    const kept = this.#entries.slice(-KEPT_MIN)
    this.#first += this.#entries.length - kept.length
    this.#since = this.#entries.at(-kept.length - 1)!.time
    this.#entries = kept
  }
}

/** The least time after another. */
export function tickAfter({ t, i }: Timestamp): Timestamp {
  return new Timestamp({ t, i: i + 1 })
}

/** The server's own databases and collections change as well, and no stream shows it. */
function isWatched({ db, coll }: Namespace): boolean {
  return !isInternalDatabase(db) && !coll.startsWith('system.')
}

/** Source: document_source_change_stream_oplog_match.cpp, document_source_cursor (8.0). */
function historyLost(): ServerError {
  return new ServerError(
    'ChangeStreamHistoryLost',
    'Resume of change stream was not possible, as the resume point may no longer be in the oplog.',
  )
}
