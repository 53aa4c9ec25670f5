import type { Document } from '../../bson/index.ts'
import { int64 } from '../count.ts'

/** Counts by name, as replies have them. */
export function counts(values: Readonly<Record<string, number>>): Document {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, int64(value)]))
}
