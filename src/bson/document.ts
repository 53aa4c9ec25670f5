/**
 * What a value of the store is, and how to tell which one you hold.
 *
 * Values are plain JavaScript values and the classes of the `bson` package. A class instance is
 * known by its `_bsontype` tag, never by `instanceof`: an application may bring its own copy of
 * `bson`, whose `ObjectId` is another class with the same tag.
 *
 * **Clean values.** `copyIn` maps whatever a caller hands over to a closed set, which the rest of
 * the store may count on:
 *
 * | in memory                                   | BSON type                      |
 * |---------------------------------------------|--------------------------------|
 * | number: integral, 32 bits, not `-0`         | int                            |
 * | any other number                            | double                         |
 * | `Double` (only where its value reads as int)| double                         |
 * | `Long`, `Decimal128`                        | long, decimal                  |
 * | string, boolean, null, Date                 | string, bool, null, date       |
 * | plain object, array                         | object, array                  |
 * | `ObjectId Binary BSONRegExp Timestamp Code BSONSymbol MinKey MaxKey` | their own |
 *
 * So each BSON value has one in-memory form, and the common ones are plain JavaScript. `Int32`,
 * `bigint`, `RegExp`, `Map`, `DBRef` and byte arrays are understood on the way in and never kept.
 *
 * **Field order** is insertion order, as BSON has it, but for one thing JavaScript does not let us
 * keep: keys that read as array indexes (`'0'`, `'42'`) come first, in ascending order, in every
 * plain object.
 */

/** A document: field names to values, in insertion order (but see above on integer-like names). */
export type Document = { [key: string]: unknown }

/** The tag of a `bson` class instance. */
export type BsonTag =
  | 'Binary'
  | 'BSONRegExp'
  | 'BSONSymbol'
  | 'Code'
  | 'DBRef'
  | 'Decimal128'
  | 'Double'
  | 'Int32'
  | 'Long'
  | 'MaxKey'
  | 'MinKey'
  | 'ObjectId'
  | 'Timestamp'

/** The tag of a `bson` value, undefined for a plain object, array, Date and the like. */
export function tagOf(value: object): BsonTag | undefined {
  // Plain objects are by far the most frequent, and asking them for a property that they do not
  // have is the slow kind of question: their prototype answers faster.
  const prototype = Object.getPrototypeOf(value)
  if (prototype === Object.prototype || prototype === Array.prototype) return undefined
  return (value as { _bsontype?: BsonTag })._bsontype
}

/** A Date of any realm (test runners run tests in a realm of their own). */
export function isDate(value: object): value is Date {
  return value instanceof Date || Object.prototype.toString.call(value) === '[object Date]'
}

/** A RegExp of any realm. */
export function isRegExp(value: object): value is RegExp {
  return value instanceof RegExp || Object.prototype.toString.call(value) === '[object RegExp]'
}

/** A Map of any realm. */
export function isMap(value: object): value is Map<unknown, unknown> {
  return value instanceof Map || Object.prototype.toString.call(value) === '[object Map]'
}

/** A Uint8Array (or Buffer) of any realm; other views are plain objects to BSON. */
export function isBytes(value: object): value is Uint8Array {
  if (value instanceof Uint8Array) return true
  return (
    ArrayBuffer.isView(value) && Object.prototype.toString.call(value) === '[object Uint8Array]'
  )
}

/** An embedded document: an object that is no array, no `bson` class, no Date and the like. */
export function isDocument(value: unknown): value is Document {
  if (typeof value !== 'object' || value === null) return false
  const prototype = Object.getPrototypeOf(value)
  if (prototype === Object.prototype) return true
  return (
    !Array.isArray(value) &&
    (value as { _bsontype?: BsonTag })._bsontype === undefined &&
    !isDate(value) &&
    !isRegExp(value) &&
    !isBytes(value)
  )
}

/** Whether a number is an int32 to BSON: integral, within 32 bits, and not minus zero. */
export function isInt32(value: number): boolean {
  return (value | 0) === value && (value !== 0 || 1 / value > 0)
}
