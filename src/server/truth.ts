import { isNumeric, numberToDouble } from '../bson/index.ts'

/** Whether a field of type `safeBool` says yes: true, or a number other than zero. */
export function isTrue(value: unknown): boolean {
  if (typeof value === 'boolean') return value
  return isNumeric(value) && numberToDouble(value) !== 0
}
