/** `$bitAnd` and its kin; sizes of values; `$tsSecond`, `$tsIncrement`. */
import { type Binary, Long, type Timestamp } from 'bson'
import {
  bigIntOf,
  canonicalText,
  type Document,
  isDocument,
  sizeOf,
  typeOf,
  utf8Length,
} from '../../../bson/index.ts'
import { ServerError } from '../../errors.ts'
import { isNullish, nary, type Operator, typeText, unary } from '../operator.ts'

function bitwise(name: string, initial: bigint, apply: (a: bigint, b: bigint) => bigint): Operator {
  return nary(name, {}, (values) => {
    let result = initial
    let isLong = false
    for (const value of values) {
      if (isNullish(value)) return null
      checkInteger(name, value)
      if (typeof value !== 'number') isLong = true
      result = apply(result, integerOf(value))
    }
    return isLong ? Long.fromBigInt(result) : Number(result)
  })
}

const bitNot: Operator = unary('$bitNot', (value) => {
  if (isNullish(value)) return null
  checkInteger('$bitNot', value)
  return typeof value === 'number' ? ~value : Long.fromBigInt(~integerOf(value))
})

function checkInteger(name: string, value: unknown): void {
  const type = typeOf(value)
  if (type === 'int' || type === 'long') return
  throw new ServerError(
    'TypeMismatch',
    `${name} only supports int and long operands, found ${typeText(value)}.`,
  )
}

function integerOf(value: unknown): bigint {
  return typeof value === 'number' ? BigInt(value) : bigIntOf(value as Long)
}

const bsonSize: Operator = unary('$bsonSize', (value) => {
  if (isNullish(value)) return null
  if (isDocument(value)) return sizeOf(value as Document)
  throw new ServerError(31393, `$bsonSize requires a document input, found: ${typeText(value)}`)
})

const binarySize: Operator = unary('$binarySize', (value) => {
  if (isNullish(value)) return null
  if (typeof value === 'string') return utf8Length(value)
  if (typeOf(value) === 'binData') return (value as Binary).length()
  throw new ServerError(
    51276,
    `$binarySize requires a string or BinData argument, found: ${typeText(value)}`,
  )
})

function timestampPart(name: string, code: number, part: (value: Timestamp) => number): Operator {
  return unary(name, (value) => {
    if (isNullish(value)) return null
    if (typeOf(value) === 'timestamp') return Long.fromNumber(part(value as Timestamp))
    throw new ServerError(
      code,
      `Argument to ${name} must be a timestamp, but is ${typeText(value)}: ${canonicalText(value)}`,
    )
  })
}

export const BITS: readonly Operator[] = [
  binarySize,
  bitwise('$bitAnd', -1n, (a, b) => a & b),
  bitNot,
  bitwise('$bitOr', 0n, (a, b) => a | b),
  bitwise('$bitXor', 0n, (a, b) => a ^ b),
  bsonSize,
  timestampPart('$tsIncrement', 5687302, ({ i }) => i),
  timestampPart('$tsSecond', 5687301, ({ t }) => t),
]
