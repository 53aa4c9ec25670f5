import type { Document } from '../../bson/index.ts'
import { isOperation, type MaybeOperation, type Operation, yieldPoints } from '../../sim/index.ts'
import type { Collection } from '../catalog/collection.ts'
import type { Namespace } from '../catalog/namespace.ts'
import type { OperationContext } from '../operation_context.ts'
import { acquire, findCollection, tryAcquire } from './acquire.ts'
import { languageFor } from './language.ts'
import { PlanExecutor } from './plan_executor.ts'
import { pullAll } from './pull.ts'
import { finishing } from './statement.ts'

export interface CountRequest {
  readonly filter: Document
  readonly skip?: number | undefined
  /** Zero or nothing: no limit. */
  readonly limit?: number | undefined
  readonly hint?: unknown
  readonly collation?: Document | undefined
}

/** How many documents match. Without a filter or a hint no plan runs: the records are counted. */
export function count(
  op: OperationContext,
  ns: Namespace,
  request: CountRequest,
): MaybeOperation<number> {
  return finishing(op, () => {
    if (op.exploring) return waitingCount(op, ns, request)
    const collection = findCollection(op, ns)
    if (collection === undefined) return countNothing(op, request)
    if (!tryAcquire(op, collection, 'read')) return waitingCount(op, ns, request)
    return countIn(op, collection, request)
  })
}

function* waitingCount(
  op: OperationContext,
  ns: Namespace,
  request: CountRequest,
): Operation<number> {
  if (op.exploring) yield yieldPoints.beforeOperation
  const collection = yield* acquire(op, ns, 'read', findCollection)
  if (collection === undefined) return countNothing(op, request)
  const answer = countIn(op, collection, request)
  return isOperation(answer) ? yield* answer : answer
}

function countNothing(op: OperationContext, request: CountRequest): number {
  const language = languageFor(op, undefined, request.collation)
  op.services.filters.compile(request.filter, language)
  op.debug.planSummary = 'EOF'
  return 0
}

function countIn(
  op: OperationContext,
  collection: Collection,
  request: CountRequest,
): MaybeOperation<number> {
  const language = languageFor(op, collection, request.collation)
  const filter = op.services.filters.compile(request.filter, language)
  const { skip = 0, limit = 0, hint } = request
  if (filter.isEmpty && !isHint(hint)) {
    op.debug.planSummary = 'RECORD_STORE_FAST_COUNT'
    op.services.hooks.observer?.queried(op, collection, filter)
    return bounded(countRecords(op, collection), skip, limit)
  }
  const executor = new PlanExecutor(op, collection, {
    filter,
    sort: undefined,
    hint,
    skip,
    limit,
    projection: undefined,
    isRead: true,
  })
  const total = { count: 0 }
  const counted = pullAll(op, executor, () => {
    total.count++
  })
  return isOperation(counted) ? thenCount(counted, total) : total.count
}

function* thenCount(pulled: Operation<void>, total: { count: number }): Operation<number> {
  yield* pulled
  return total.count
}

/** What the server keeps as a number, `numRecords`: here the records of the snapshot. */
function countRecords(op: OperationContext, collection: Collection): number {
  let records = 0
  const scan = op.storage.scan(collection.records)
  while (scan.next()) {
    op.services.hooks.observer?.found(op, collection, scan.value)
    records++
  }
  return records
}

/** Source: `CountStage` and `RecordStoreFastCountStage`: what is skipped, then what is wanted. */
function bounded(total: number, skip: number, limit: number): number {
  const left = Math.max(0, total - skip)
  return limit > 0 ? Math.min(left, limit) : left
}

function isHint(hint: unknown): boolean {
  if (typeof hint === 'string') return true
  for (const _name in hint as object | undefined) return true
  return false
}
