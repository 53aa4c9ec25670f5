/**
 * `min` and `max` of a find: from where on, and up to where, the keys of a hinted index are read.
 *
 * Source: `QueryPlanner::plan`, `indexCompatibleMaxMin` of query_planner.cpp (8.0).
 */
import { type Document, keyStringBound } from '../../bson/index.ts'
import type { Index } from '../catalog/index_definition.ts'
import { BINARY_ORDER, hasText, isSameOrder, type ValueOrder } from '../collation/index.ts'
import { ServerError } from '../errors.ts'
import type { KeyRange } from '../query/index.ts'

export interface KeyLimits {
  /** The first key that is read. */
  readonly min: Document | undefined
  /** The first key that no longer is. */
  readonly max: Document | undefined
}

/**
 * @param asked the order in which the query compares
 * @throws ServerError 51173, 51174, 51175, 238
 */
export function rangeWithin(
  index: Index | undefined,
  { min, max }: KeyLimits,
  asked: ValueOrder,
): KeyRange {
  if (index === undefined) {
    throw plannerError(
      51173,
      'When using min()/max() a hint of which index to use must be provided',
    )
  }
  const low = min === undefined ? '' : boundOf(index, min, asked)
  const high = max === undefined ? '\xff' : boundOf(index, max, asked)
  if (low < high) return { low, high }
  throw plannerError(
    51175,
    'The value provided for min() does not come before the value provided for max() in the hinted index',
  )
}

function boundOf(index: Index, limit: Document, asked: ValueOrder): string {
  const names = Object.keys(limit)
  const { fields, order, directions } = index
  const isSame = isSameOrder(asked, order)
  const isCompatible =
    names.length === fields.length &&
    fields.every(({ path }, i) => path === names[i] && (isSame || !hasText(limit[path])))
  if (!isCompatible) throw plannerError(51174, 'The index chosen is not compatible with min/max')
  const values = Object.values(limit)
  if (order !== BINARY_ORDER && values.some(hasText)) {
    // The keys of a collated index are in no order.
    throw new ServerError('NotImplemented', 'min and max over texts with a collation')
  }
  return keyStringBound(values, directions, 'before')
}

function plannerError(code: number, reason: string): ServerError {
  return new ServerError(
    code,
    `error processing query: planner returned error :: caused by :: ${reason}`,
  )
}
