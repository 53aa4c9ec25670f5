import type { Document } from '../../bson/index.ts'
import type { Operation } from '../../sim/index.ts'
import type { Collection } from '../catalog/collection.ts'
import type { Index, IndexSpec } from '../catalog/index_definition.ts'
import type { Namespace } from '../catalog/namespace.ts'
import { ServerError } from '../errors.ts'
import { exclusively, findCollection } from '../exec/acquire.ts'
import type { OperationContext } from '../operation_context.ts'

/**
 * Changes a collection's metadata with the collection taken alone: all that is asked for, or
 * nothing. Source: coll_mod.cpp, `_collModInternal` (8.0).
 *
 * @param change makes the new version of the one that there is once the collection is taken
 * @throws ServerError 26, and whatever `change` refuses with
 */
export function* modifyCollection(
  op: OperationContext,
  ns: Namespace,
  change: (current: Collection) => Collection,
): Operation<void> {
  yield* exclusively(op, existing(op, ns), () => {
    const current = existing(op, ns)
    const changed = change(current)
    if (changed !== current) op.services.catalog.change(ns, changed)
  })
}

function existing(op: OperationContext, ns: Namespace): Collection {
  const collection = findCollection(op, ns)
  if (collection !== undefined) return collection
  throw new ServerError('NamespaceNotFound', 'ns does not exist')
}

/** What `collMod` may change of an index; what is left out stays. */
export interface IndexChange {
  /** As given, for `listIndexes`, and in seconds. */
  readonly expiry?: { readonly given: unknown; readonly seconds: number } | undefined
  readonly hidden?: boolean | undefined
  readonly prepareUnique?: boolean | undefined
  readonly unique?: true | undefined
}

/** A version of the collection in which one index has other options. The entries stay. */
export function withIndexChanged(
  collection: Collection,
  index: Index,
  change: IndexChange,
): Collection {
  const changed = index.withSpec(changedSpec(index.spec, change))
  return collection.withIndexes(collection.indexes.map((one) => (one === index ? changed : one)))
}

function changedSpec(spec: IndexSpec, change: IndexChange): IndexSpec {
  const { expiry, hidden = spec.hidden, unique = spec.unique } = change
  const prepareUnique = (change.prepareUnique ?? spec.prepareUnique) && !unique
  const expireAfterSeconds = expiry === undefined ? spec.expireAfterSeconds : expiry.seconds
  const { hidden: _hidden, prepareUnique: _prepareUnique, ...rest } = spec.document
  const document: Document = { ...rest }
  if (unique) document['unique'] = true
  if (expiry !== undefined) document['expireAfterSeconds'] = expiry.given
  if (hidden) document['hidden'] = true
  if (prepareUnique) document['prepareUnique'] = true
  return { ...spec, unique, expireAfterSeconds, hidden, prepareUnique, document }
}
