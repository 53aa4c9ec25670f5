/**
 * Values of one type as values of another: what `$convert` and `$toInt` and their kin do.
 * Source: `ConversionTable`, expression_convert (8.0).
 */
import { Decimal128, Long, ObjectId, type Timestamp } from 'bson'
import {
  type BsonType,
  compareNumbers,
  decimalOfNumber,
  doubleOf,
  isInt32,
  longValue,
  numberToDouble,
  roundDecimal,
  typeOf,
} from '../../bson/index.ts'
import { ServerError } from '../errors.ts'
import { doubleToText, textOf } from './coercion.ts'
import { parseDate } from './dates/parse.ts'
import { typeText } from './operator.ts'
import { isTrue } from './truth.ts'

/** The types that something can be converted to. */
export const TARGETS = [
  'double',
  'string',
  'objectId',
  'bool',
  'date',
  'int',
  'long',
  'decimal',
] as const

export type Target = (typeof TARGETS)[number]

type Conversion = (value: unknown) => unknown

const NUMBERS: readonly BsonType[] = ['int', 'long', 'double', 'decimal']

/** @throws ServerError 241 ConversionFailure */
export function convertTo(target: Target, value: unknown): unknown {
  const type = typeOf(value)
  if (type === target) return value
  const convert = CONVERSIONS[target](type)
  if (convert !== undefined) return convert(value)
  throw failure(`Unsupported conversion from ${typeText(value)} to ${target} in $convert`)
}

const CONVERSIONS: Readonly<Record<Target, (from: BsonType) => Conversion | undefined>> = {
  double: (from) => {
    if (from === 'bool') return (value) => doubleOf(Number(value))
    if (from === 'date') return (value) => doubleOf((value as Date).getTime())
    if (from === 'string') return (value) => doubleOf(parseNumber(value as string))
    if (from === 'decimal') return (value) => doubleOf(doubleFromDecimal(value))
    return NUMBERS.includes(from) ? (value) => doubleOf(numberToDouble(value)) : undefined
  },
  string: (from) => {
    if (from === 'bool') return String
    if (from === 'objectId') return (value) => (value as ObjectId).toHexString()
    if (from === 'double') return (value) => doubleToText(numberToDouble(value))
    return NUMBERS.includes(from) || from === 'date' ? textOf : undefined
  },
  objectId: (from) => (from === 'string' ? parseObjectId : undefined),
  bool: () => isTrue,
  date: (from) => {
    if (from === 'string')
      return (value) => new Date(parseDate(value as string, undefined, undefined))
    if (from === 'objectId') return (value) => (value as ObjectId).getTimestamp()
    if (from === 'timestamp') return (value) => new Date((value as Timestamp).t * 1000)
    const isWide = from === 'long' || from === 'double' || from === 'decimal'
    return isWide ? (value) => new Date(Number(wholeNumber(value, 'date'))) : undefined
  },
  int: (from) => toInteger(from, 'int'),
  long: (from) => {
    if (from === 'date') return (value) => Long.fromNumber((value as Date).getTime())
    return toInteger(from, 'long')
  },
  decimal: (from) => {
    if (from === 'bool') return (value) => decimalOfNumber(Number(value))
    if (from === 'date') {
      return (value) => decimalOfNumber(Long.fromNumber((value as Date).getTime()))
    }
    if (from === 'string') return (value) => parseDecimal(value as string)
    return NUMBERS.includes(from) ? decimalOfNumber : undefined
  },
}

function toInteger(from: BsonType, target: 'int' | 'long'): Conversion | undefined {
  const made = (integer: bigint): unknown =>
    target === 'int' ? Number(integer) : Long.fromBigInt(integer)
  if (from === 'bool') return (value) => made(value === true ? 1n : 0n)
  if (from === 'string') return (value) => made(parseInteger(value as string, target))
  return NUMBERS.includes(from) ? (value) => made(wholeNumber(value, target)) : undefined
}

/** A number with its fraction cut off, if it is in the target's range. */
function wholeNumber(value: unknown, target: 'int' | 'long' | 'date'): bigint {
  const double = numberToDouble(value)
  if (Number.isNaN(double)) {
    throw failure('Attempt to convert NaN value to integer type in $convert')
  }
  if (!Number.isFinite(double)) {
    throw failure('Attempt to convert infinity value to integer type in $convert')
  }
  const integer = truncatedInteger(value, double)
  if (isInRange(integer, target)) return integer
  throw failure(
    `Conversion would overflow target type in $convert with no onError value: ${String(value)}`,
  )
}

function truncatedInteger(value: unknown, double: number): bigint {
  switch (typeOf(value)) {
    case 'long':
      return BigInt(longValue(value as Long))
    case 'decimal': {
      const whole = roundDecimal(value as Decimal128, 0, 'truncate')
      const nearest = BigInt(Math.trunc(numberToDouble(whole)))
      // Beyond 2^53 the decimal has digits that the double has not.
      if (compareNumbers(whole, Number(nearest)) === 0) return nearest
      return BigInt(new DecimalDigits(whole).integer)
    }
    default:
      return BigInt(Math.trunc(double))
  }
}

/** The digits of a whole decimal, written out without an exponent. */
class DecimalDigits {
  readonly integer: string

  constructor(whole: Decimal128) {
    const [digits = '0', exponent = '0'] = whole.toString().split('E')
    this.integer = digits + '0'.repeat(Math.max(0, Number(exponent)))
  }
}

function isInRange(integer: bigint, target: 'int' | 'long' | 'date'): boolean {
  if (target === 'int') return isInt32(Number(integer))
  if (target === 'long') return BigInt.asIntN(64, integer) === integer
  return integer >= -8_640_000_000_000_000n && integer <= 8_640_000_000_000_000n
}

function doubleFromDecimal(value: unknown): number {
  const double = numberToDouble(value)
  const isInfinite = !Number.isFinite(double) && !Number.isNaN(double)
  if (!isInfinite || String(value).includes('Infinity')) return double
  throw failure(
    `Conversion would overflow target type in $convert with no onError value: ${String(value)}`,
  )
}

const DOUBLE = /^[+-]?(?:\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?|inf(?:inity)?|nan)$/i

function parseNumber(text: string): number {
  if (!DOUBLE.test(text)) throw notANumber(text, 'Did not consume whole string.')
  if (/nan$/i.test(text)) return Number.NaN
  if (/inf/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity
  const value = Number(text)
  if (Number.isFinite(value)) return value
  throw notANumber(text, 'Out of range')
}

function parseInteger(text: string, target: 'int' | 'long'): bigint {
  if (!/^[+-]?\d+$/.test(text)) throw notANumber(text, integerProblem(text))
  const value = BigInt(text.replace(/^\+/, ''))
  if (isInRange(value, target)) return value
  throw notANumber(text, 'Overflow')
}

function integerProblem(text: string): string {
  if (text === '') return 'No digits'
  return /^[+-]?\d/.test(text) ? 'Did not consume whole string.' : 'Did not consume any digits'
}

function parseDecimal(text: string): Decimal128 {
  try {
    return Decimal128.fromString(text)
  } catch {
    throw notANumber(text, 'Failed to parse string to decimal')
  }
}

function notANumber(text: string, why: string): ServerError {
  return failure(`Failed to parse number '${text}' in $convert with no onError value: ${why}`)
}

function parseObjectId(value: unknown): ObjectId {
  const text = value as string
  if (/^[0-9a-fA-F]{24}$/.test(text)) return new ObjectId(text)
  const why =
    text.length === 24
      ? `Invalid character found in hex string: '${/[^0-9a-fA-F]/.exec(text)?.[0]}'`
      : `Invalid string length for parsing to OID, expected 24 but found ${text.length}`
  throw failure(`Failed to parse objectId '${text}' in $convert with no onError value: ${why}`)
}

function failure(message: string): ServerError {
  const text = message.includes('no onError value') ? message : `${message} with no onError value`
  return new ServerError('ConversionFailure', text)
}
