import { type Document, sizeOf } from '../../bson/index.ts'
import { type MaybeOperation, type Operation, yieldPoints } from '../../sim/index.ts'
import type { Collection } from '../catalog/collection.ts'
import type { Namespace } from '../catalog/namespace.ts'
import type { OperationContext } from '../operation_context.ts'
import { compileProjection, compileSort, simpleId } from '../query/index.ts'
import { acquire, findCollection, tryAcquire } from './acquire.ts'
import { type CursorSource, cursorNotFound, type EngineCursor } from './cursor.ts'
import { expressFind } from './express.ts'
import { PlanExecutor, planKilled } from './plan_executor.ts'

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
/** A reply holds at most this, and at least one document; server: FindCommon::kMaxBytesToReturnToClientAtOnce. */
const BATCH_BYTES_MAX = 16_777_216
const EMPTY: Batch = { documents: [], rest: undefined }

/** Runs a query up to its first batch. */
export function find(
  op: OperationContext,
  ns: Namespace,
  request: FindRequest,
): MaybeOperation<Batch> {
  if (op.exploring) return waitingFind(op, ns, request)
  const collection = findCollection(op, ns)
  if (collection === undefined) return findNothing(op, request)
  if (!tryAcquire(op, collection, 'read')) return waitingFind(op, ns, request)
  return firstBatch(op, collection, request)
}

function* waitingFind(op: OperationContext, ns: Namespace, request: FindRequest): Operation<Batch> {
  if (op.exploring) yield yieldPoints.beforeOperation
  const collection = findCollection(op, ns)
  if (collection === undefined) return findNothing(op, request)
  yield* acquire(op, collection, 'read')
  return firstBatch(op, collection, request)
}

/** No collection: no documents. But what is asked must make sense all the same. */
function findNothing(op: OperationContext, request: FindRequest): Batch {
  op.services.filters.compile(request.filter)
  if (request.sort !== undefined) compileSort(request.sort)
  if (request.projection !== undefined) compileProjection(request.projection)
  return EMPTY
}

function firstBatch(op: OperationContext, collection: Collection, request: FindRequest): Batch {
  const { filter, sort, projection, hint } = request
  if (sort === undefined && hint === undefined && !request.skip) {
    const id = simpleId(filter)
    if (id !== undefined) return findById(op, collection, id.value, projection)
  }
  const executor = new PlanExecutor(op, collection, {
    filter: op.services.filters.compile(filter),
    sort: sort === undefined ? undefined : compileSort(sort),
    projection: projection === undefined ? undefined : compileProjection(projection),
    skip: request.skip ?? 0,
    limit: request.limit ?? 0,
    hint,
  })
  const source: CursorSource = { kind: 'plan', executor }
  const batchSize = request.batchSize ?? FIRST_BATCH_DOCUMENTS
  const single = request.singleBatch === true
  const batch = readBatch(
    op,
    source,
    single && request.batchSize === undefined ? Infinity : batchSize,
  )
  return single ? { documents: batch.documents, rest: undefined } : batch
}

function findById(
  op: OperationContext,
  collection: Collection,
  id: unknown,
  projection: Document | undefined,
): Batch {
  const project = projection === undefined ? undefined : compileProjection(projection)
  const document = expressFind(op, collection, id)
  if (document === undefined) return { documents: [], rest: undefined }
  return { documents: [project === undefined ? document : project(document)], rest: undefined }
}

/** Reads on. Whatever was locked or seen before is gone; the plan goes on in a snapshot of now. */
export function getMore(
  op: OperationContext,
  cursor: EngineCursor,
  batchSize: number | undefined,
): MaybeOperation<Batch> {
  const { source } = cursor
  const documents =
    batchSize === undefined || batchSize === 0 ? Number.POSITIVE_INFINITY : batchSize
  if (source.kind === 'documents') return readBatch(op, source, documents)
  const collection = findCollection(op, cursor.ns)
  if (collection === undefined || collection.uuid !== source.executor.collection.uuid) {
    throw planKilled(source.executor.collection)
  }
  if (!op.exploring && tryAcquire(op, collection, 'read')) return readBatch(op, source, documents)
  return waitingGetMore(op, cursor, collection, documents)
}

function* waitingGetMore(
  op: OperationContext,
  cursor: EngineCursor,
  collection: Collection,
  batchSize: number,
): Operation<Batch> {
  if (op.exploring) yield yieldPoints.beforeOperation
  yield* acquire(op, collection, 'read')
  if (cursor.killed) throw cursorNotFound(cursor.id)
  return readBatch(op, cursor.source, batchSize)
}

function readBatch(op: OperationContext, source: CursorSource, batchSize: number): Batch {
  const documents: Document[] = []
  let sizeBytes = 0
  while (documents.length < batchSize) {
    const document = nextOf(op, source)
    if (document === undefined) return { documents, rest: undefined }
    documents.push(document)
    sizeBytes += sizeOf(document)
    if (sizeBytes >= BATCH_BYTES_MAX) break
  }
  return { documents, rest: isSpent(source) ? undefined : source }
}

function nextOf(op: OperationContext, source: CursorSource): Document | undefined {
  if (source.kind === 'plan') {
    return source.executor.next(op) ? source.executor.result : undefined
  }
  return source.documents[source.at] === undefined ? undefined : source.documents[source.at++]
}

/** Known to have nothing more, without looking: then no cursor stays open. */
function isSpent(source: CursorSource): boolean {
  return source.kind === 'plan'
    ? source.executor.limitReached
    : source.at >= source.documents.length
}
