import type { ValueOrder } from '../../collation/index.ts'
import type { Accumulator } from './accumulator.ts'

/** Different values, as first met; the server promises no order. */
export class AddToSet implements Accumulator {
  readonly #values = new Map<string, unknown>()
  readonly #order: ValueOrder

  constructor(order: ValueOrder) {
    this.#order = order
  }

  add(value: unknown): void {
    if (value === undefined) return
    const key = this.#order.keyOf(value)
    if (!this.#values.has(key)) this.#values.set(key, value)
  }

  value(): unknown[] {
    return [...this.#values.values()]
  }
}
