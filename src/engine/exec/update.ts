import type { Document } from '../../bson/index.ts'
import type { MaybeOperation } from '../../sim/index.ts'
import type { Collection } from '../catalog/collection.ts'
import type { Namespace } from '../catalog/namespace.ts'
import type { OperationContext } from '../operation_context.ts'
import { compileSort } from '../sort/index.ts'
import { type CompiledUpdate, compileUpdate } from '../update/index.ts'
import { type ClassicWriteRequest, classicWrite } from './classic_write.ts'
import { expressWrite } from './express.ts'
import { collatedCollection, idToLookUp, languageFor } from './language.ts'
import { finishing } from './statement.ts'
import {
  UpdateMoment,
  type UpdateOutcome,
  UpdateStatement,
  type UpdatingCommand,
} from './update_statement.ts'
import { upsert } from './upsert.ts'

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
  readonly collation?: Document | undefined | null
  /** Constants of a pipeline. */
  readonly c?: Document | undefined | null
  /** On whose behalf, for messages. Default: `update`. */
  readonly command?: UpdatingCommand
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
  return finishing(op, planUpdate, ns, request)
}

function planUpdate(
  op: OperationContext,
  ns: Namespace,
  request: UpdateRequest,
): MaybeOperation<UpdateOutcome> {
  const { q, multi = false, sort, hint, collation, command } = request
  const collection = collatedCollection(op, ns)
  const compiled = compileIn(op, collection, request)
  if (request.upsert === true) {
    return upsert(op, ns, classicRequest(op, collection, request), compiled, command)
  }
  if (!multi && hint === undefined && sort === undefined) {
    const id = idToLookUp(q, collection, collation)
    if (id !== undefined) {
      const statement = new UpdateStatement(compiled, new UpdateMoment(op), command)
      return expressWrite(op, ns, id.value, statement)
    }
  }
  const plan = classicRequest(op, collection, request)
  const moment = new UpdateMoment(op, plan.filter)
  return classicWrite(op, ns, plan, new UpdateStatement(compiled, moment, command))
}

/** Plain operators and replacements, most updates by far, need no language. */
function compileIn(
  op: OperationContext,
  collection: Collection | undefined,
  request: UpdateRequest,
): CompiledUpdate {
  const { u, multi, arrayFilters, c, collation } = request
  const isPlain = collection === undefined && !collation && !Array.isArray(u)
  const language = isPlain ? undefined : languageFor(op, collection, collation)
  return compileUpdate(u, { multi, arrayFilters, c, language })
}

function classicRequest(
  op: OperationContext,
  collection: Collection | undefined,
  request: UpdateRequest,
): ClassicWriteRequest {
  const { q, multi = false, sort, hint, collation } = request
  const language = languageFor(op, collection, collation)
  return {
    filter: op.services.filters.compile(q, language),
    sort: sort === undefined ? undefined : compileSort(sort, language.order),
    hint,
    skip: 0,
    limit: 0,
    projection: undefined,
    multi,
  }
}
