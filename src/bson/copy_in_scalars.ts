/**
 * Copying in what holds no other values: Dates, patterns, and the classes of `bson`, which may come
 * from another copy of the package and leave as ours.
 */
import {
  Binary,
  BSONError,
  BSONRegExp,
  BSONSymbol,
  BSONVersionError,
  Decimal128,
  type Double,
  type Int32,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  serialize,
  Timestamp,
} from 'bson'
import { doubleOf } from './numbers.ts'
import { toWellFormed } from './strings.ts'

const VERSION = Symbol.for('@@mdb.bson.version')
const BSON_MAJOR_VERSION = 7

const MIN_KEY = new MinKey()
const MAX_KEY = new MaxKey()

/** @throws {BSONVersionError} for a value of another major version of `bson` */
export function refuseOtherVersions(value: object): void {
  if ((value as { [VERSION]?: unknown })[VERSION] !== BSON_MAJOR_VERSION) {
    throw new BSONVersionError()
  }
}

/** An invalid Date is the epoch to the serialiser. */
export function copyDate(value: Date): Date {
  const time = value.getTime()
  return new Date(Number.isNaN(time) ? 0 : time)
}

/** The flags that BSON has: `g` becomes `s`, as the driver has it, and comes back as `g`. */
export function copyRegExp(value: RegExp): BSONRegExp {
  if (value.source.includes('\0')) {
    throw new BSONError(`value ${value.source} must not contain null bytes`)
  }
  const i = value.ignoreCase ? 'i' : ''
  const s = value.global ? 's' : ''
  const m = value.multiline ? 'm' : ''
  return new BSONRegExp(toWellFormed(value.source), i + s + m)
}

/**
 * Copies an instance of a `bson` class that holds no other values.
 * @param tag its `_bsontype`
 * @throws {BSONError} for a tag that is none of these classes'
 */
export function copyScalar(value: object, tag: unknown): unknown {
  switch (tag) {
    case 'ObjectId':
      return new ObjectId(value as ObjectId)
    case 'Long':
      return new Long((value as Long).low, (value as Long).high)
    case 'Int32':
      return (value as Int32).valueOf() | 0
    case 'Double':
      return doubleOf(Number((value as Double).value))
    case 'Decimal128':
      return new Decimal128(Uint8Array.from((value as Decimal128).bytes))
    case 'Binary':
      return copyBinary(value as Binary)
    case 'Timestamp':
      return new Timestamp({ t: (value as Timestamp).t, i: (value as Timestamp).i })
    case 'BSONRegExp':
      return copyBsonRegExp(value as BSONRegExp)
    case 'BSONSymbol':
      return new BSONSymbol(toWellFormed((value as BSONSymbol).value))
    case 'MinKey':
      return MIN_KEY
    case 'MaxKey':
      return MAX_KEY
    default:
      throw new BSONError(`Unrecognized or invalid _bsontype: ${String(tag)}`)
  }
}

function copyBsonRegExp(value: BSONRegExp): BSONRegExp {
  return new BSONRegExp(toWellFormed(value.pattern), value.options)
}

function copyBinary(value: Binary): Binary {
  // The serialiser checks the format of vectors, a check that `bson` does not offer by itself.
  if (value.sub_type === Binary.SUBTYPE_VECTOR) serialize({ value })
  return new Binary(Uint8Array.from(value.buffer.subarray(0, value.position)), value.sub_type)
}
