import { Timestamp } from 'bson'
import type { Clock } from '../sim/index.ts'
import type { Store } from '../storage/index.ts'
import { ServerError } from './errors.ts'

/**
 * How long after the last write a replica set writes one that changes nothing, so that its time
 * goes on. Source: periodicNoopIntervalSecs, noop_writer.cpp.
 */
export const NOOP_AFTER_SECS = 10

/** Seconds and increments stay below this. Source: `VectorClock::kMaxValue`. */
const COMPONENT_MAX = 0x7fff_ffff

/**
 * Logical time: seconds of the clock, and an increment within the second. Never the same twice,
 * never backwards.
 *
 * There are two times, as in the server. The time of the **last write** is what `operationTime` and
 * `opTime` show; it is given to a write only when somebody asks, so that writes that nobody asks
 * about cost nothing. **Cluster time** is the greatest time that is known: of a write, or from a
 * client that has seen it elsewhere (`$clusterTime`); the next write comes after it.
 * Source: vector_clock.cpp, `computeOperationTime` in service_entry_point_shard_role.cpp (8.0)
 */
export class LogicalTime {
  readonly #clock: Clock
  readonly #store: Store
  #seconds = 0
  #increment = 0
  /** Made when first asked for. */
  #latest: Timestamp | undefined = undefined
  #lastWrite: Timestamp = new Timestamp({ t: 0, i: 0 })
  #lastChange: Timestamp = this.#lastWrite
  /** Given to the next commit beforehand. */
  #reserved: Timestamp | undefined = undefined
  /** How many commits there had been when the last write was given its time. */
  #commitsTimed = -1

  constructor(clock: Clock, store: Store) {
    this.#clock = clock
    this.#store = store
  }

  /** A time that nobody was given before. */
  next(): Timestamp {
    const seconds = Math.floor(this.#clock.now() / 1000)
    if (seconds > this.#seconds) this.#set(seconds, 1)
    else this.#set(this.#seconds, this.#increment + 1)
    return this.latest()
  }

  /** The time of the last write: now, if it was never asked for. */
  lastWrite(): Timestamp {
    const { commitCount } = this.#store
    if (commitCount !== this.#commitsTimed) {
      this.#commitsTimed = commitCount
      this.#lastWrite = this.#reserved ?? this.next()
      this.#reserved = undefined
      this.#lastChange = this.#lastWrite
    } else if (this.#isNoopDue()) {
      this.#lastWrite = this.next()
    }
    return this.#lastWrite
  }

  /** The time of a commit that is about to happen, for what it writes of itself. */
  reserve(): Timestamp {
    this.#reserved = this.next()
    return this.#reserved
  }

  /** The commit did not happen after all. */
  release(): void {
    this.#reserved = undefined
  }

  /** The time from which on the store has been as it is. */
  lastChange(): Timestamp {
    this.lastWrite()
    return this.#lastChange
  }

  clusterTime(): Timestamp {
    this.lastWrite()
    return this.latest()
  }

  /** Writes nothing, at a new time, unless the last write is as late as that already. */
  reach(time: Timestamp): void {
    if (this.lastWrite().compare(time) < 0) this.#lastWrite = this.next()
  }

  /**
   * A time that was seen elsewhere: from now on this clock is not behind it.
   *
   * @param driftSecsMax how far ahead of this node's own clock it may be
   * @throws ServerError 205, 40484. Source: `_ensurePassesRateLimiter`, vector_clock.cpp
   */
  advanceTo(time: Timestamp, driftSecsMax: number): void {
    const { t: seconds, i: increment } = time
    if (seconds < this.#seconds) return
    if (seconds === this.#seconds && increment <= this.#increment) return
    const wallClockSecs = Math.floor(this.#clock.now() / 1000)
    if (seconds - wallClockSecs > driftSecsMax) {
      throw new ServerError(
        'ClusterTimeFailsRateLimiter',
        `New $clusterTime, ${seconds}, is too far from this node's wall clock time, ${wallClockSecs}.`,
      )
    }
    if (seconds > COMPONENT_MAX || increment > COMPONENT_MAX) {
      throw new ServerError(40484, '$clusterTime cannot be advanced beyond its maximum value')
    }
    this.#set(seconds, increment)
  }

  /** Starts where another one stands, for a fork. */
  continueFrom(other: LogicalTime): void {
    this.#lastWrite = other.lastWrite()
    this.#lastChange = other.#lastChange
    this.#set(other.#seconds, other.#increment)
    this.#commitsTimed = this.#store.commitCount
  }

  latest(): Timestamp {
    this.#latest ??= new Timestamp({ t: this.#seconds, i: this.#increment })
    return this.#latest
  }

  #set(seconds: number, increment: number): void {
    this.#seconds = seconds
    this.#increment = increment
    this.#latest = undefined
  }

  #isNoopDue(): boolean {
    return Math.floor(this.#clock.now() / 1000) - this.#lastWrite.t >= NOOP_AFTER_SECS
  }
}
