/**
 * Which documents a partial index has. Source of rules and messages: index_catalog_impl.cpp,
 * `_checkValidFilterExpressions` (8.0).
 */
import { canonicalText, type Document, isDocument, typeNameOf } from '../../bson/index.ts'
import type { ValueOrder } from '../collation/index.ts'
import { ServerError } from '../errors.ts'
import { type CompiledFilter, type Expression, orderedFilter } from '../query/index.ts'

/** @throws ServerError 67 CannotCreateIndex, 14, and those of filters */
export function compilePartialFilter(given: unknown, order: ValueOrder): CompiledFilter {
  if (!isDocument(given)) {
    throw new ServerError(
      'TypeMismatch',
      `The field 'partialFilterExpression' must be an object, but got ${typeNameOf(given)}`,
    )
  }
  const filter: CompiledFilter = orderedFilter(given, order)
  checkSupported(filter.expression, given)
  return filter
}

const SUPPORTED: ReadonlySet<string> = new Set([
  '$eq',
  '$gt',
  '$gte',
  '$lt',
  '$lte',
  '$in',
  '$exists',
  '$type',
])

function checkSupported(expression: Expression, given: Document): void {
  switch (expression.kind) {
    case 'and':
    case 'or':
      for (const child of expression.children) checkSupported(child, given)
      return
    case 'leaf':
      if (SUPPORTED.has(expression.operator)) return
  }
  throw new ServerError(
    'CannotCreateIndex',
    `Expression not supported in partial index: ${canonicalText(given)}`,
  )
}
