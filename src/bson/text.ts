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

/** Depth beyond which the server prints three dots. */
const DEPTH_MAX = 100

/** Prints a value as the server does within a message. */
export function canonicalText(value: unknown): string {
  return textAt(value, 0)
}

function textAt(value: unknown, depth: number): string {
  if (depth > DEPTH_MAX) return '...'
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

function documentText(document: Document, depth: number): string {
  const fields = Object.keys(document).map(
    (name) => `${name}: ${textAt(document[name], depth + 1)}`,
  )
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`
}

function arrayText(array: readonly unknown[], depth: number): string {
  if (array.length === 0) return '[]'
  return `[ ${array.map((element) => textAt(element, depth + 1)).join(', ')} ]`
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

/** A double as C's `%.16g`, with `.0` where nothing else tells it from an integer. */
export function doubleText(value: number): string {
  if (Number.isNaN(value)) return 'nan.0'
  if (!Number.isFinite(value)) return value > 0 ? 'inf.0' : '-inf.0'
  const sign = value < 0 || Object.is(value, -0) ? '-' : ''
  const text = sign + general(Math.abs(value))
  return text.includes('.') ? text : `${text}.0`
}

/** C's `%.16g` of a number that is not negative. */
function general(value: number): string {
  if (value === 0) return '0'
  const [digits = '', power = '0'] = value.toExponential(15).split('e')
  const exponent = Number(power)
  if (exponent >= -4 && exponent < 16) return trimZeros(value.toFixed(15 - exponent))
  const size = Math.abs(exponent)
  return `${trimZeros(digits)}e${exponent < 0 ? '-' : '+'}${size < 10 ? `0${size}` : size}`
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
