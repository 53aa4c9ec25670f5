/** `$firstN`, `$lastN`, `$minN`, `$maxN`: so many values of a group. */
import { countOf, fewArguments, isNullish } from '../../expression/index.ts'
import type { Accumulator, AccumulatorKind } from './accumulator.ts'

class FirstFew implements Accumulator {
  readonly #n: number
  readonly #values: unknown[] = []

  constructor(n: number) {
    this.#n = n
  }

  add(value: unknown): void {
    if (this.#values.length < this.#n) this.#values.push(value ?? null)
  }

  value(): unknown {
    return this.#values
  }
}

class LastFew implements Accumulator {
  readonly #n: number
  readonly #values: unknown[] = []

  constructor(n: number) {
    this.#n = n
  }

  add(value: unknown): void {
    this.#values.push(value ?? null)
    if (this.#values.length > this.#n) this.#values.shift()
  }

  value(): unknown {
    return this.#values
  }
}

/** The least by a comparison, in its order; null and missing do not count. */
export class LeastFew implements Accumulator {
  readonly #n: number
  readonly #compare: (a: unknown, b: unknown) => number
  readonly #values: unknown[] = []

  constructor(n: number, compare: (a: unknown, b: unknown) => number) {
    this.#n = n
    this.#compare = compare
  }

  add(value: unknown): void {
    if (isNullish(value)) return
    const values = this.#values
    let at = values.length
    while (at > 0 && this.#compare(values[at - 1], value) > 0) at--
    if (at >= this.#n) return
    values.splice(at, 0, value)
    if (values.length > this.#n) values.pop()
  }

  value(): unknown {
    return this.#values
  }
}

function few(
  name: string,
  make: (n: number, compare: (a: unknown, b: unknown) => number) => Accumulator,
): AccumulatorKind {
  return {
    name,
    parse(operand, expressions) {
      const given = fewArguments(name, operand)
      const n = countOf(expressions.compile(given.n)({}))
      const { compare } = expressions.order
      return { argument: expressions.compile(given.input), make: () => make(n, compare) }
    },
  }
}

export const FEW: readonly AccumulatorKind[] = [
  few('$firstN', (n) => new FirstFew(n)),
  few('$lastN', (n) => new LastFew(n)),
  few('$maxN', (n, compare) => new LeastFew(n, (a, b) => compare(b, a))),
  few('$minN', (n, compare) => new LeastFew(n, compare)),
]
