/**
 * Values as the driver hands them out, seen as the format sees them: documents, arrays, and the
 * rest by BSON type and value.
 */
import { EJSON } from 'bson'
import type { Document } from 'mongodb'

/** A document of any make: a plain object, a result of the driver, but no BSON value. */
export function isDocument(value: unknown): value is Document {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !ArrayBuffer.isView(value) &&
    !(value instanceof Date) &&
    !(value instanceof RegExp) &&
    !('_bsontype' in value)
  )
}

/** The driver keeps sorts, keys and the results of bulk writes in maps: to the format, documents. */
export function withoutMaps(value: unknown): unknown {
  if (!(value instanceof Map)) return value
  return Object.fromEntries([...value].map(([key, item]) => [String(key), item]))
}

/** Numbers but decimals, whatever the width; undefined for anything else. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value
  if (typeof value === 'bigint') return Number(value)
  switch (bsonType(value)) {
    case 'Int32':
    case 'Double':
    case 'Long':
      return Number(value)
    default:
      return undefined
  }
}

/** Whether two values, neither of them a document or an array, are of one type and equal. */
export function isSameScalar(expected: unknown, actual: unknown): boolean {
  const wanted = numberOf(expected)
  const given = numberOf(actual)
  if (wanted !== undefined || given !== undefined) return Object.is(wanted, given)
  if (typeof expected !== 'object' || typeof actual !== 'object') return expected === actual
  if (expected === null || actual === null) return expected === actual
  return bsonType(expected) === bsonType(actual) && text(expected) === text(actual)
}

export function bsonType(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || !('_bsontype' in value)) return undefined
  return String(value._bsontype)
}

/** A copy that later changes of the original do not reach; the driver goes on using its commands. */
export function snapshot(value: unknown): unknown {
  const given = withoutMaps(value)
  if (Array.isArray(given)) return given.map(snapshot)
  if (!isDocument(given)) return given
  return Object.fromEntries(Object.entries(given).map(([key, item]) => [key, snapshot(item)]))
}

const SHOWN_MAX = 160

/** For messages: canonical enough to see types, short enough to read. */
export function show(value: unknown): string {
  const shown = value === undefined ? 'nothing' : text(snapshot(value))
  return shown.length <= SHOWN_MAX ? shown : `${shown.slice(0, SHOWN_MAX)}...`
}

function text(value: unknown): string {
  try {
    return EJSON.stringify(value)
  } catch {
    return String(value)
  }
}
