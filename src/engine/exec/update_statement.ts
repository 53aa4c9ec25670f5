import type { Document } from '../../bson/index.ts'
import { OK, type ReturnCode } from '../../storage/index.ts'
import type { Collection } from '../catalog/collection.ts'
import type { OpDebug } from '../op_debug.ts'
import type { OperationContext } from '../operation_context.ts'
import { updateRecord } from '../record_writes.ts'
import type { AppliedUpdate, CompiledUpdate, UpdateContext } from '../update/index.ts'
import { checkUpdated } from './document_limits.ts'
import { expressStats, type WriteStatement } from './write_statement.ts'

export interface UpdateOutcome {
  readonly matched: number
  readonly modified: number
  /** Present where a document was inserted: its `_id`, which may be null. */
  readonly upserted?: { readonly id: unknown } | undefined
  /** The last document written, as it was and as it became; both are stored versions. */
  readonly before: Document | undefined
  readonly after: Document | undefined
}

/** Time and ids as an update sees them: one moment for the whole statement. */
export function updateContext(op: OperationContext): UpdateContext {
  const { clock, timestamps } = op.services
  return { isInsert: false, nowMs: clock.now(), timestamp: () => timestamps.next() }
}

/** What an update does to each record that an executor finds; its own outcome. */
export class UpdateStatement implements WriteStatement<UpdateOutcome>, UpdateOutcome {
  readonly stage = 'UPDATE'
  matched = 0
  modified = 0
  before: Document | undefined = undefined
  after: Document | undefined = undefined
  readonly #compiled: CompiledUpdate
  readonly #context: UpdateContext
  #document: Document | undefined = undefined
  #applied: AppliedUpdate | undefined = undefined

  constructor(compiled: CompiledUpdate, context: UpdateContext) {
    this.#compiled = compiled
    this.#context = context
  }

  write(
    op: OperationContext,
    collection: Collection,
    recordId: number,
    document: Document,
  ): ReturnCode {
    const applied = this.#compiled.apply(document, this.#context)
    this.#document = document
    this.#applied = applied
    // An update that changes nothing writes nothing: it conflicts with nobody.
    if (!applied.changed) return OK
    checkUpdated(applied.document)
    return updateRecord(op, collection, recordId, { before: document, after: applied.document })
  }

  committed(op: OperationContext): void {
    this.before = this.#document
    this.after = this.#applied?.document
    this.matched++
    if (this.#applied?.changed === true) this.modified++
    op.debug.nMatched = this.matched
    op.debug.nModified = this.modified
  }

  outcome(): UpdateOutcome {
    return this
  }

  stats(debug: OpDebug): Document {
    return expressStats('UPDATE', debug)
  }
}
