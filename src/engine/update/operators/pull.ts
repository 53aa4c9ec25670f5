/** `$pull` and `$pullAll`: take elements out of an array, by condition or by value. */
import { isDocument, typeNameOf, typeOf } from '../../../bson/index.ts'
import { ServerError } from '../../errors.ts'
import { firstFieldName, isPathKeyword, orderedFilter } from '../../query/index.ts'
import type { Modifier } from '../modifier.ts'
import type { UpdateOperator } from '../operator.ts'

type ElementTest = (element: unknown) => boolean

class PullModifier implements Modifier {
  readonly missingPath = 'viable'
  readonly #matches: ElementTest

  constructor(matches: ElementTest) {
    this.#matches = matches
  }

  modify(existing: unknown): unknown {
    if (!Array.isArray(existing)) {
      throw new ServerError('BadValue', 'Cannot apply $pull to a non-array value')
    }
    const kept = existing.filter((element) => !this.#matches(element))
    return kept.length === existing.length ? existing : kept
  }

  create(): unknown {
    return undefined
  }
}

/**
 * The operand is a filter over elements that are documents, or operators on the element itself, or
 * a value to compare with. Source: server, PullNode::init.
 */
export const $pull = {
  name: '$pull',
  parse(operand, _path, order) {
    if (isDocument(operand) && !isPathKeyword(firstFieldName(operand))) {
      const filter = orderedFilter(operand, order)
      return new PullModifier((element) => isDocument(element) && filter.matches(element))
    }
    if (isDocument(operand) || typeOf(operand) === 'regex') {
      const filter = orderedFilter({ element: operand }, order)
      return new PullModifier((element) => filter.matches({ element }))
    }
    return new PullModifier((element) => order.equals(element, operand))
  },
} as const satisfies UpdateOperator

export const $pullAll = {
  name: '$pullAll',
  parse(operand, _path, order) {
    if (!Array.isArray(operand)) {
      throw new ServerError(
        'BadValue',
        `$pullAll requires an array argument but was given a ${typeNameOf(operand)}`,
      )
    }
    const values: readonly unknown[] = operand
    return new PullModifier((element) => values.some((value) => order.equals(element, value)))
  },
} as const satisfies UpdateOperator
