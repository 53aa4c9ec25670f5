/**
 * The door in: what a caller hands over becomes a clean value of the store's own.
 *
 * The result is what the server would have received from the driver, as if serialised and read
 * back without promotion; so all that `bson`'s serialiser does happens here: `undefined` becomes
 * null (or is left out), functions and JavaScript symbols are left out, `toBSON` is asked, a Map
 * becomes a document, an invalid Date becomes the epoch, and cycles are refused. Nothing of the
 * result is shared with the caller, who may go on changing what was given.
 *
 * A RegExp is kept as `BSONRegExp`, whose flags are BSON's (`g` becomes `s`, as the driver has it).
 * `-0` stays the double that it is.
 */
import {
  Binary,
  BSONError,
  BSONRegExp,
  BSONSymbol,
  BSONVersionError,
  Code,
  type DBRef,
  Decimal128,
  type Double,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  serialize,
  Timestamp,
} from 'bson'
import { type BsonTag, type Document, isBytes, isDate, isMap, isRegExp } from './document.ts'
import { isPlainName } from './names.ts'
import { doubleOf } from './numbers.ts'
import { define } from './path_copy.ts'

/** How to copy what BSON has no place for; the names are the driver's. */
export type CopyInOptions = {
  /** Leave out fields that are `undefined`, instead of storing null. Default: false. */
  readonly ignoreUndefined?: boolean
  /** Store functions as code, instead of leaving them out. Default: false. */
  readonly serializeFunctions?: boolean
}

/** A place within what is being copied. */
type Place = {
  readonly options: CopyInOptions
  readonly depth: number
  /** The objects that we are inside of, kept only from some depth on. */
  readonly path: Set<object> | undefined
}

const NO_OPTIONS: CopyInOptions = {}
const ROOT: Place = { options: NO_OPTIONS, depth: 0, path: undefined }
/** Where a cycle could be at work: what is nested less deep ends by itself. */
const CYCLE_SUSPECTED_DEPTH = 100

/** Stands for a value that is left out. */
const ABSENT = Symbol('absent')

const MIN_KEY = new MinKey()
const MAX_KEY = new MaxKey()

const VERSION = Symbol.for('@@mdb.bson.version')
const BSON_MAJOR_VERSION = 7

/**
 * Copies a document in.
 * @throws {BSONError} as the serialiser does: no document, a cycle, a NUL in a name, an unknown type
 * @throws {BSONVersionError} for values of another major version of `bson`
 */
export function copyIn(document: unknown, options: CopyInOptions = NO_OPTIONS): Document {
  if (document === null || document === undefined) return {}
  if (typeof document !== 'object') {
    throw new BSONError('serialize does not support non-object as the root input')
  }
  refuseRoot(document)
  const place = options === NO_OPTIONS ? ROOT : { options, depth: 0, path: undefined }
  return copyDocument(document, place)
}

/**
 * Copies a value in that is to be part of a document: a filter's operand, say.
 * @returns null for what a document would leave out
 */
export function copyValueIn(value: unknown, options: CopyInOptions = NO_OPTIONS): unknown {
  const copy = copyAny(value, { options, depth: 0, path: undefined })
  return copy === ABSENT ? null : copy
}

function refuseRoot(document: object): void {
  if (Object.getPrototypeOf(document) === Object.prototype && !('_bsontype' in document)) return
  if (Array.isArray(document)) {
    throw new BSONError('serialize does not support an array as the root input')
  }
  if (typeof (document as { _bsontype?: unknown })._bsontype === 'string') {
    throw new BSONError('BSON types cannot be serialized as a document')
  }
  const buffer = /^\[object (Shared)?ArrayBuffer\]$/.test(Object.prototype.toString.call(document))
  if (buffer || isDate(document) || isRegExp(document) || isBytes(document)) {
    throw new BSONError('date, regexp, typedarray, and arraybuffer cannot be BSON documents')
  }
}

/** Copies an object that stands for a document: plain, a Map, or an instance of some class. */
function copyDocument(source: object, place: Place): Document {
  if (place.depth >= CYCLE_SUSPECTED_DEPTH) return guarded(source, place, copyFields)
  return copyFields(source, place)
}

function copyFields(source: object, place: Place): Document {
  if (isMap(source)) return copyMap(source, place)
  const document = fieldsOf(source)
  const copy: Document = { ...document }
  if (Object.getOwnPropertySymbols(copy).length > 0) return copyFieldByField(document, place)
  let index = 0
  for (const name in copy) {
    if (!isPlainName(name, index++)) return copyFieldByField(document, place)
    const value = copy[name]
    switch (typeof value) {
      case 'string':
      case 'number':
      case 'boolean':
        break
      case 'object':
        if (value !== null) {
          const inner = copyObject(value, place)
          if (inner === ABSENT) return copyFieldByField(document, place)
          copy[name] = inner
        }
        break
      default:
        return copyFieldByField(document, place)
    }
  }
  return copy
}

/** What an object wants to be stored as. */
function fieldsOf(source: object): Document {
  const { toBSON } = source as { toBSON?: unknown }
  if (typeof toBSON !== 'function') return source as Document
  const fields: unknown = toBSON.call(source)
  if (fields !== null && fields !== undefined && typeof fields !== 'object') {
    throw new BSONError('toBSON function did not return an object')
  }
  return fields as Document
}

/** The thorough way, for documents with fields that are left out, or names that need care. */
function copyFieldByField(source: Document, place: Place): Document {
  const copy: Document = {}
  for (const name of Object.keys(source)) addField(copy, name, source[name], place)
  return copy
}

function copyMap(source: Map<unknown, unknown>, place: Place): Document {
  const copy: Document = {}
  for (const [name, value] of source) addField(copy, String(name), value, place)
  return copy
}

function addField(copy: Document, name: string, value: unknown, place: Place): void {
  if (name.includes('\0')) throw new BSONError(`key ${name} must not contain null bytes`)
  if (value === undefined && place.options.ignoreUndefined === true) return
  const inner = copyAny(value, place)
  if (inner !== ABSENT) define(copy, name, inner)
}

function copyArray(source: readonly unknown[], place: Place): unknown[] {
  if (place.depth >= CYCLE_SUSPECTED_DEPTH) return guarded(source, place, copyElements)
  return copyElements(source, place)
}

function copyElements(source: readonly unknown[], place: Place): unknown[] {
  const copy: unknown[] = []
  for (let index = 0; index < source.length; index++) {
    const value = source[index]
    const inner =
      typeof value === 'string' || typeof value === 'number' ? value : copyAny(value, place)
    if (inner !== ABSENT) copy.push(inner)
  }
  return copy
}

/** Copies a container deep down, where a cycle must be told from depth. */
function guarded<S extends object, C>(source: S, place: Place, copy: (s: S, p: Place) => C): C {
  const path = place.path ?? new Set()
  if (path.has(source)) throw new BSONError('Cannot convert circular structure to BSON')
  path.add(source)
  const result = copy(source, { options: place.options, depth: place.depth, path })
  path.delete(source)
  return result
}

function copyAny(value: unknown, place: Place): unknown {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'boolean':
      return value
    case 'bigint':
      return Long.fromBigInt(value)
    case 'undefined':
      return null
    case 'object':
      return value === null ? null : copyObject(value, place)
    case 'function':
      if (hasToBson(value)) return copyAny(value.toBSON(), place)
      return place.options.serializeFunctions === true ? new Code(value.toString()) : ABSENT
    default:
      return ABSENT
  }
}

function hasToBson(value: object): value is { toBSON(): unknown } {
  return typeof (value as { toBSON?: unknown }).toBSON === 'function'
}

function copyObject(value: object, place: Place): unknown {
  const prototype = Object.getPrototypeOf(value)
  if (prototype === ObjectId.prototype) return new ObjectId(value as ObjectId)
  if (prototype === Date.prototype) return copyDate(value as Date)
  if (hasToBson(value)) {
    const stored: unknown = value.toBSON()
    if (typeof stored !== 'object' || stored === null) return copyAny(stored, place)
    return copyContainer(stored, place)
  }
  return copyContainer(value, place)
}

function copyContainer(value: object, place: Place): unknown {
  if (Array.isArray(value)) return copyArray(value, deeper(place))
  const prototype = Object.getPrototypeOf(value)
  const tag = (value as { _bsontype?: unknown })._bsontype
  if (tag !== undefined && tag !== null) return copyTagged(value, tag, place)
  if (prototype === Object.prototype) return copyDocument(value, deeper(place))
  if (isDate(value)) return copyDate(value)
  if (isBytes(value)) return new Binary(Uint8Array.from(value))
  if (isRegExp(value)) return copyRegExp(value)
  return copyDocument(value, deeper(place))
}

function deeper(place: Place): Place {
  return { options: place.options, depth: place.depth + 1, path: place.path }
}

function copyDate(value: Date): Date {
  const time = value.getTime()
  return new Date(Number.isNaN(time) ? 0 : time)
}

function copyRegExp(value: RegExp): BSONRegExp {
  const i = value.ignoreCase ? 'i' : ''
  const s = value.global ? 's' : ''
  const m = value.multiline ? 'm' : ''
  return new BSONRegExp(value.source, i + s + m)
}

/** Copies an instance of a `bson` class, of this copy of the package or another. */
function copyTagged(value: object, tag: unknown, place: Place): unknown {
  if ((value as { [VERSION]?: unknown })[VERSION] !== BSON_MAJOR_VERSION) {
    throw new BSONVersionError()
  }
  switch (tag as BsonTag) {
    case 'ObjectId':
      return new ObjectId(value as ObjectId)
    case 'Long':
      return new Long((value as Long).low, (value as Long).high)
    case 'Int32':
      return (value as Double).valueOf() | 0
    case 'Double':
      return doubleOf(Number((value as Double).value))
    case 'Decimal128':
      return new Decimal128(Uint8Array.from((value as Decimal128).bytes))
    case 'Binary':
      return copyBinary(value as Binary)
    case 'Timestamp':
      return new Timestamp({ t: (value as Timestamp).t, i: (value as Timestamp).i })
    case 'BSONRegExp':
      return new BSONRegExp((value as BSONRegExp).pattern, (value as BSONRegExp).options)
    case 'BSONSymbol':
      return new BSONSymbol((value as BSONSymbol).value)
    case 'Code':
      return copyCode(value as Code, place)
    case 'DBRef':
      return copyReference(value as DBRef, place)
    case 'MinKey':
      return MIN_KEY
    case 'MaxKey':
      return MAX_KEY
    default:
      throw new BSONError(`Unrecognized or invalid _bsontype: ${String(tag satisfies unknown)}`)
  }
}

function copyBinary(value: Binary): Binary {
  // The serialiser checks the vector format, which `bson` does not offer by itself.
  if (value.sub_type === Binary.SUBTYPE_VECTOR) serialize({ value })
  return new Binary(Uint8Array.from(value.buffer.subarray(0, value.position)), value.sub_type)
}

function copyCode(value: Code, place: Place): Code {
  const { scope } = value
  if (!scope || typeof scope !== 'object') return new Code(String(value.code))
  return new Code(value.code, copyDocument(scope, deeper(place)))
}

/** A DBRef is a document by convention; its fields leave out `undefined`, whatever the options. */
function copyReference(value: DBRef, place: Place): Document {
  const database = value.db === null || value.db === undefined ? {} : { $db: value.db }
  const fields = { $ref: value.collection, $id: value.oid, ...database, ...value.fields }
  const options = { ...place.options, ignoreUndefined: true }
  return copyDocument(fields, { options, depth: place.depth + 1, path: place.path })
}
