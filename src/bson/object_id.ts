/**
 * ObjectIds and UUIDs, minted from given time and chance, and read without copying.
 *
 * `new ObjectId()` and `new UUID()` draw on the machine's clock and random source, which nothing in
 * this project may do; here both come in as arguments.
 */
import { ObjectId, UUID } from 'bson'
import { invariant } from '../invariant.ts'

/**
 * Mints an ObjectId: 4 bytes of time, 5 of chance, 3 of a counter (bsonspec.org).
 * @param epochSeconds seconds since 1970; the low 32 bits count
 * @param random five bytes that tell this process from others
 * @param counter the low 24 bits count
 */
export function mintObjectId(epochSeconds: number, random: Uint8Array, counter: number): ObjectId {
  invariant(random.length === 5, 'an ObjectId takes five random bytes')
  const bytes = new Uint8Array(12)
  bytes[0] = epochSeconds >>> 24
  bytes[1] = epochSeconds >>> 16
  bytes[2] = epochSeconds >>> 8
  bytes[3] = epochSeconds
  bytes.set(random, 4)
  bytes[9] = counter >>> 16
  bytes[10] = counter >>> 8
  bytes[11] = counter
  return new ObjectId(bytes)
}

/** Mints a version 4 UUID from sixteen random bytes, which are left as they are. */
export function mintUuid(random: Uint8Array): UUID {
  invariant(random.length === 16, 'a UUID takes sixteen random bytes')
  const bytes = random.slice()
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80
  return new UUID(bytes)
}

/**
 * How `bson` 7 keeps the twelve bytes: four integers of 24 bits. Reading them spares the buffer
 * that its `id` accessor makes on each access; other versions of the package have no such fields.
 */
type Packed = { readonly i0: number; readonly i1: number; readonly i2: number; readonly i3: number }

function packed(value: ObjectId): Packed | undefined {
  const fields = value as unknown as Packed
  return typeof fields.i0 === 'number' ? fields : undefined
}

/** Compares bytewise: negative, zero or positive. */
export function compareObjectIds(a: ObjectId, b: ObjectId): number {
  const left = packed(a)
  const right = packed(b)
  if (left === undefined || right === undefined) return compareBytes(a.id, b.id)
  return left.i0 - right.i0 || left.i1 - right.i1 || left.i2 - right.i2 || left.i3 - right.i3
}

/** A byte and the twelve of an id as a string of one character per byte. */
export function objectIdCharacters(first: number, value: ObjectId): string {
  const fields = packed(value)
  if (fields === undefined) return String.fromCharCode(first, ...value.id)
  const { i0, i1, i2, i3 } = fields
  return String.fromCharCode(
    first,
    i0 >>> 16,
    (i0 >>> 8) & 0xff,
    i0 & 0xff,
    i1 >>> 16,
    (i1 >>> 8) & 0xff,
    i1 & 0xff,
    i2 >>> 16,
    (i2 >>> 8) & 0xff,
    i2 & 0xff,
    i3 >>> 16,
    (i3 >>> 8) & 0xff,
    i3 & 0xff,
  )
}

/** Compares two byte sequences as `memcmp` does, then by length. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length)
  for (let index = 0; index < length; index++) {
    const difference = (a[index] as number) - (b[index] as number)
    if (difference !== 0) return difference
  }
  return a.length - b.length
}
