import type { Document } from '../../bson/index.ts'
import { type MaybeOperation, whenDone } from '../../sim/index.ts'
import type { Namespace } from '../catalog/namespace.ts'
import { ServerError } from '../errors.ts'
import type { OperationContext } from '../operation_context.ts'
import { compileProjection, type Projection } from '../query/index.ts'
import { type DeleteOutcome, deleteStatement } from './delete.ts'
import { collatedCollection, languageFor } from './language.ts'
import { updateStatement } from './update.ts'
import type { UpdateOutcome } from './update_statement.ts'

export interface FindAndModifyRequest {
  readonly query: Document
  readonly update?: Document | readonly Document[] | undefined
  readonly remove?: boolean | undefined
  readonly new?: boolean | undefined
  readonly fields?: Document | undefined
  readonly sort?: Document | undefined
  readonly upsert?: boolean | undefined
  readonly arrayFilters?: readonly Document[] | undefined
  readonly hint?: unknown
  readonly collation?: Document | undefined
}

export interface FindAndModifyOutcome {
  readonly value: Document | null
  readonly n: number
  /** Absent for a remove. */
  readonly updatedExisting?: boolean
  readonly upserted?: { readonly id: unknown } | undefined
}

/**
 * Source: find_and_modify.cpp (8.0). @throws ServerError FailedToParse for what excludes each other
 */
export function findAndModify(
  op: OperationContext,
  ns: Namespace,
  request: FindAndModifyRequest,
): MaybeOperation<FindAndModifyOutcome> {
  checkRequest(request)
  const { fields, collation } = request
  const project = fields === undefined ? undefined : projectionOf(op, ns, request, fields)
  // An exact match by _id with a projection is no express statement; a sort by nothing says so.
  const sort = request.sort ?? (project === undefined ? undefined : {})
  if (request.remove === true) {
    const removed = deleteStatement(op, ns, {
      q: request.query,
      hint: request.hint,
      sort,
      collation,
    })
    const finish = ({ deleted, before }: DeleteOutcome): FindAndModifyOutcome => ({
      value: deleted === 0 || before === undefined ? null : (project?.(before) ?? before),
      n: deleted,
    })
    return whenDone(removed, finish, undefined)
  }
  const updated = updateStatement(op, ns, {
    q: request.query,
    u: request.update!,
    upsert: request.upsert,
    arrayFilters: request.arrayFilters,
    hint: request.hint,
    sort,
    collation,
    command: 'findAndModify',
  })
  const finish = (outcome: UpdateOutcome): FindAndModifyOutcome => {
    const image = request.new === true ? outcome.after : outcome.before
    const seen = outcome.matched > 0 || outcome.upserted !== undefined
    return {
      value: !seen || image === undefined ? null : (project?.(image) ?? image),
      n: outcome.upserted === undefined ? outcome.matched : 1,
      updatedExisting: outcome.matched > 0,
      upserted: outcome.upserted,
    }
  }
  return whenDone(updated, finish, undefined)
}

function projectionOf(
  op: OperationContext,
  ns: Namespace,
  { query, collation }: FindAndModifyRequest,
  fields: Document,
): Projection | undefined {
  const language = languageFor(op, collatedCollection(op, ns), collation)
  return compileProjection(fields, language, op.services.filters.compile(query, language))
}

function checkRequest(request: FindAndModifyRequest): void {
  const refuse = (message: string): never => {
    throw new ServerError('FailedToParse', message)
  }
  if (request.remove === true) {
    if (request.update !== undefined) refuse("Cannot specify both an 'update' and 'remove'=true")
    if (request.upsert === true) refuse("Cannot specify both 'upsert'=true and 'remove'=true")
    if (request.new === true) {
      refuse(
        "Cannot specify both 'new'=true and 'remove'=true; 'remove' always returns the deleted document",
      )
    }
  } else if (request.update === undefined) {
    refuse("Either an 'update' or 'remove'=true must be specified")
  }
}
