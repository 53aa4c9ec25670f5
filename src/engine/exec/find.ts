import { type Document, sizeOf } from '../../bson/index.ts'
import { isOperation, type MaybeOperation, type Operation, yieldPoints } from '../../sim/index.ts'
import type { Collection } from '../catalog/collection.ts'
import type { Namespace } from '../catalog/namespace.ts'
import type { OperationContext } from '../operation_context.ts'
import { compileProjection, compileSort } from '../query/index.ts'
import { acquire, findCollection, tryAcquire } from './acquire.ts'
import { type CursorSource, cursorNotFound, type EngineCursor } from './cursor.ts'
import { expressFind } from './express_find.ts'
import { PlanExecutor } from './plan_executor.ts'
import { finishing } from './statement.ts'

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
}

/** A batch, and what is left to read after it; nothing once the query is exhausted. */
export interface Batch {
  readonly documents: Document[]
  readonly rest: CursorSource | undefined
}

/** Server: internalQueryFindCommandBatchSize. */
const FIRST_BATCH_DOCUMENTS = 101
/**
 * A reply holds at most this, and at least one document; server:
 * FindCommon::kMaxBytesToReturnToClientAtOnce.
 */
const BATCH_BYTES_MAX = 16_777_216

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
  op.services.filters.compile(request.filter)
  if (request.sort !== undefined) compileSort(request.sort)
  if (request.projection !== undefined) compileProjection(request.projection)
  op.debug.planSummary = 'EOF'
  return { documents: [], rest: undefined }
}

function firstBatch(
  op: OperationContext,
  collection: Collection,
  request: FindRequest,
): MaybeOperation<Batch> {
  const { sort, projection } = request
  const project = projection === undefined ? undefined : compileProjection(projection)
  if (request.batchSize !== 0) {
    const document = expressFind(op, collection, request)
    if (document === null) return { documents: [], rest: undefined }
    if (document !== undefined) {
      return { documents: [project?.(document) ?? document], rest: undefined }
    }
  }
  const executor = new PlanExecutor(op, collection, {
    filter: op.services.filters.compile(request.filter),
    sort: sort === undefined ? undefined : compileSort(sort),
    projection: project,
    skip: request.skip ?? 0,
    limit: request.limit ?? 0,
    hint: request.hint,
  })
  const isSingle = request.singleBatch === true
  const countMax =
    request.batchSize ?? (isSingle ? Number.POSITIVE_INFINITY : FIRST_BATCH_DOCUMENTS)
  return readPlan(op, new Reading(executor, countMax, !isSingle))
}

/** Reads on. Whatever was locked or seen before is gone; the plan goes on in a snapshot of now. */
export function getMore(
  op: OperationContext,
  cursor: EngineCursor,
  batchSize: number | undefined,
): MaybeOperation<Batch> {
  const { source, ns } = cursor
  const countMax = batchSize || Number.POSITIVE_INFINITY
  if (source.kind === 'documents') return readDocuments(source, countMax)
  const { executor } = source
  const reading = new Reading(executor, countMax, true)
  return finishing(op, () => {
    executor.describeTo(op.debug)
    const collection = findCollection(op, ns)
    executor.restore(collection)
    if (op.exploring || collection === undefined || !tryAcquire(op, collection, 'read')) {
      return waitingGetMore(op, cursor, reading)
    }
    return readPlan(op, reading)
  })
}

function* waitingGetMore(
  op: OperationContext,
  cursor: EngineCursor,
  reading: Reading,
): Operation<Batch> {
  if (op.exploring) yield yieldPoints.beforeOperation
  reading.executor.restore(yield* acquire(op, cursor.ns, 'read', findCollection))
  if (cursor.killed) throw cursorNotFound(cursor.id)
  const batch = readPlan(op, reading)
  return isOperation(batch) ? yield* batch : batch
}

/** A batch in the making. */
class Reading {
  readonly executor: PlanExecutor
  readonly #countMax: number
  readonly #keepsRest: boolean
  readonly #documents: Document[] = []
  /** Of the first so many documents together. */
  #sizeBytes = 0
  #measured = 0

  constructor(executor: PlanExecutor, countMax: number, keepsRest: boolean) {
    this.executor = executor
    this.#countMax = countMax
    this.#keepsRest = keepsRest
  }

  /** Reads until the batch is full, or the plan at its end; nothing where it must yield before. */
  fill(op: OperationContext): Batch | undefined {
    const { executor } = this
    const documents = this.#documents
    while (documents.length < this.#countMax) {
      const pulled = executor.next(op)
      if (pulled === 'yield') return undefined
      if (pulled === 'end') return { documents, rest: undefined }
      const document = executor.result
      if (!this.#hasRoomFor(document)) {
        executor.putBack()
        break
      }
      documents.push(document)
    }
    const isOver = !this.#keepsRest || executor.isSpent
    return { documents, rest: isOver ? undefined : { kind: 'plan', executor } }
  }

  /** Documents are measured only where so many of the largest would be too much. */
  #hasRoomFor(document: Document): boolean {
    const documents = this.#documents
    const bound = this.executor.resultBytesMax
    if (bound !== undefined && bound * (documents.length + 1) <= BATCH_BYTES_MAX) return true
    for (; this.#measured < documents.length; this.#measured++) {
      this.#sizeBytes += sizeOf(documents[this.#measured]!)
    }
    return documents.length === 0 || this.#sizeBytes + sizeOf(document) <= BATCH_BYTES_MAX
  }
}

/** Becomes an operation only where the plan yields on the way. */
function readPlan(op: OperationContext, reading: Reading): MaybeOperation<Batch> {
  return reading.fill(op) ?? readYielding(op, reading)
}

function* readYielding(op: OperationContext, reading: Reading): Operation<Batch> {
  const { executor } = reading
  const { ns } = executor.collection
  for (;;) {
    op.yieldResources()
    yield yieldPoints.afterRead
    op.checkForInterrupt()
    executor.restore(yield* acquire(op, ns, 'read', findCollection))
    const batch = reading.fill(op)
    if (batch !== undefined) return batch
  }
}

function readDocuments(
  source: Extract<CursorSource, { kind: 'documents' }>,
  countMax: number,
): Batch {
  const documents: Document[] = []
  let sizeBytes = 0
  while (documents.length < countMax && sizeBytes < BATCH_BYTES_MAX) {
    const document = source.documents[source.at]
    if (document === undefined) break
    source.at++
    documents.push(document)
    sizeBytes += sizeOf(document)
  }
  return { documents, rest: source.at < source.documents.length ? source : undefined }
}
