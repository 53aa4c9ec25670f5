import { Binary } from 'bson'
import type { Document } from '../../bson/index.ts'
import type { Collection } from '../catalog/collection.ts'
import type { OperationContext } from '../operation_context.ts'

/**
 * Tells who watches that a collection was modified, even where that changed nothing.
 * Source: `OpObserverImpl::onCollMod` (8.0).
 *
 * @param before the collection as it was
 * @param description what was asked for
 * @param indexOptions of the index that was changed, as they were
 */
export function noteModified(
  op: OperationContext,
  before: Collection,
  description: Document,
  indexOptions: Document | undefined,
): void {
  const { ns, uuid, options } = before
  const collectionOptions = { uuid: new Binary(uuid, 4), ...options }
  const state =
    indexOptions === undefined ? { collectionOptions } : { collectionOptions, indexOptions }
  op.services.changes.happened({ kind: 'modify', ns, uuid, description, before: state })
}
