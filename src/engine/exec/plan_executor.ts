import type { Document } from '../../bson/index.ts'
import type { Collection } from '../catalog/collection.ts'
import { ServerError } from '../errors.ts'
import type { OpDebug } from '../op_debug.ts'
import type { OperationContext } from '../operation_context.ts'
import type { CompiledFilter, CompiledSort, Projection } from '../query/index.ts'
import { type PlanRequest, planQuery, type QueryPlan } from './planner.ts'
import { openSource, type RecordSource } from './record_source.ts'

export interface PlanExecutorRequest extends PlanRequest {
  readonly skip: number
  /** Zero: no limit. */
  readonly limit: number
  readonly projection: Projection | undefined
}

/**
 * Runs a plan: records from the source, filtered, sorted where the source's order is not the one asked
 * for, skipped, limited, projected. Pulls one at a time, synchronously; between two pulls the
 * operation may lose its snapshot and the executor goes on in the next one.
 */
export class PlanExecutor {
  readonly collection: Collection
  readonly plan: QueryPlan
  recordId = 0
  /** The stored document, as the snapshot has it. */
  document: Document = {}
  works = 0
  #worksSinceYield = 0
  returned = 0
  readonly #source: RecordSource
  readonly #filter: CompiledFilter | undefined
  readonly #sort: CompiledSort | undefined
  readonly #request: PlanExecutorRequest
  #sorted: { recordId: number; document: Document }[] | undefined
  #skipped = 0

  constructor(op: OperationContext, collection: Collection, request: PlanExecutorRequest) {
    this.collection = collection
    this.plan = planQuery(collection, request)
    this.#request = request
    this.#source = openSource(collection, this.plan.access, request.filter)
    this.#filter = this.plan.filterCovered ? undefined : request.filter
    this.#sort = this.plan.sorted ? undefined : request.sort
    const { debug, services } = op
    debug.planSummary = this.plan.summary
    debug.executor = this
    debug.hasSortStage = this.#sort !== undefined
    if (this.plan.access.kind === 'collection') services.metrics.queryExecutor.collectionScans++
    else if (this.plan.access.byId) services.metrics.fastPath.idHack++
    if (this.#sort !== undefined) services.metrics.operation.scanAndOrder++
  }

  /** Steps to the next record of the result; false at the end. */
  next(op: OperationContext): boolean {
    const { skip } = this.#request
    if (this.limitReached) return false
    for (;;) {
      if (!this.#nextMatch(op)) return false
      if (this.#skipped < skip) {
        this.#skipped++
        continue
      }
      this.returned++
      return true
    }
  }

  /** Whether as many were returned as were asked for. */
  get limitReached(): boolean {
    return this.#request.limit > 0 && this.returned >= this.#request.limit
  }

  /** What a find returns of the record it stands on. */
  get result(): Document {
    const { projection } = this.#request
    return projection === undefined ? this.document : projection(this.document)
  }

  #nextMatch(op: OperationContext): boolean {
    if (this.#sort === undefined) return this.#pull(op)
    this.#sorted ??= this.#collect(op, this.#sort)
    const next = this.#sorted.pop()
    if (next === undefined) return false
    this.recordId = next.recordId
    this.document = next.document
    return true
  }

  #pull(op: OperationContext): boolean {
    const source = this.#source
    const filter = this.#filter
    while (source.next(op)) {
      this.#countWork(op)
      if (filter !== undefined && !filter.matches(source.document)) continue
      this.recordId = source.recordId
      this.document = source.document
      return true
    }
    return false
  }

  /**
   * The server gives up its locks every so many units of work. Nobody else can run between two pulls,
   * so here it is only counted.
   */
  #countWork(op: OperationContext): void {
    this.works++
    if (++this.#worksSinceYield < op.parameters.get('internalQueryExecYieldIterations')) return
    this.#worksSinceYield = 0
    if (!op.inTransaction) op.debug.numYields++
  }

  /** All matches, last first, for `pop`. A blocking sort reads its input in one snapshot. */
  #collect(op: OperationContext, sort: CompiledSort): { recordId: number; document: Document }[] {
    const found: { recordId: number; document: Document; key: readonly unknown[] }[] = []
    while (this.#pull(op)) {
      const { recordId, document } = this
      found.push({ recordId, document, key: sort.keyOf(document) })
    }
    const order = found.map((entry, at) => ({ entry, at }))
    order.sort((a, b) => sort.compareKeys(b.entry.key, a.entry.key) || b.at - a.at)
    return order.map(({ entry }) => entry)
  }

  /** The plan as `execStats` of the profiler shows it, innermost stage last. */
  stats(debug: OpDebug): Document {
    const { access } = this.plan
    const { keysExamined, docsExamined } = debug
    const filter = this.#filter === undefined ? {} : { filter: this.#filter.filter }
    let stage: Document
    if (access.kind === 'collection') {
      const direction = access.direction === 1 ? 'forward' : 'backward'
      stage = {
        stage: 'COLLSCAN',
        ...filter,
        nReturned: this.returned,
        works: this.works,
        direction,
        docsExamined,
      }
    } else if (access.byId) {
      stage = {
        stage: 'IDHACK',
        nReturned: this.returned,
        works: this.works,
        keysExamined,
        docsExamined,
      }
    } else {
      const { index } = access
      const inputStage = {
        stage: 'IXSCAN',
        nReturned: keysExamined,
        works: this.works,
        keyPattern: index.pattern,
        indexName: index.name,
        isMultiKey: index.multikey,
        isUnique: index.unique,
        isSparse: index.sparse,
        direction: access.direction === 1 ? 'forward' : 'backward',
        keysExamined,
      }
      stage = {
        stage: 'FETCH',
        ...filter,
        nReturned: this.returned,
        works: this.works,
        docsExamined,
        inputStage,
      }
    }
    if (this.#sort !== undefined) {
      stage = {
        stage: 'SORT',
        nReturned: this.returned,
        works: this.works,
        sortPattern: this.#sort.pattern,
        inputStage: stage,
      }
    }
    return stage
  }
}

/** Reads the record anew after the snapshot was given up; nothing if it is gone or matches no more. */
export function refetch(
  op: OperationContext,
  executor: PlanExecutor,
  filter: CompiledFilter,
): boolean {
  const document = op.storage.get(executor.collection.records, executor.recordId)
  if (document === undefined || !filter.matches(document)) return false
  executor.document = document
  return true
}

/** A collection was dropped, or made anew, while a plan on it had given up its locks. */
export function planKilled(collection: Collection): ServerError {
  return new ServerError('QueryPlanKilled', `collection dropped. UUID ${uuidText(collection.uuid)}`)
}

function uuidText(uuid: Uint8Array): string {
  const hex = [...uuid].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
