/**
 * The operator `$$type`: the names of `$type`, for values as the driver gives them. The driver turns
 * small integers of any width into JavaScript numbers, so a whole number may be any of them.
 */
import { bsonType, isDocument } from './values.ts'

type Check = (value: unknown) => boolean

const ofBson =
  (...names: string[]): Check =>
  (value) =>
    names.includes(bsonType(value) ?? '')

const isWhole: Check = (value) => typeof value === 'number' && Number.isInteger(value)
const isDouble: Check = (value) => typeof value === 'number' || bsonType(value) === 'Double'
const isInt: Check = (value) => isWhole(value) || bsonType(value) === 'Int32'
const isLong: Check = (value) =>
  isWhole(value) || typeof value === 'bigint' || bsonType(value) === 'Long'
const isDecimal = ofBson('Decimal128')

const hasScope = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'scope' in value && value.scope != null

const TYPES: Readonly<Record<string, Check>> = {
  double: isDouble,
  string: (value) => typeof value === 'string',
  object: isDocument,
  array: Array.isArray,
  binData: (value) => ofBson('Binary')(value) || ArrayBuffer.isView(value),
  undefined: (value) => value === undefined,
  objectId: ofBson('ObjectId'),
  bool: (value) => typeof value === 'boolean',
  date: (value) => value instanceof Date,
  null: (value) => value === null,
  regex: (value) => value instanceof RegExp || ofBson('BSONRegExp')(value),
  dbPointer: ofBson('DBRef'),
  javascript: (value) => ofBson('Code')(value) && !hasScope(value),
  symbol: ofBson('BSONSymbol'),
  javascriptWithScope: (value) => ofBson('Code')(value) && hasScope(value),
  int: isInt,
  timestamp: ofBson('Timestamp'),
  long: isLong,
  decimal: isDecimal,
  minKey: ofBson('MinKey'),
  maxKey: ofBson('MaxKey'),
  number: (value) => isDouble(value) || isInt(value) || isLong(value) || isDecimal(value),
}

/** @throws Error for a name that is no type */
export function isOfType(value: unknown, name: string): boolean {
  const check = TYPES[name]
  if (check === undefined) throw new Error(`$$type knows no type '${name}'`)
  return check(value)
}
