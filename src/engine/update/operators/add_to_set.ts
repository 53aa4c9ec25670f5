/** `$addToSet`, with `$each`: add to an array what it does not hold yet. */
import { canonicalText, isDocument, typeNameOf } from '../../../bson/index.ts'
import type { ValueOrder } from '../../collation/index.ts'
import { ServerError } from '../../errors.ts'
import { firstFieldName } from '../../query/index.ts'
import type { Modifier, Place } from '../modifier.ts'
import type { UpdateOperator } from '../operator.ts'

class AddToSetModifier implements Modifier {
  readonly missingPath = 'create'
  /** Without duplicates among themselves. */
  readonly #values: readonly unknown[]

  readonly #order: ValueOrder

  constructor(values: readonly unknown[], order: ValueOrder) {
    this.#order = order
    this.#values = values.filter((value, at) => !holds(values.slice(0, at), value, order))
  }

  modify(existing: unknown, { name }: Place): unknown {
    if (!Array.isArray(existing)) {
      throw new ServerError(
        'BadValue',
        `Cannot apply $addToSet to non-array field. Field named '${name}' has non-array type` +
          ` ${typeNameOf(existing)}`,
      )
    }
    const added = this.#values.filter((value) => !holds(existing, value, this.#order))
    return added.length === 0 ? existing : [...existing, ...added]
  }

  create(): unknown {
    return this.#values
  }
}

function holds(values: readonly unknown[], value: unknown, { equals }: ValueOrder): boolean {
  return values.some((other) => equals(other, value))
}

/** Source of rules and messages: server, AddToSetNode::init. */
export const $addToSet = {
  name: '$addToSet',
  parse(operand, _path, order) {
    if (!isDocument(operand) || firstFieldName(operand) !== '$each') {
      return new AddToSetModifier([operand], order)
    }
    const each = operand['$each']
    if (!Array.isArray(each)) {
      throw new ServerError(
        'TypeMismatch',
        'The argument to $each in $addToSet must be an array but it was of type ' +
          typeNameOf(each),
      )
    }
    if (Object.keys(operand).length > 1) {
      throw new ServerError(
        'BadValue',
        `Found unexpected fields after $each in $addToSet: ${canonicalText(operand)}`,
      )
    }
    return new AddToSetModifier(each, order)
  },
} as const satisfies UpdateOperator
