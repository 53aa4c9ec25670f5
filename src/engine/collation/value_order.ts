/**
 * How values compare where a user may say so: BSON's order as it is, or under a collation, which
 * orders strings by the rules of a language.
 */
import { compareValues, encodeKeyValue, equalValues } from '../../bson/index.ts'

export interface ValueOrder {
  /** Negative, zero or positive; a missing value comes first. */
  readonly compare: (a: unknown, b: unknown) => number
  readonly equals: (a: unknown, b: unknown) => boolean
  /** A text that equal values share, and no others: for maps and sets of values. */
  readonly keyOf: (value: unknown) => string
}

/** BSON's own order: strings by their bytes. */
export const BINARY_ORDER: ValueOrder = {
  compare: compareValues,
  equals: equalValues,
  keyOf: encodeKeyValue,
}
