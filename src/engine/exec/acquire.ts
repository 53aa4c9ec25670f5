import { invariant } from '../../invariant.ts'
import type { Operation } from '../../sim/index.ts'
import type { Collection } from '../catalog/collection.ts'
import { checkCreatable, type Namespace } from '../catalog/namespace.ts'
import { ServerError } from '../errors.ts'
import { takeExclusive, waitForIntent } from '../lock_wait.ts'
import type { OperationContext } from '../operation_context.ts'
import { writeConflict } from '../record_writes.ts'
import { snapshotReadable } from '../snapshot_reads.ts'

/**
 * Finding the collection that a statement works on and taking its intents. Most often nobody holds
 * a lock alone, so `tryAcquire` is tried first and costs two increments; only where it fails does
 * the statement become one that can wait, and then it must look the collection up anew: whoever was
 * in the way may have dropped it.
 */
export type Access = 'read' | 'write'

export function findCollection(op: OperationContext, ns: Namespace): Collection | undefined {
  if (op.transaction !== undefined) return op.transaction.findCollection(ns)
  const { catalog } = op.services
  if (op.readAt === undefined) return catalog.latest(ns.db, ns.coll)
  return snapshotReadable(catalog.visible(op.storage, ns))
}

/** Takes the intents of database and collection, unless somebody is in the way: then false. */
export function tryAcquire(op: OperationContext, collection: Collection, access: Access): boolean {
  const { lock, databaseLock } = collection
  const { transaction, debug } = op
  // The second half of a statement, such as the insert of an upsert, works under what the first
  // took.
  if (transaction === undefined && op.holdsIntent(lock)) return true
  if (!op.tryIntent(databaseLock) || !op.tryIntent(lock)) return false
  if (access === 'read') {
    debug.sharedAcquisitions++
  } else {
    debug.exclusiveAcquisitions++
    if (transaction === undefined) debug.flowControlTickets++
  }
  return true
}

/**
 * As `tryAcquire`, waiting for as long as somebody is in the way.
 *
 * @param find how to look the collection up: `findCollection` or `findOrCreate`
 * @returns the collection as it is once the intents are held; nothing if there is none
 */
export function* acquire<Found extends Collection | undefined>(
  op: OperationContext,
  ns: Namespace,
  access: Access,
  find: (op: OperationContext, ns: Namespace) => Found,
): Operation<Found> {
  for (;;) {
    const collection = find(op, ns)
    if (collection === undefined || tryAcquire(op, collection, access)) return collection
    yield* waitForIntent(op, collection.databaseLock)
    yield* waitForIntent(op, collection.lock)
  }
}

/**
 * In a transaction, a collection may be written only as it is *now*: if the catalog moved on since
 * the snapshot, the write conflicts with that change. A capped one may not be written at all.
 * Source: `checkIfTransactionOnCappedColl`, write_ops_exec.cpp.
 *
 * @throws WriteConflictError; ServerError 263
 */
export function checkWritable(op: OperationContext, collection: Collection): void {
  const { transaction } = op
  if (transaction === undefined) return
  if (collection.options.capped === true) {
    throw new ServerError(
      'OperationNotSupportedInTransaction',
      `Collection '${collection.text}' is a capped collection. Writes in transactions are not allowed on capped collections.`,
    )
  }
  if (transaction.isCreatedHere(collection)) return
  const { db, coll } = collection.ns
  if (op.services.catalog.latest(db, coll) === collection) return
  op.debug.writeConflicts++
  throw writeConflict(
    op,
    `Unable to write to collection '${collection.text}' due to catalog changes; please retry the operation`,
  )
}

/**
 * The collection for an insert or upsert, created if need be: implicitly, in the same transaction.
 */
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
  const { catalog, changes } = op.services
  const collection = catalog.build(ns, options)
  collection.idIndex.usage.sinceUs = op.clock.nowUs()
  if (op.transaction !== undefined) {
    op.transaction.addCreated(collection)
  } else {
    invariant(catalog.latest(ns.db, ns.coll) === undefined, 'a collection is created once')
    catalog.change(ns, collection)
    const { uuid, idIndex } = collection
    const isPlain = options.clusteredIndex === undefined
    const description = isPlain ? { idIndex: idIndex.spec.document, ...options } : { ...options }
    changes.happened({ kind: 'create', ns, uuid, description })
  }
  return collection
}

/**
 * Runs what changes the catalog: under an intent on the database, and with the collection alone.
 */
export function* exclusively<T>(
  op: OperationContext,
  { lock, databaseLock }: Collection,
  change: () => T,
): Operation<T> {
  try {
    while (!op.tryIntent(databaseLock)) yield* waitForIntent(op, databaseLock)
    yield* takeExclusive(op, lock)
    try {
      return change()
    } finally {
      lock.releaseExclusive()
    }
  } finally {
    op.finish()
  }
}
