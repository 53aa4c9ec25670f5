import {
  Binary,
  BSONRegExp,
  BSONSymbol,
  Code,
  Decimal128,
  Double,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  serialize,
  Timestamp,
} from 'bson'
import { type Document, isInt32 } from '../../bson/index.ts'
import { ServerError } from '../../engine/index.ts'
import { nameAt } from './name_cache.ts'

/**
 * BSON straight to *clean* values of the store (see `src/bson/document.ts`), in one pass.
 *
 * The `bson` package would read the same bytes to values for applications: an Int32 object for
 * each integer, a DBRef for what looks like one, with its fields in another order; and all of it
 * would have to be copied in. That costs three times as much, and reading is most of what a command
 * costs here. A property test holds the two ways together.
 *
 * Every length is checked against what is there before it is believed.
 *
 * @param start where the document begins in the bytes
 * @param end where it must end
 * @throws ServerError 22 where it is no BSON, 15 where it is nested too deep
 */
export function readBson(bytes: Buffer, start = 0, end: number = bytes.length): Document {
  return new BsonReader(bytes, start, end).root()
}

/** Nested levels below the outermost document. Source: `maxBSONDepth`, bson_depth.h (8.0). */
const DEPTH_MAX = 200

const MIN_KEY = new MinKey()
const MAX_KEY = new MaxKey()

/** 2^32 */
const HIGH = 4_294_967_296
/** The farthest moments that a Date can be, in milliseconds. */
const DATE_MS_MAX = 8.64e15

/**
 * Up to here V8 keeps the bytes within their object, and a loop beats a call. A `Binary`
 * makes a Buffer of what it is given, which takes it longest where that is none.
 */
const SHORT = 64

const UNDERSCORE = 0x5f
const UNUSUAL: ReadonlySet<string> = new Set(['__proto__', '_bsontype'])

class BsonReader {
  readonly #bytes: Buffer
  readonly #end: number
  #at: number
  #depth = 0

  constructor(bytes: Buffer, start: number, end: number) {
    this.#bytes = bytes
    this.#at = start
    this.#end = end
  }

  root(): Document {
    const document = this.#document(this.#end)
    if (this.#at !== this.#end) throw invalid('there are bytes after the document')
    return document
  }

  /** @param limit where whatever contains it ends */
  #document(limit: number): Document {
    const end = this.#open(limit)
    const bytes = this.#bytes
    const document: Document = {}
    while (this.#at < end) {
      const type = bytes[this.#at++]!
      const first = bytes[this.#at]
      const name = this.#name(end)
      const value = this.#value(type, end)
      if (first === UNDERSCORE && UNUSUAL.has(name)) setUnusual(document, name, value)
      else document[name] = value
    }
    this.#close(end)
    return document
  }

  /** The names in an array say nothing: its elements count by their order. */
  #array(limit: number): unknown[] {
    const end = this.#open(limit)
    const bytes = this.#bytes
    const elements: unknown[] = []
    while (this.#at < end) {
      const type = bytes[this.#at++]!
      this.#at = this.#zero(end) + 1
      elements.push(this.#value(type, end))
    }
    this.#close(end)
    return elements
  }

  /** Reads the length of a container. @returns where its final 0 is */
  #open(limit: number): number {
    const start = this.#at
    const length = this.#int32(limit)
    if (length < 5 || start + length > limit) throw invalid(`${length} is no length of a document`)
    if (this.#depth++ > DEPTH_MAX) {
      throw new ServerError('Overflow', 'BSONObj exceeds maximum nested object depth')
    }
    const end = start + length - 1
    if (this.#bytes[end] !== 0) throw invalid('a document does not end with 0')
    return end
  }

  #close(end: number): void {
    if (this.#at !== end) throw invalid('a field reaches over the end of its document')
    this.#at = end + 1
    this.#depth--
  }

  #name(end: number): string {
    const start = this.#at
    const zero = this.#zero(end)
    this.#at = zero + 1
    return nameAt(this.#bytes, start, zero)
  }

  /** Where the next 0 is, which ends a name. */
  #zero(end: number): number {
    const bytes = this.#bytes
    let at = this.#at
    while (at < end && bytes[at] !== 0) at++
    if (at >= end) throw invalid('a name has no end')
    return at
  }

  #value(type: number, end: number): unknown {
    switch (type) {
      case 0x01:
        return this.#double(end)
      case 0x02:
        return this.#string(end)
      case 0x03:
        return this.#document(end)
      case 0x04:
        return this.#array(end)
      case 0x07:
        return this.#objectId(end)
      case 0x08:
        return this.#boolean(end)
      case 0x09:
        return this.#date(end)
      // Undefined, a type of old; null stands for it.
      case 0x06:
      case 0x0a:
        return null
      case 0x10:
        return this.#int32(end)
      case 0x12:
        return this.#long(end)
      default:
        return this.#rareValue(type, end)
    }
  }

  #rareValue(type: number, end: number): unknown {
    switch (type) {
      case 0x05:
        return this.#binary(end)
      case 0x0b:
        return this.#pattern(end)
      case 0x0c:
        return this.#pointer(end)
      case 0x0d:
        return new Code(this.#string(end))
      case 0x0e:
        return new BSONSymbol(this.#string(end))
      case 0x0f:
        return this.#codeWithScope(end)
      case 0x11: {
        const i = this.#int32(end) >>> 0
        return new Timestamp({ t: this.#int32(end) >>> 0, i })
      }
      case 0x13:
        return new Decimal128(new Uint8Array(this.#copy(16, end)))
      case 0x7f:
        return MAX_KEY
      case 0xff:
        return MIN_KEY
      default:
        throw invalid(`there is no type 0x${type.toString(16)}`)
    }
  }

  /** Takes so many bytes. @returns where they begin */
  #take(length: number, end: number): number {
    const at = this.#at
    if (length < 0 || length > end - at) throw invalid('a value reaches over the end')
    this.#at = at + length
    return at
  }

  #copy(length: number, end: number): Uint8Array {
    const at = this.#take(length, end)
    const bytes = this.#bytes
    if (length > SHORT) return new Uint8Array(bytes.subarray(at, at + length))
    const copy = Buffer.alloc(length)
    for (let index = 0; index < length; index++) copy[index] = bytes[at + index]!
    return copy
  }

  #int32(end: number): number {
    const at = this.#take(4, end)
    const bytes = this.#bytes
    return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)
  }

  #double(end: number): number | Double {
    const value = this.#bytes.readDoubleLE(this.#take(8, end))
    return isInt32(value) ? new Double(value) : value
  }

  #long(end: number): Long {
    const low = this.#int32(end)
    return new Long(low, this.#int32(end))
  }

  #string(end: number): string {
    const length = this.#int32(end)
    if (length < 1) throw invalid(`${length} is no length of a string`)
    const at = this.#take(length, end)
    const last = at + length - 1
    if (this.#bytes[last] !== 0) throw invalid('a string does not end with 0')
    return this.#bytes.toString('utf8', at, last)
  }

  #objectId(end: number): ObjectId {
    const at = this.#take(12, end)
    return new ObjectId(this.#bytes.subarray(at, at + 12))
  }

  #boolean(end: number): boolean {
    const byte = this.#bytes[this.#take(1, end)]!
    if (byte > 1) throw invalid(`${byte} is no boolean`)
    return byte === 1
  }

  /** A moment that no Date can be is the epoch, as it is to `copyIn`. */
  #date(end: number): Date {
    const low = this.#int32(end) >>> 0
    const ms = this.#int32(end) * HIGH + low
    return new Date(Math.abs(ms) <= DATE_MS_MAX ? ms : 0)
  }

  #binary(end: number): Binary {
    const length = this.#int32(end)
    const subType = this.#bytes[this.#take(1, end)]!
    if (subType !== Binary.SUBTYPE_BYTE_ARRAY) {
      const value = new Binary(this.#copy(length, end), subType)
      if (subType === Binary.SUBTYPE_VECTOR) checkVector(value)
      return value
    }
    // The old subtype 2 says its length once more.
    const inner = this.#int32(end)
    if (inner !== length - 4) throw invalid('binary data of subtype 2 disagrees about its length')
    return new Binary(this.#copy(inner, end), subType)
  }

  #pattern(end: number): BSONRegExp {
    const pattern = this.#name(end)
    const options = this.#name(end)
    return orInvalid(() => new BSONRegExp(pattern, options))
  }

  /** DBPointer, a type of old: the reference that it became. */
  #pointer(end: number): Document {
    return { $ref: this.#string(end), $id: this.#objectId(end) }
  }

  #codeWithScope(end: number): Code {
    const start = this.#at
    const length = this.#int32(end)
    const scopeEnd = start + length
    if (length < 14 || scopeEnd > end) throw invalid('code with scope has a wrong length')
    const code = this.#string(scopeEnd)
    const scope = this.#document(scopeEnd)
    if (this.#at !== scopeEnd) throw invalid('code with scope has a wrong length')
    return new Code(code, scope)
  }
}

/** Source of the code: bson_validate.cpp (8.0). */
function invalid(what: string): ServerError {
  return new ServerError('InvalidBSON', `invalid bson: ${what}`)
}

/**
 * Plain assignment to `__proto__` would change the prototype instead of making a field, and by
 * `_bsontype` the package knows its own classes: a document that has it can't be written again.
 */
function setUnusual(document: Document, name: string, value: unknown): void {
  if (name === '_bsontype' && value !== null) throw invalid("a field is named '_bsontype'")
  Object.defineProperty(document, name, {
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  })
}

/** The serialiser refuses vectors whose format is wrong, and there is no other way to ask it. */
function checkVector(value: Binary): void {
  orInvalid(() => serialize({ value }))
}

function orInvalid<T>(make: () => T): T {
  try {
    return make()
  } catch (cause) {
    throw invalid(cause instanceof Error ? cause.message : String(cause))
  }
}
