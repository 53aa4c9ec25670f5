import { type ObjectId, Timestamp } from 'bson'
import { mintObjectId } from '../bson/index.ts'
import type { Clock, Random } from '../sim/index.ts'

/** Object ids from the simulator's own clock and chance; the counter never moves backwards. */
export class ObjectIdFactory {
  readonly #clock: Clock
  readonly #process: Uint8Array
  #counter: number

  constructor(clock: Clock, random: Random) {
    this.#clock = clock
    this.#process = random.bytes(5)
    this.#counter = random.below(0x100_0000)
  }

  mint(): ObjectId {
    this.#counter = (this.#counter + 1) % 0x100_0000
    return mintObjectId(Math.floor(this.#clock.now() / 1000), this.#process, this.#counter)
  }
}

/**
 * Logical time as `$clusterTime`, `operationTime` and `$currentDate: timestamp` show it: seconds of
 * the clock and an increment within the second. Never the same twice, never backwards.
 */
export class LogicalTime {
  readonly #clock: Clock
  #seconds = 0
  #increment = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  next(): Timestamp {
    const seconds = Math.floor(this.#clock.now() / 1000)
    if (seconds > this.#seconds) {
      this.#seconds = seconds
      this.#increment = 1
    } else {
      this.#increment++
    }
    return this.latest()
  }

  latest(): Timestamp {
    return new Timestamp({ t: this.#seconds, i: this.#increment })
  }

  /** Starts where another one stands, for a fork. */
  continueFrom(other: LogicalTime): void {
    this.#seconds = other.#seconds
    this.#increment = other.#increment
  }
}
