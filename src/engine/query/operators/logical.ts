/** `$and`, `$or`, `$nor`: whole filters combined. */
import { isDocument } from '../../../bson/index.ts'
import { ServerError } from '../../errors.ts'
import type { Branch } from '../expression.ts'
import type { FilterParser, TopLevelOperator } from '../operator.ts'

export const $and = {
  name: '$and',
  parse: (operand, parser) => branch('and', operand, parser),
} as const satisfies TopLevelOperator

export const $or = {
  name: '$or',
  parse: (operand, parser) => branch('or', operand, parser),
} as const satisfies TopLevelOperator

export const $nor = {
  name: '$nor',
  parse: (operand, parser) => branch('nor', operand, parser),
} as const satisfies TopLevelOperator

function branch(kind: Branch['kind'], operand: unknown, parser: FilterParser): Branch {
  if (!Array.isArray(operand)) throw new ServerError('BadValue', `$${kind} must be an array`)
  const filters: readonly unknown[] = operand
  if (filters.length === 0) {
    throw new ServerError('BadValue', '$and/$or/$nor must be a nonempty array')
  }
  const children = filters.map((filter) => {
    if (!isDocument(filter)) {
      throw new ServerError('BadValue', '$or/$and/$nor entries need to be full objects')
    }
    return parser.parseFilter(filter)
  })
  return { kind, children }
}
