/** Standard deviation, by Welford's method, which loses nothing where values are close together. */
import { doubleOf, isNumeric, type Numeric, numberToDouble } from '../../bson/index.ts'

export class Deviation {
  readonly #isSample: boolean
  #count = 0
  #mean = 0
  #squares = 0

  /** @param isSample of a sample, which divides by one less; or of the whole population */
  constructor(isSample: boolean) {
    this.#isSample = isSample
  }

  /** Adds a number; everything else counts as nothing. */
  add(value: unknown): void {
    if (!isNumeric(value)) return
    const number = numberToDouble(value)
    this.#count++
    const distance = number - this.#mean
    this.#mean += distance / this.#count
    this.#squares += distance * (number - this.#mean)
  }

  /** Null of too few. */
  value(): Numeric | null {
    const divisor = this.#isSample ? this.#count - 1 : this.#count
    return divisor <= 0 ? null : doubleOf(Math.sqrt(this.#squares / divisor))
  }
}
