import type { Timestamp } from 'bson'
import type { Document } from '../../bson/index.ts'
import { OK, type ReturnCode } from '../../storage/index.ts'
import type { Collection } from '../catalog/collection.ts'
import { ServerError, WriteConflictError } from '../errors.ts'
import type { OpDebug } from '../op_debug.ts'
import type { OperationContext } from '../operation_context.ts'
import { type CompiledFilter, matchedPosition } from '../query/index.ts'
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

/** Who may run an update statement. */
export type UpdatingCommand = 'update' | 'findAndModify'

/**
 * What a plan meets while it runs, other than conflicts, is told with the plan's own words before
 * it; errors found when the statement was parsed are not. Source: as 8.0 replies.
 */
export function planError(error: unknown, command: UpdatingCommand): unknown {
  if (!(error instanceof ServerError) || error instanceof WriteConflictError) return error
  const context = `Plan executor error during ${command} :: caused by :: `
  return new ServerError(error.code, `${context}${error.message}`, error.extra)
}

/** Time and ids as an update sees them: one moment for the whole statement. */
export class UpdateMoment implements UpdateContext {
  readonly isInsert = false
  readonly nowMs: number
  readonly matchedPosition: UpdateContext['matchedPosition']
  readonly #op: OperationContext

  /** @param filter that finds the documents, where the update asks what in them it matched */
  constructor(op: OperationContext, filter?: CompiledFilter) {
    this.matchedPosition =
      filter === undefined ? undefined : (document) => matchedPosition(filter.expression, document)
    this.nowMs = op.clock.now()
    this.#op = op
  }

  timestamp(): Timestamp {
    return this.#op.timestamp()
  }
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
  readonly #command: UpdatingCommand
  #document: Document | undefined = undefined
  #applied: AppliedUpdate | undefined = undefined

  constructor(
    compiled: CompiledUpdate,
    context: UpdateContext,
    command: UpdatingCommand = 'update',
  ) {
    this.#compiled = compiled
    this.#context = context
    this.#command = command
  }

  write(
    op: OperationContext,
    collection: Collection,
    recordId: number,
    document: Document,
  ): ReturnCode {
    try {
      const applied = this.#compiled.apply(document, this.#context)
      this.#document = document
      this.#applied = applied
      // An update that changes nothing writes nothing: it conflicts with nobody.
      if (!applied.changed) return OK
      const sizeBytes = applied.mayHaveGrown ? checkUpdated(applied.document) : undefined
      const how = this.#compiled.kind
      const versions = { before: document, after: applied.document, how, applied }
      return updateRecord(op, collection, recordId, versions, sizeBytes)
    } catch (error) {
      throw planError(error, this.#command)
    }
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
