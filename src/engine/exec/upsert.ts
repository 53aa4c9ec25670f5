import { type Document, isDocument } from '../../bson/index.ts'
import { isOperation, type Operation } from '../../sim/index.ts'
import { backoffPolicies } from '../backoff.ts'
import type { Namespace } from '../catalog/namespace.ts'
import { BINARY_ORDER, isSameOrder, orderOf } from '../collation/index.ts'
import type { ServerError } from '../errors.ts'
import type { OperationContext } from '../operation_context.ts'
import type { CompiledFilter } from '../query/index.ts'
import { buildUpsert, type CompiledUpdate } from '../update/index.ts'
import { findOrCreate } from './acquire.ts'
import { type ClassicWriteRequest, classicWrite } from './classic_write.ts'
import { checkUpserted, type NewDocument } from './document_limits.ts'
import { insertOne } from './insert_one.ts'
import {
  planError,
  UpdateMoment,
  type UpdateOutcome,
  UpdateStatement,
  type UpdatingCommand,
} from './update_statement.ts'

/**
 * An update that inserts where it matches nothing: a plan, whose insert goes in the snapshot in
 * which nothing was found. If that meets a duplicate key which means "somebody inserted what we
 * looked for", the whole statement is run once more, and becomes an update. Source:
 * upsert_stage.cpp, write_ops_exec.cpp (8.0).
 */
export function* upsert(
  op: OperationContext,
  ns: Namespace,
  request: ClassicWriteRequest,
  compiled: CompiledUpdate,
  command: UpdatingCommand = 'update',
): Operation<UpdateOutcome> {
  for (let retry = 1; ; retry++) {
    findOrCreate(op, ns)
    const statement = new UpdateStatement(compiled, new UpdateMoment(op, request.filter), command)
    const updating = classicWrite(op, ns, request, statement)
    const updated = isOperation(updating) ? yield* updating : updating
    if (updated.matched > 0) return updated
    const document = documentFor(op, request.filter, compiled)
    const error = yield* insertOne(op, ns, document)
    if (error === undefined) return upserted(op, document.document)
    if (request.multi || !isWorthAnotherTry(op, request.filter, error, retry)) {
      throw planError(error, command)
    }
    op.finish()
    // Here, too, the schedule of the plan executors, its counter starting from 1.
    const durationUs = backoffPolicies.ladder.sleepUs(retry, op.services.random)
    yield op.sleepOf(durationUs, 'duplicate key in upsert', { interruptible: false })
    op.checkForInterrupt()
  }
}

/** @throws ServerError for what may not be stored */
function documentFor(
  op: OperationContext,
  filter: CompiledFilter,
  compiled: CompiledUpdate,
): NewDocument {
  const context = {
    nowMs: op.clock.now(),
    timestamp: () => op.timestamp(),
    mintId: () => op.services.ids.mint(),
  }
  return checkUpserted(buildUpsert(filter.analysis.equalities, compiled, context))
}

function upserted(op: OperationContext, document: Document): UpdateOutcome {
  const { debug } = op
  debug.nMatched = 0
  debug.nModified = 0
  debug.nUpserted = 1
  const id = document['_id']
  return { matched: 0, modified: 0, upserted: { id }, before: undefined, after: document }
}

/**
 * Whether a duplicate key shows that the document we looked for has just been inserted by somebody
 * else: the filter is nothing but equalities, on exactly the fields of the violated index, with
 * exactly the values of the duplicate key, under the same collation. Source:
 * `shouldRetryDuplicateKeyException`, write_ops_retryability.cpp and write_ops_exec.cpp (8.x).
 */
function isWorthAnotherTry(
  op: OperationContext,
  filter: CompiledFilter,
  error: ServerError,
  retry: number,
): boolean {
  if (op.inTransaction) return false
  if (retry > op.parameters.get('upsertMaxRetryAttemptsOnDuplicateKeyError')) return false
  if (error.codeName !== 'DuplicateKey' || error.extra === undefined) return false
  const equalities = filter.analysis.pureEqualities
  const { order } = filter
  const { collation } = error.extra
  const indexOrder = isDocument(collation) ? orderOf(collation) : BINARY_ORDER
  if (equalities === undefined || !isSameOrder(order, indexOrder)) return false
  const keyValue = error.extra['keyValue'] as Document
  const fields = Object.keys(error.extra['keyPattern'] as Document)
  if (fields.length !== equalities.length) return false
  return fields.every((field) => {
    const equality = equalities.find(({ path }) => path === field)
    return equality !== undefined && order.equals(equality.value, keyValue[field])
  })
}
