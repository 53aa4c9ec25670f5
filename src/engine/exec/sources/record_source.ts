import type { Document } from '../../../bson/index.ts'
import type { OperationContext } from '../../operation_context.ts'

/**
 * Gives the records of an access path one by one. Survives the loss of its snapshot: when the
 * operation has a new one, the scan opens again just behind the last key it gave.
 */
export interface RecordSource {
  recordId: number
  document: Document
  /** What was looked at so far; the operation's own counts are moved as well. */
  readonly keysExamined: number
  readonly docsExamined: number
  /** Steps to the next record; false at the end. */
  next(op: OperationContext): boolean
  /** Somebody may have written in the snapshot that it reads in: what was read ahead is void. */
  restore(): void
}

/** What a source holds before its first record. */
export const NO_DOCUMENT: Document = {}
