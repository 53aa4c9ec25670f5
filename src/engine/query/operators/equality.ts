/** `$eq` and `$ne`: equality, and its absence. */
import type { ValueOrder } from '../../collation/index.ts'
import { ServerError } from '../../errors.ts'
import { asRegex } from '../../expression/index.ts'
import { equalityTest } from '../comparison.ts'
import { type Leaf, leaf, not } from '../expression.ts'
import type { PathOperator } from '../operator.ts'

/** The leaf of `{ field: value }`. A regular expression here is a value like any other. */
export function equality(path: string, operand: unknown, order: ValueOrder): Leaf {
  return leaf('$eq', path, operand, equalityTest(operand, order))
}

export const $eq = {
  name: '$eq',
  parse: ({ path, operand, parser }) => equality(path, operand, parser.order),
} as const satisfies PathOperator

export const $ne = {
  name: '$ne',
  parse({ path, operand, parser }) {
    if (asRegex(operand) !== undefined) {
      throw new ServerError('BadValue', "Can't have regex as arg to $ne.")
    }
    return not(equality(path, operand, parser.order))
  },
} as const satisfies PathOperator
