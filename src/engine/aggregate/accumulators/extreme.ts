import { compareValues } from '../../../bson/index.ts'
import type { Accumulator } from './accumulator.ts'

/** `$max` (1) and `$min` (-1), over all types; null and missing do not count. */
export class Extreme implements Accumulator {
  readonly #direction: 1 | -1
  #value: unknown = undefined

  constructor(direction: 1 | -1) {
    this.#direction = direction
  }

  add(value: unknown): void {
    if (value === undefined || value === null) return
    if (this.#value !== undefined && compareValues(value, this.#value) * this.#direction <= 0) {
      return
    }
    this.#value = value
  }

  value(): unknown {
    return this.#value
  }
}
