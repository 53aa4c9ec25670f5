/**
 * Integers that users give as options: `$size`, `$mod`, `$pop`, `$slice`. Any numeric type will do,
 * as long as its value is whole. Source of rules and texts: server,
 * BSONElement::parseIntegerElementToLong.
 */
import { canonicalText, isNumeric, numberToDouble } from '../../bson/index.ts'

const INT64_LIMIT = 2 ** 63

/**
 * The integer, or what is wrong with it. Values beyond 2^53 are rounded: no option reaches that
 * far.
 */
export type IntegerArgument = { readonly value: number } | { readonly problem: string }

/** @param name the field the argument stands in, as messages repeat it */
export function integerArgument(name: string, argument: unknown): IntegerArgument {
  const shown = `${name}: ${canonicalText(argument)}`
  if (!isNumeric(argument)) return { problem: `Expected a number in: ${shown}` }
  const value = numberToDouble(argument)
  if (Number.isNaN(value)) return { problem: `Expected an integer, but found NaN in: ${shown}` }
  if (value >= INT64_LIMIT || value < -INT64_LIMIT) {
    return { problem: `Cannot represent as a 64-bit integer: ${shown}` }
  }
  if (!Number.isInteger(value)) return { problem: `Expected an integer: ${shown}` }
  return { value }
}

/** As `integerArgument`, within 0 and 2^31 - 1. */
export function nonNegativeInt32Argument(name: string, argument: unknown): IntegerArgument {
  const result = integerArgument(name, argument)
  if ('problem' in result) return result
  const shown = `${name}: ${canonicalText(argument)}`
  if (result.value < 0) return { problem: `Expected a non-negative number in: ${shown}` }
  if (result.value > 0x7fffffff) return { problem: `Cannot represent in an int: ${shown}` }
  return result
}
