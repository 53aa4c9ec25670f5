import type { ValueOrder } from '../../collation/index.ts'
import type { Accumulator } from './accumulator.ts'

/** `$max` (1) and `$min` (-1), over all types; null and missing do not count. */
export class Extreme implements Accumulator {
  readonly #direction: 1 | -1
  readonly #order: ValueOrder
  #value: unknown = undefined

  constructor(direction: 1 | -1, order: ValueOrder) {
    this.#direction = direction
    this.#order = order
  }

  add(value: unknown): void {
    if (value === undefined || value === null) return
    const best = this.#value
    if (best !== undefined && this.#order.compare(value, best) * this.#direction <= 0) return
    this.#value = value
  }

  value(): unknown {
    return this.#value
  }
}
