/**
 * Numbers: int, long, double and decimal, their clean forms and conversions.
 * Their order is in `compare_numbers.ts`, what they add up to in `arithmetic.ts`.
 */
import { type Decimal128, Double, type Long } from 'bson'
import { compareNumbers } from './compare_numbers.ts'
import { decimalToDouble } from './decimal.ts'
import { type BsonTag, isInt32, tagOf } from './document.ts'

/** A number of any of the types that BSON has. */
export type Numeric = number | bigint | Double | Long | Decimal128 | { readonly value: number }

/** Whether a value is a number to BSON: int, long, double or decimal. */
export function isNumeric(value: unknown): boolean {
  const type = typeof value
  if (type === 'number' || type === 'bigint') return true
  return type === 'object' && value !== null && isNumericTag(tagOf(value as object))
}

function isNumericTag(tag: BsonTag | undefined): boolean {
  return tag === 'Long' || tag === 'Double' || tag === 'Decimal128' || tag === 'Int32'
}

/**
 * The clean form of a double: a plain number, or a `Double` where a plain one would read as an int.
 */
export function doubleOf(value: number): number | Double {
  return isInt32(value) ? new Double(value) : value
}

/** The nearest double of a numeric value; NaN for what is no number. */
export function numberToDouble(value: unknown): number {
  if (typeof value === 'number') return value
  if (typeof value === 'bigint') return Number(value)
  if (typeof value !== 'object' || value === null) return Number.NaN
  switch (tagOf(value)) {
    case 'Long':
      return (value as Long).toNumber()
    case 'Double':
    case 'Int32':
      return (value as Double).value
    case 'Decimal128':
      return decimalToDouble(value as Decimal128)
    default:
      return Number.NaN
  }
}

/** The number as a safe integer; undefined for a fraction, NaN, what is too large or no number. */
export function toSafeInteger(value: unknown): number | undefined {
  const double = numberToDouble(value)
  if (!Number.isSafeInteger(double)) return undefined
  // A long that is not safe rounds to a double that is not safe either; a decimal may round to an
  // integer that it is not.
  const isDecimal = typeof value === 'object' && tagOf(value as object) === 'Decimal128'
  if (isDecimal && compareNumbers(value, double) !== 0) return undefined
  return double + 0
}
