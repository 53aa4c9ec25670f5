import { isInternalDatabase, type Namespace } from '../catalog/namespace.ts'
import { ServerError } from '../errors.ts'
import { type Change, type LoggedChange, namespaceOf } from './change.ts'

/** What a stream watches. */
export type ChangeExtent =
  | { readonly kind: 'collection'; readonly ns: Namespace }
  | { readonly kind: 'database'; readonly db: string }
  | { readonly kind: 'deployment' }

/** @throws ServerError 73, 72. Source: `assertIsLegalSpecification` (8.0) */
export function checkExtent(extent: ChangeExtent, { db, coll }: Namespace): void {
  if (extent.kind === 'deployment') {
    if (db === 'admin') return
    throw new ServerError(
      'InvalidOptions',
      "A $changeStream with 'allChangesForCluster:true' may only be opened on the 'admin' database, and with no collection name; found " +
        `${db}.${coll}`,
    )
  }
  if (isInternalDatabase(db)) {
    throw new ServerError(
      'InvalidNamespace',
      `$changeStream may not be opened on the internal ${db} database`,
    )
  }
  if (extent.kind === 'database' || !coll.startsWith('system.')) return
  throw new ServerError(
    'InvalidNamespace',
    `$changeStream may not be opened on the internal ${db}.${coll} collection`,
  )
}

/** Whether a stream shows a change. */
export function isWithin(extent: ChangeExtent, change: Change): boolean {
  const ns = namespaceOf(change)
  switch (extent.kind) {
    case 'deployment':
      return true
    case 'database':
      return ns.db === extent.db
    case 'collection':
      if (change.kind === 'dropDatabase') return false
      return isSame(ns, extent.ns) || (change.kind === 'rename' && isSame(change.to, extent.ns))
  }
}

/** Whether there is nothing to watch any more after a change: the stream ends with it. */
export function invalidates(extent: ChangeExtent, { change }: LoggedChange): boolean {
  switch (extent.kind) {
    case 'deployment':
      return false
    case 'database':
      return change.kind === 'dropDatabase'
    case 'collection':
      if (change.kind === 'drop') return change.uuid !== undefined
      return change.kind === 'rename'
  }
}

function isSame(a: Namespace, b: Namespace): boolean {
  return a.db === b.db && a.coll === b.coll
}
