/** Whole numbers among values of any numeric type. */
import { Long } from 'bson'
import {
  compareNumbers,
  isInt32,
  isNumeric,
  longValue,
  type Numeric,
  numberToDouble,
  toSafeInteger,
  typeOf,
} from '../../bson/index.ts'

const INT64_LIMIT = 2 ** 63

/** The 32-bit integer that a number is by value, undefined where it is none. */
export function int32Of(value: unknown): number | undefined {
  const integer = isNumeric(value) ? toSafeInteger(value) : undefined
  return integer !== undefined && isInt32(integer) ? integer : undefined
}

/** The 64-bit integer that a number is by value, undefined where it is none. */
export function int64ValueOf(value: unknown): bigint | undefined {
  if (!isNumeric(value)) return undefined
  if (typeOf(value) === 'long') return BigInt(longValue(value as Long))
  const double = numberToDouble(value)
  if (!Number.isInteger(double) || double >= INT64_LIMIT || double < -INT64_LIMIT) return undefined
  return compareNumbers(value, double) === 0 ? BigInt(double) : undefined
}

/** An integer of at most 64 bits in its narrowest type; undefined where it has more. */
export function narrowest(value: bigint): Numeric | undefined {
  if (BigInt.asIntN(64, value) !== value) return undefined
  return BigInt.asIntN(32, value) === value ? Number(value) : Long.fromBigInt(value)
}
