/**
 * How values compare where a user may say so: BSON's order as it is, or under a collation, which
 * orders strings by the rules of a language.
 */
import {
  compareValues,
  type Document,
  encodeKeyValue,
  equalValues,
  isDocument,
  tagOf,
} from '../../bson/index.ts'

export interface ValueOrder {
  /** Negative, zero or positive; a missing value comes first. */
  readonly compare: (a: unknown, b: unknown) => number
  readonly equals: (a: unknown, b: unknown) => boolean
  /** A text that equal values share, and no others: for maps and sets of values. */
  readonly keyOf: (value: unknown) => string
  /** The value that stands for all equal ones: with other texts in it, perhaps. */
  readonly canonical: (value: unknown) => unknown
  /** The same, to look for what is there: nothing is remembered of this value. */
  readonly lookUp: (value: unknown) => unknown
  /** As the server prints it; undefined for BSON's own order. */
  readonly collation: Document | undefined
}

/** BSON's own order: strings by their bytes. */
export const BINARY_ORDER: ValueOrder = {
  compare: compareValues,
  equals: equalValues,
  keyOf: encodeKeyValue,
  canonical: (value) => value,
  lookUp: (value) => value,
  collation: undefined,
}

/** Whether a value is, or has within it, what a collation orders. */
export function hasText(value: unknown): boolean {
  if (typeof value === 'string') return true
  if (typeof value !== 'object' || value === null) return false
  if (Array.isArray(value)) return value.some(hasText)
  if (isDocument(value)) return Object.values(value).some(hasText)
  return tagOf(value) === 'BSONSymbol'
}

/** Whether two orders put all values in the same places. */
export function isSameOrder(a: ValueOrder, b: ValueOrder): boolean {
  if (a === b) return true
  return a.collation !== undefined && equalValues(a.collation, b.collation)
}
