/** The part of an index in which everything that satisfies one leaf is found. */
import { canonicalOrder, typeOf } from '../../../bson/index.ts'
import { asRegex, literalPrefix, type Regex } from '../../expression/index.ts'
import { isExactValue } from '../analysis.ts'
import { isNaNValue, type RangeOperator } from '../comparison.ts'
import type { Leaf } from '../expression.ts'
import { ALL_VALUES, type Endpoint, type Interval, point, union } from './interval.ts'

export interface LeafIntervals {
  /** Ascending, without overlap; none where nothing can satisfy the leaf. */
  readonly intervals: readonly Interval[]
  /** Whether everything in them satisfies the leaf: if not, each document found is asked again. */
  readonly isExact: boolean
}

/** Undefined where the leaf says nothing that an index could use. */
export function intervalsOf(leaf: Leaf): LeafIntervals | undefined {
  switch (leaf.operator) {
    case '$eq':
      return equalityIntervals(leaf.operand)
    case '$in':
      return memberIntervals(leaf.operand as readonly unknown[])
    case '$gt':
    case '$gte':
    case '$lt':
    case '$lte':
      return rangeIntervals(leaf.operator, leaf.operand)
    case '$regex':
      return regexIntervals(leaf.operand as Regex)
    case '$exists':
      // A missing field is indexed as null, so the index alone can't tell the two apart.
      return { intervals: [leaf.operand === true ? ALL_VALUES : point(null)], isExact: false }
    default:
      return undefined
  }
}

function equalityIntervals(operand: unknown): LeafIntervals {
  if (Array.isArray(operand)) {
    // An array is indexed by its elements, an empty one as undefined, and one within another as
    // itself.
    return { intervals: union([point(operand[0]), point(operand)]), isExact: false }
  }
  return { intervals: [point(operand ?? null)], isExact: isExactValue(operand) }
}

function memberIntervals(values: readonly unknown[]): LeafIntervals {
  const each = values.map((value) => {
    const regex = asRegex(value)
    return regex === undefined ? equalityIntervals(value) : regexIntervals(regex)
  })
  return {
    intervals: union(each.flatMap(({ intervals }) => intervals)),
    isExact: each.every(({ isExact }) => isExact),
  }
}

function rangeIntervals(operator: RangeOperator, operand: unknown): LeafIntervals | undefined {
  const inclusive = operator === '$gte' || operator === '$lte'
  const type = typeOf(operand)
  switch (type) {
    case 'minKey':
    case 'maxKey':
    case 'array':
    case 'regex':
      return undefined
    case 'null':
    case 'undefined':
      return inclusive ? equalityIntervals(null) : { intervals: [], isExact: true }
  }
  if (isNaNValue(operand)) {
    return { intervals: inclusive ? [point(operand)] : [], isExact: true }
  }
  const edge: Endpoint = { kind: 'value', value: operand, inclusive }
  const interval: Interval =
    operator === '$gt' || operator === '$gte'
      ? { low: edge, high: { kind: 'type', type } }
      : { low: firstBelow(operand, type), high: edge }
  return { intervals: [interval], isExact: true }
}

/** NaN sorts before all numbers and is below none. */
function firstBelow(operand: unknown, type: ReturnType<typeof typeOf>): Endpoint {
  if (canonicalOrder(operand) === canonicalOrder(0)) {
    return { kind: 'value', value: Number.NEGATIVE_INFINITY, inclusive: true }
  }
  return { kind: 'type', type }
}

function regexIntervals(regex: Regex): LeafIntervals {
  const prefix = literalPrefix(regex)
  const strings: Interval =
    prefix === undefined
      ? { low: { kind: 'type', type: 'string' }, high: { kind: 'type', type: 'string' } }
      : {
          low: { kind: 'value', value: prefix, inclusive: true },
          high: { kind: 'value', value: successor(prefix), inclusive: false },
        }
  const stored: Interval = {
    low: { kind: 'type', type: 'regex' },
    high: { kind: 'type', type: 'regex' },
  }
  return { intervals: [strings, stored], isExact: false }
}

/** The least text above every text with this prefix; prefixes are ASCII here. */
function successor(prefix: string): string {
  const last = prefix.length - 1
  return prefix.slice(0, last) + String.fromCharCode(prefix.charCodeAt(last) + 1)
}
