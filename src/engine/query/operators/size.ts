/** `$size`: arrays of exactly this length. */
import { ServerError } from '../../errors.ts'
import { arrayLeaf } from '../expression.ts'
import { nonNegativeInt32Argument } from '../integer_argument.ts'
import type { PathOperator } from '../operator.ts'

export const $size = {
  name: '$size',
  parse({ path, operand }) {
    const size = nonNegativeInt32Argument('$size', operand)
    if ('problem' in size) {
      throw new ServerError('BadValue', `Failed to parse $size. ${size.problem}`)
    }
    return arrayLeaf('$size', path, size.value, (array) => array.length === size.value)
  },
} as const satisfies PathOperator
