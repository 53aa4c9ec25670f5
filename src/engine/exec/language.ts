import type { Document } from '../../bson/index.ts'
import type { Collection } from '../catalog/collection.ts'
import type { Namespace } from '../catalog/namespace.ts'
import { hasText, orderOf } from '../collation/index.ts'
import type { ExpressionContext } from '../expression/index.ts'
import type { OperationContext } from '../operation_context.ts'
import { simpleId } from '../query/index.ts'
import { findCollection } from './acquire.ts'

/**
 * What a statement's filter, sort and expressions are compiled in: the variables of its command,
 * and the statement's collation, else the collection's.
 *
 * @throws ServerError for a bad collation
 */
export function languageFor(
  op: OperationContext,
  collection: Collection | undefined,
  collation: Document | undefined | null,
): ExpressionContext {
  const { language } = op
  if (collation !== undefined && collation !== null) {
    for (const _name in collation) return language.withOrder(orderOf(collation))
  }
  return collection === undefined ? language : language.withOrder(collection.order)
}

/**
 * The collection whose collation counts for a statement that has none of its own; nothing where no
 * collection has any, which saves a look-up.
 */
export function collatedCollection(op: OperationContext, ns: Namespace): Collection | undefined {
  return op.services.catalog.hasCollations ? findCollection(op, ns) : undefined
}

/**
 * The `_id` that a filter asks for, if it is the only thing and can be looked up: not where a
 * collation finds other ids equal, too.
 */
export function idToLookUp(
  filter: Document,
  collection: Collection | undefined,
  collation: Document | undefined | null,
): { readonly value: unknown } | undefined {
  const id = simpleId(filter)
  if (id === undefined || !hasText(id.value)) return id
  const isCollated = collation !== undefined && collation !== null && !isSimple(collation)
  if (isCollated) return undefined
  const isSaid = collation !== undefined && collation !== null && 'locale' in collation
  return !isSaid && collection?.order.collation !== undefined ? undefined : id
}

function isSimple(collation: Document): boolean {
  return collation['locale'] === 'simple' || Object.keys(collation).length === 0
}
