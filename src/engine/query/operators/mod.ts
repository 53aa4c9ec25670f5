/** `$mod`: the remainder of a division of whole numbers; fractions of the field are cut off. */
import { isNumeric, numberToDouble, tagOf } from '../../../bson/index.ts'
import { ServerError } from '../../errors.ts'
import { leaf, type ValueTest } from '../expression.ts'
import type { PathOperator } from '../operator.ts'

const INT64_LIMIT = 2 ** 63

export const $mod = {
  name: '$mod',
  parse({ path, operand }) {
    if (!Array.isArray(operand)) throw malformed('needs to be an array')
    if (operand.length < 1) throw malformed('not enough elements')
    if (!isNumeric(operand[0])) throw malformed('divisor not a number')
    if (operand.length < 2) throw malformed('not enough elements')
    if (!isNumeric(operand[1])) throw malformed('remainder not a number')
    if (operand.length > 2) throw malformed('too many elements')
    const divisor = toInt64(operand[0], 'divisor')
    const remainder = toInt64(operand[1], 'remainder')
    if (divisor === 0n) throw new ServerError('BadValue', 'divisor cannot be 0')
    return leaf('$mod', path, operand, remainderTest(divisor, remainder))
  },
} as const satisfies PathOperator

function malformed(what: string): ServerError {
  return new ServerError('BadValue', `malformed mod, ${what}`)
}

function toInt64(value: unknown, role: string): bigint {
  const invalid = `${role} value is invalid :: caused by ::`
  const double = numberToDouble(value)
  if (!Number.isFinite(double)) {
    throw malformed(`${invalid} Unable to coerce NaN/Inf to integral type`)
  }
  const integer = int64Of(value)
  if (integer === undefined) throw malformed(`${invalid} Out of bounds coercing to integral value`)
  return integer
}

/** A number cut to a 64-bit integer, undefined if it is none that fits. Long is exact. */
function int64Of(value: unknown): bigint | undefined {
  if (typeof value === 'bigint') return value
  if (typeof value === 'object' && value !== null && tagOf(value) === 'Long') {
    return BigInt(String(value))
  }
  const double = Math.trunc(numberToDouble(value))
  return double >= -INT64_LIMIT && double < INT64_LIMIT ? BigInt(double) : undefined
}

function remainderTest(divisor: bigint, remainder: bigint): ValueTest {
  const smallDivisor = Number(divisor)
  const smallRemainder = Number(remainder)
  const isSmall = Number.isSafeInteger(smallDivisor) && Number.isSafeInteger(smallRemainder)
  return (value) => {
    if (!isNumeric(value)) return false
    if (isSmall && typeof value === 'number' && Math.abs(value) <= Number.MAX_SAFE_INTEGER) {
      return Math.trunc(value) % smallDivisor === smallRemainder
    }
    if (!Number.isFinite(numberToDouble(value))) return false
    const dividend = int64Of(value)
    return dividend !== undefined && dividend % divisor === remainder
  }
}
