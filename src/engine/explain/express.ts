import type { Document } from '../../bson/index.ts'
import type { Collection } from '../catalog/collection.ts'
import { expressFind } from '../exec/express_find.ts'
import { idToLookUp } from '../exec/language.ts'
import { expressStats } from '../exec/write_statement.ts'
import { OpDebug } from '../op_debug.ts'
import type { OperationContext } from '../operation_context.ts'
import type { ExplainRequest } from './request.ts'

/** A statement that takes no plan: its only stage, with what it did. */
export interface ExpressOutcome {
  readonly stage: Document
  /** The document it found. */
  readonly document: Document | undefined
}

/**
 * Takes the express path on trial, without writing; nothing where the statement does not take it.
 * Finds do by `_id` or by an index that gives one document, writes by `_id` only.
 */
export function tryExpress(
  op: OperationContext,
  collection: Collection,
  request: ExplainRequest,
): ExpressOutcome | undefined {
  const { kind, filter, collation } = request
  if (!request.mayBeExpress) return undefined
  if (kind !== 'find' && idToLookUp(filter, collection, collation) === undefined) return undefined
  const document = expressFind(op, collection, kind === 'find' ? request : { filter })
  const { debug } = op
  if (document === undefined || debug.planSummary?.startsWith('EXPRESS') !== true) {
    op.debug = new OpDebug()
    return undefined
  }
  const stage = kind === 'find' ? debug.executor!.stats(debug) : writeStage(kind, debug)
  return { stage, document: document ?? undefined }
}

function writeStage(kind: ExplainRequest['kind'], debug: OpDebug): Document {
  const isDelete = kind === 'delete'
  if (isDelete) debug.ndeleted = debug.docsExamined
  const stage = expressStats(isDelete ? 'DELETE' : 'UPDATE', debug)
  // On trial nothing was deleted.
  debug.ndeleted = undefined
  return stage
}
