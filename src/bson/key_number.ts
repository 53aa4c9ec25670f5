/**
 * Numbers in key strings: one order-preserving code for ints, longs, doubles and decimals.
 *
 * Equal values have equal codes whatever their types, so the code follows the value, not the type:
 *
 * ```
 * tag            what follows, for the absolute value |n|
 * NaN            nothing
 * zero           nothing
 * below one      double, tail
 * n bytes (1..8) floor(|n|) * 2 + f, in n bytes; if f, there is a fraction: double, tail
 * beyond 2^63    double, tail
 * ```
 *
 * `double` is the greatest double that is not greater than |n|, as its eight bytes, which sort by
 * value. `tail` is one byte 0 where the double is |n| exactly; or 1 and the decimal digits of |n|,
 * which only a decimal needs. A negative number has a tag below that of zero, further down the
 * larger it is, and all its other bytes inverted. No code is the beginning of another.
 */
import type { Decimal128, Long } from 'bson'
import { compareMagnitudeToDouble } from './compare_numbers.ts'
import { type DecimalParts, decimalParts } from './decimal.ts'
import { tagOf } from './document.ts'
import { invertCharacters } from './key_bytes.ts'
import { longValue } from './longs.ts'

/** The tags of all numbers, from first to last; a key string holds nothing else between them. */
export const NUMBER_TAG_MIN = 30
export const NUMBER_TAG_MAX = 51
const TAG_NAN = 30
const TAG_ZERO = 41
/** Distance of a tag from that of zero: below one, 1 to 8 bytes, beyond 2^63. */
const BELOW_ONE = 1
const BEYOND_LONG = 10

const TWO_TO_63 = 2 ** 63
const TWO_TO_32 = 2 ** 32
const NAN = String.fromCharCode(TAG_NAN)
const ZERO = String.fromCharCode(TAG_ZERO)

/** Small non-negative ints are what keys are made of more often than not. */
const SMALL_INTS: readonly string[] = Array.from({ length: 128 }, (_, value) =>
  value === 0 ? ZERO : String.fromCharCode(TAG_ZERO + BELOW_ONE + 1, value * 2),
)

/** The code of a numeric value, one character per byte. */
export function numberKey(value: unknown): string {
  if (typeof value === 'number') return doubleKey(value)
  if (typeof value === 'bigint') return bigIntKey(value)
  const tag = tagOf(value as object)
  if (tag === 'Long') return numberKey(longValue(value as Long))
  if (tag === 'Decimal128') return decimalKey(decimalParts(value as Decimal128))
  return doubleKey((value as { value: number }).value)
}

function doubleKey(value: number): string {
  if (value >= 0 && value < 128 && (value | 0) === value) return SMALL_INTS[value] as string
  if (value === 0) return ZERO
  if (Number.isNaN(value)) return NAN
  if (value === Number.NEGATIVE_INFINITY) return MINUS_INFINITY
  const magnitude = Math.abs(value)
  return signed(value < 0, magnitudeDistance(magnitude), magnitudeBody(magnitude))
}

/** How far from zero's tag the tag of a magnitude is. */
function magnitudeDistance(magnitude: number): number {
  if (magnitude < 1) return BELOW_ONE
  return magnitude >= TWO_TO_63 ? BEYOND_LONG : BELOW_ONE + byteLength(Math.floor(magnitude))
}

/** Bytes that `floor * 2 + f` takes. */
function byteLength(floor: number): number {
  let length = 1
  for (let limit = 128; floor >= limit; limit *= 256) length++
  return length
}

function magnitudeBody(magnitude: number): string {
  if (magnitude < 1 || magnitude >= TWO_TO_63) return `${doubleBytes(magnitude)}\0`
  const floor = Math.floor(magnitude)
  if (floor === magnitude) return integerBytes(floor, 0)
  return `${integerBytes(floor, 1) + doubleBytes(magnitude)}\0`
}

/** `floor * 2 + fraction`, big-endian, in as many bytes as it takes. */
function integerBytes(floor: number, fraction: number): string {
  if (floor < 2 ** 31) return shortBytes(floor * 2 + fraction, byteLength(floor))
  const high = Math.floor(floor / 2 ** 31)
  const low = (floor - high * 2 ** 31) * 2 + fraction
  return shortBytes(high, byteLength(floor) - 4) + shortBytes(low, 4)
}

/** The low bytes of an unsigned 32-bit number, big-endian. */
function shortBytes(value: number, length: number): string {
  switch (length) {
    case 1:
      return String.fromCharCode(value)
    case 2:
      return String.fromCharCode(value >>> 8, value & 0xff)
    case 3:
      return String.fromCharCode(value >>> 16, (value >>> 8) & 0xff, value & 0xff)
    case 4:
      return String.fromCharCode(
        value >>> 24,
        (value >>> 16) & 0xff,
        (value >>> 8) & 0xff,
        value & 0xff,
      )
    default:
      return ''
  }
}

const scratch = new DataView(new ArrayBuffer(8))

/** The eight bytes of a double that is not negative; they sort by value. */
function doubleBytes(magnitude: number): string {
  scratch.setFloat64(0, magnitude)
  return shortBytes(scratch.getUint32(0), 4) + shortBytes(scratch.getUint32(4), 4)
}

function bigIntKey(value: bigint): string {
  const double = Number(value)
  if (Number.isSafeInteger(double)) return doubleKey(double)
  const magnitude = value < 0n ? -value : value
  // -2^63 is the one long that the eight bytes of the integer form do not reach.
  if (magnitude === 2n ** 63n) return doubleKey(double)
  return signed(value < 0n, BELOW_ONE + bigByteLength(magnitude), bigIntegerBytes(magnitude, 0))
}

function bigByteLength(floor: bigint): number {
  return Math.ceil((floor * 2n).toString(2).length / 8)
}

function bigIntegerBytes(floor: bigint, fraction: number): string {
  const doubled = floor * 2n + BigInt(fraction)
  const low = shortBytes(Number(doubled & 0xffff_ffffn), 4)
  return shortBytes(Number(doubled >> 32n), bigByteLength(floor) - 4) + low
}

function decimalKey(parts: DecimalParts): string {
  if (parts.kind === 'nan') return NAN
  if (parts.kind === 'infinity') return doubleKey(parts.negative ? -Infinity : Infinity)
  if (parts.coefficient === 0n) return ZERO
  const floor = floorDouble(parts)
  const exact = compareMagnitudeToDouble(parts, floor) === 0
  if (exact) return doubleKey(parts.negative ? -floor : floor)
  const tail = `${doubleBytes(floor)}\x01${decimalDigits(parts)}`
  if (floor < 1 || floor >= TWO_TO_63) return signed(parts.negative, magnitudeDistance(floor), tail)
  return decimalBesideInteger(parts, tail)
}

/** A decimal between 1 and 2^63 that is no double; it may be an integer even so. */
function decimalBesideInteger(parts: DecimalParts, tail: string): string {
  const scale = 10n ** BigInt(Math.abs(parts.exponent))
  const integral = parts.exponent >= 0
  const floor = integral ? parts.coefficient * scale : parts.coefficient / scale
  const whole = integral || floor * scale === parts.coefficient
  if (whole) return bigIntKey(parts.negative ? -floor : floor)
  const body =
    floor < BigInt(TWO_TO_32) ? integerBytes(Number(floor), 1) : bigIntegerBytes(floor, 1)
  const length = floor < BigInt(TWO_TO_32) ? byteLength(Number(floor)) : bigByteLength(floor)
  return signed(parts.negative, BELOW_ONE + length, body + tail)
}

/** The greatest double that is not greater than the absolute value of a decimal. */
function floorDouble(parts: DecimalParts): number {
  const nearest = Number(`${parts.coefficient}e${parts.exponent}`)
  if (nearest === 0) return 0
  if (Number.isFinite(nearest) && compareMagnitudeToDouble(parts, nearest) >= 0) return nearest
  scratch.setFloat64(0, nearest)
  scratch.setBigUint64(0, scratch.getBigUint64(0) - 1n)
  return scratch.getFloat64(0)
}

/** The absolute value of a decimal: power of ten, then digits; sorts by value. */
function decimalDigits(parts: DecimalParts): string {
  const digits = parts.coefficient.toString().replace(/0+$/, '')
  const power = parts.coefficient.toString().length + parts.exponent + 0x4000
  return `${shortBytes(power, 2)}${digits}\0`
}

function signed(negative: boolean, distance: number, body: string): string {
  if (negative) return String.fromCharCode(TAG_ZERO - distance) + invertCharacters(body)
  return String.fromCharCode(TAG_ZERO + distance) + body
}

/** Where every range of numbers that has no lower end begins. */
const MINUS_INFINITY: string = signed(true, BEYOND_LONG, magnitudeBody(Number.POSITIVE_INFINITY))
