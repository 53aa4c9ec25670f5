/**
 * Equality and order between a stored value and an operand, as `$eq` and its kin see them.
 *
 * Order is *type-bracketed*: `{ a: { $gt: 5 } }` looks at numbers only, though BSON's order across
 * types would place strings above all numbers. Four exceptions:
 *
 * - null stands for a missing field too, in `$eq`, `$gte` and `$lte`;
 * - MinKey and MaxKey compare with every type;
 * - NaN equals NaN, and is neither below nor above anything;
 * - the numeric types are one bracket, and so are string and symbol.
 *
 * Source: server, ComparisonMatchExpression::matchesSingleElement.
 */
import {
  canonicalOrder,
  compareValues,
  equalValues,
  isNumeric,
  numberToDouble,
  typeOf,
} from '../../bson/index.ts'
import { BINARY_ORDER, hasText, type ValueOrder } from '../collation/index.ts'
import type { ValueTest } from './expression.ts'

export type RangeOperator = '$gt' | '$gte' | '$lt' | '$lte'

/** Values equal to the operand; the common types answer without the general comparison. */
export function equalityTest(operand: unknown, order: ValueOrder): ValueTest {
  if (order !== BINARY_ORDER && hasText(operand)) {
    return (value) => value !== undefined && order.equals(value, operand)
  }
  switch (typeof operand) {
    case 'string':
    case 'number':
      // An object may still be equal: a symbol to a string, a Long to a number. NaN is nobody's
      // ===.
      return Number.isNaN(operand)
        ? (value) => isNaNValue(value)
        : (value) => value === operand || (isObject(value) && equalValues(value, operand))
    case 'boolean':
      return (value) => value === operand
    default:
      if (operand === null || operand === undefined) {
        return (value) => value === null || value === undefined
      }
      return (value) => value !== undefined && equalValues(value, operand)
  }
}

/** Values on one side of the operand, within its bracket. */
export function rangeTest(operator: RangeOperator, operand: unknown, order: ValueOrder): ValueTest {
  if (order !== BINARY_ORDER && hasText(operand)) {
    const bracket = canonicalOrder(operand)
    return (value) =>
      canonicalOrder(value) === bracket && isOnSide(operator, order.compare(value, operand))
  }
  if (typeof operand === 'number' && !Number.isNaN(operand))
    return primitiveRangeTest(operator, operand)
  if (typeof operand === 'string' && isAscii(operand)) return primitiveRangeTest(operator, operand)
  const inclusive = operator === '$gte' || operator === '$lte'
  const type = typeOf(operand)
  if (type === 'null' || type === 'undefined') {
    return inclusive ? (value) => value === null || value === undefined : () => false
  }
  if (type === 'minKey' || type === 'maxKey') {
    const othersPass = (type === 'minKey') === (operator === '$gt' || operator === '$gte')
    return (value) => (typeOf(value) === type ? inclusive : othersPass)
  }
  if (isNaNValue(operand)) return inclusive ? isNaNValue : () => false
  const bracket = canonicalOrder(operand)
  return (value) => value !== undefined && isInRange(operator, bracket, operand, value)
}

/**
 * Numbers, and strings of ASCII. BSON orders strings by code point and JavaScript by UTF-16 unit,
 * which differ only where both units are surrogates or above: never against an ASCII operand.
 */
function primitiveRangeTest<T extends number | string>(
  operator: RangeOperator,
  operand: T,
): ValueTest {
  const type = typeof operand
  const bracket = canonicalOrder(operand)
  const isInGeneral = (value: unknown): boolean =>
    isObject(value) && isInRange(operator, bracket, operand, value)
  switch (operator) {
    case '$gt':
      return (value) => (typeof value === type ? (value as T) > operand : isInGeneral(value))
    case '$gte':
      return (value) => (typeof value === type ? (value as T) >= operand : isInGeneral(value))
    case '$lt':
      return (value) => (typeof value === type ? (value as T) < operand : isInGeneral(value))
    case '$lte':
      return (value) => (typeof value === type ? (value as T) <= operand : isInGeneral(value))
  }
}

/**
 * The general comparison, for an operand that is not NaN and whose type compares with few others.
 */
function isInRange(
  operator: RangeOperator,
  bracket: number,
  operand: unknown,
  value: unknown,
): boolean {
  if (canonicalOrder(value) !== bracket || isNaNValue(value)) return false
  return isOnSide(operator, compareValues(value, operand))
}

function isOnSide(operator: RangeOperator, difference: number): boolean {
  switch (operator) {
    case '$gt':
      return difference > 0
    case '$gte':
      return difference >= 0
    case '$lt':
      return difference < 0
    case '$lte':
      return difference <= 0
  }
}

/** NaN of any numeric type. */
export function isNaNValue(value: unknown): boolean {
  if (typeof value === 'number') return Number.isNaN(value)
  return isObject(value) && isNumeric(value) && Number.isNaN(numberToDouble(value))
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) > 127) return false
  }
  return true
}
