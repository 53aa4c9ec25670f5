/** `$percentile` and `$median`: which numbers lie below which share of all. */
import { doubleOf, isNumeric, type Numeric, numberToDouble } from '../../bson/index.ts'
import { ServerError } from '../errors.ts'
import { typeText } from './operator.ts'

/**
 * The values that lie at these shares: an actual one each time, as the server's discrete method has
 * it. (Its t-digest of great many values gives nearly the same.)
 */
export function percentilesOf(
  values: readonly unknown[],
  shares: readonly number[],
): (Numeric | null)[] {
  const numbers = values.filter(isNumeric).map(numberToDouble).sort(numerically)
  return shares.map((share) => {
    if (numbers.length === 0) return null
    const at = Math.max(0, Math.ceil(share * numbers.length) - 1)
    return doubleOf(numbers[at]!)
  })
}

function numerically(a: number, b: number): number {
  return a - b
}

/** Source: `validatePercentileArg`, percentile_algo (8.0). */
export function sharesOf(given: unknown): number[] {
  if (!Array.isArray(given) || given.length === 0) {
    throw new ServerError(
      7750300,
      `The $percentile 'p' field must be an array of numbers from [0.0, 1.0], but found: ${typeText(given)}`,
    )
  }
  return given.map((share) => {
    const number = isNumeric(share) ? numberToDouble(share) : Number.NaN
    if (number >= 0 && number <= 1) return number
    throw new ServerError(
      isNumeric(share) ? 7750303 : 7750302,
      `The $percentile 'p' field must be an array of numbers from [0.0, 1.0], but found: ${String(share)}`,
    )
  })
}

/** @throws ServerError BadValue for a method other than the one there is */
export function checkMethod(name: string, method: unknown): void {
  if (method === 'approximate') return
  throw new ServerError(
    'BadValue',
    `Currently only 'approximate' can be used as percentile 'method'. ${name} found: ${String(method)}`,
  )
}
