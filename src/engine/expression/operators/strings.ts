/** Strings: their case, parts and lengths. */
import {
  canonicalText,
  compareStrings,
  isNumeric,
  numberToDouble,
  utf8Length,
} from '../../../bson/index.ts'
import { ServerError } from '../../errors.ts'
import { textOf } from '../coercion.ts'
import { int32Of } from '../integers.ts'
import { binary, isNullish, nary, type Operator, typeText, unary } from '../operator.ts'
import { indexArgument } from './arrays.ts'

const concat: Operator = nary('$concat', {}, (values) => {
  let text = ''
  for (const value of values) {
    if (isNullish(value)) return null
    if (typeof value !== 'string') {
      throw new ServerError(16702, `$concat only supports strings, not ${typeText(value)}`)
    }
    text += value
  }
  return text
})

/** ASCII letters only, as the server has it. */
const toLower: Operator = unary('$toLower', (value) =>
  textOf(value).replace(/[A-Z]+/g, (letters) => letters.toLowerCase()),
)

const toUpper: Operator = unary('$toUpper', (value) =>
  textOf(value).replace(/[a-z]+/g, (letters) => letters.toUpperCase()),
)

const strcasecmp: Operator = binary('$strcasecmp', (a, b) =>
  Math.sign(compareStrings(textOf(a).toUpperCase(), textOf(b).toUpperCase())),
)

const split: Operator = binary('$split', (text, separator) => {
  if (isNullish(text) || isNullish(separator)) return null
  const requires = '$split requires an expression that evaluates to a string as a'
  if (typeof text !== 'string') {
    throw new ServerError(40085, `${requires} first argument, found: ${typeText(text)}`)
  }
  if (typeof separator !== 'string') {
    throw new ServerError(40086, `${requires} second argument, found: ${typeText(separator)}`)
  }
  if (separator === '') throw new ServerError(40087, '$split requires a non-empty separator')
  return text.split(separator)
})

const strLenBytes: Operator = unary('$strLenBytes', (text) => {
  if (typeof text === 'string') return utf8Length(text)
  throw new ServerError(34473, `$strLenBytes requires a string argument, found: ${typeText(text)}`)
})

const strLenCP: Operator = unary('$strLenCP', (text) => {
  if (typeof text === 'string') return [...text].length
  throw new ServerError(34471, `$strLenCP requires a string argument, found: ${typeText(text)}`)
})

/** A text in its units: bytes, or code points. */
interface Units {
  readonly suffix: 'Bytes' | 'CP'
  readonly codes: readonly [number, number]
  split(text: string): readonly (number | string)[]
}

const BYTES: Units = { suffix: 'Bytes', codes: [40091, 40092], split: (text) => [...utf8Of(text)] }
const CODE_POINTS: Units = { suffix: 'CP', codes: [40093, 40094], split: (text) => [...text] }

function utf8Of(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

function indexOf({ suffix, codes, split: unitsOf }: Units): Operator {
  const name = `$indexOf${suffix}`
  return nary(name, { least: 2, most: 4 }, ([text, wanted, start, end]) => {
    if (isNullish(text)) return null
    if (typeof text !== 'string') {
      throw new ServerError(
        codes[0],
        `${name} requires a string as the first argument, found: ${typeText(text)}`,
      )
    }
    if (typeof wanted !== 'string') {
      throw new ServerError(
        codes[1],
        `${name} requires a string as the second argument, found: ${typeText(wanted)}`,
      )
    }
    const units = unitsOf(text)
    const sought = unitsOf(wanted)
    const from = start === undefined ? 0 : indexArgument(name, 'starting', start)
    const to = end === undefined ? units.length : indexArgument(name, 'ending', end)
    const most = Math.min(to, units.length) - sought.length
    for (let i = from; i <= most; i++) {
      if (sought.every((unit, j) => units[i + j] === unit)) return i
    }
    return -1
  })
}

/** Source: `ExpressionSubstrBytes::evaluate`, expression.cpp. */
function substrBytes(name: '$substr' | '$substrBytes'): Operator {
  return nary(name, { least: 3, most: 3 }, ([value, start, count]) => {
    const bytes = utf8Of(textOf(value))
    const numeric = (given: unknown, what: string, code: number): number => {
      if (isNumeric(given)) return Math.trunc(numberToDouble(given))
      throw new ServerError(
        code,
        `${name}: ${what} must be a numeric type (is BSON type ${typeText(given)})`,
      )
    }
    const from = numeric(start, ' starting index', 16034)
    const length = numeric(count, ' length', 16035)
    if (from < 0) {
      throw new ServerError(50752, `${name}: starting index must be non-negative (got: ${from})`)
    }
    if (from >= bytes.length) return ''
    const to = length < 0 ? bytes.length : Math.min(bytes.length, from + length)
    if (isContinuation(bytes[from])) {
      throw new ServerError(
        28656,
        `${name}:  Invalid range, starting index is a UTF-8 continuation byte.`,
      )
    }
    if (isContinuation(bytes[to])) {
      throw new ServerError(
        28657,
        `${name}:  Invalid range, ending index is in the middle of a UTF-8 character.`,
      )
    }
    return new TextDecoder().decode(bytes.subarray(from, to))
  })
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80
}

const substrCP: Operator = nary('$substrCP', { least: 3, most: 3 }, ([value, start, count]) => {
  const points = [...textOf(value)]
  const from = codePointArgument(start, 'starting index', 34450)
  const length = codePointArgument(count, 'length', 34452)
  if (length < 0) {
    throw new ServerError(34454, '$substrCP: length must be a nonnegative integer.')
  }
  if (from < 0) {
    throw new ServerError(34455, '$substrCP: the starting index must be nonnegative integer.')
  }
  return points.slice(from, from + length).join('')
})

function codePointArgument(given: unknown, what: string, code: number): number {
  if (!isNumeric(given)) {
    throw new ServerError(
      code,
      `$substrCP: ${what} must be a numeric type (is BSON type ${typeText(given)})`,
    )
  }
  const argument = int32Of(given)
  if (argument !== undefined) return argument
  throw new ServerError(
    code + 1,
    `$substrCP: ${what} cannot be represented as a 32-bit integral value: ${canonicalText(given)}`,
  )
}

export const STRINGS: readonly Operator[] = [
  concat,
  indexOf(BYTES),
  indexOf(CODE_POINTS),
  split,
  strLenBytes,
  strLenCP,
  strcasecmp,
  substrBytes('$substr'),
  substrBytes('$substrBytes'),
  substrCP,
  toLower,
  toUpper,
]
