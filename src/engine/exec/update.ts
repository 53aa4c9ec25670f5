import { type Document, sizeOf } from '../../bson/index.ts'
import { isOperation, type MaybeOperation } from '../../sim/index.ts'
import { OK, type ReturnCode } from '../../storage/index.ts'
import type { Collection } from '../catalog/collection.ts'
import type { Namespace } from '../catalog/namespace.ts'
import { ServerError } from '../errors.ts'
import type { OpDebug } from '../op_debug.ts'
import type { OperationContext } from '../operation_context.ts'
import { type CompiledFilter, compileSort, simpleId } from '../query/index.ts'
import { updateRecord } from '../record_writes.ts'
import { type CompiledUpdate, compileUpdate, type UpdateContext } from '../update/index.ts'
import { findOrCreate } from './acquire.ts'
import { classicWrite } from './classic_write.ts'
import { expressWrite } from './express.ts'
import { DOCUMENT_BYTES_MAX } from './insert.ts'
import { upsert } from './upsert.ts'
import { expressStats, type WriteStatement } from './write_statement.ts'

/** One statement of an update command. */
export interface UpdateRequest {
  readonly q: Document
  /** Operators, a replacement, or a pipeline. */
  readonly u: Document | readonly Document[]
  readonly multi?: boolean | undefined
  readonly upsert?: boolean | undefined
  readonly arrayFilters?: readonly Document[] | undefined
  readonly hint?: unknown
  readonly sort?: Document | undefined
}

export interface UpdateOutcome {
  readonly matched: number
  readonly modified: number
  /** Present where a document was inserted: its `_id`, which may be null. */
  readonly upserted?: { readonly id: unknown } | undefined
  /** The last document written, as it was and as it became; both are stored versions. */
  readonly before: Document | undefined
  readonly after: Document | undefined
}

/**
 * One update statement. An exact match by `_id` takes the express path, unless it is an upsert or a
 * multi-update, which it does not serve; everything else takes a plan.
 *
 * @throws ServerError what the update language, the plan or the document refuses
 */
export function updateStatement(
  op: OperationContext,
  ns: Namespace,
  request: UpdateRequest,
): MaybeOperation<UpdateOutcome> {
  const { q, multi = false, upsert: isUpsert = false } = request
  const { u, arrayFilters } = request
  const compiled = compileUpdate(
    u,
    arrayFilters === undefined ? { multi } : { multi, arrayFilters },
  )
  const statement = new UpdateStatement(compiled, contextOf(op))
  if (!isUpsert && !multi && request.hint === undefined && request.sort === undefined) {
    const id = simpleId(q)
    if (id !== undefined) return expressWrite(op, ns, id.value, statement)
  }
  const filter = op.services.filters.compile(q)
  if (!isUpsert) return classicUpdate(op, ns, request, filter, statement)
  findOrCreate(op, ns)
  const updated = classicUpdate(op, ns, request, filter, statement)
  if (isOperation(updated) || updated.matched === 0) {
    const again = (): MaybeOperation<UpdateOutcome> =>
      classicUpdate(op, ns, request, filter, new UpdateStatement(compiled, contextOf(op)))
    return upsert(op, ns, { filter, compiled, first: updated, again, context: contextOf(op) })
  }
  return updated
}

function classicUpdate(
  op: OperationContext,
  ns: Namespace,
  request: UpdateRequest,
  filter: CompiledFilter,
  statement: UpdateStatement,
): MaybeOperation<UpdateOutcome> {
  const { multi = false, sort, hint } = request
  return classicWrite(
    op,
    ns,
    {
      filter,
      sort: sort === undefined ? undefined : compileSort(sort),
      hint,
      skip: 0,
      limit: 0,
      projection: undefined,
      multi,
    },
    statement,
  )
}

/** Time and ids as an update sees them: one moment for the whole statement. */
function contextOf(op: OperationContext): UpdateContext {
  const { services } = op
  return {
    isInsert: false,
    nowMs: services.clock.now(),
    timestamp: () => services.timestamps.next(),
  }
}

class UpdateStatement implements WriteStatement<UpdateOutcome>, UpdateOutcome {
  readonly stage = 'UPDATE'
  matched = 0
  modified = 0
  before: Document | undefined = undefined
  after: Document | undefined = undefined
  #changed = false
  readonly #compiled: CompiledUpdate
  readonly #context: UpdateContext

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
    this.before = document
    this.after = applied.document
    this.#changed = applied.changed
    // An update that changes nothing writes nothing: it conflicts with nobody.
    if (!applied.changed) return OK
    checkUpdated(applied.document)
    return updateRecord(op, collection, recordId, { before: document, after: applied.document })
  }

  committed(op: OperationContext): void {
    this.matched++
    if (this.#changed) this.modified++
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

/** @throws ServerError 17419 where the document grew too large */
export function checkUpdated(document: Document): void {
  const sizeBytes = sizeOf(document)
  if (sizeBytes <= DOCUMENT_BYTES_MAX) return
  throw new ServerError(
    17419,
    `Resulting document after update is larger than ${DOCUMENT_BYTES_MAX}`,
  )
}
