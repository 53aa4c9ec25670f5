/** `$min` and `$max`: keep the lesser or the greater value, in BSON's order across all types. */
import { compareValues } from '../../../bson/index.ts'
import type { Modifier } from '../modifier.ts'
import type { UpdateOperator } from '../operator.ts'

class CompareModifier implements Modifier {
  readonly missingPath = 'create'
  readonly #value: unknown
  /** The sign of (existing - value) for which the value replaces the existing one. */
  readonly #replaces: 1 | -1

  constructor(value: unknown, replaces: 1 | -1) {
    this.#value = value
    this.#replaces = replaces
  }

  modify(existing: unknown): unknown {
    return Math.sign(compareValues(existing, this.#value)) === this.#replaces
      ? this.#value
      : existing
  }

  create(): unknown {
    return this.#value
  }
}

export const $min = {
  name: '$min',
  parse: (operand) => new CompareModifier(operand, 1),
} as const satisfies UpdateOperator

export const $max = {
  name: '$max',
  parse: (operand) => new CompareModifier(operand, -1),
} as const satisfies UpdateOperator
