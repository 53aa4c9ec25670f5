import type { Key } from '../check/index.ts'
import type { Random } from '../sim/index.ts'

/** So many keys are in use at a time: few enough that transactions meet. */
const OPEN_KEYS = 6
/** A key that was written so often makes room for a new one, so that no list grows for ever. */
const WRITES_MAX = 24

/** Keys to read and write, and a value for each write that the key has never had. */
export class KeyPool {
  readonly #random: Random
  readonly #open: { key: number; writes: number }[] = []
  readonly #closed: number[] = []
  #next = 0

  constructor(random: Random) {
    this.#random = random
    for (let i = 0; i < OPEN_KEYS; i++) this.#open.push(this.#fresh())
  }

  /** A key to read. */
  any(): Key {
    return this.#open[this.#random.below(OPEN_KEYS)]!.key
  }

  /** A key to write, and the value. */
  write(): { readonly key: Key; readonly value: number } {
    const at = this.#random.below(OPEN_KEYS)
    const entry = this.#open[at]!
    const { key } = entry
    const value = ++entry.writes
    if (entry.writes === WRITES_MAX) {
      this.#closed.push(key)
      this.#open[at] = this.#fresh()
    }
    return { key, value }
  }

  /** Every key that there ever was, in an order of their own. */
  all(): readonly Key[] {
    return [...this.#closed, ...this.#open.map(({ key }) => key)].sort((a, b) => a - b)
  }

  #fresh(): { key: number; writes: number } {
    return { key: this.#next++, writes: 0 }
  }
}
