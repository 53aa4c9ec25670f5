/**
 * A strict partial order that grows: who comes before whom, and all that follows from it. A bit for
 * each pair, kept both ways, so that a new pair costs one row for each element before it.
 */
export class Closure {
  readonly #words: number
  readonly #after: Int32Array
  readonly #before: Int32Array
  readonly #size: number

  constructor(size: number) {
    this.#size = size
    this.#words = (size + 31) >>> 5
    this.#after = new Int32Array(size * this.#words)
    this.#before = new Int32Array(size * this.#words)
  }

  clone(): Closure {
    const copy = new Closure(this.#size)
    copy.#after.set(this.#after)
    copy.#before.set(this.#before)
    return copy
  }

  isBefore(earlier: number, later: number): boolean {
    return (this.#after[earlier * this.#words + (later >>> 5)]! & (1 << (later & 31))) !== 0
  }

  /** @returns false, and changes nothing, where it is the other way round */
  add(earlier: number, later: number): boolean {
    if (earlier === later || this.isBefore(later, earlier)) return false
    if (this.isBefore(earlier, later)) return true
    this.#spread(this.#before, this.#after, earlier, later)
    this.#spread(this.#after, this.#before, later, earlier)
    return true
  }

  /** Gives `from`, and whoever has `from` in `side`, all that `to` has in `other`, and `to`. */
  #spread(side: Int32Array, other: Int32Array, from: number, to: number): void {
    const words = this.#words
    const row = to * words
    const add = (element: number): void => {
      const target = element * words
      for (let word = 0; word < words; word++) other[target + word]! |= other[row + word]!
      other[target + (to >>> 5)]! |= 1 << (to & 31)
    }
    add(from)
    const own = from * words
    for (let word = 0; word < words; word++) {
      for (let bits = side[own + word]!; bits !== 0; bits &= bits - 1) {
        add((word << 5) + 31 - Math.clz32(bits & -bits))
      }
    }
  }
}
