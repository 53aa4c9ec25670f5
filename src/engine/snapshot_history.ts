import { Timestamp } from 'bson'
import type { Clock, Timer } from '../sim/index.ts'
import type { BeginOptions, HeldSnapshot, StorageTransaction, Store } from '../storage/index.ts'
import { ServerError } from './errors.ts'
import { type LogicalTime, NOOP_AFTER_SECS } from './logical_time.ts'
import type { Parameters } from './parameters.ts'

const BEGINNING = new Timestamp({ t: 0, i: 0 })

/** The store from one write on, up to the next one. */
interface Moment {
  readonly since: Timestamp
  readonly held: HeldSnapshot
}

/**
 * What reads at a cluster time of the past are answered from.
 *
 * MongoDB keeps the history of the last `minSnapshotHistoryWindowInSeconds`, whether anybody asks
 * for it or not. Here it begins with the first read that does (`readConcern: snapshot` outside of
 * transactions, or `atClusterTime`), and ends when nobody did for longer than a window; so a store
 * that is never asked keeps no old version. While it lasts, each commit takes a time, and the
 * moment is held under it:
 *
 *     since    (10, 1)    (10, 2)    (14, 1)      a read at (12, 5) sees the second moment
 *              ------     ------     ------>
 *
 * A moment is a pinned snapshot: it costs what was overwritten since, and nothing where nothing
 * was. It goes once the whole of it is older than the window.
 * Source: `WiredTigerKVEngine::_calculateHistoryLagFromStableTimestamp`, storage_parameters.idl
 */
export class SnapshotHistory {
  readonly #clock: Clock
  readonly #store: Store
  readonly #time: LogicalTime
  readonly #parameters: Parameters
  /** The oldest first; empty while nobody asks. Those before `#first` have gone. */
  #moments: (Moment | undefined)[] = []
  #first = 0
  #lastAskedUs = 0
  #timer: Timer | undefined = undefined

  constructor(parts: {
    readonly clock: Clock
    readonly store: Store
    readonly time: LogicalTime
    readonly parameters: Parameters
  }) {
    this.#clock = parts.clock
    this.#store = parts.store
    this.#time = parts.time
    this.#parameters = parts.parameters
  }

  /** How many moments are held. */
  get size(): number {
    return this.#moments.length - this.#first
  }

  /** The time at which a read sees the store as it is now. */
  now(): Timestamp {
    this.#noteAsked()
    return this.#time.lastWrite()
  }

  /**
   * Begins a transaction that sees the store as it was at a time that is not in the future.
   *
   * @throws ServerError 239 where that is not known any more. Source: wiredtiger_recovery_unit.cpp
   */
  begin(time: Timestamp, options: BeginOptions): StorageTransaction {
    this.#noteAsked()
    if (time.compare(this.#oldest()) < 0) throw tooOld(time)
    const moment = this.#momentAt(time)
    if (moment === undefined) throw tooOld(time)
    return this.#store.begin({ ...options, at: moment.held })
  }

  /** The last one that began at or before the time. */
  #momentAt(time: Timestamp): Moment | undefined {
    let low = this.#first
    let high = this.#moments.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#moments[middle]!.since.compare(time) <= 0) low = middle + 1
      else high = middle
    }
    return low === this.#first ? undefined : this.#moments[low - 1]
  }

  /** Forgets everything: the store went back to a save, and what was is not any more. */
  clear(): void {
    this.#store.onCommit = undefined
    for (const moment of this.#moments) moment?.held.release()
    this.#moments = []
    this.#first = 0
    this.#timer?.cancel()
    this.#timer = undefined
  }

  #noteAsked(): void {
    this.#lastAskedUs = this.#clock.nowUs()
    if (this.#moments.length > 0) {
      this.#letOldOnesGo()
      return
    }
    this.#hold(this.#time.lastChange())
    this.#store.onCommit = () => {
      this.#hold(this.#time.lastWrite())
      this.#letOldOnesGo()
    }
    this.#watch()
  }

  #hold(since: Timestamp): void {
    this.#moments.push({ since, held: this.#store.hold() })
  }

  get #windowSecs(): number {
    return this.#parameters.get('minSnapshotHistoryWindowInSeconds')
  }

  /** The oldest time that may be asked for: so much before the last write. */
  #oldest(): Timestamp {
    const { t, i } = this.#time.lastWrite()
    const oldest = t - this.#windowSecs
    return oldest < 0 ? BEGINNING : new Timestamp({ t: oldest, i })
  }

  /** A moment is needed for as long as the next one begins within the window. */
  #letOldOnesGo(): void {
    const moments = this.#moments
    const oldest = this.#oldest()
    while (this.size > 1 && moments[this.#first + 1]!.since.compare(oldest) <= 0) {
      moments[this.#first]!.held.release()
      moments[this.#first++] = undefined
    }
    if (this.#first * 2 < moments.length) return
    this.#moments = moments.slice(this.#first)
    this.#first = 0
  }

  /** Looks, when what anybody asked for is too old by now, whether anybody asked meanwhile. */
  #watch(): void {
    const windowUs = (this.#windowSecs + NOOP_AFTER_SECS) * 1_000_000
    const idleUs = this.#clock.nowUs() - this.#lastAskedUs
    this.#timer = this.#clock.schedule(windowUs - idleUs, 'passive', () => {
      if (this.#clock.nowUs() - this.#lastAskedUs >= windowUs) this.clear()
      else this.#watch()
    })
  }
}

function tooOld(time: Timestamp): ServerError {
  return new ServerError(
    'SnapshotTooOld',
    `Read timestamp Timestamp(${time.t}, ${time.i}) is older than the oldest available timestamp.`,
  )
}
