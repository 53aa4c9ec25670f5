/**
 * Telling `{ field: { $gt: 5 } }`, operators, from `{ field: { gt: 5 } }`, a value to compare with.
 */
import type { Document } from '../../bson/index.ts'

/** The name of the first field, undefined for an empty document. */
export function firstFieldName(document: Document): string | undefined {
  for (const name in document) return name
  return undefined
}

const DOLLAR = 36

/**
 * The first field's name decides, as on the server; a reference to another document (`$ref` and
 * `$id`) is a value all the same. Source: server, isExpressionDocument in expression_parser.cpp.
 *
 * @param options.partialReferences also take an incomplete reference for a value, as `$elemMatch`
 *   does
 */
export function isOperatorDocument(
  document: Document,
  options?: { readonly partialReferences?: boolean },
): boolean {
  if (firstFieldName(document)?.charCodeAt(0) !== DOLLAR) return false
  const hasRef = Object.hasOwn(document, '$ref')
  const hasId = Object.hasOwn(document, '$id')
  if (options?.partialReferences === true)
    return !(hasRef || hasId || Object.hasOwn(document, '$db'))
  return !(hasRef && hasId)
}
