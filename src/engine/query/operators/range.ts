/** `$gt`, `$gte`, `$lt`, `$lte`: order within one type bracket. */
import { ServerError } from '../../errors.ts'
import { asRegex } from '../../expression/index.ts'
import { type RangeOperator, rangeTest } from '../comparison.ts'
import { leaf } from '../expression.ts'
import type { PathOperator } from '../operator.ts'

function rangeOperator<Name extends RangeOperator>(name: Name): PathOperator & { name: Name } {
  return {
    name,
    parse({ path, operand, parser }) {
      if (asRegex(operand) !== undefined) {
        throw new ServerError(
          'BadValue',
          `Can't have RegEx as arg to predicate over field '${path}'.`,
        )
      }
      return leaf(name, path, operand, rangeTest(name, operand, parser.order))
    },
  }
}

export const $gt: PathOperator = rangeOperator('$gt')
export const $gte: PathOperator = rangeOperator('$gte')
export const $lt: PathOperator = rangeOperator('$lt')
export const $lte: PathOperator = rangeOperator('$lte')
