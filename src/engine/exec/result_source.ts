import type { Document } from '../../bson/index.ts'
import type { Collection } from '../catalog/collection.ts'
import type { OpDebug } from '../op_debug.ts'
import type { OperationContext } from '../operation_context.ts'
import type { Pulled } from './plan_executor.ts'
import type { Tail } from './tailing.ts'

/** What batches are read from: a plan, or a pipeline over one. */
export interface ResultSource {
  readonly collection: Collection
  /** Steps to the next result. */
  next(op: OperationContext): Pulled
  readonly result: Document
  /** The result it stands on found no room: it is the next one again. */
  putBack(): void
  /** Known to have nothing more, without looking. */
  readonly isSpent: boolean
  /** Whether its end is only the end for now. */
  readonly tail: Tail | undefined
  /** No result is larger than this; nothing where nobody knows. */
  readonly resultBytesMax: number | undefined
  /** After locks were given up: goes on, or throws where the collection or an index is gone. */
  restore(now: Collection | undefined): void
  /** Tells an operation's counters who runs. */
  describeTo(debug: OpDebug): void
}
