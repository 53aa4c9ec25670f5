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

/** The flat statistics that the express path reports; the key pattern is a string there. */
export function expressStats(stage: string, debug: OpDebug): Document {
  return {
    isCached: false,
    stage: `EXPRESS_${stage}`,
    keyPattern: '{ _id: 1 }',
    indexName: '_id_',
    keysExamined: debug.keysExamined,
    docsExamined: debug.docsExamined,
    nReturned: 0,
    nWouldModify: debug.nModified ?? 0,
    nWouldUpsert: 0,
    nWouldDelete: debug.ndeleted ?? 0,
  }
}
