import type { Document } from '../../bson/index.ts'
import { boundIn, keysWithValues } from '../index/keys.ts'
import type { AccessPath } from './planner.ts'
import { rangesOf } from './sources/index_source.ts'

/**
 * What a find with `returnKey` gives of a document: the key under which the plan met it first;
 * nothing where no index was read. Source: return_key.cpp (8.0).
 */
export function returnedKey(access: AccessPath, document: Document): Document {
  if (access.kind === 'collection') return {}
  const { index, direction } = access
  if (index.isId) return { _id: document['_id'] }
  const ranges = rangesOf(access).map(({ low, high }) => ({
    low: boundIn(index, low),
    high: boundIn(index, high),
  }))
  const met = keysWithValues(index, document).filter(({ key }) =>
    ranges.some(({ low, high }) => key >= low && key < high),
  )
  const sorted = met.toSorted((a, b) => (a.key < b.key ? -direction : direction))
  const values = sorted[0]?.values ?? []
  return Object.fromEntries(index.fields.map(({ path }, i) => [path, values[i] ?? null]))
}
