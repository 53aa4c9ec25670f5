/**
 * Numbers: four BSON types, one order, and the server's rules for what an operation gives.
 *
 * The result of `$inc` and `$mul` has the wider type of its operands (int, long, double, decimal);
 * int overflows into long; long that overflows has no result, and the caller raises the server's
 * error. Source: server, safe_num.cpp.
 */
import { type Decimal128, Double, Long } from 'bson'
import { compareNumbers } from './compare_numbers.ts'
import {
  addDecimals,
  decimalFromBigInt,
  decimalFromDouble,
  decimalToDouble,
  multiplyDecimals,
} from './decimal.ts'
import { type BsonTag, isInt32, tagOf } from './document.ts'
import { longValue } from './longs.ts'

/** A number of any of the types that BSON has. */
export type Numeric = number | bigint | Double | Long | Decimal128 | { readonly value: number }

const LONG_MAX = 2n ** 63n - 1n
const LONG_MIN = -(2n ** 63n)

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

/** The number as a safe integer, undefined where it is none (fraction, NaN, too large, no number). */
export function toSafeInteger(value: unknown): number | undefined {
  const double = numberToDouble(value)
  // A Long beyond 2^53 rounds to a double that is not safe, so no test of its own is needed.
  // A decimal may round to an integer that it is not.
  if (!Number.isSafeInteger(double)) return undefined
  if (typeof value === 'object' && tagOf(value as object) === 'Decimal128') {
    return isIntegral(value as Decimal128, double) ? double + 0 : undefined
  }
  return double + 0
}

function isIntegral(value: Decimal128, rounded: number): boolean {
  return compareNumbers(value, rounded) === 0
}

/**
 * The sum as the server has it, in clean form.
 * @returns undefined where a long overflows, or where an operand is no number
 */
export function addNumbers(a: unknown, b: unknown): Numeric | undefined {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b
    if (!isInt32(a) || !isInt32(b)) return doubleOf(sum)
    return isInt32(sum) ? sum : Long.fromNumber(sum)
  }
  return combine(a, b, addLongs, addDoubles, addDecimals)
}

/**
 * The product as the server has it, in clean form.
 * @returns undefined where a long overflows, or where an operand is no number
 */
export function multiplyNumbers(a: unknown, b: unknown): Numeric | undefined {
  if (typeof a === 'number' && typeof b === 'number') {
    if (!isInt32(a) || !isInt32(b)) return doubleOf(a * b)
    // Two ints never give -0 to the server, as 0 * -5 does here.
    const product = a * b + 0
    if (isInt32(product)) return product
    return Long.fromBigInt(BigInt(a) * BigInt(b))
  }
  return combine(a, b, multiplyLongs, multiplyDoubles, multiplyDecimals)
}

function addLongs(a: bigint, b: bigint): bigint {
  return a + b
}

function multiplyLongs(a: bigint, b: bigint): bigint {
  return a * b
}

function addDoubles(a: number, b: number): number {
  return a + b
}

function multiplyDoubles(a: number, b: number): number {
  return a * b
}

/** Applies the operation of the wider type. */
function combine(
  a: unknown,
  b: unknown,
  ofLongs: (a: bigint, b: bigint) => bigint,
  ofDoubles: (a: number, b: number) => number,
  ofDecimals: (a: Decimal128, b: Decimal128) => Decimal128,
): Numeric | undefined {
  const width = Math.max(widthOf(a), widthOf(b))
  if (!isNumeric(a) || !isNumeric(b)) return undefined
  if (width === WIDTH_DECIMAL) return ofDecimals(toDecimal(a), toDecimal(b))
  if (width === WIDTH_DOUBLE) return doubleOf(ofDoubles(numberToDouble(a), numberToDouble(b)))
  return combineIntegers(a, b, width, ofLongs, ofDoubles)
}

/** Two ints or longs, by plain arithmetic where that is exact. */
function combineIntegers(
  a: unknown,
  b: unknown,
  width: number,
  ofLongs: (a: bigint, b: bigint) => bigint,
  ofDoubles: (a: number, b: number) => number,
): Numeric | undefined {
  const left = integerValue(a)
  const right = integerValue(b)
  if (typeof left === 'number' && typeof right === 'number') {
    // An integer is never -0, as the product of 0 and -5 would be.
    const result = ofDoubles(left, right) + 0
    if (width === WIDTH_INT && isInt32(result)) return result
    if (Number.isSafeInteger(result)) return Long.fromNumber(result)
  }
  const result = ofLongs(BigInt(left), BigInt(right))
  return result >= LONG_MIN && result <= LONG_MAX ? Long.fromBigInt(result) : undefined
}

const WIDTH_INT = 0
const WIDTH_LONG = 1
const WIDTH_DOUBLE = 2
const WIDTH_DECIMAL = 3

function widthOf(value: unknown): number {
  if (typeof value === 'number') return isInt32(value) ? WIDTH_INT : WIDTH_DOUBLE
  if (typeof value === 'bigint') return WIDTH_LONG
  if (typeof value !== 'object' || value === null) return WIDTH_INT
  switch (tagOf(value)) {
    case 'Long':
      return WIDTH_LONG
    case 'Double':
      return WIDTH_DOUBLE
    case 'Decimal128':
      return WIDTH_DECIMAL
    default:
      return WIDTH_INT
  }
}

/** The exact value of an int or long. */
function integerValue(value: unknown): number | bigint {
  if (typeof value === 'number' || typeof value === 'bigint') return value
  const boxed = value as Long | { value: number }
  return 'high' in boxed ? longValue(boxed) : boxed.value
}

/** Any number as a decimal: ints and longs exactly, doubles to 15 digits. */
function toDecimal(value: unknown): Decimal128 {
  switch (widthOf(value)) {
    case WIDTH_DECIMAL:
      return value as Decimal128
    case WIDTH_DOUBLE:
      return decimalFromDouble(numberToDouble(value))
    default:
      return decimalFromBigInt(BigInt(integerValue(value)))
  }
}
