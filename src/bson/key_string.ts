/**
 * Key strings: index keys as byte strings, so that comparing keys is comparing strings.
 *
 * `encodeKeyString` turns the values of an index key into one string of characters 0 to 255 for
 * which plain `<` gives the order that `compareValues` gives field by field, each in the index's
 * direction. Values that compare equal (5, `Long(5)`, `Decimal128("5.0")`) have the same code.
 *
 * Each value is a tag, which puts the types in their order, and bytes that end themselves: no code
 * is the beginning of another, so codes may follow one another, and a descending field is its
 * ascending code with each byte inverted. Tags lie between 0x01 and 0xfe. Hence what bounds and
 * record ids rest on: a key is less than anything that extends it, and `key + '\xff'` is greater,
 * as long as what is appended does not begin with 0xff.
 *
 * ```
 * { a: 1, b: 'x' }  ->  tag 1  |  tag 'x' 0
 * ```
 *
 * The idea, one memcmp-able string per key, is the server's (key_string.h); the code is our own,
 * since nothing here is ever written to a disk.
 */
import type { Binary, BSONRegExp, BSONSymbol, Code, ObjectId, Timestamp } from 'bson'
import type { Document } from './document.ts'
import { charactersOf, invertCharacters } from './key_bytes.ts'
import { NUMBER_TAG_MIN, numberKey } from './key_number.ts'
import { objectIdCharacters } from './object_id.ts'
import { utf8Characters } from './strings.ts'
import { type BsonType, typeOf } from './types.ts'

/** The direction of an index field. */
export type Direction = 1 | -1

/** The tag of each type; strings and symbols share one, numbers have a range of their own. */
export const TAGS: Record<BsonType, number> = {
  minKey: 10,
  undefined: 15,
  null: 20,
  int: NUMBER_TAG_MIN,
  long: NUMBER_TAG_MIN,
  double: NUMBER_TAG_MIN,
  decimal: NUMBER_TAG_MIN,
  string: 60,
  symbol: 60,
  object: 70,
  array: 80,
  binData: 90,
  objectId: 100,
  bool: 110,
  date: 120,
  timestamp: 130,
  regex: 140,
  dbPointer: 150,
  javascript: 160,
  javascriptWithScope: 170,
  maxKey: 240,
}

const STRING = character(TAGS.string)

function character(tag: number): string {
  return String.fromCharCode(tag)
}

/** Encodes the values of a key, one for each field of the index. */
export function encodeKeyString(
  values: readonly unknown[],
  directions: readonly Direction[],
): string {
  if (values.length === 1) return encodeField(values[0], directions[0] as Direction)
  let key = ''
  for (let index = 0; index < values.length; index++) {
    key += encodeField(values[index], directions[index] as Direction)
  }
  return key
}

/** Encodes the value of one field: what `encodeKeyString([value], [direction])` gives. */
export function encodeField(value: unknown, direction: Direction): string {
  const code = encodeKeyValue(value)
  return direction === 1 ? code : invertCharacters(code)
}

/** Encodes one value, ascending: what `encodeKeyString([value], [1])` gives. */
export function encodeKeyValue(value: unknown): string {
  if (typeof value === 'string') return STRING + terminated(value)
  if (typeof value === 'number') return numberKey(value)
  return encodeTyped(value, typeOf(value))
}

function encodeTyped(value: unknown, type: BsonType): string {
  switch (type) {
    case 'int':
    case 'long':
    case 'double':
    case 'decimal':
      return numberKey(value)
    case 'objectId':
      return objectIdCharacters(TAGS.objectId, value as ObjectId)
    default:
      return character(TAGS[type]) + bodyOf(value, type)
  }
}

/** What follows the tag of a type that is none of the frequent ones. */
function bodyOf(value: unknown, type: BsonType): string {
  switch (type) {
    case 'bool':
      return value === true ? '\x01' : '\0'
    case 'date':
      return integer64((value as Date).getTime() + DATE_OFFSET)
    case 'timestamp':
      return integer32((value as Timestamp).t) + integer32((value as Timestamp).i)
    case 'object':
      return documentBody(value as Document)
    case 'array':
      return arrayBody(value as readonly unknown[])
    case 'binData':
      return binaryBody(value as Binary)
    case 'symbol':
      return terminated((value as BSONSymbol).value)
    case 'regex':
      return terminated((value as BSONRegExp).pattern) + terminated((value as BSONRegExp).options)
    case 'javascript':
      return terminated((value as Code).code)
    case 'javascriptWithScope':
      return terminated((value as Code).code) + documentBody((value as Code).scope ?? {})
    default:
      return ''
  }
}

/** Dates reach from -8.64e15 to 8.64e15 ms; the offset makes them positive. */
const DATE_OFFSET = 8.64e15

function integer64(value: number): string {
  return integer32(Math.floor(value / 2 ** 32)) + integer32(value % 2 ** 32)
}

function integer32(value: number): string {
  return String.fromCharCode(
    (value >>> 24) & 0xff,
    (value >>> 16) & 0xff,
    (value >>> 8) & 0xff,
    value & 0xff,
  )
}

/**
 * A text as its UTF-8 bytes and a final 0. Within the text, 0 and 1 become 1 1 and 1 2, so that
 * the final 0 is the only one, and order is kept.
 */
function terminated(text: string): string {
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    if (unit < 2 || unit > 0x7f) return escaped(text)
  }
  return `${text}\0`
}

function escaped(text: string): string {
  const bytes = utf8Characters(text)
  return `${bytes.replaceAll('\x01', '\x01\x02').replaceAll('\0', '\x01\x01')}\0`
}

/** For each field: tag of its type, name, value; then 0, which is less than any tag. */
function documentBody(document: Document): string {
  let body = ''
  for (const name of Object.keys(document)) {
    const value = document[name]
    body += character(TAGS[typeOf(value)]) + terminated(name) + encodeKeyValue(value)
  }
  return `${body}\0`
}

function arrayBody(elements: readonly unknown[]): string {
  let body = ''
  for (const element of elements) body += encodeKeyValue(element)
  return `${body}\0`
}

function binaryBody(value: Binary): string {
  return integer32(value.position) + character(value.sub_type) + charactersOf(value.value())
}
