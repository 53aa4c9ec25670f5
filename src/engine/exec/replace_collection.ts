import type { Document } from '../../bson/index.ts'
import { isOperation, type Operation } from '../../sim/index.ts'
import type { Collection } from '../catalog/collection.ts'
import { type Namespace, namespaceText } from '../catalog/namespace.ts'
import { createCollection, dropCollection } from '../ddl/collections.ts'
import { createIndexes } from '../ddl/indexes.ts'
import { renameCollection } from '../ddl/rename.ts'
import { ServerError } from '../errors.ts'
import type { OperationContext } from '../operation_context.ts'
import { findCollection } from './acquire.ts'
import { insertDocuments } from './insert.ts'

/**
 * `$out`: the documents become a collection of their own, with the indexes of the one whose name it
 * then takes. Until that moment nobody sees anything of it; if something goes wrong it is gone.
 * Source: document_source_out.cpp (8.0).
 *
 * @throws ServerError 17152, and whatever refuses a document
 */
export function* replaceCollection(
  op: OperationContext,
  ns: Namespace,
  documents: readonly Document[],
): Operation<void> {
  const target = findCollection(op, ns)
  checkReplaceable(ns, target)
  const made: Namespace = {
    db: ns.db,
    coll: `tmp.agg_out.${op.opId}.${op.services.random.uint32()}`,
  }
  createCollection(op, made, target?.options ?? {})
  try {
    const indexes = (target?.indexes ?? []).slice(1).map(({ spec }) => spec.document)
    if (indexes.length > 0) yield* createIndexes(op, made, indexes)
    if (documents.length > 0) yield* insertAll(op, made, documents)
    yield* renameCollection(op, { from: made, to: ns, dropTarget: true })
  } catch (error) {
    op.finish()
    yield* dropCollection(op, made)
    throw error
  }
}

function checkReplaceable(ns: Namespace, target: Collection | undefined): void {
  if (target?.options.capped !== true) return
  throw new ServerError(
    17152,
    `namespace '${namespaceText(ns)}' is capped so it can't be used for $out`,
  )
}

function* insertAll(
  op: OperationContext,
  ns: Namespace,
  documents: readonly Document[],
): Operation<void> {
  const inserting = insertDocuments(op, ns, documents, { ordered: true })
  const { failures } = isOperation(inserting) ? yield* inserting : inserting
  const [failure] = failures
  if (failure !== undefined) throw failure.error
}
