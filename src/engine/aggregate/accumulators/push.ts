import type { Accumulator } from './accumulator.ts'

export class Push implements Accumulator {
  readonly #values: unknown[] = []

  add(value: unknown): void {
    if (value !== undefined) this.#values.push(value)
  }

  value(): unknown[] {
    return this.#values
  }
}
