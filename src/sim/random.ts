/**
 * Chance, from a seed. The generator is sfc32 (Chris Doty-Humphrey, PractRand): 128 bits of state,
 * fast on 32-bit integers, so the same seed gives the same numbers on every engine.
 */
export class Random {
  readonly seed: number
  #a: number
  #b: number
  #c: number
  #counter: number

  constructor(seed: number) {
    this.seed = seed
    this.#a = seed | 0
    // A double holds 53 bits: the upper ones count too, so that large seeds differ.
    this.#b = Math.floor(seed / 0x1_0000_0000) | 0
    this.#c = 0x9e3779b9 | 0
    this.#counter = 1
    for (let i = 0; i < 12; i++) this.uint32()
  }

  /** Uniform in [0, 2^32). */
  uint32(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0
    this.#counter = (this.#counter + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum
    this.#c |= 0
    return sum >>> 0
  }

  /** Uniform in [0, 1), with 53 bits. */
  next(): number {
    const high = this.uint32() >>> 5
    const low = this.uint32() >>> 6
    return (high * 0x400_0000 + low) / 0x20_0000_0000_0000
  }

  /** Uniform in [0, bound), a whole number. */
  below(bound: number): number {
    return Math.floor(this.next() * bound)
  }

  bytes(length: number): Uint8Array {
    const out = new Uint8Array(length)
    for (let i = 0; i < length; i++) out[i] = this.uint32() & 0xff
    return out
  }

  /** An independent copy that will give the same numbers. */
  clone(): Random {
    const copy = new Random(this.seed)
    copy.become(this)
    return copy
  }

  /** From here on gives the numbers that the other one would give, which stays as it is. */
  become(other: Random): void {
    this.#a = other.#a
    this.#b = other.#b
    this.#c = other.#c
    this.#counter = other.#counter
  }
}
