import type { Document } from '../../bson/index.ts'
import { isOperation, type MaybeOperation, type Operation, yieldPoints } from '../../sim/index.ts'
import type { Collection } from '../catalog/collection.ts'
import type { Namespace } from '../catalog/namespace.ts'
import type { ExpressionContext } from '../expression/index.ts'
import type { OperationContext } from '../operation_context.ts'
import { compileProjection, type Projection } from '../query/index.ts'
import { compileSort } from '../sort/index.ts'
import { acquire, findCollection, tryAcquire } from './acquire.ts'
import { type Batch, Reading, readPlan } from './batch.ts'
import { expressFind } from './express_find.ts'
import type { KeyLimits } from './key_limits.ts'
import { languageFor } from './language.ts'
import { PlanExecutor } from './plan_executor.ts'
import { finishing } from './statement.ts'
import { checkTailable, type Tail } from './tailing.ts'

export interface FindRequest {
  readonly filter: Document
  readonly sort?: Document | undefined
  readonly projection?: Document | undefined
  readonly skip?: number | undefined
  /** Zero or nothing: no limit. */
  readonly limit?: number | undefined
  /** Documents of the first batch; nothing: 101. */
  readonly batchSize?: number | undefined
  readonly singleBatch?: boolean | undefined
  readonly hint?: unknown
  readonly collation?: Document | undefined
  /** Keys of the hinted index, between which is read. */
  readonly limits?: KeyLimits | undefined
  /** The index key instead of the document, or the record's number besides it. */
  readonly returns?: 'key' | 'recordId' | undefined
  /** Follows a capped collection beyond its end. */
  readonly tail?: Tail | undefined
}

/** Server: internalQueryFindCommandBatchSize. */
const FIRST_BATCH_DOCUMENTS = 101

const NATURAL: Document = { $natural: 1 }

/** Runs a query up to its first batch. */
export function find(
  op: OperationContext,
  ns: Namespace,
  request: FindRequest,
): MaybeOperation<Batch> {
  return finishing(op, () => {
    if (op.exploring) return waitingFind(op, ns, request)
    const collection = findCollection(op, ns)
    if (collection === undefined) return findNothing(op, request)
    if (!tryAcquire(op, collection, 'read')) return waitingFind(op, ns, request)
    return firstBatch(op, collection, request)
  })
}

function* waitingFind(op: OperationContext, ns: Namespace, request: FindRequest): Operation<Batch> {
  if (op.exploring) yield yieldPoints.beforeOperation
  const collection = yield* acquire(op, ns, 'read', findCollection)
  if (collection === undefined) return findNothing(op, request)
  const batch = firstBatch(op, collection, request)
  return isOperation(batch) ? yield* batch : batch
}

/** No collection: no documents. But what is asked must make sense all the same. */
function findNothing(op: OperationContext, request: FindRequest): Batch {
  const language = languageFor(op, undefined, request.collation)
  const filter = op.services.filters.compile(request.filter, language)
  if (request.sort !== undefined) compileSort(request.sort)
  if (request.projection !== undefined) compileProjection(request.projection, language, filter)
  op.debug.planSummary = 'EOF'
  return { documents: [], rest: undefined }
}

function firstBatch(
  op: OperationContext,
  collection: Collection,
  request: FindRequest,
): MaybeOperation<Batch> {
  const { sort, projection } = request
  const language = languageFor(op, collection, request.collation)
  const project =
    projection === undefined ? undefined : projectionOf(op, language, projection, request.filter)
  const { tail } = request
  checkTailable(op, collection, request)
  if (request.batchSize !== 0 && tail === undefined) {
    const document = expressFind(op, collection, request)
    if (document === null) return { documents: [], rest: undefined }
    if (document !== undefined) {
      return { documents: [project?.(document) ?? document], rest: undefined }
    }
  }
  const { skip = 0, limit = 0 } = request
  const isSingle = request.singleBatch === true
  const countMax =
    request.batchSize ?? (isSingle ? Number.POSITIVE_INFINITY : FIRST_BATCH_DOCUMENTS)
  const executor = new PlanExecutor(op, collection, {
    filter: op.services.filters.compile(request.filter, language),
    sort: sort === undefined ? undefined : compileSort(sort, language.order),
    projection: project,
    skip,
    limit,
    // Whoever follows a collection reads it in its own order.
    hint: tail === undefined ? request.hint : NATURAL,
    limits: request.limits,
    returns: request.returns,
    isRead: true,
    tail,
  })
  return readPlan(op, new Reading(executor, countMax, !isSingle))
}

/** Only the positional `$` asks for the filter, which need not be compiled otherwise. */
function projectionOf(
  op: OperationContext,
  language: ExpressionContext,
  projection: Document,
  filter: Document,
): Projection | undefined {
  for (const name in projection) {
    if (!name.endsWith('.$')) continue
    return compileProjection(projection, language, op.services.filters.compile(filter, language))
  }
  return compileProjection(projection, language)
}
