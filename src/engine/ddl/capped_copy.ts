import { sizeOf } from '../../bson/index.ts'
import { invariant } from '../../invariant.ts'
import type { Operation } from '../../sim/index.ts'
import { OK } from '../../storage/index.ts'
import type { Collection } from '../catalog/collection.ts'
import { checkCreatable, type Namespace, namespaceText } from '../catalog/namespace.ts'
import { ServerError } from '../errors.ts'
import type { OperationContext } from '../operation_context.ts'
import { insertRecord } from '../record_writes.ts'
import { holdingNames } from './holding_names.ts'

export interface CappedCopy {
  readonly from: Namespace
  /** The same name: the copy takes the place of the original. */
  readonly to: Namespace
  readonly sizeBytes: number
}

/**
 * Copies a collection into a new capped one, in the order of insertion; of more documents than
 * there is room for, the newest. Source: capped_utils.cpp (8.0).
 *
 * @returns false where there is no such collection
 * @throws ServerError 48 NamespaceExists, 73, 238
 */
export function* copyAsCapped(op: OperationContext, copy: CappedCopy): Operation<boolean> {
  const { from, to } = copy
  checkCreatable(to)
  return yield* holdingNames(op, [from, to], () => copyNow(op, copy))
}

function copyNow(op: OperationContext, { from, to, sizeBytes }: CappedCopy): boolean {
  const { catalog } = op.services
  const source = catalog.latest(from.db, from.coll)
  if (source === undefined) return false
  if (source.options.clusteredIndex !== undefined) {
    throw new ServerError('NotImplemented', 'Capped clustered collections are not supported')
  }
  const isReplaced = namespaceText(from) === namespaceText(to)
  if (!isReplaced && catalog.latest(to.db, to.coll) !== undefined) {
    throw new ServerError(
      'NamespaceExists',
      `cloneCollectionAsCapped failed - destination collection ${namespaceText(to)} already exists. source collection: ${namespaceText(from)}`,
    )
  }
  const made = catalog.build(to, { ...source.options, capped: true, size: sizeBytes })
  made.idIndex.usage.sinceUs = op.clock.nowUs()
  copyDocuments(op, source, made)
  if (isReplaced) catalog.drop(source)
  catalog.change(to, made)
  return true
}

/** Whoever looks for the old collection finds the new one only when all are in there. */
function copyDocuments(op: OperationContext, source: Collection, made: Collection): void {
  // What changed while we waited for the names must be copied: a snapshot of now.
  op.abandonSnapshot()
  // What was let in once stays in.
  op.bypassesValidation = true
  const scan = op.storage.scan(source.records)
  while (scan.next()) {
    const code = insertRecord(op, made, scan.value, sizeOf(scan.value))
    invariant(code === OK, 'nobody else writes to a collection that is not there yet')
  }
  invariant(op.commitUnit() === OK, 'nobody else writes to a collection that is not there yet')
}
