/**
 * Functions of decimals beyond the four operations. `decimal.js` computes them to 34 digits; a
 * result that is not exact has all of these digits.
 */
import type { Decimal128 } from 'bson'
import { Decimal } from 'decimal.js'
import { Context, compose, decimalParts, toContext } from './decimal.ts'

export type DecimalFunctionName =
  | 'abs'
  | 'ceil'
  | 'floor'
  | 'exp'
  | 'ln'
  | 'log10'
  | 'sqrt'
  | 'sin'
  | 'cos'
  | 'tan'
  | 'asin'
  | 'acos'
  | 'atan'
  | 'sinh'
  | 'cosh'
  | 'tanh'
  | 'asinh'
  | 'acosh'
  | 'atanh'

/** These keep the exponent of what they are given as far as they can. */
const KEEPS_EXPONENT: ReadonlySet<DecimalFunctionName> = new Set(['abs'])

export function decimalFunction(name: DecimalFunctionName, value: Decimal128): Decimal128 {
  const parts = decimalParts(value)
  const preferred = KEEPS_EXPONENT.has(name) ? parts.exponent : 0
  return compose(Context[name](toContext(parts)), preferred)
}

export function powerOfDecimals(base: Decimal128, exponent: Decimal128): Decimal128 {
  return compose(Context.pow(contextOf(base), contextOf(exponent)), 0)
}

/** The logarithm to any base. */
export function logarithmOfDecimal(value: Decimal128, base: Decimal128): Decimal128 {
  return compose(Context.log(contextOf(value), contextOf(base)), 0)
}

export function atan2OfDecimals(y: Decimal128, x: Decimal128): Decimal128 {
  return compose(Context.atan2(contextOf(y), contextOf(x)), 0)
}

/** A decimal brought to so many places; `places` below zero rounds before the point. */
export function roundDecimal(
  value: Decimal128,
  places: number,
  mode: 'half-even' | 'truncate',
): Decimal128 {
  return compose(rounded(contextOf(value), places, mode), -places)
}

/**
 * A double brought to so many places by its exact value: 2.675 is a little less than it looks.
 */
export function roundDouble(value: number, places: number, mode: 'half-even' | 'truncate'): number {
  if (!Number.isFinite(value) || value === 0) return value
  return rounded(new Context(value.toExponential(33)), places, mode).toNumber()
}

function rounded(value: Decimal, places: number, mode: 'half-even' | 'truncate'): Decimal {
  if (!value.isFinite()) return value
  const rounding = mode === 'truncate' ? Decimal.ROUND_DOWN : Decimal.ROUND_HALF_EVEN
  if (places >= 0) return value.toDecimalPlaces(places, rounding)
  const unit = new Context(`1e${-places}`)
  return value.div(unit).toDecimalPlaces(0, rounding).mul(unit)
}

function contextOf(value: Decimal128): Decimal {
  return toContext(decimalParts(value))
}
