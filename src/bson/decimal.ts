/**
 * Decimal128: IEEE 754 decimal floating point, 34 digits, on top of the 16 bytes that `bson` keeps.
 *
 * A finite decimal is `coefficient x 10^exponent`, and the same value has several such forms
 * (1.10 and 1.1), a *cohort*. Comparison sees values; arithmetic also picks the member of the
 * cohort, as the standard prefers: the smaller exponent of a sum, the sum of exponents of a
 * product, while 34 digits can hold it. `decimal.js` does the arithmetic and the rounding;
 * the form of the result is settled here, because that library knows values only.
 */
import { Decimal128 } from 'bson'
import { Decimal } from 'decimal.js'
import { invariant } from '../invariant.ts'

/** A Decimal128 taken apart; `coefficient` and `exponent` count only where it is finite. */
export type DecimalParts = {
  readonly kind: 'finite' | 'infinity' | 'nan'
  readonly negative: boolean
  readonly coefficient: bigint
  readonly exponent: number
}

/** Limits of the format (IEEE 754-2008, decimal128). */
const DIGITS_MAX = 34
const EXPONENT_MIN = -6176
const EXPONENT_MAX = 6111
const COEFFICIENT_MAX = 10n ** 34n - 1n

export const Context: typeof Decimal = Decimal.clone({
  precision: DIGITS_MAX,
  rounding: Decimal.ROUND_HALF_EVEN,
  // Wider than the format: overflow and gradual underflow are settled by `compose`.
  minE: -30_000,
  maxE: 30_000,
  toExpNeg: -30_000,
  toExpPos: 30_000,
  defaults: true,
})

/** Takes a Decimal128 apart. A coefficient that is out of range counts as zero, as IEEE has it. */
export function decimalParts(value: Decimal128): DecimalParts {
  const bytes = value.bytes
  const view = new DataView(bytes.buffer, bytes.byteOffset, 16)
  const high = view.getBigUint64(8, true)
  const negative = high >> 63n === 1n
  const combination = Number((high >> 58n) & 0x1fn)
  if (combination === 0x1e) return { kind: 'infinity', negative, coefficient: 0n, exponent: 0 }
  if (combination === 0x1f) return { kind: 'nan', negative: false, coefficient: 0n, exponent: 0 }
  if (combination >= 0x18) {
    // The other encoding of the exponent stands for coefficients above the maximum only.
    const exponent = Number((high >> 47n) & 0x3fffn) + EXPONENT_MIN
    return { kind: 'finite', negative, coefficient: 0n, exponent }
  }
  const coefficient = ((high & 0x1_ffff_ffff_ffffn) << 64n) | view.getBigUint64(0, true)
  const exponent = Number((high >> 49n) & 0x3fffn) + EXPONENT_MIN
  const canonical = coefficient <= COEFFICIENT_MAX ? coefficient : 0n
  return { kind: 'finite', negative, coefficient: canonical, exponent }
}

/** Puts a Decimal128 together; the parts must be within the format's limits. */
function decimalOf(negative: boolean, coefficient: bigint, exponent: number): Decimal128 {
  invariant(coefficient >= 0n && coefficient <= COEFFICIENT_MAX, 'a coefficient has 34 digits')
  invariant(exponent >= EXPONENT_MIN && exponent <= EXPONENT_MAX, 'an exponent is in range')
  const bytes = new Uint8Array(16)
  const view = new DataView(bytes.buffer)
  const sign = negative ? 1n << 63n : 0n
  view.setBigUint64(0, coefficient & 0xffff_ffff_ffff_ffffn, true)
  view.setBigUint64(8, sign | (BigInt(exponent - EXPONENT_MIN) << 49n) | (coefficient >> 64n), true)
  return new Decimal128(bytes)
}

/** The decimal of an integer of at most 64 bits, exactly. */
export function decimalFromBigInt(value: bigint): Decimal128 {
  return decimalOf(value < 0n, value < 0n ? -value : value, 0)
}

/**
 * The decimal that stands for a double in arithmetic: rounded to 15 significant digits, all of
 * them kept (2.5 gives 2.50000000000000). Source: server, decimal128.cpp, kRoundTo15Digits.
 */
export function decimalFromDouble(value: number): Decimal128 {
  if (Number.isNaN(value)) return Decimal128.fromString('NaN')
  if (!Number.isFinite(value)) return Decimal128.fromString(value > 0 ? 'Infinity' : '-Infinity')
  if (value === 0) return decimalOf(Object.is(value, -0), 0n, 0)
  const [digits = '', power = '0'] = Math.abs(value).toExponential(14).split('e')
  return decimalOf(value < 0, BigInt(digits.replace('.', '')), Number(power) - 14)
}

/** The double nearest to a decimal. */
export function decimalToDouble(value: Decimal128): number {
  const parts = decimalParts(value)
  if (parts.kind === 'nan') return Number.NaN
  const magnitude =
    parts.kind === 'infinity'
      ? Number.POSITIVE_INFINITY
      : Number(`${parts.coefficient}e${parts.exponent}`)
  return parts.negative ? -magnitude : magnitude
}

/** The sum of two decimals. */
export function addDecimals(a: Decimal128, b: Decimal128): Decimal128 {
  const left = decimalParts(a)
  const right = decimalParts(b)
  const preferred = Math.min(left.exponent, right.exponent)
  return compose(Context.add(toContext(left), toContext(right)), preferred)
}

/** The difference of two decimals. */
export function subtractDecimals(a: Decimal128, b: Decimal128): Decimal128 {
  const left = decimalParts(a)
  const right = decimalParts(b)
  const preferred = Math.min(left.exponent, right.exponent)
  return compose(Context.sub(toContext(left), toContext(right)), preferred)
}

/** What a division that cuts fractions off leaves over. */
export function remainderOfDecimals(a: Decimal128, b: Decimal128): Decimal128 {
  const left = decimalParts(a)
  const right = decimalParts(b)
  const preferred = Math.min(left.exponent, right.exponent)
  return compose(Context.mod(toContext(left), toContext(right)), preferred)
}

/** The product of two decimals. */
export function multiplyDecimals(a: Decimal128, b: Decimal128): Decimal128 {
  const left = decimalParts(a)
  const right = decimalParts(b)
  return compose(Context.mul(toContext(left), toContext(right)), left.exponent + right.exponent)
}

/** The quotient of two decimals. */
export function divideDecimals(a: Decimal128, b: Decimal128): Decimal128 {
  const left = decimalParts(a)
  const right = decimalParts(b)
  return compose(Context.div(toContext(left), toContext(right)), left.exponent - right.exponent)
}

export function toContext(parts: DecimalParts): Decimal {
  const sign = parts.negative ? '-' : ''
  if (parts.kind === 'nan') return new Context(Number.NaN)
  if (parts.kind === 'infinity') return new Context(`${sign}Infinity`)
  return new Context(`${sign}${parts.coefficient}e${parts.exponent}`)
}

/** The Decimal128 of a result, in the form whose exponent is nearest to the preferred one. */
export function compose(result: Decimal, preferred: number): Decimal128 {
  if (result.isNaN()) return Decimal128.fromString('NaN')
  const negative = result.isNegative()
  // Gradual underflow: what lies below the smallest exponent is rounded away.
  const rounded = result.isFinite() ? result.toDecimalPlaces(-EXPONENT_MIN) : result
  if (rounded.isZero()) return decimalOf(negative, 0n, clamp(preferred, EXPONENT_MIN, EXPONENT_MAX))

  const lowest = Math.max(rounded.e - DIGITS_MAX + 1, EXPONENT_MIN)
  if (!rounded.isFinite() || lowest > EXPONENT_MAX) {
    return Decimal128.fromString(negative ? '-Infinity' : 'Infinity')
  }
  const shortest = rounded.e - rounded.precision() + 1
  const exponent = clamp(preferred, lowest, Math.min(shortest, EXPONENT_MAX))
  const digits = BigInt(rounded.abs().toExponential().replace('.', '').split('e')[0] as string)
  return decimalOf(negative, digits * 10n ** BigInt(shortest - exponent), exponent)
}

function clamp(value: number, lowest: number, highest: number): number {
  return Math.min(Math.max(value, lowest), highest)
}
