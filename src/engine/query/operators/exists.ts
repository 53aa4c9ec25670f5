/** `$exists`: whether there is a field at all; null is one. */

import { isTrue } from '../../expression/index.ts'
import { leaf, not } from '../expression.ts'
import type { PathOperator } from '../operator.ts'

export const $exists = {
  name: '$exists',
  parse({ path, operand }) {
    const exists = leaf('$exists', path, true, (value) => value !== undefined)
    return isTrue(operand) ? exists : not(exists)
  },
} as const satisfies PathOperator
