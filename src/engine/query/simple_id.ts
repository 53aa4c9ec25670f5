/** The shape of most filters, `{ _id: value }`, told apart without compiling anything. */
import { type Document, isDocument } from '../../bson/index.ts'
import { isExactValue } from './analysis.ts'
import { firstFieldName } from './operator_document.ts'

/**
 * The `_id` that a filter asks for, if it is `{ _id: value }` or `{ _id: { $eq: value } }` and the
 * value is one that equals nothing but itself. Such filters take the express path and need no
 * compiled filter.
 *
 * Source: server, isSimpleIdQuery (query_utils.cpp). A first inner name with `$` other than a lone
 * `$eq` means operators, so a DBRef as `_id` takes the longer way.
 */
export function simpleId(filter: Document): { readonly value: unknown } | undefined {
  for (const name in filter) {
    if (name !== '_id') return undefined
  }
  const value = filter['_id']
  if (typeof value === 'string' || typeof value === 'number') return { value }
  return value === undefined ? undefined : simpleIdOf(value)
}

function simpleIdOf(value: unknown): { readonly value: unknown } | undefined {
  if (!isDocument(value)) return isExactValue(value) ? { value } : undefined
  const first = firstFieldName(value)
  if (first?.startsWith('$') !== true) return { value }
  if (first !== '$eq' || Object.keys(value).length > 1) return undefined
  const inner = value['$eq']
  return isExactValue(inner) ? { value: inner } : undefined
}
