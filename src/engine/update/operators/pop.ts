/** `$pop`: take the last element (1) or the first (-1) off an array. */
import { typeNameOf } from '../../../bson/index.ts'
import { ServerError } from '../../errors.ts'
import { integerArgument } from '../../query/index.ts'
import type { Modifier, Place } from '../modifier.ts'
import type { UpdateOperator } from '../operator.ts'

class PopModifier implements Modifier {
  readonly missingPath = 'viable'
  readonly #fromFront: boolean

  constructor(fromFront: boolean) {
    this.#fromFront = fromFront
  }

  modify(existing: unknown, { path }: Place): unknown {
    if (!Array.isArray(existing)) {
      throw new ServerError(
        'TypeMismatch',
        `Path '${path}' contains an element of non-array type '${typeNameOf(existing)}'`,
      )
    }
    if (existing.length === 0) return existing
    return this.#fromFront ? existing.slice(1) : existing.slice(0, -1)
  }

  create(): unknown {
    return undefined
  }
}

export const $pop = {
  name: '$pop',
  parse(operand, path) {
    const end = integerArgument(path, operand)
    if ('problem' in end) throw new ServerError('FailedToParse', end.problem)
    if (end.value !== 1 && end.value !== -1) {
      throw new ServerError('FailedToParse', `$pop expects 1 or -1, found: ${end.value}`)
    }
    return new PopModifier(end.value === -1)
  },
} as const satisfies UpdateOperator
