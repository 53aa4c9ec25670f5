import type { ObjectId } from 'bson'
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
