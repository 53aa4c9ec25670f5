/** `$set` and `$setOnInsert`: put a value. */
import { areIdentical } from '../identical.ts'
import type { Modifier } from '../modifier.ts'
import type { UpdateOperator } from '../operator.ts'

class SetModifier implements Modifier {
  readonly missingPath = 'create'
  readonly #value: unknown

  constructor(value: unknown) {
    this.#value = value
  }

  modify(existing: unknown): unknown {
    return areIdentical(existing, this.#value) ? existing : this.#value
  }

  create(): unknown {
    return this.#value
  }
}

export const $set = {
  name: '$set',
  parse: (operand) => new SetModifier(operand),
} as const satisfies UpdateOperator

/** Applies to upserts that insert; that it does is decided where leaves are applied. */
export const $setOnInsert = {
  name: '$setOnInsert',
  parse: (operand) => new SetModifier(operand),
} as const satisfies UpdateOperator
