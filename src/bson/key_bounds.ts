/**
 * Bounds of index scans: key strings around all keys that begin with given values.
 *
 * All bounds are meant half open: `before <= key && key < after`. They lie around the record ids
 * behind the keys as well, since those extend the key.
 */
import { NUMBER_TAG_MAX, NUMBER_TAG_MIN } from './key_number.ts'
import { type Direction, encodeKeyString, TAGS } from './key_string.ts'
import type { BsonType } from './types.ts'

/** Which end of a range of keys a bound stands for, in the order of the index. */
export type BoundSide = 'before' | 'after'

/**
 * The bound before, or after, every key that begins with these values: `(a, b)` for an index on
 * a, b and c, say. No values at all stand for the whole index.
 */
export function keyStringBound(
  values: readonly unknown[],
  directions: readonly Direction[],
  side: BoundSide,
): string {
  const prefix = encodeKeyString(values, directions)
  return side === 'before' ? prefix : `${prefix}\xff`
}

/**
 * The bound before, or after, every key that begins with these values and has, in the field behind
 * them, a value of the given type or of one that compares with it by value: all numbers are one
 * range, strings and symbols another. In a descending field, `'before'` is before the greatest.
 */
export function keyStringTypeBound(
  values: readonly unknown[],
  directions: readonly Direction[],
  type: BsonType,
  side: BoundSide,
): string {
  const first = TAGS[type]
  const last = first === NUMBER_TAG_MIN ? NUMBER_TAG_MAX : first
  const ascending = directions[values.length] === 1
  const [lowest, highest] = ascending ? [first, last] : [0xff - last, 0xff - first]
  const bound = String.fromCharCode(side === 'before' ? lowest : highest + 1)
  return encodeKeyString(values, directions) + bound
}
