import { EINVAL, OK, type ReturnCode } from '../codes.ts'
import type { CursorCore } from './cursor_core.ts'

/** One end of the range that a cursor keeps to. */
export interface Bound<K> {
  readonly key: K
  readonly inclusive: boolean
}

/** Sets an end of the cursor's range to its current key (`cur_std.c:__wti_cursor_bound`). */
export function setBound<K extends string | number>(
  cursor: CursorCore<K, unknown>,
  which: 'lower' | 'upper',
  inclusive: boolean,
): ReturnCode {
  if (cursor.at !== undefined || cursor.keyHeld === 'unset') return EINVAL
  const bound: Bound<K> = { key: cursor.key as K, inclusive }
  const lower = which === 'lower' ? bound : cursor.lower
  const upper = which === 'upper' ? bound : cursor.upper
  if (lower !== undefined && upper !== undefined) {
    if (lower.key > upper.key) return EINVAL
    // Equal bounds leave one key, and only if both ends belong to the range.
    if (lower.key === upper.key && !(lower.inclusive && upper.inclusive)) return EINVAL
  }
  cursor[which] = bound
  return OK
}

export function clearBounds<K extends string | number>(cursor: CursorCore<K, unknown>): void {
  cursor.lower = undefined
  cursor.upper = undefined
}

export function isBelow<K>(key: K, lower: Bound<K> | undefined): boolean {
  if (lower === undefined) return false
  return key < lower.key || (key === lower.key && !lower.inclusive)
}

export function isAbove<K>(key: K, upper: Bound<K> | undefined): boolean {
  if (upper === undefined) return false
  return key > upper.key || (key === upper.key && !upper.inclusive)
}

export function isOutside<K extends string | number>(
  cursor: CursorCore<K, unknown>,
  key: K,
): boolean {
  return isBelow(key, cursor.lower) || isAbove(key, cursor.upper)
}
