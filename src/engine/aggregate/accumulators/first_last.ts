import type { Accumulator } from './accumulator.ts'

/** The value of the first document, though it may have none. */
export class First implements Accumulator {
  #value: unknown = undefined
  #isSet = false

  add(value: unknown): void {
    if (this.#isSet) return
    this.#isSet = true
    this.#value = value
  }

  value(): unknown {
    return this.#value
  }
}

/** The value of the last document, though it may have none. */
export class Last implements Accumulator {
  #value: unknown = undefined

  add(value: unknown): void {
    this.#value = value
  }

  value(): unknown {
    return this.#value
  }
}
