/**
 * The order of BSON values: first the type's place among the types, then the value.
 *
 * Embedded documents compare field by field: type of the value, then name of the field, then the
 * value; so the order of fields counts. A document that is the beginning of another is less.
 * Source: server, bsonelement.cpp and bsonobj.cpp (woCompare).
 */
import type { Binary, BSONRegExp, BSONSymbol, Code, ObjectId, Timestamp } from 'bson'
import { compareNumbers } from './compare_numbers.ts'
import type { Document } from './document.ts'
import { compareBytes, compareObjectIds } from './object_id.ts'
import { compareStrings } from './strings.ts'
import { canonicalOrder } from './types.ts'

/** Compares two values of any types: negative, zero or positive. */
export function compareValues(a: unknown, b: unknown): number {
  if (typeof a === 'string' && typeof b === 'string') return compareStrings(a, b)
  if (typeof a === 'number' && typeof b === 'number') return compareNumbers(a, b)
  if (a === b) return 0
  const order = canonicalOrder(a)
  const difference = order - canonicalOrder(b)
  return difference !== 0 ? difference : compareWithin(order, a, b)
}

/** Whether two values are equal in BSON's order: 5, `Long(5)` and `Decimal128("5.0")` are. */
export function equalValues(a: unknown, b: unknown): boolean {
  if (a === b) return true
  const type = typeof a
  if (type === typeof b && (type === 'string' || type === 'boolean')) return false
  return compareValues(a, b) === 0
}

/** Compares two values whose types have the same place, by the server's number of that place. */
function compareWithin(order: number, a: unknown, b: unknown): number {
  switch (order) {
    case 10:
      return compareNumbers(a, b)
    case 15:
      return compareStrings(textOf(a), textOf(b))
    case 20:
      return compareDocuments(a as Document, b as Document)
    case 25:
      return compareArrays(a as unknown[], b as unknown[])
    case 30:
      return compareBinary(a as Binary, b as Binary)
    case 35:
      return compareObjectIds(a as ObjectId, b as ObjectId)
    case 40:
      return Number(a) - Number(b)
    case 45:
      return (a as Date).getTime() - (b as Date).getTime()
    case 47:
      return compareTimestamps(a as Timestamp, b as Timestamp)
    case 50:
      return compareRegexes(a as BSONRegExp, b as BSONRegExp)
    case 60:
      return compareStrings((a as Code).code, (b as Code).code)
    case 65:
      return compareScopedCode(a as Code, b as Code)
    default:
      return 0
  }
}

/** The text of a string or symbol, which compare alike. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (value as BSONSymbol).value
}

function compareDocuments(a: Document, b: Document): number {
  const left = Object.keys(a)
  const right = Object.keys(b)
  const length = Math.min(left.length, right.length)
  for (let index = 0; index < length; index++) {
    const leftName = left[index] as string
    const rightName = right[index] as string
    const leftValue = a[leftName]
    const rightValue = b[rightName]
    if (leftName === rightName) {
      const difference = compareValues(leftValue, rightValue)
      if (difference !== 0) return difference
      continue
    }
    const difference = canonicalOrder(leftValue) - canonicalOrder(rightValue)
    return difference !== 0 ? difference : compareStrings(leftName, rightName)
  }
  return left.length - right.length
}

function compareArrays(a: readonly unknown[], b: readonly unknown[]): number {
  const length = Math.min(a.length, b.length)
  for (let index = 0; index < length; index++) {
    const difference = compareValues(a[index], b[index])
    if (difference !== 0) return difference
  }
  return a.length - b.length
}

function compareTimestamps(a: Timestamp, b: Timestamp): number {
  return a.t - b.t || a.i - b.i
}

function compareRegexes(a: BSONRegExp, b: BSONRegExp): number {
  return compareStrings(a.pattern, b.pattern) || compareStrings(a.options, b.options)
}

function compareBinary(a: Binary, b: Binary): number {
  const lengths = a.position - b.position
  if (lengths !== 0) return lengths
  const subtypes = a.sub_type - b.sub_type
  return subtypes !== 0 ? subtypes : compareBytes(a.value(), b.value())
}

function compareScopedCode(a: Code, b: Code): number {
  return compareStrings(a.code, b.code) || compareDocuments(a.scope ?? {}, b.scope ?? {})
}
