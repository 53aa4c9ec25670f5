/**
 * Values as the server prints them in its messages: `{ _id: "x", n: 1.0 }`.
 *
 * Neither JSON nor the shell's language: names are bare, strings are not escaped, doubles always
 * show a point, and long strings, code and binary data are cut off.
 * Source: server, bsonelement.cpp and bsonobj.cpp (toString), builder.h (appendDoubleNice).
 */
import type {
  Binary,
  BSONRegExp,
  BSONSymbol,
  Code,
  Decimal128,
  Long,
  ObjectId,
  Timestamp,
} from 'bson'
import type { Document } from './document.ts'
import { numberToDouble } from './numbers.ts'
import { utf8Length } from './strings.ts'
import { typeOf } from './types.ts'

/** Levels of nesting beyond which the server prints three dots (maxToStringRecursionDepth). */
const DEPTH_MAX = 100

/** Prints a value as the server does within a message. */
export function canonicalText(value: unknown): string {
  return textAt(value, 0)
}

function textAt(value: unknown, depth: number): string {
  const type = typeOf(value)
  switch (type) {
    case 'object':
      return documentText(value as Document, depth)
    case 'array':
      return arrayText(value as readonly unknown[], depth)
    case 'double':
      return doubleText(numberToDouble(value))
    case 'string':
      return stringText(value as string)
    case 'symbol':
      return stringText((value as BSONSymbol).value)
    case 'minKey':
      return 'MinKey'
    case 'maxKey':
      return 'MaxKey'
    case 'objectId':
      return `ObjectId('${(value as ObjectId).toHexString()}')`
    case 'binData':
      return binaryText(value as Binary)
    case 'date':
      return `new Date(${(value as Date).getTime()})`
    case 'timestamp':
      return `Timestamp(${(value as Timestamp).t}, ${(value as Timestamp).i})`
    case 'regex':
      return `/${(value as BSONRegExp).pattern}/${(value as BSONRegExp).options}`
    case 'javascript':
      return cut((value as Code).code, 80, 70, '...')
    case 'javascriptWithScope':
      return `CodeWScope( ${(value as Code).code}, ${textAt((value as Code).scope, 0)})`
    default:
      // int, long, decimal, bool, null, undefined: as they print themselves.
      return String(value as number | Long | Decimal128 | boolean | null | undefined)
  }
}

/** `depth` is the level of nesting of the document itself; its fields are at the same level. */
function documentText(document: Document, depth: number): string {
  const names = Object.keys(document)
  if (names.length === 0) return '{}'
  if (depth > DEPTH_MAX) return `{ ${names.map(() => '...').join(', ')} }`
  return `{ ${names.map((name) => `${name}: ${textAt(document[name], depth + 1)}`).join(', ')} }`
}

function arrayText(array: readonly unknown[], depth: number): string {
  if (array.length === 0) return '[]'
  const shown = (element: unknown) => (depth > DEPTH_MAX ? '...' : textAt(element, depth + 1))
  return `[ ${array.map(shown).join(', ')} ]`
}

function stringText(text: string): string {
  return `"${cut(text, 160, 150, '..."', '"')}`
}

/** A text cut to `kept` bytes where it takes `limit` or more. */
function cut(text: string, limit: number, kept: number, ifCut: string, ifWhole = ''): string {
  if (text.length < limit / 3 || utf8Length(text) < limit) return text + ifWhole
  let bytes = 0
  let shown = ''
  for (const character of text) {
    bytes += utf8Length(character)
    if (bytes > kept) break
    shown += character
  }
  return shown + ifCut
}

/**
 * A number with its type, as the messages about `$inc` and `$mul` show it: `(NumberLong)5`.
 * Source: server, safe_num.cpp (debugString), whose doubles have six digits.
 */
export function typedNumberText(value: unknown): string {
  switch (typeOf(value)) {
    case 'int':
      return `(NumberInt)${value}`
    case 'long':
      return `(NumberLong)${value}`
    case 'decimal':
      return `(NumberDecimal)${value}`
    default:
      return `(NumberDouble)${generalText(numberToDouble(value), 6)}`
  }
}

/** A double as C's `%.16g`, with `.0` where nothing else tells it from an integer. */
export function doubleText(value: number): string {
  const text = generalText(value, 16)
  return text.includes('.') ? text : `${text}.0`
}

/** A double as C's `%g` with this many digits. */
function generalText(value: number, digits: number): string {
  if (Number.isNaN(value)) return 'nan'
  const sign = value < 0 || Object.is(value, -0) ? '-' : ''
  const magnitude = Math.abs(value)
  if (magnitude === Number.POSITIVE_INFINITY) return `${sign}inf`
  if (magnitude === 0) return `${sign}0`
  const [mantissa = '', power = '0'] = magnitude.toExponential(digits - 1).split('e')
  const exponent = Number(power)
  if (exponent >= -4 && exponent < digits) {
    return sign + trimZeros(magnitude.toFixed(digits - 1 - exponent))
  }
  const size = String(Math.abs(exponent)).padStart(2, '0')
  return `${sign}${trimZeros(mantissa)}e${exponent < 0 ? '-' : '+'}${size}`
}

function trimZeros(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text
}

function binaryText(value: Binary): string {
  const hex = Array.from(value.value(), (byte) => byte.toString(16).padStart(2, '0')).join('')
  if (value.sub_type === 4 && value.position === 16) {
    const groups = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20)]
    return `UUID("${groups.join('-')}-${hex.slice(20)}")`
  }
  const shown = value.position > 80 ? `${hex.slice(0, 140)}...` : hex
  return `BinData(${value.sub_type}, ${shown.toUpperCase()})`
}
