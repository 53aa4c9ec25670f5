import { type Binary, type Double, type Long, serialize } from 'bson'
import { type Document, isInt32 } from '../../bson/index.ts'
import { ServerError } from '../../engine/index.ts'
import { invariant } from '../../invariant.ts'

/**
 * The store's documents straight to BSON, behind the head of a message, in one buffer that is used
 * again for each reply.
 *
 * The `bson` package walks a document of any origin: it looks out for cycles, `toBSON` methods and
 * classes of other versions of itself, and copies the result out of a buffer of its own. Of a
 * hundred documents that a query finds, most of the time went there. Here the frequent types are
 * written by ourselves, and whatever else turns up is left to the package, one value at a time; a
 * property test holds the two ways together.
 */
export class BsonWriter {
  #bytes: Buffer = Buffer.allocUnsafeSlow(BYTES_FIRST)
  #at = 0

  /** How much is written since the beginning. */
  get length(): number {
    return this.#at
  }

  /** Begins anew, behind so many bytes that the caller fills in later. */
  begin(headBytes: number): void {
    this.#at = headBytes
  }

  /**
   * Writes a reply: a document whose `ok` is a double, as it has been from the first server on.
   * Everywhere else in here it is a number.
   */
  reply(reply: Document): void {
    const start = this.#open()
    for (const name in reply) {
      if (name === 'ok') this.#double(name, reply[name] as number)
      else this.#element(name, reply[name])
    }
    this.#close(start)
  }

  document(document: Document): void {
    const start = this.#open()
    for (const name in document) this.#element(name, document[name])
    this.#close(start)
  }

  /** Leaves so many bytes free for the caller. */
  skip(count: number): void {
    this.#need(count)
    this.#at += count
  }

  /** Everything since the beginning, as bytes of the caller's own. */
  take(): Buffer {
    const written = this.#bytes.subarray(0, this.#at)
    if (this.#bytes.length <= BYTES_KEPT) return Buffer.from(written)
    // One large reply does not bind its memory for ever.
    this.#bytes = Buffer.allocUnsafeSlow(BYTES_FIRST)
    return written
  }

  #open(): number {
    const start = this.#at
    this.#need(5)
    this.#at = start + 4
    return start
  }

  #close(start: number): void {
    this.#need(1)
    this.#bytes[this.#at++] = 0
    this.#int32At(start, this.#at - start)
  }

  #element(name: string, value: unknown): void {
    switch (typeof value) {
      case 'string':
        this.#name(0x02, name)
        this.#string(value)
        return
      case 'number':
        if (isInt32(value)) {
          this.#name(0x10, name)
          this.#int32(value)
        } else this.#double(name, value)
        return
      case 'boolean':
        this.#name(0x08, name)
        this.#bytes[this.#at++] = value ? 1 : 0
        return
      case 'object':
        if (value === null) this.#name(0x0a, name)
        else this.#object(name, value)
        return
      case 'undefined':
        return
      default:
        this.#rare(name, value)
    }
  }

  #object(name: string, value: object): void {
    const prototype = Object.getPrototypeOf(value)
    if (prototype === Object.prototype) {
      this.#name(0x03, name)
      this.document(value as Document)
    } else if (prototype === Array.prototype) {
      this.#name(0x04, name)
      this.#array(value as unknown[])
    } else this.#instance(name, value)
  }

  #array(elements: readonly unknown[]): void {
    const start = this.#open()
    for (let index = 0; index < elements.length; index++) {
      // A hole in an array is a null.
      this.#element(indexName(index), elements[index] ?? null)
    }
    this.#close(start)
  }

  #instance(name: string, value: object): void {
    switch ((value as { _bsontype?: string })._bsontype) {
      case 'ObjectId':
        this.#name(0x07, name)
        this.#need(OBJECT_ID_BYTES)
        this.#at += (value as unknown as SelfWriting).serializeInto(this.#bytes, this.#at)
        return
      case 'Long':
        this.#name(0x12, name)
        this.#int64(value as Long)
        return
      case 'Timestamp':
        this.#name(0x11, name)
        this.#int64(value as Long)
        return
      case 'Double':
        this.#double(name, (value as Double).value)
        return
      case 'Binary':
        this.#binary(name, value as Binary)
        return
      default:
        if (value instanceof Date) this.#date(name, value)
        else this.#rare(name, value)
    }
  }

  #double(name: string, value: number): void {
    this.#name(0x01, name)
    this.#at = this.#bytes.writeDoubleLE(value, this.#at)
  }

  #date(name: string, value: Date): void {
    const ms = value.getTime()
    if (Number.isNaN(ms)) {
      this.#rare(name, value)
      return
    }
    this.#name(0x09, name)
    const high = Math.floor(ms / HIGH)
    this.#int32(ms - high * HIGH)
    this.#int32(high)
  }

  #binary(name: string, value: Binary): void {
    const { sub_type: subType, position: length } = value
    // The old subtype 2 says its length twice; of vectors the package checks the format.
    if (subType === 2 || subType === 9) {
      this.#rare(name, value)
      return
    }
    this.#name(0x05, name)
    this.#need(5)
    this.#int32(length)
    this.#bytes[this.#at++] = subType
    const data = value.buffer
    this.#copy(data.length === length ? data : data.subarray(0, length))
  }

  /** As the package has it: a document of nothing else, taken apart. */
  #rare(name: string, value: unknown): void {
    const alone = serialize({ '': value })
    // length 4, type, a name of nothing, the value, 00; without the type where it is none.
    if (alone.length === 5) return
    this.#name(alone[4]!, name)
    this.#copy(alone.subarray(6, -1))
  }

  /** The head of an element. Behind it there is room for any number. */
  #name(type: number, name: string): void {
    const { length } = name
    this.#need(length * 3 + 2 + NUMBER_BYTES_MAX)
    const bytes = this.#bytes
    let at = this.#at
    bytes[at++] = type
    for (let index = 0; index < length; index++) {
      const code = name.charCodeAt(index)
      if (code > 0x7f || code === 0) {
        at += writeRest(bytes, at, name.slice(index))
        break
      }
      bytes[at++] = code
    }
    bytes[at++] = 0
    this.#at = at
  }

  #string(text: string): void {
    const { length } = text
    this.#need(length * 3 + 5)
    const bytes = this.#bytes
    const start = this.#at + 4
    let at = start
    if (length > SHORT) at += bytes.write(text, at)
    else {
      for (let index = 0; index < length; index++) {
        const code = text.charCodeAt(index)
        if (code > 0x7f) {
          at += bytes.write(text.slice(index), at)
          break
        }
        bytes[at++] = code
      }
    }
    bytes[at++] = 0
    this.#int32At(start - 4, at - start)
    this.#at = at
  }

  #copy(bytes: Uint8Array): void {
    const { length } = bytes
    this.#need(length)
    const target = this.#bytes
    const at = this.#at
    if (length > SHORT) target.set(bytes, at)
    else for (let index = 0; index < length; index++) target[at + index] = bytes[index]!
    this.#at = at + length
  }

  #int64(value: Long): void {
    this.#int32(value.low)
    this.#int32(value.high)
  }

  #int32(value: number): void {
    this.#int32At(this.#at, value)
    this.#at += 4
  }

  #int32At(at: number, value: number): void {
    const bytes = this.#bytes
    bytes[at] = value
    bytes[at + 1] = value >>> 8
    bytes[at + 2] = value >>> 16
    bytes[at + 3] = value >>> 24
  }

  #need(count: number): void {
    if (this.#bytes.length - this.#at < count) this.#grow(count)
  }

  #grow(count: number): void {
    if (this.#at + count > BYTES_MAX) {
      throw new ServerError('BSONObjectTooLarge', `a document has outgrown ${BYTES_MAX} bytes`)
    }
    const grown = Buffer.allocUnsafeSlow(Math.max(this.#bytes.length * 2, this.#at + count))
    grown.set(this.#bytes.subarray(0, this.#at))
    this.#bytes = grown
  }
}

const BYTES_FIRST = 16 * 1024
const BYTES_KEPT = 256 * 1024
/**
 * More than any message may have, so that whoever is told of a document too large knows its size.
 */
const BYTES_MAX = 64 * 1024 * 1024

const NUMBER_BYTES_MAX = 8
const OBJECT_ID_BYTES = 12

/** What the package's own serialiser asks of an ObjectId; `id` would make a buffer each time. */
interface SelfWriting {
  serializeInto(bytes: Uint8Array, at: number): number
}

/** Up to here a loop over the bytes beats a call. */
const SHORT = 48
/** 2^32 */
const HIGH = 4_294_967_296

function writeRest(bytes: Buffer, at: number, rest: string): number {
  invariant(!rest.includes('\0'), 'a name with a zero byte came as far as a reply')
  return bytes.write(rest, at)
}

const INDEX_NAMES: readonly string[] = Array.from({ length: 1000 }, (_, index) => `${index}`)

function indexName(index: number): string {
  return INDEX_NAMES[index] ?? `${index}`
}
