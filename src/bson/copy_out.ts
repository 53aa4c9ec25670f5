/**
 * The door out: a stored document becomes the caller's own, as the driver would have read it.
 *
 * By default BSON types give way to JavaScript's: `Double` to a number, a `Long` that is safe to a
 * number, `BSONRegExp` to RegExp, a symbol to a string; binary data of subtype 4 becomes a UUID
 * and a document with `$ref` and `$id` a DBRef. The options are those of `bson`'s `deserialize`.
 * Nothing of the result is shared with the store.
 */
import {
  Binary,
  BSONError,
  BSONRegExp,
  BSONSymbol,
  ByteUtils,
  Code,
  DBRef,
  Decimal128,
  Double,
  Int32,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  Timestamp,
} from 'bson'
import { type Document, isInt32, tagOf } from './document.ts'
import { bigIntOf, longValue } from './longs.ts'
import { DEEPER, EMBEDDED, IN_ARRAY, type Place, shallowCopy, TOP } from './shallow_copy.ts'

/** Which values become JavaScript's own; the names are the driver's. */
export type CopyOutOptions = {
  /** Numbers and symbols as JavaScript's, not as classes of `bson`. Default: true. */
  readonly promoteValues?: boolean | undefined
  /** A Long that is a safe integer as a number. Default: true. */
  readonly promoteLongs?: boolean | undefined
  /** Binary data as a Uint8Array (a Buffer in Node). Default: false. */
  readonly promoteBuffers?: boolean | undefined
  /** Regular expressions as BSONRegExp. Default: false. */
  readonly bsonRegExp?: boolean | undefined
  /** Longs as bigint. Default: false. */
  readonly useBigInt64?: boolean | undefined
}

const DEFAULTS: CopyOutOptions = {}

const SAFE_MAX = 2n ** 53n

/**
 * Copies a clean document out.
 * @returns a DBRef where the document reads as one, as the driver does
 * @throws {BSONError} where `useBigInt64` meets options that ask for Longs
 */
export function copyOut(document: Document, options: CopyOutOptions = DEFAULTS): Document {
  checkOptions(options)
  // Its own spread, apart from that of inner documents: V8 is quick only where few shapes come by.
  return mendFields({ ...document }, options, TOP)
}

/**
 * Copies many clean documents out, each as `copyOut` does.
 *
 * First all are copied as they are, then the copies are gone through, which looks at every value:
 * where documents lie scattered in memory, the processor waits for several at a time in either
 * round. A hundred of 100,000 documents take two thirds of the time so.
 */
export function copyAllOut(
  documents: readonly Document[],
  options: CopyOutOptions = DEFAULTS,
): Document[] {
  checkOptions(options)
  const copies: Document[] = []
  for (let i = 0; i < documents.length; i++) copies.push({ ...documents[i] })
  for (let i = 0; i < copies.length; i++) copies[i] = mendFields(copies[i]!, options, TOP)
  return copies
}

function checkOptions(options: CopyOutOptions): void {
  if (options.useBigInt64 && (options.promoteValues === false || options.promoteLongs === false)) {
    throw new BSONError('Must either request bigint or Long for int64 deserialization')
  }
}

/** Copies a clean value out that was part of a document. */
export function copyValueOut(value: unknown, options: CopyOutOptions = DEFAULTS): unknown {
  if (typeof value === 'object' && value !== null) return copyObject(value, options, DEEPER)
  return typeof value === 'number' ? copyNumber(value, options) : value
}

function copyInner(document: Document, options: CopyOutOptions, place: Place): Document {
  return mendFields(shallowCopy(document, place), options, place)
}

/** Puts what the caller may have in the place of what is the store's. */
function mendFields(copy: Document, options: CopyOutOptions, place: Place): Document {
  const boxed = options.promoteValues === false
  let special = false
  for (const name in copy) {
    const value = copy[name]
    if (typeof value === 'object') {
      if (value !== null) copy[name] = copyObject(value, options, place === TOP ? EMBEDDED : DEEPER)
    } else if (boxed && typeof value === 'number') copy[name] = copyNumber(value, options)
    if (name.charCodeAt(0) === 36) special = true
  }
  return special && isReference(copy) ? toReference(copy) : copy
}

function copyArray(array: readonly unknown[], options: CopyOutOptions, place: Place): unknown[] {
  const copy = array.slice()
  const boxed = options.promoteValues === false
  for (let index = 0; index < copy.length; index++) {
    const value = copy[index]
    if (typeof value === 'object') {
      if (value !== null) copy[index] = copyObject(value, options, place)
    } else if (boxed && typeof value === 'number') copy[index] = copyNumber(value, options)
  }
  return copy
}

function copyNumber(value: number, options: CopyOutOptions): unknown {
  if (options.promoteValues !== false) return value
  return isInt32(value) ? new Int32(value) : new Double(value)
}

/** @param place where it stands if it is a document */
function copyObject(value: object, options: CopyOutOptions, place: Place): unknown {
  const prototype = Object.getPrototypeOf(value)
  if (prototype === Object.prototype) return copyInner(value as Document, options, place)
  if (prototype === ObjectId.prototype) return new ObjectId(value as ObjectId)
  if (prototype === Date.prototype) return new Date((value as Date).getTime())
  if (Array.isArray(value)) {
    return copyArray(value, options, place === EMBEDDED ? IN_ARRAY : DEEPER)
  }
  return copyTagged(value, options)
}

function copyTagged(value: object, options: CopyOutOptions): unknown {
  switch (tagOf(value)) {
    case 'Long':
      return copyLong(value as Long, options)
    case 'Double':
      return options.promoteValues === false
        ? new Double((value as Double).value)
        : (value as Double).value
    case 'Decimal128':
      return new Decimal128(copyBytes((value as Decimal128).bytes))
    case 'Binary':
      return copyBinary(value as Binary, options)
    case 'Timestamp':
      return new Timestamp({ t: (value as Timestamp).t, i: (value as Timestamp).i })
    case 'BSONRegExp':
      return copyRegExp(value as BSONRegExp, options)
    case 'BSONSymbol': {
      const text = (value as BSONSymbol).value
      return options.promoteValues === false ? new BSONSymbol(text) : text
    }
    case 'Code': {
      const { code, scope } = value as Code
      return new Code(code, scope === null ? null : copyInner(scope, options, DEEPER))
    }
    case 'MinKey':
      return new MinKey()
    case 'MaxKey':
      return new MaxKey()
    default:
      return new Date((value as Date).getTime())
  }
}

function copyLong(value: Long, options: CopyOutOptions): unknown {
  if (options.useBigInt64) return bigIntOf(value)
  if (options.promoteValues !== false && options.promoteLongs !== false) {
    const exact = longValue(value)
    if (typeof exact === 'number') return exact
    // The package takes 2^53 and -2^53 for safe as well.
    if (exact === SAFE_MAX || exact === -SAFE_MAX) return Number(exact)
  }
  return new Long(value.low, value.high)
}

function copyBinary(value: Binary, options: CopyOutOptions): unknown {
  const bytes = copyBytes(value.value())
  if (options.promoteBuffers && options.promoteValues !== false) return bytes
  const copy = new Binary(bytes, value.sub_type)
  return value.sub_type === Binary.SUBTYPE_UUID && bytes.length === 16 ? copy.toUUID() : copy
}

/** Bytes as the driver hands them out: a Buffer in Node, where applications rely on its methods. */
function copyBytes(bytes: Uint8Array): Uint8Array {
  return ByteUtils.toLocalBufferType(Uint8Array.from(bytes))
}

function copyRegExp(value: BSONRegExp, options: CopyOutOptions): unknown {
  if (options.bsonRegExp) return new BSONRegExp(value.pattern, value.options)
  let flags = ''
  for (const option of value.options) {
    if (option === 's') flags += 'g'
    else if (option === 'i' || option === 'm') flags += option
  }
  return new RegExp(value.pattern, flags)
}

/** Whether a document is a reference by the conventions that `bson` follows. */
function isReference(document: Document): boolean {
  if (document['$id'] === null || document['$id'] === undefined) return false
  if (typeof document['$ref'] !== 'string') return false
  if ('$db' in document && typeof document['$db'] !== 'string') return false
  return Object.keys(document).every((name) => name[0] !== '$' || /^\$(?:ref|id|db)$/.test(name))
}

function toReference(document: Document): Document {
  const { $ref, $id, $db, ...fields } = document
  return new DBRef($ref as string, $id as ObjectId, $db as string, fields) as object as Document
}
