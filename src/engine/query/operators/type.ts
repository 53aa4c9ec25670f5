/** `$type`: by alias, by number, or any of several. */
import {
  type BsonType,
  isNumeric,
  isTypeAlias,
  numberToDouble,
  typeOf,
  typeOfNumber,
} from '../../../bson/index.ts'
import { ServerError } from '../../errors.ts'
import { leaf } from '../expression.ts'
import type { PathOperator } from '../operator.ts'

/** What the alias `number` stands for. */
const NUMBER_TYPES = ['int', 'long', 'double', 'decimal'] as const satisfies BsonType[]

export const $type = {
  name: '$type',
  parse({ path, operand }) {
    const wanted: readonly unknown[] = Array.isArray(operand) ? operand : [operand]
    if (wanted.length === 0) {
      throw new ServerError('FailedToParse', `${path} must match at least one type`)
    }
    const types = new Set(wanted.flatMap(typesOf))
    return leaf('$type', path, operand, (value) => value !== undefined && types.has(typeOf(value)))
  },
} as const satisfies PathOperator

/** Source of the rules: server, MatcherTypeSet::parse. */
function typesOf(wanted: unknown): readonly BsonType[] {
  if (typeof wanted === 'string') {
    if (wanted === 'number') return NUMBER_TYPES
    if (isTypeAlias(wanted)) return [wanted]
    throw new ServerError('BadValue', `Unknown type name alias: ${wanted}`)
  }
  if (!isNumeric(wanted)) {
    throw new ServerError('TypeMismatch', 'type must be represented as a number or a string')
  }
  const number = numberToDouble(wanted)
  const type = typeOfNumber(number)
  if (type !== undefined) return [type]
  const hint = number === 0 ? '. Instead use {$exists:false}.' : ''
  throw new ServerError('BadValue', `Invalid numerical type code: ${number}${hint}`)
}
