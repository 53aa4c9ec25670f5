/** Functions of one number: `$abs`, `$ceil`, `$exp`, `$sqrt`, the trigonometric ones, ... */
import { type Decimal128, Double, Long } from 'bson'
import {
  bigIntOf,
  type DecimalFunctionName,
  decimalFunction,
  decimalOfNumber,
  doubleOf,
  isNumeric,
  multiplyNumbers,
  numberToDouble,
  typeOf,
} from '../../../bson/index.ts'
import { ServerError } from '../../errors.ts'
import { isNullish, type Operator, typeText, unary } from '../operator.ts'

/** Where a function is defined, and how messages put it. */
interface Domain {
  readonly has: (value: number) => boolean
  readonly refuse: (name: string, value: unknown) => ServerError
}

/** A function of doubles, and of decimals where one is given; null of null. */
function numeric(
  name: string,
  ofDouble: (value: number) => number,
  ofDecimal: DecimalFunctionName,
  domain?: Domain,
): Operator {
  return unary(name, (value) => {
    if (isNullish(value)) return null
    checkNumeric(name, value)
    const double = numberToDouble(value)
    if (domain !== undefined && !Number.isNaN(double) && !domain.has(double)) {
      throw domain.refuse(name, value)
    }
    return typeOf(value) === 'decimal'
      ? decimalFunction(ofDecimal, value as Decimal128)
      : doubleOf(ofDouble(double))
  })
}

/** Integers stay what they are; source: `ExpressionSingleNumericArg`. */
function roundingToInteger(
  name: '$ceil' | '$floor',
  ofDouble: (value: number) => number,
): Operator {
  return unary(name, (value) => {
    if (isNullish(value)) return null
    checkNumeric(name, value)
    switch (typeOf(value)) {
      case 'double':
        return doubleOf(ofDouble(numberToDouble(value)))
      case 'decimal':
        return decimalFunction(name === '$ceil' ? 'ceil' : 'floor', value as Decimal128)
      default:
        return value
    }
  })
}

const abs: Operator = unary('$abs', (value) => {
  if (isNullish(value)) return null
  checkNumeric('$abs', value)
  switch (typeOf(value)) {
    case 'int':
      return (value as number) < 0 ? multiplyNumbers(value, -1) : value
    case 'long': {
      const long = bigIntOf(value as Long)
      if (long >= 0n) return value
      if (long === bigIntOf(Long.MIN_VALUE)) {
        throw new ServerError(28680, "can't take $abs of long long min")
      }
      return Long.fromBigInt(-long)
    }
    case 'decimal':
      return decimalFunction('abs', value as Decimal128)
    default:
      return doubleOf(Math.abs(numberToDouble(value)))
  }
})

function checkNumeric(name: string, value: unknown): void {
  if (isNumeric(value)) return
  throw new ServerError(28765, `${name} only supports numeric types, not ${typeText(value)}`)
}

const NOT_NEGATIVE: Domain = {
  has: (value) => value >= 0,
  refuse: (name) => new ServerError(28714, `${name}'s argument must be greater than or equal to 0`),
}

const positive = (code: number): Domain => ({
  has: (value) => value > 0,
  refuse: (name, value) =>
    new ServerError(code, `${name}'s argument must be a positive number, but is ${String(value)}`),
})

/** Source: the bounds of ExpressionBoundedTrigonometric, expression_trigonometric.h. */
const within = (low: number, high: number, range: string): Domain => ({
  has: (value) => value >= low && value <= high,
  refuse: (name, value) =>
    new ServerError(
      50989,
      `cannot apply ${name} to ${boundText(value)}, value must be in ${range}`,
    ),
})

const FINITE: Domain = {
  ...within(0, 0, '(-inf,inf)'),
  has: (value) => Number.isFinite(value),
}

function boundText(value: unknown): string {
  const double = numberToDouble(value)
  return Number.isFinite(double) ? String(value) : double > 0 ? 'inf' : '-inf'
}

/** Degrees to radians and back: exact factors, in doubles or in decimals. */
function scaled(name: string, factor: number): Operator {
  return unary(name, (value) => {
    if (isNullish(value)) return null
    checkNumeric(name, value)
    if (typeOf(value) !== 'decimal') return doubleOf(numberToDouble(value) * factor)
    return multiplyNumbers(value, decimalOfNumber(new Double(factor)))
  })
}

export const NUMERIC_FUNCTIONS: readonly Operator[] = [
  abs,
  roundingToInteger('$ceil', Math.ceil),
  roundingToInteger('$floor', Math.floor),
  numeric('$exp', Math.exp, 'exp'),
  numeric('$ln', Math.log, 'ln', positive(28766)),
  numeric('$log10', Math.log10, 'log10', positive(28761)),
  numeric('$sqrt', Math.sqrt, 'sqrt', NOT_NEGATIVE),
  numeric('$sin', Math.sin, 'sin', FINITE),
  numeric('$cos', Math.cos, 'cos', FINITE),
  numeric('$tan', Math.tan, 'tan', FINITE),
  numeric('$asin', Math.asin, 'asin', within(-1, 1, '[-1,1]')),
  numeric('$acos', Math.acos, 'acos', within(-1, 1, '[-1,1]')),
  numeric('$atan', Math.atan, 'atan'),
  numeric('$sinh', Math.sinh, 'sinh'),
  numeric('$cosh', Math.cosh, 'cosh'),
  numeric('$tanh', Math.tanh, 'tanh'),
  numeric('$asinh', Math.asinh, 'asinh'),
  numeric('$acosh', Math.acosh, 'acosh', within(1, Number.POSITIVE_INFINITY, '[1,inf]')),
  numeric('$atanh', Math.atanh, 'atanh', within(-1, 1, '[-1,1]')),
  scaled('$degreesToRadians', Math.PI / 180),
  scaled('$radiansToDegrees', 180 / Math.PI),
]
