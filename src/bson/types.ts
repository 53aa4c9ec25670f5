/** The BSON types: the server's names, numbers and order of precedence. */
import { ObjectId } from 'bson'
import { type BsonTag, isBytes, isDate, isInt32, isRegExp, tagOf } from './document.ts'

/**
 * Each type's number in BSON, by the alias that `$type` and error messages use.
 * Source: bsonspec.org, and the server's bsontypes.cpp for the names.
 */
const TYPE_NUMBERS = {
  double: 1,
  string: 2,
  object: 3,
  array: 4,
  binData: 5,
  undefined: 6,
  objectId: 7,
  bool: 8,
  date: 9,
  null: 10,
  regex: 11,
  dbPointer: 12,
  javascript: 13,
  symbol: 14,
  javascriptWithScope: 15,
  int: 16,
  timestamp: 17,
  long: 18,
  decimal: 19,
  minKey: -1,
  maxKey: 127,
} as const

/** A BSON type, by the server's alias. */
export type BsonType = keyof typeof TYPE_NUMBERS

/** All types, in the order of their numbers but for minKey, which is last but one. */
export const BSON_TYPES: readonly BsonType[] = Object.keys(TYPE_NUMBERS) as BsonType[]

/**
 * Where a type stands among the others: values compare by this first, and only then by value.
 * Types that share a place compare by value with each other. Source: server, bsontypes.h.
 */
const CANONICAL_ORDER: Record<BsonType, number> = {
  minKey: -1,
  undefined: 0,
  null: 5,
  int: 10,
  long: 10,
  double: 10,
  decimal: 10,
  string: 15,
  symbol: 15,
  object: 20,
  array: 25,
  binData: 30,
  objectId: 35,
  bool: 40,
  date: 45,
  timestamp: 47,
  regex: 50,
  dbPointer: 55,
  javascript: 60,
  javascriptWithScope: 65,
  maxKey: 127,
}

/** `Code` is absent: its type depends on its scope. */
const TYPE_OF_TAG: Record<Exclude<BsonTag, 'Code'>, BsonType> = {
  Binary: 'binData',
  BSONRegExp: 'regex',
  BSONSymbol: 'symbol',
  DBRef: 'object',
  Decimal128: 'decimal',
  Double: 'double',
  Int32: 'int',
  Long: 'long',
  MaxKey: 'maxKey',
  MinKey: 'minKey',
  ObjectId: 'objectId',
  Timestamp: 'timestamp',
}

/** The BSON type of a value; a function or a JavaScript symbol, which BSON lacks, is undefined. */
export function typeOf(value: unknown): BsonType {
  switch (typeof value) {
    case 'string':
      return 'string'
    case 'number':
      return isInt32(value) ? 'int' : 'double'
    case 'boolean':
      return 'bool'
    case 'bigint':
      return 'long'
    case 'object':
      return value === null ? 'null' : typeOfObject(value)
    default:
      return 'undefined'
  }
}

function typeOfObject(value: object): BsonType {
  const prototype = Object.getPrototypeOf(value)
  if (prototype === Object.prototype) return 'object'
  if (prototype === ObjectId.prototype) return 'objectId'
  if (Array.isArray(value)) return 'array'
  const tag = tagOf(value)
  if (tag === undefined) {
    if (isDate(value)) return 'date'
    if (isRegExp(value)) return 'regex'
    return isBytes(value) ? 'binData' : 'object'
  }
  if (tag !== 'Code') return TYPE_OF_TAG[tag]
  return (value as { scope?: unknown }).scope == null ? 'javascript' : 'javascriptWithScope'
}

/** The name of a value's type as the server's messages give it: `typeOf` under its usual name. */
export function typeNameOf(value: unknown): string {
  return typeOf(value)
}

/** The number of a type in BSON and in `$type`. */
export function typeNumber(type: BsonType): number {
  return TYPE_NUMBERS[type]
}

/** The type that has this number, undefined if none has. */
export function typeOfNumber(number: number): BsonType | undefined {
  return BSON_TYPES.find((type) => TYPE_NUMBERS[type] === number)
}

/** Whether a text is the alias of a type (`'number'`, which stands for four, is not). */
export function isTypeAlias(text: string): text is BsonType {
  return Object.hasOwn(TYPE_NUMBERS, text)
}

/** The place of a type in the comparison order. */
export function canonicalOrderOfType(type: BsonType): number {
  return CANONICAL_ORDER[type]
}

/** The place of a value's type in the comparison order, minKey -1 to maxKey 127. */
export function canonicalOrder(value: unknown): number {
  switch (typeof value) {
    case 'number':
    case 'bigint':
      return CANONICAL_ORDER.int
    case 'string':
      return CANONICAL_ORDER.string
    case 'boolean':
      return CANONICAL_ORDER.bool
    case 'object':
      return value === null ? CANONICAL_ORDER.null : CANONICAL_ORDER[typeOfObject(value)]
    default:
      return CANONICAL_ORDER.undefined
  }
}
