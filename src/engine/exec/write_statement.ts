import type { Document } from '../../bson/index.ts'
import type { ReturnCode } from '../../storage/index.ts'
import type { Collection } from '../catalog/collection.ts'
import type { OpDebug } from '../op_debug.ts'
import type { OperationContext } from '../operation_context.ts'

/**
 * What an update or delete does to each record that an executor finds, express or classic. The
 * executor calls `write`, and `committed` once that record's unit of work has committed; after a
 * conflict it calls `write` again with what the new snapshot shows.
 */
export interface WriteStatement<T> {
  readonly stage: 'UPDATE' | 'DELETE'
  /** Answers OK or WT_ROLLBACK. */
  write(
    op: OperationContext,
    collection: Collection,
    recordId: number,
    document: Document,
  ): ReturnCode
  committed(op: OperationContext): void
  outcome(): T
  /** `execStats` of the express path. */
  stats(debug: OpDebug): Document
}

const ID_INDEX = { pattern: '{ _id: 1 }', name: '_id_' }

/** The flat statistics that the express path reports; the key pattern is a string there. */
export function expressStats(
  stage: 'IXSCAN' | 'UPDATE' | 'DELETE',
  debug: OpDebug,
  index: { readonly pattern: string; readonly name: string } = ID_INDEX,
): Document {
  const { keysExamined, docsExamined } = debug
  const common = {
    isCached: false,
    stage: `EXPRESS_${stage}`,
    keyPattern: index.pattern,
    indexName: index.name,
    keysExamined,
    docsExamined,
  }
  if (stage === 'IXSCAN') return { ...common, nReturned: docsExamined }
  return {
    ...common,
    nReturned: 0,
    nWouldModify: debug.nModified ?? 0,
    nWouldUpsert: 0,
    nWouldDelete: debug.ndeleted ?? 0,
  }
}
