import { ExactSum } from '../../expression/index.ts'
import type { Accumulator } from './accumulator.ts'

/** Of the numbers among the values; none of nothing. */
export class Average implements Accumulator {
  readonly #sum = new ExactSum()

  add(value: unknown): void {
    this.#sum.add(value)
  }

  value(): unknown {
    return this.#sum.mean()
  }
}
