import { invariant } from '../../invariant.ts'
import type { Operation } from '../../sim/index.ts'
import type { Collection } from '../catalog/collection.ts'
import { checkCreatable, type Namespace } from '../catalog/namespace.ts'
import { takeExclusive, waitForIntent } from '../lock_wait.ts'
import type { OperationContext } from '../operation_context.ts'
import { writeConflict } from '../record_writes.ts'

/**
 * Finding the collection that a statement works on and taking its intents. Most often nobody holds a
 * lock alone, so `tryAcquire` is tried first and costs two increments; only where it fails does the
 * statement become one that can wait.
 */
export type Access = 'read' | 'write'

export function findCollection(op: OperationContext, ns: Namespace): Collection | undefined {
  return op.transaction === undefined
    ? op.services.catalog.latest(ns.db, ns.coll)
    : op.transaction.findCollection(ns)
}

/** Takes the intents of database and collection, unless somebody is in the way: then false. */
export function tryAcquire(op: OperationContext, collection: Collection, access: Access): boolean {
  const { lock, databaseLock } = collection
  const { transaction, debug } = op
  if (transaction !== undefined) {
    if (!transaction.holds(lock) && !(lock.freeForIntent && databaseLock.freeForIntent))
      return false
  } else if (!lock.freeForIntent || !databaseLock.freeForIntent) {
    return false
  }
  op.takeIntent(databaseLock)
  op.takeIntent(lock)
  if (access === 'read') {
    debug.sharedAcquisitions++
  } else {
    debug.exclusiveAcquisitions++
    if (transaction === undefined) debug.flowControlTickets++
  }
  return true
}

/** As `tryAcquire`, waiting for as long as somebody is in the way. */
export function* acquire(
  op: OperationContext,
  collection: Collection,
  access: Access,
): Operation<void> {
  while (!tryAcquire(op, collection, access)) {
    yield* waitForIntent(op, collection.databaseLock)
    yield* waitForIntent(op, collection.lock)
  }
}

/**
 * In a transaction, a collection may be written only as it is *now*: if the catalog moved on since
 * the snapshot, the write conflicts with that change.
 *
 * @throws WriteConflictError
 */
export function checkWritable(op: OperationContext, collection: Collection): void {
  const { transaction } = op
  if (transaction === undefined || transaction.isCreatedHere(collection)) return
  const { db, coll } = collection.ns
  if (op.services.catalog.latest(db, coll) === collection) return
  op.debug.writeConflicts++
  throw writeConflict(
    op,
    `Unable to write to collection '${collection.text}' due to catalog changes; please retry the operation`,
  )
}

/** The collection for an insert or upsert, created if need be: implicitly, in the same transaction. */
export function findOrCreate(op: OperationContext, ns: Namespace): Collection {
  const found = findCollection(op, ns)
  if (found !== undefined) return found
  checkCreatable(ns)
  return createNow(op, ns, {})
}

/** Creates where the caller has checked everything; see `ddl.ts` for the command. */
export function createNow(
  op: OperationContext,
  ns: Namespace,
  options: Collection['options'],
): Collection {
  const { catalog } = op.services
  const collection = catalog.build(ns, options)
  if (op.transaction !== undefined) {
    op.transaction.addCreated(collection)
  } else {
    invariant(catalog.latest(ns.db, ns.coll) === undefined, 'a collection is created once')
    catalog.change(ns, collection)
  }
  return collection
}

/** Takes database intent and collection alone, for what changes the catalog. */
export function* acquireExclusive(op: OperationContext, collection: Collection): Operation<void> {
  while (!collection.databaseLock.freeForIntent) yield* waitForIntent(op, collection.databaseLock)
  op.takeIntent(collection.databaseLock)
  yield* takeExclusive(op, collection.lock)
}
