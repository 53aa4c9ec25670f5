/** Bounds as ranges of key strings, ready for a cursor. */
import { type Direction, keyStringBound, keyStringTypeBound } from '../../../bson/index.ts'
import type { FieldBounds, IndexBounds } from './index_bounds.ts'
import type { Endpoint, Interval } from './interval.ts'

/** Keys from `low` on, up to but not including `high`. */
export interface KeyRange {
  readonly low: string
  readonly high: string
}

/**
 * The ranges in the order of the index's keys, without overlap.
 *
 * @param directions one for each field of the index
 */
export function keyRanges(bounds: IndexBounds, directions: readonly Direction[]): KeyRange[] {
  let prefixes: readonly (readonly unknown[])[] = [[]]
  const last = bounds.fields.length - 1
  for (let i = 0; i < last; i++) {
    const values = pointValues(bounds.fields[i]!, directions[i]!)
    prefixes = prefixes.flatMap((prefix) => values.map((value) => [...prefix, value]))
  }
  const field = bounds.fields[last]!
  const direction = directions[last]!
  const intervals = direction === 1 ? field.intervals : field.intervals.toReversed()
  return prefixes.flatMap((prefix) =>
    intervals.map((interval) => rangeOf(prefix, interval, directions, direction)),
  )
}

function pointValues(field: FieldBounds, direction: Direction): unknown[] {
  const values = field.intervals.map(({ low }) => (low.kind === 'value' ? low.value : undefined))
  return direction === 1 ? values : values.reverse()
}

/** With a descending field the index begins at the interval's high end. */
function rangeOf(
  prefix: readonly unknown[],
  { low, high }: Interval,
  directions: readonly Direction[],
  direction: Direction,
): KeyRange {
  const [first, second] = direction === 1 ? [low, high] : [high, low]
  return {
    low: cut(prefix, first, directions, 'before'),
    high: cut(prefix, second, directions, 'after'),
  }
}

function cut(
  prefix: readonly unknown[],
  endpoint: Endpoint,
  directions: readonly Direction[],
  side: 'before' | 'after',
): string {
  if (endpoint.kind === 'type') return keyStringTypeBound(prefix, directions, endpoint.type, side)
  const outside = side
  const inside = side === 'before' ? 'after' : 'before'
  const values = [...prefix, endpoint.value]
  return keyStringBound(values, directions, endpoint.inclusive ? outside : inside)
}
