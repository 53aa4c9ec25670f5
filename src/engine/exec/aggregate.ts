import { invariant } from '../../invariant.ts'
import { isOperation, type MaybeOperation, type Operation, yieldPoints } from '../../sim/index.ts'
import {
  DocumentsFlow,
  type OutputStage,
  openFlow,
  type Pipeline,
  splitPipeline,
} from '../aggregate/index.ts'
import type { Collection } from '../catalog/collection.ts'
import type { Namespace } from '../catalog/namespace.ts'
import { ServerError } from '../errors.ts'
import type { OperationContext } from '../operation_context.ts'
import { compileSort } from '../sort/index.ts'
import { acquire, findCollection, tryAcquire } from './acquire.ts'
import { type Batch, Reading, readDocuments, readPlan } from './batch.ts'
import { openChangeStream } from './change_events.ts'
import { writeOutput } from './output.ts'
import { PipelineExecutor } from './pipeline_executor.ts'
import { PlanExecutor } from './plan_executor.ts'
import { finishing } from './statement.ts'

export interface AggregateRequest {
  readonly pipeline: Pipeline
  /** Documents of the first batch. */
  readonly batchSize: number
  readonly hint?: unknown
}

/**
 * Runs a pipeline up to its first batch. What stands at its front is a query; the stages behind run
 * over the records that its plan finds, while batches are read.
 * Source: run_aggregate.cpp (8.0).
 */
export function aggregate(
  op: OperationContext,
  ns: Namespace,
  request: AggregateRequest,
): MaybeOperation<Batch> {
  const { stages } = request.pipeline
  const output = stages.at(-1)?.output
  if (output !== undefined) return writing(op, ns, request, output)
  if (op.inTransaction && stages.some(({ reads = [] }) => reads.length > 0)) {
    return lockingAll(op, ns, request)
  }
  return answering(op, ns, request)
}

function answering(
  op: OperationContext,
  ns: Namespace,
  request: AggregateRequest,
): MaybeOperation<Batch> {
  const [first, ...others] = request.pipeline.stages
  if (first?.changes !== undefined) {
    return openChangeStream(op, first.changes, others, request.batchSize)
  }
  if (first?.source !== undefined) return fromDocuments(op, first.source.documents(), request)
  return finishing(op, () => {
    if (op.exploring) return waitingAggregate(op, ns, request)
    const collection = findCollection(op, ns)
    if (collection === undefined) return fromNothing(op, request)
    if (!tryAcquire(op, collection, 'read')) return waitingAggregate(op, ns, request)
    return firstBatch(op, collection, request)
  })
}

function* waitingAggregate(
  op: OperationContext,
  ns: Namespace,
  request: AggregateRequest,
): Operation<Batch> {
  if (op.exploring) yield yieldPoints.beforeOperation
  const collection = yield* acquire(op, ns, 'read', findCollection)
  if (collection === undefined) return fromNothing(op, request)
  const batch = firstBatch(op, collection, request)
  return isOperation(batch) ? yield* batch : batch
}

function fromNothing(op: OperationContext, request: AggregateRequest): Batch {
  op.debug.planSummary = 'EOF'
  return fromDocuments(op, [], request)
}

/** Nothing to find, nothing to wait for: all of the result at once. */
function fromDocuments(
  op: OperationContext,
  input: ConstructorParameters<typeof DocumentsFlow>[0],
  { pipeline: { stages }, batchSize }: AggregateRequest,
): Batch {
  const flow = openFlow(stages, new DocumentsFlow(input))
  const documents = []
  for (;;) {
    const pulled = flow.next(op)
    invariant(pulled !== 'yield', 'documents that are there already need no yield')
    if (pulled === 'end') break
    documents.push(flow.document)
  }
  if (batchSize === Number.POSITIVE_INFINITY) return { documents, rest: undefined }
  return readDocuments({ kind: 'documents', documents, at: 0 }, batchSize)
}

/** A transaction holds the intents on all that it reads, so that nothing of it is dropped. */
function* lockingAll(
  op: OperationContext,
  ns: Namespace,
  request: AggregateRequest,
): Operation<Batch> {
  for (const { reads = [] } of request.pipeline.stages) {
    for (const other of reads) yield* acquire(op, other, 'read', findCollection)
  }
  const batch = answering(op, ns, request)
  return isOperation(batch) ? yield* batch : batch
}

/** Nothing comes out of a pipeline that writes. */
function* writing(
  op: OperationContext,
  ns: Namespace,
  request: AggregateRequest,
  output: OutputStage,
): Operation<Batch> {
  const { stages, language } = request.pipeline
  const pipeline = { stages: stages.slice(0, -1), language }
  const all = answering(op, ns, { ...request, pipeline, batchSize: Number.POSITIVE_INFINITY })
  const { documents } = isOperation(all) ? yield* all : all
  const { debug } = op
  try {
    yield* writeOutput(op, output, documents)
  } catch (error) {
    throw planError(error)
  }
  debug.nreturned = 0
  return { documents: [], rest: undefined }
}

function firstBatch(
  op: OperationContext,
  collection: Collection,
  { pipeline: { stages, language }, batchSize, hint }: AggregateRequest,
): MaybeOperation<Batch> {
  const { query, rest } = splitPipeline(stages)
  const plan = new PlanExecutor(op, collection, {
    filter: op.services.filters.compile(query.filter, language),
    sort: query.sort === undefined ? undefined : compileSort(query.sort, language.order),
    projection: undefined,
    skip: query.skip,
    limit: query.limit,
    hint,
    isRead: true,
  })
  const bytesMax = batchSize === Number.POSITIVE_INFINITY ? batchSize : undefined
  const reading = new Reading(new PipelineExecutor(plan, rest), batchSize, true, bytesMax)
  try {
    const batch = readPlan(op, reading)
    return isOperation(batch) ? inContext(batch) : batch
  } catch (error) {
    throw planError(error)
  }
}

function* inContext(batch: Operation<Batch>): Operation<Batch> {
  try {
    return yield* batch
  } catch (error) {
    throw planError(error)
  }
}

/** Source: `executeUntilFirstBatch`, run_aggregate.cpp (8.0). */
function planError(error: unknown): unknown {
  if (!(error instanceof ServerError)) return error
  const context = 'PlanExecutor error during aggregation :: caused by :: '
  return new ServerError(error.code, `${context}${error.message}`, error.extra)
}
