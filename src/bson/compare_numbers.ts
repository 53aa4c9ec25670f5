/**
 * The order of numbers across their types: by exact value, whatever the types.
 *
 * NaN is less than every other number and equal to itself; -0 equals 0. 2^53 + 1 as a long is
 * greater than 2^53 as a double, and the decimal 0.1 is less than the double 0.1, which is a
 * little more than a tenth. Source: server, compare_numbers.h.
 */
import type { Decimal128, Long } from 'bson'
import { type DecimalParts, decimalParts } from './decimal.ts'
import { tagOf } from './document.ts'
import { longValue } from './longs.ts'

const TWO_TO_53 = 2 ** 53
const TWO_TO_63 = 2 ** 63

/** Compares two numeric values: -1, 0 or 1. */
export function compareNumbers(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return compareDoubles(a, b)
  const left = unboxed(a)
  const right = unboxed(b)
  if (typeof left === 'number') {
    if (typeof right === 'number') return compareDoubles(left, right)
    return typeof right === 'bigint'
      ? -compareBigIntToDouble(right, left)
      : -compareDecimalToDouble(right, left)
  }
  if (typeof left === 'bigint') {
    if (typeof right === 'number') return compareBigIntToDouble(left, right)
    if (typeof right === 'bigint') return left < right ? -1 : left > right ? 1 : 0
    return compareDecimals(integerParts(left), right)
  }
  if (typeof right === 'number') return compareDecimalToDouble(left, right)
  return compareDecimals(left, typeof right === 'bigint' ? integerParts(right) : right)
}

/** Compares two doubles in BSON's order, which has a place for NaN. */
export function compareDoubles(a: number, b: number): number {
  if (a < b) return -1
  if (a > b) return 1
  if (a === b) return 0
  if (Number.isNaN(a)) return Number.isNaN(b) ? 0 : -1
  return 1
}

/** An int or double as a number, a long as a number or bigint, a decimal in parts. */
function unboxed(value: unknown): number | bigint | DecimalParts {
  if (typeof value === 'number' || typeof value === 'bigint') return value
  const tag = tagOf(value as object)
  if (tag === 'Long') return longValue(value as Long)
  if (tag === 'Decimal128') return decimalParts(value as Decimal128)
  return (value as { value: number }).value
}

function integerParts(value: bigint): DecimalParts {
  const negative = value < 0n
  return { kind: 'finite', negative, coefficient: negative ? -value : value, exponent: 0 }
}

function compareBigIntToDouble(long: bigint, double: number): number {
  if (Number.isNaN(double)) return 1
  if (double >= TWO_TO_63) return -1
  if (double < -TWO_TO_63) return 1
  const approximate = Number(long)
  if (Math.abs(approximate) < TWO_TO_53) return compareDoubles(approximate, double)
  // Beyond 2^53 a double has no fraction, so truncation changes nothing that counts here.
  const truncated = BigInt(Math.trunc(double))
  return long < truncated ? -1 : long > truncated ? 1 : 0
}

function compareDecimals(a: DecimalParts, b: DecimalParts): number {
  if (a.kind !== 'finite' || b.kind !== 'finite') {
    return compareDoubles(approximation(a), approximation(b))
  }
  const left = signOf(a)
  const right = signOf(b)
  if (left !== right || left === 0) return left < right ? -1 : left > right ? 1 : 0
  const magnitude = compareMagnitudes(a, b)
  return magnitude === 0 ? 0 : magnitude * left
}

/** A stand-in for comparisons in which one side is NaN or infinite. */
function approximation(parts: DecimalParts): number {
  if (parts.kind === 'nan') return Number.NaN
  if (parts.kind === 'finite') return 0
  return parts.negative ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
}

function signOf(parts: DecimalParts): number {
  if (parts.coefficient === 0n) return 0
  return parts.negative ? -1 : 1
}

/** Compares the absolute values of two finite decimals that are not zero. */
function compareMagnitudes(a: DecimalParts, b: DecimalParts): number {
  const left = a.coefficient.toString().length + a.exponent
  const right = b.coefficient.toString().length + b.exponent
  if (left !== right) return left < right ? -1 : 1
  const shift = a.exponent - b.exponent
  const x = shift > 0 ? a.coefficient * 10n ** BigInt(shift) : a.coefficient
  const y = shift < 0 ? b.coefficient * 10n ** BigInt(-shift) : b.coefficient
  return x < y ? -1 : x > y ? 1 : 0
}

function compareDecimalToDouble(decimal: DecimalParts, double: number): number {
  if (decimal.kind !== 'finite' || !Number.isFinite(double)) {
    const known = Number.isFinite(double) ? 0 : double
    return compareDoubles(approximation(decimal), known)
  }
  const sign = signOf(decimal)
  if (sign === 0 || Math.sign(double) !== sign) return compareDoubles(sign, Math.sign(double))
  return compareMagnitudeToDouble(decimal, Math.abs(double)) * sign
}

/** Compares the absolute value of a finite decimal that is not zero with a double above zero. */
export function compareMagnitudeToDouble(decimal: DecimalParts, double: number): number {
  // Rounding to the nearest double never turns an order round, so only a tie needs exact numbers,
  // and a tie also means that the exponents are small enough for them.
  const nearest = Number(`${decimal.coefficient}e${decimal.exponent}`)
  if (nearest !== double) return nearest < double ? -1 : 1
  const binary = binaryParts(double)
  let x = decimal.coefficient
  let y = binary.mantissa
  if (decimal.exponent >= 0) x *= 10n ** BigInt(decimal.exponent)
  else y *= 10n ** BigInt(-decimal.exponent)
  if (binary.exponent >= 0) y *= 2n ** BigInt(binary.exponent)
  else x *= 2n ** BigInt(-binary.exponent)
  return x < y ? -1 : x > y ? 1 : 0
}

/** A finite double above zero as `mantissa x 2^exponent`. */
function binaryParts(double: number): { mantissa: bigint; exponent: number } {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, double)
  const bits = view.getBigUint64(0)
  const fraction = bits & 0xf_ffff_ffff_ffffn
  const biased = Number((bits >> 52n) & 0x7ffn)
  return biased === 0
    ? { mantissa: fraction, exponent: -1074 }
    : { mantissa: fraction | (1n << 52n), exponent: biased - 1075 }
}
