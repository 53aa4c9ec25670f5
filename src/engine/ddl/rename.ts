import { mintUuid } from '../../bson/index.ts'
import type { Operation } from '../../sim/index.ts'
import { Collection } from '../catalog/collection.ts'
import {
  checkCreatable,
  checkNamespace,
  type Namespace,
  namespaceText,
} from '../catalog/namespace.ts'
import { ServerError } from '../errors.ts'
import type { OperationContext } from '../operation_context.ts'
import { holdingNames } from './holding_names.ts'

export interface RenameRequest {
  readonly from: Namespace
  readonly to: Namespace
  /** Whether a collection that has the new name goes; false: it is in the way. */
  readonly dropTarget: boolean
}

/**
 * Gives a collection another name, with both names taken alone. Within a database it stays the same
 * collection; in another one it is a new one with the same documents and indexes.
 * Source: rename_collection.cpp (8.0).
 *
 * @throws ServerError 20, 26, 48, 73
 */
export function* renameCollection(op: OperationContext, request: RenameRequest): Operation<void> {
  const { from, to } = request
  checkNamespace(from)
  checkCreatable(to)
  if (namespaceText(from) === namespaceText(to)) {
    throw new ServerError('IllegalOperation', "Can't rename a collection to itself")
  }
  yield* holdingNames(op, [from, to], () => renameNow(op, request))
}

function renameNow(op: OperationContext, { from, to, dropTarget }: RenameRequest): void {
  const { catalog, random } = op.services
  const source = catalog.latest(from.db, from.coll)
  if (source === undefined) {
    throw new ServerError(
      'NamespaceNotFound',
      `Source collection ${namespaceText(from)} does not exist`,
    )
  }
  const target = catalog.latest(to.db, to.coll)
  if (target !== undefined && !dropTarget) {
    throw new ServerError('NamespaceExists', 'target namespace exists')
  }
  const renamed = new Collection({
    ...source,
    ns: to,
    uuid: from.db === to.db ? source.uuid : mintUuid(random.bytes(16)).buffer,
    lock: catalog.collectionLock(to),
    databaseLock: catalog.databaseLock(to.db),
  })
  if (target !== undefined) catalog.drop(target)
  catalog.change(from, undefined)
  catalog.change(to, renamed)
  noteRenamed(op, source, renamed, target?.uuid)
}

/** In another database it is another collection. */
function noteRenamed(
  op: OperationContext,
  { ns, uuid }: Collection,
  renamed: Collection,
  dropTarget: Uint8Array | undefined,
): void {
  const { changes } = op.services
  const to = renamed.ns
  if (ns.db === to.db) {
    changes.happened({ kind: 'rename', ns, uuid, to, dropTarget })
    return
  }
  if (dropTarget !== undefined) changes.happened({ kind: 'drop', ns: to, uuid: dropTarget })
  changes.happened({ kind: 'create', ns: to, uuid: renamed.uuid })
  changes.happened({ kind: 'drop', ns, uuid })
}
