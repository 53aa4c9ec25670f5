import { ExactSum } from '../../expression/index.ts'
import type { Accumulator } from './accumulator.ts'

/** What is no number counts as nothing; the sum of nothing is 0. */
export class Sum implements Accumulator {
  readonly #sum = new ExactSum()

  add(value: unknown): void {
    this.#sum.add(value)
  }

  value(): unknown {
    return this.#sum.total()
  }
}
