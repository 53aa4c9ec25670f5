import type { Document } from '../../bson/index.ts'
import { isOperation, type Operation } from '../../sim/index.ts'
import type { Collection } from '../catalog/collection.ts'
import type { Namespace } from '../catalog/namespace.ts'
import { acquire, findCollection } from '../exec/acquire.ts'
import { languageFor } from '../exec/language.ts'
import { PlanExecutor } from '../exec/plan_executor.ts'
import { planQuery } from '../exec/planner.ts'
import { pullAll } from '../exec/pull.ts'
import { UpdateMoment } from '../exec/update_statement.ts'
import type { OperationContext } from '../operation_context.ts'
import { type CompiledFilter, compileProjection } from '../query/index.ts'
import { type CompiledSort, compileSort } from '../sort/index.ts'
import { type CompiledUpdate, compileUpdate } from '../update/index.ts'
import { type ExpressOutcome, tryExpress } from './express.ts'
import { outerStage } from './outer_stage.ts'
import { parsedQuery } from './parsed_query.ts'
import { planTree, resultCount, type TreeCounts, type TreeRequest } from './plan_tree.ts'
import type { Execution, ExplainRequest, Explanation } from './request.ts'

/** Explains a statement. @throws ServerError what the statement itself would be refused for */
export function* explain(
  op: OperationContext,
  ns: Namespace,
  request: ExplainRequest,
): Operation<Explanation> {
  try {
    const collection = yield* acquire(op, ns, 'read', findCollection)
    const trial = new Trial(op, collection, request)
    return collection === undefined ? trial.ofNothing() : yield* trial.of(collection)
  } finally {
    op.finish()
  }
}

/** A statement on trial: planned as it would be, and run without writing. */
class Trial {
  readonly #op: OperationContext
  readonly #request: ExplainRequest
  readonly #filter: CompiledFilter
  readonly #sort: CompiledSort | undefined
  readonly #update: CompiledUpdate | undefined
  readonly #moment: UpdateMoment
  /** How many documents the update would change. */
  #modified = 0

  constructor(op: OperationContext, collection: Collection | undefined, request: ExplainRequest) {
    const { sort, projection, update, collation } = request
    const language = languageFor(op, collection, collation)
    this.#op = op
    this.#request = request
    this.#filter = op.services.filters.compile(request.filter, language)
    this.#sort = sort === undefined ? undefined : compileSort(sort, language.order)
    this.#update =
      update === undefined ? undefined : compileUpdate(update, { ...request, language })
    this.#moment = new UpdateMoment(op, this.#filter)
    if (projection !== undefined) compileProjection(projection, language, this.#filter)
  }

  ofNothing(): Explanation {
    const plan = this.#planned({ stage: 'EOF' })
    const stages = this.#ran({ stage: 'EOF' }, 0)
    return this.#told(plan, { nReturned: 0, keysExamined: 0, docsExamined: 0, stages })
  }

  *of(collection: Collection): Operation<Explanation> {
    const express = tryExpress(this.#op, collection, this.#request)
    if (express !== undefined) return this.#express(express)
    const tree = this.#treeOf(collection)
    const isFastCount = this.#request.kind === 'count' && this.#isUnfiltered
    const planned = isFastCount ? { stage: 'RECORD_STORE_FAST_COUNT' } : planTree(tree)
    const plan = isFastCount ? { isCached: false, ...planned } : this.#planned(planned)
    if (!this.#request.executes) return this.#told(plan, undefined)
    if (isFastCount) {
      const records = this.#countRecords(collection)
      const stages = this.#ran(planned, records)
      return this.#told(plan, { nReturned: 0, keysExamined: 0, docsExamined: 0, stages })
    }
    const counts = yield* this.#run(collection, tree)
    const found = resultCount(tree, counts.matched)
    const { keysExamined, docsExamined } = counts
    const nReturned = this.#isRead ? found : 0
    const stages = this.#ran(planTree(tree, counts), found)
    return this.#told(plan, { nReturned, keysExamined, docsExamined, stages })
  }

  #express({ stage, document }: ExpressOutcome): Explanation {
    if (document !== undefined) this.#consider(document)
    const { keysExamined, docsExamined } = this.#op.debug
    const { isCached, stage: name, keyPattern, indexName } = stage
    const stages = this.#update === undefined ? stage : { ...stage, nWouldModify: this.#modified }
    const nReturned = this.#isRead ? docsExamined : 0
    const plan = { isCached, stage: name, keyPattern, indexName }
    return this.#told(plan, { nReturned, keysExamined, docsExamined, stages })
  }

  /** A count skips and limits by itself; a write of one document ends with the first. */
  #treeOf(collection: Collection): TreeRequest {
    const { skip = 0, limit = 0, hint, sort, projection, kind } = this.#request
    const filter = this.#filter
    const plan = planQuery(collection, { filter, sort: this.#sort, hint })
    const bounds = kind === 'count' ? { skip: 0, limit: 0 } : { skip, limit }
    return { plan, filter, sort, projection, ...bounds }
  }

  *#run(collection: Collection, { plan }: TreeRequest): Operation<TreeCounts> {
    const op = this.#op
    const isBlocking = this.#sort !== undefined && !plan.sorted
    const executor = new PlanExecutor(op, collection, {
      filter: this.#filter,
      sort: this.#sort,
      hint: this.#request.hint,
      skip: 0,
      // A blocking sort takes in everything, whatever is wanted of it.
      limit: isBlocking ? 0 : this.#wanted,
      projection: undefined,
    })
    const wanted = this.#wanted
    const pulled = pullAll(op, executor, ({ document }) => {
      if (wanted === 0 || executor.returned <= wanted) this.#consider(document)
    })
    if (isOperation(pulled)) yield* pulled
    const { keysExamined, docsExamined } = op.debug
    const works = Number(executor.stats()['works'])
    return { matched: executor.returned, works, keysExamined, docsExamined }
  }

  /** How many records the statement looks at, at most, of those that match; zero: all. */
  get #wanted(): number {
    const { skip = 0, limit = 0, kind, multi } = this.#request
    if (kind === 'update' || kind === 'delete') return multi === true ? 0 : 1
    return limit > 0 ? skip + limit : 0
  }

  #consider(document: Document): void {
    if (this.#update?.apply(document, this.#moment).changed === true) this.#modified++
  }

  #countRecords({ records }: Collection): number {
    let count = 0
    const scan = this.#op.storage.scan(records)
    while (scan.next()) count++
    return count
  }

  get #isUnfiltered(): boolean {
    const { hint } = this.#request
    return this.#filter.isEmpty && (hint === undefined || hint === null)
  }

  get #isRead(): boolean {
    const { kind } = this.#request
    return kind === 'find' || kind === 'distinct'
  }

  #planned(inner: Document): Document {
    return { isCached: false, ...outerStage(this.#request, inner) }
  }

  #ran(inner: Document, found: number): Document {
    const counts = { found, modified: this.#modified }
    return { isCached: false, ...outerStage(this.#request, inner, counts) }
  }

  #told(winningPlan: Document, execution: Execution | undefined): Explanation {
    return {
      parsedQuery: parsedQuery(this.#filter),
      winningPlan,
      execution: this.#request.executes ? execution : undefined,
    }
  }
}
