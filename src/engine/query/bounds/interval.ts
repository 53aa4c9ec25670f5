/**
 * Intervals of values in index order, and lists of them.
 *
 * An endpoint is a value, or the edge of a type: `{ $gt: 5 }` reads from just above 5 to the end of
 * the numbers. Two endpoints compare by the key strings they would cut an index at, so the order of
 * intervals is the order of the index by construction.
 */
import { type BsonType, keyStringBound, keyStringTypeBound } from '../../../bson/index.ts'

export type Endpoint =
  | { readonly kind: 'value'; readonly value: unknown; readonly inclusive: boolean }
  /** As low: the first value of the type (and of those that share its place); as high: the last. */
  | { readonly kind: 'type'; readonly type: BsonType }

export interface Interval {
  readonly low: Endpoint
  readonly high: Endpoint
}

const ASCENDING = [1] as const

/** All values there are. */
export const ALL_VALUES: Interval = {
  low: { kind: 'type', type: 'minKey' },
  high: { kind: 'type', type: 'maxKey' },
}

export function point(value: unknown): Interval {
  const endpoint = { kind: 'value', value, inclusive: true } as const
  return { low: endpoint, high: endpoint }
}

/** Whether the interval is one value. */
export function isPoint({ low, high }: Interval): boolean {
  return low.kind === 'value' && low === high
}

/** Where an ascending index is cut for the interval to begin. */
export function cutBefore(low: Endpoint): string {
  if (low.kind === 'type') return keyStringTypeBound([], ASCENDING, low.type, 'before')
  return keyStringBound([low.value], ASCENDING, low.inclusive ? 'before' : 'after')
}

/** Where an ascending index is cut for the interval to end. */
export function cutAfter(high: Endpoint): string {
  if (high.kind === 'type') return keyStringTypeBound([], ASCENDING, high.type, 'after')
  return keyStringBound([high.value], ASCENDING, high.inclusive ? 'after' : 'before')
}

/** Both lists ascending and without overlap; so is the result. */
export function intersect(a: readonly Interval[], b: readonly Interval[]): Interval[] {
  const result: Interval[] = []
  for (const left of a) {
    for (const right of b) {
      const common = intersectTwo(left, right)
      if (common !== undefined) result.push(common)
    }
  }
  return result
}

function intersectTwo(a: Interval, b: Interval): Interval | undefined {
  const fromA = cutBefore(a.low)
  const fromB = cutBefore(b.low)
  const toA = cutAfter(a.high)
  const toB = cutAfter(b.high)
  if ((fromA >= fromB ? fromA : fromB) >= (toA <= toB ? toA : toB)) return undefined
  if (isPoint(a)) return a
  if (isPoint(b)) return b
  return { low: fromA >= fromB ? a.low : b.low, high: toA <= toB ? a.high : b.high }
}

/** Sorted, and merged where two touch or overlap. */
export function union(intervals: readonly Interval[]): Interval[] {
  const sorted = intervals
    .map((interval) => ({ interval, from: cutBefore(interval.low), to: cutAfter(interval.high) }))
    .sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0))
  const result: { interval: Interval; to: string }[] = []
  for (const { interval, from, to } of sorted) {
    const last = result.at(-1)
    if (last === undefined || from >= last.to) {
      result.push({ interval, to })
    } else if (to > last.to) {
      last.interval = { low: last.interval.low, high: interval.high }
      last.to = to
    }
  }
  return result.map(({ interval }) => interval)
}
