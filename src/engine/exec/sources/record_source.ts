import type { Document } from '../../../bson/index.ts'
import type { Collection } from '../../catalog/collection.ts'
import type { OperationContext } from '../../operation_context.ts'
import type { CompiledFilter } from '../../query/index.ts'
import type { AccessPath } from '../planner.ts'
import { CollectionSource } from './collection_source.ts'
import { IdSource } from './id_source.ts'
import { IndexSource } from './index_source.ts'

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
}

/** What a source holds before its first record. */
export const NO_DOCUMENT: Document = {}

export function openSource(
  collection: Collection,
  access: AccessPath,
  filter: CompiledFilter,
): RecordSource {
  if (access.kind === 'collection') return new CollectionSource(collection, access.direction)
  if (access.byId) return new IdSource(collection, filter.analysis.equalityId!.value)
  return new IndexSource(collection, access)
}
