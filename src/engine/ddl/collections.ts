import { canonicalText, equalValues } from '../../bson/index.ts'
import type { Operation } from '../../sim/index.ts'
import type { CollectionOptions } from '../catalog/collection.ts'
import { checkCreatable, type Namespace, namespaceText } from '../catalog/namespace.ts'
import { ServerError } from '../errors.ts'
import { createNow, exclusively, findCollection } from '../exec/acquire.ts'
import { takeExclusive } from '../lock_wait.ts'
import type { OperationContext } from '../operation_context.ts'

/** @throws ServerError 48 NamespaceExists, unless it exists with the same options */
export function createCollection(
  op: OperationContext,
  ns: Namespace,
  options: CollectionOptions,
): void {
  checkCreatable(ns)
  const existing = findCollection(op, ns)
  if (existing === undefined) {
    createNow(op, ns, options)
    return
  }
  if (hasSameOptions(existing.options, options)) return
  throw new ServerError(
    'NamespaceExists',
    `namespace ${namespaceText(ns)} already exists, but with different options: ${canonicalText(existing.options)}`,
  )
}

function hasSameOptions(a: CollectionOptions, b: CollectionOptions): boolean {
  return (
    (a.capped ?? false) === (b.capped ?? false) &&
    a.size === b.size &&
    a.max === b.max &&
    equalValues(a.collation, b.collation) &&
    equalValues(a.clusteredIndex, b.clusteredIndex) &&
    equalValues(a.validator, b.validator) &&
    a.validationLevel === b.validationLevel &&
    a.validationAction === b.validationAction
  )
}

/**
 * Takes the collection alone, and so waits for every open transaction that touched it.
 *
 * @returns how many indexes it had, or nothing where there was no such collection
 */
export function* dropCollection(
  op: OperationContext,
  ns: Namespace,
): Operation<{ nIndexesWas: number } | undefined> {
  const { catalog } = op.services
  const collection = catalog.latest(ns.db, ns.coll)
  if (collection === undefined) return undefined
  return yield* exclusively(op, collection, () => {
    // It may have gone, or changed, while we waited.
    const current = catalog.latest(ns.db, ns.coll)
    if (current === undefined) return undefined
    catalog.drop(current)
    op.services.changes.happened({ kind: 'drop', ns, uuid: current.uuid })
    return { nIndexesWas: current.indexes.length }
  })
}

/** Takes the database alone. False where it had no collection. */
export function* dropDatabase(op: OperationContext, db: string): Operation<boolean> {
  const { catalog, changes } = op.services
  const lock = catalog.databaseLock(db)
  yield* takeExclusive(op, lock)
  try {
    const collections = catalog.collections(db)
    if (collections.length === 0) return false
    for (const collection of collections) {
      catalog.drop(collection)
      changes.happened({ kind: 'drop', ns: collection.ns, uuid: collection.uuid })
    }
    changes.happened({ kind: 'dropDatabase', ns: { db, coll: '' } })
    return true
  } finally {
    lock.releaseExclusive()
  }
}
