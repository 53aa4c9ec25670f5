import { Long } from 'bson'
import { isInt32 } from '../bson/index.ts'

/** A whole number as a reply has it: an int where it fits, else a long. */
export function int64(value: number): number | Long {
  return isInt32(value) ? value : Long.fromNumber(value)
}
