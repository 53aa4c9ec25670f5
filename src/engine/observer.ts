import type { Document } from '../bson/index.ts'
import type { Collection } from './catalog/collection.ts'
import type { OperationContext } from './operation_context.ts'
import type { CompiledFilter } from './query/index.ts'

/**
 * Hears which versions of documents statements find and make, as it happens. A stored document is
 * never changed, so its identity is that of the version. While nobody listens, it costs a look at
 * one field.
 */
export interface ExecutionObserver {
  /** A statement found this version of a document. */
  found(op: OperationContext, collection: Collection, document: Document): void
  /** A statement looked for an `_id` by its key (`encodeIdKey`), and there was none. */
  missed(op: OperationContext, collection: Collection, idKey: string): void
  /** A plan began to look for what its filter matches; what it finds is `found` one by one. */
  queried(op: OperationContext, collection: Collection, filter: CompiledFilter): void
  /** A version took the place of another in this unit of work; undefined: no document. */
  wrote(
    op: OperationContext,
    collection: Collection,
    before: Document | undefined,
    after: Document | undefined,
  ): void
}
