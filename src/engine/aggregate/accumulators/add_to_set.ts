import { encodeKeyString } from '../../../bson/index.ts'
import type { Accumulator } from './accumulator.ts'

/** Different values, as first met; the server promises no order. */
export class AddToSet implements Accumulator {
  readonly #values = new Map<string, unknown>()

  add(value: unknown): void {
    if (value === undefined) return
    const key = encodeKeyString([value], [1])
    if (!this.#values.has(key)) this.#values.set(key, value)
  }

  value(): unknown[] {
    return [...this.#values.values()]
  }
}
