import type { Operation } from '../../sim/index.ts'
import type { Collection } from '../catalog/collection.ts'
import { Index } from '../catalog/index_definition.ts'
import type { Namespace } from '../catalog/namespace.ts'
import { ServerError } from '../errors.ts'
import { exclusively, findCollection } from '../exec/acquire.ts'
import type { OperationContext } from '../operation_context.ts'

/**
 * Makes an index one that lets documents expire, or changes when they do. The entries stay.
 * Source: coll_mod_index.cpp, `processCollModIndexRequestExpireAfterSeconds` (8.0).
 *
 * @param find the index among those that there are once the collection is taken alone
 * @param seconds as given, for `listIndexes`
 * @returns what was set before; nothing where it let nothing expire
 */
export function* setIndexExpiry(
  op: OperationContext,
  ns: Namespace,
  find: (collection: Collection) => Index,
  seconds: { readonly given: unknown; readonly value: number },
): Operation<unknown> {
  const collection = existing(op, ns)
  return yield* exclusively(op, collection, () => {
    const current = existing(op, ns)
    const index = find(current)
    const before = index.spec.document['expireAfterSeconds']
    const changed = withExpiry(index, seconds)
    const indexes = current.indexes.map((one) => (one === index ? changed : one))
    op.services.catalog.change(ns, current.withIndexes(indexes))
    return before
  })
}

function withExpiry(
  index: Index,
  seconds: { readonly given: unknown; readonly value: number },
): Index {
  const { spec } = index
  const document = { ...spec.document, expireAfterSeconds: seconds.given }
  const changed = new Index({ ...spec, expireAfterSeconds: seconds.value, document }, index.table)
  changed.multikey = index.multikey
  return changed
}

function existing(op: OperationContext, ns: Namespace): Collection {
  const collection = findCollection(op, ns)
  if (collection !== undefined) return collection
  throw new ServerError('NamespaceNotFound', 'ns does not exist')
}
