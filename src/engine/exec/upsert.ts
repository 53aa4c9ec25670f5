import { type Document, equalValues, sizeOf } from '../../bson/index.ts'
import { isOperation, type MaybeOperation, type Operation, sleep } from '../../sim/index.ts'
import { backoffPolicies } from '../backoff.ts'
import type { Namespace } from '../catalog/namespace.ts'
import { ServerError } from '../errors.ts'
import type { OperationContext } from '../operation_context.ts'
import type { CompiledFilter } from '../query/index.ts'
import { buildUpsert, type CompiledUpdate, type UpdateContext } from '../update/index.ts'
import { DOCUMENT_BYTES_MAX, insertDocuments } from './insert.ts'
import type { UpdateOutcome } from './update.ts'

export interface UpsertPlan {
  readonly filter: CompiledFilter
  readonly compiled: CompiledUpdate
  readonly context: UpdateContext
  /** The update that was tried first, perhaps still under way. */
  readonly first: MaybeOperation<UpdateOutcome>
  /** The same update once more, in a new snapshot. */
  again(): MaybeOperation<UpdateOutcome>
}

/**
 * The insert of an upsert, where the update matched nothing; and, if that meets a duplicate key which
 * means "somebody inserted what we looked for", the whole statement once more.
 */
export function* upsert(
  op: OperationContext,
  ns: Namespace,
  plan: UpsertPlan,
): Operation<UpdateOutcome> {
  const retriesMax = op.parameters.get('upsertMaxRetryAttemptsOnDuplicateKeyError')
  for (let retry = 1; ; retry++) {
    const tried = retry === 1 ? plan.first : plan.again()
    const updated = isOperation(tried) ? yield* tried : tried
    if (updated.matched > 0) return updated
    const document = buildUpsert(plan.filter.analysis.equalities, plan.compiled, {
      ...plan.context,
      mintId: () => op.services.ids.mint(),
    })
    checkUpserted(document)
    const error = yield* insertUpserted(op, ns, document)
    if (error === undefined) {
      op.debug.nMatched = 0
      op.debug.nModified = 0
      op.debug.nUpserted = 1
      const upserted = { id: document['_id'] }
      return { matched: 0, modified: 0, upserted, before: undefined, after: document }
    }
    const mayRetry = !op.inTransaction && retry <= retriesMax
    if (!mayRetry || !isWorthAnotherTry(plan.filter, error)) throw error
    op.finish()
    // Here, too, the schedule of the plan executors, its counter starting from 1.
    yield sleep(
      backoffPolicies.ladder.sleepUs(retry, op.services.random),
      'duplicate key in upsert',
    )
    op.checkForInterrupt()
  }
}

function* insertUpserted(
  op: OperationContext,
  ns: Namespace,
  document: Document,
): Operation<ServerError | undefined> {
  const { debug } = op
  const insertedBefore = debug.ninserted
  const inserting = insertDocuments(op, ns, [document], { ordered: true })
  const outcome = isOperation(inserting) ? yield* inserting : inserting
  // It counts as an upsert, not as an insert.
  debug.ninserted = insertedBefore
  return outcome.failures[0]?.error
}

function checkUpserted(document: Document): void {
  if (sizeOf(document) <= DOCUMENT_BYTES_MAX) return
  throw new ServerError(17420, `Document to upsert is larger than ${DOCUMENT_BYTES_MAX}`)
}

/**
 * Whether a duplicate key shows that the document we looked for has just been inserted by somebody
 * else: the filter is nothing but equalities, on exactly the fields of the violated index, with
 * exactly the values of the duplicate key. Source: `shouldRetryDuplicateKeyException`,
 * write_ops_retryability.cpp and write_ops_exec.cpp (8.x).
 */
export function isWorthAnotherTry(filter: CompiledFilter, error: ServerError): boolean {
  if (error.codeName !== 'DuplicateKey' || error.extra === undefined) return false
  const equalities = filter.analysis.pureEqualities
  if (equalities === undefined) return false
  const keyValue = error.extra['keyValue'] as Document
  const fields = Object.keys(error.extra['keyPattern'] as Document)
  if (fields.length !== equalities.length) return false
  return fields.every((field) => {
    const equality = equalities.find(({ path }) => path === field)
    return equality !== undefined && equalValues(equality.value, keyValue[field])
  })
}
