/**
 * Whether whatever satisfies one filter satisfies another: only then may a query use an index that
 * lacks the documents which do not satisfy the other. Cautious: no where it can't be told.
 * Source: `isSubsetOf`, expression_algo.cpp (8.0).
 */
import { canonicalOrder, equalValues } from '../../bson/index.ts'
import { hasText, isSameOrder } from '../collation/index.ts'
import type { CompiledFilter } from './compile_filter.ts'
import type { Expression, Leaf } from './expression.ts'

export function implies(filter: CompiledFilter, other: CompiledFilter): boolean {
  const isComparable = isSameOrder(filter.order, other.order)
  return isSubset(filter.expression, other.expression, isComparable)
}

function isSubset(given: Expression, wanted: Expression, isComparable: boolean): boolean {
  const each = (child: Expression): boolean => isSubset(given, child, isComparable)
  if (wanted.kind === 'and') return wanted.children.every(each)
  const of = (child: Expression): boolean => isSubset(child, wanted, isComparable)
  if (given.kind === 'or') return given.children.every(of)
  if (given.kind === 'and' && given.children.some(of)) return true
  if (wanted.kind === 'or') return wanted.children.some(each)
  if (given.kind !== 'leaf' || wanted.kind !== 'leaf' || given.path !== wanted.path) return false
  if (!isComparable && (hasText(given.operand) || hasText(wanted.operand))) return false
  return isLeafSubset(given, wanted)
}

function isLeafSubset(given: Leaf, wanted: Leaf): boolean {
  switch (wanted.operator) {
    case '$exists':
      // What a missing field does not satisfy, only one that is there does.
      return !given.test(undefined)
    case '$eq':
    case '$in':
    case '$type':
      return hasOnly(given, wanted) || isSame(given, wanted)
    default:
      return hasOnly(given, wanted) || isWithin(given, wanted)
  }
}

/** Whether the one asks for single values all of which satisfy the other. */
function hasOnly(given: Leaf, wanted: Leaf): boolean {
  if (given.operator === '$eq') return isScalar(given.operand) && wanted.test(given.operand)
  if (given.operator !== '$in') return false
  const values = given.operand as readonly unknown[]
  return values.every((value) => isScalar(value) && wanted.test(value))
}

/** Null also finds missing fields, an array also its like within another. */
function isScalar(value: unknown): boolean {
  return value !== null && value !== undefined && !Array.isArray(value) && !isRegex(value)
}

function isRegex(value: unknown): boolean {
  return canonicalOrder(value) === REGEX_ORDER
}

/** Where regular expressions stand among the types. */
const REGEX_ORDER = 50

function isSame(given: Leaf, wanted: Leaf): boolean {
  return given.operator === wanted.operator && equalValues(given.operand, wanted.operand)
}

/** Of two ranges, whether the first lies within the second. */
function isWithin(given: Leaf, wanted: Leaf): boolean {
  if (canonicalOrder(given.operand) !== canonicalOrder(wanted.operand)) return false
  if (!isScalar(given.operand)) return false
  const isBelow = wanted.operator === '$lt' || wanted.operator === '$lte'
  const side = isBelow ? ['$lt', '$lte'] : ['$gt', '$gte']
  if (!side.includes(given.operator)) return false
  // The edge itself may be left out of both.
  const isOpen = given.operator === '$lt' || given.operator === '$gt'
  return wanted.test(given.operand) || (isOpen && equalValues(given.operand, wanted.operand))
}
