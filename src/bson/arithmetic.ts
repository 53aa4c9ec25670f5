/**
 * Arithmetic across number types: the server's rules for `$inc` and `$mul`, and for the expressions
 * of the same kind.
 *
 * The result has the wider type of the operands, in the order int, long, double, decimal. An int
 * that overflows becomes a long. A long that overflows has no result, and the caller raises the
 * server's error. Source: server, safe_num.cpp.
 */
import { type Decimal128, Long } from 'bson'
import {
  addDecimals,
  decimalFromBigInt,
  decimalFromDouble,
  divideDecimals,
  multiplyDecimals,
  remainderOfDecimals,
  subtractDecimals,
} from './decimal.ts'
import { isInt32, tagOf } from './document.ts'
import { longValue } from './longs.ts'
import { doubleOf, isNumeric, type Numeric, numberToDouble } from './numbers.ts'

/** One operation, for each kind of number. */
type Operation = {
  readonly ofDoubles: (a: number, b: number) => number
  readonly ofIntegers: (a: bigint, b: bigint) => bigint
  readonly ofDecimals: (a: Decimal128, b: Decimal128) => Decimal128
}

const ADD: Operation = {
  ofDoubles: (a, b) => a + b,
  ofIntegers: (a, b) => a + b,
  ofDecimals: addDecimals,
}

const SUBTRACT: Operation = {
  ofDoubles: (a, b) => a - b,
  ofIntegers: (a, b) => a - b,
  ofDecimals: subtractDecimals,
}

const REMAINDER: Operation = {
  ofDoubles: (a, b) => a % b,
  ofIntegers: (a, b) => a % b,
  ofDecimals: remainderOfDecimals,
}

const MULTIPLY: Operation = {
  ofDoubles: (a, b) => a * b,
  ofIntegers: (a, b) => a * b,
  ofDecimals: multiplyDecimals,
}

/** Types of numbers, from the narrowest to the widest. */
const INT = 0
const LONG = 1
const DOUBLE = 2
const DECIMAL = 3

/**
 * The sum as the server has it, in clean form.
 * @returns undefined where a long overflows, or where an operand is no number
 */
export function addNumbers(a: unknown, b: unknown): Numeric | undefined {
  if (typeof a === 'number' && typeof b === 'number' && isInt32(a) && isInt32(b)) {
    const sum = a + b
    return isInt32(sum) ? sum : Long.fromNumber(sum)
  }
  return apply(ADD, a, b)
}

/**
 * The product as the server has it, in clean form.
 * @returns undefined where a long overflows, or where an operand is no number
 */
export function multiplyNumbers(a: unknown, b: unknown): Numeric | undefined {
  return apply(MULTIPLY, a, b)
}

/**
 * The difference, in clean form.
 * @returns undefined where a long overflows, or where an operand is no number
 */
export function subtractNumbers(a: unknown, b: unknown): Numeric | undefined {
  return apply(SUBTRACT, a, b)
}

/**
 * What a division that cuts fractions off leaves over: with the sign of the dividend.
 * @returns undefined where an operand is no number; the divisor must not be zero
 */
export function remainderOfNumbers(a: unknown, b: unknown): Numeric | undefined {
  return apply(REMAINDER, a, b)
}

/**
 * The quotient: a decimal where one of the two is, else a double, even of whole numbers.
 * @returns undefined where an operand is no number
 */
export function divideNumbers(a: unknown, b: unknown): Numeric | undefined {
  if (!isNumeric(a) || !isNumeric(b)) return undefined
  if (Math.max(widthOf(a), widthOf(b)) === DECIMAL) {
    return divideDecimals(decimalOfNumber(a), decimalOfNumber(b))
  }
  return doubleOf(numberToDouble(a) / numberToDouble(b))
}

/** A decimal divided by a whole number, as an average is. */
export function divideDecimal(dividend: Decimal128, divisor: number): Decimal128 {
  return divideDecimals(dividend, decimalFromBigInt(BigInt(divisor)))
}

function apply(operation: Operation, a: unknown, b: unknown): Numeric | undefined {
  if (!isNumeric(a) || !isNumeric(b)) return undefined
  const width = Math.max(widthOf(a), widthOf(b))
  if (width === DECIMAL) return operation.ofDecimals(decimalOfNumber(a), decimalOfNumber(b))
  if (width === DOUBLE) return doubleOf(operation.ofDoubles(numberToDouble(a), numberToDouble(b)))
  return applyToIntegers(operation, integerValue(a), integerValue(b), width)
}

/** Plain arithmetic where that is exact, big integers where it may not be. */
function applyToIntegers(
  operation: Operation,
  a: number | bigint,
  b: number | bigint,
  width: number,
): Numeric | undefined {
  if (typeof a === 'number' && typeof b === 'number') {
    // An integer is never -0, as the product of 0 and -5 would be here.
    const result = operation.ofDoubles(a, b) + 0
    if (width === INT && isInt32(result)) return result
    if (Number.isSafeInteger(result)) return Long.fromNumber(result)
  }
  const result = operation.ofIntegers(BigInt(a), BigInt(b))
  return BigInt.asIntN(64, result) === result ? Long.fromBigInt(result) : undefined
}

/** The type of a numeric value. */
function widthOf(value: unknown): number {
  if (typeof value === 'number') return isInt32(value) ? INT : DOUBLE
  if (typeof value === 'bigint') return LONG
  switch (tagOf(value as object)) {
    case 'Long':
      return LONG
    case 'Double':
      return DOUBLE
    case 'Decimal128':
      return DECIMAL
    default:
      return INT
  }
}

/** The exact value of an int or long. */
function integerValue(value: unknown): number | bigint {
  if (typeof value === 'number' || typeof value === 'bigint') return value
  const boxed = value as Long | { readonly value: number }
  return 'high' in boxed ? longValue(boxed) : boxed.value
}

/** Any number as a decimal: ints and longs exactly, doubles to 15 digits. */
export function decimalOfNumber(value: unknown): Decimal128 {
  const width = widthOf(value)
  if (width === DECIMAL) return value as Decimal128
  if (width === DOUBLE) return decimalFromDouble(numberToDouble(value))
  return decimalFromBigInt(BigInt(integerValue(value)))
}
