/**
 * Whether two values are the same down to their bytes.
 *
 * `{ $set: { n: 5.0 } }` where `n` is the int 5 changes the document, though the two are equal;
 * where nothing changes, nothing is written. Expects clean values, which have one form each.
 *
 * Source: server, BSONElement::binaryEqualValues, SafeNum::isIdentical.
 */
import type { Code, Decimal128, Double } from 'bson'
import { compareBytes, compareValues, isDocument, tagOf } from '../../bson/index.ts'

export function areIdentical(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object') return Object.is(a, b)
  if (a === b) return true
  if (a === null || b === null) return false
  if (Array.isArray(a)) return Array.isArray(b) && areIdenticalArrays(a, b)
  if (Array.isArray(b)) return false
  const tag = tagOf(a)
  if (tag !== tagOf(b)) return false
  switch (tag) {
    case undefined:
      break
    case 'Double':
      return Object.is((a as Double).value, (b as Double).value)
    case 'Decimal128':
      // Equal decimals may differ in their trailing zeros.
      return compareBytes((a as Decimal128).bytes, (b as Decimal128).bytes) === 0
    case 'Code':
      return (
        (a as Code).code === (b as Code).code &&
        areIdentical((a as Code).scope ?? null, (b as Code).scope ?? null)
      )
    default:
      return compareValues(a, b) === 0
  }
  if (isDocument(a)) return isDocument(b) && areIdenticalDocuments(a, b)
  return compareValues(a, b) === 0
}

function areIdenticalArrays(a: readonly unknown[], b: readonly unknown[]): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) {
    if (!areIdentical(a[i], b[i])) return false
  }
  return true
}

/** Field by field, in order: field order is part of a document. */
function areIdenticalDocuments(a: { [name: string]: unknown }, b: { [name: string]: unknown }) {
  const names = Object.keys(a)
  const others = Object.keys(b)
  if (names.length !== others.length) return false
  for (let i = 0; i < names.length; i++) {
    const name = names[i]!
    if (name !== others[i] || !areIdentical(a[name], b[name])) return false
  }
  return true
}
