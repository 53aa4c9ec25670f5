/** `$stdDevPop`, `$stdDevSamp`, `$percentile`, `$median`, `$mergeObjects`. */
import type { Document } from '../../../bson/index.ts'
import {
  Deviation,
  mergedWith,
  percentileArguments,
  percentilesOf,
  sharesOf,
} from '../../expression/index.ts'
import type { Accumulator, AccumulatorKind } from './accumulator.ts'

class Percentiles implements Accumulator {
  readonly #shares: readonly number[]
  readonly #values: unknown[] = []

  constructor(shares: readonly number[]) {
    this.#shares = shares
  }

  add(value: unknown): void {
    this.#values.push(value)
  }

  value(): unknown[] {
    return percentilesOf(this.#values, this.#shares)
  }
}

class Median implements Accumulator {
  readonly #percentiles = new Percentiles([0.5])

  add(value: unknown): void {
    this.#percentiles.add(value)
  }

  value(): unknown {
    return this.#percentiles.value()[0]
  }
}

class Merged implements Accumulator {
  #merged: Document = {}

  add(value: unknown): void {
    this.#merged = mergedWith(this.#merged, value)
  }

  value(): Document {
    return this.#merged
  }
}

const percentile: AccumulatorKind = {
  name: '$percentile',
  parse(operand, expressions) {
    const given = percentileArguments('$percentile', ['input', 'p', 'method'], operand)
    const shares = sharesOf(expressions.compile(given['p'])({}))
    return {
      argument: expressions.compile(given['input']),
      make: () => new Percentiles(shares),
    }
  },
}

const median: AccumulatorKind = {
  name: '$median',
  parse(operand, expressions) {
    const given = percentileArguments('$median', ['input', 'method'], operand)
    return { argument: expressions.compile(given['input']), make: () => new Median() }
  },
}

export const makeDeviation = (isSample: boolean): Accumulator => new Deviation(isSample)

export const makeMerged = (): Accumulator => new Merged()

export const PERCENTILES: readonly AccumulatorKind[] = [median, percentile]
