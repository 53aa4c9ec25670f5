/** Where the count of failures in a row begins; it differs by caller (plan_executor_*.cpp, 8.0). */
export const EXPRESS_COUNTER_BASE = 0
export const CLASSIC_COUNTER_BASE = 1

/** How often in a row a statement's write failed, and for which reason. */
export class Retries {
  readonly #base: number
  /** What the next write conflict counts as. */
  conflicts: number
  /** What the next lack of space counts as. */
  unavailable: number
  /** Whether the intents went before the sleep; otherwise they go after it. */
  released = false

  constructor(base: number) {
    this.#base = base
    this.conflicts = base
    this.unavailable = base
  }

  /** Something was written: what fails next is the first in a row. */
  reset(): void {
    this.conflicts = this.#base
    this.unavailable = this.#base
  }
}
