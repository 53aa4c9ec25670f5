/** Truth as the server sees it in options such as `{ $exists: ... }` and `{ field: 1 }`. */
import { isNumeric, numberToDouble } from '../../bson/index.ts'

/**
 * Numbers but zero, and every value that is neither false, null nor missing; strings too, the empty
 * one included. Source: server, BSONElement::trueValue.
 */
export function isTrue(value: unknown): boolean {
  if (typeof value === 'boolean') return value
  if (value === null || value === undefined) return false
  return isNumeric(value) ? numberToDouble(value) !== 0 : true
}
