import type { Document } from '../../bson/index.ts'
import { isOperation, type Operation } from '../../sim/index.ts'
import {
  type Flow,
  openFlow,
  type Pipeline,
  type Stage,
  splitPipeline,
} from '../aggregate/index.ts'
import type { Namespace } from '../catalog/namespace.ts'
import { acquire, findCollection } from '../exec/acquire.ts'
import { Reading, readPlan } from '../exec/batch.ts'
import { PipelineExecutor } from '../exec/pipeline_executor.ts'
import { PlanExecutor, type Pulled } from '../exec/plan_executor.ts'
import type { OperationContext } from '../operation_context.ts'
import { compileSort } from '../sort/index.ts'

/**
 * Runs a pipeline on trial, to its end.
 *
 * @returns how many documents came out of each stage behind the query at its front
 */
export function* countStages(
  op: OperationContext,
  ns: Namespace,
  { stages, language }: Pipeline,
  hint: unknown,
): Operation<number[]> {
  const { query, rest } = splitPipeline(stages)
  const counted = rest.map((stage) => new CountedStage(stage))
  try {
    const collection = yield* acquire(op, ns, 'read', findCollection)
    if (collection === undefined) return counted.map(() => 0)
    const plan = new PlanExecutor(op, collection, {
      filter: op.services.filters.compile(query.filter, language),
      sort: query.sort === undefined ? undefined : compileSort(query.sort, language.order),
      projection: undefined,
      skip: query.skip,
      limit: query.limit,
      hint,
      isRead: true,
    })
    const executor = new PipelineExecutor(plan, counted)
    for (let isOver = false; !isOver; ) {
      const batch = readPlan(op, new Reading(executor, BATCH_DOCUMENTS, true))
      isOver = (isOperation(batch) ? yield* batch : batch).rest === undefined
    }
  } finally {
    op.finish()
  }
  return counted.map(({ returned }) => returned)
}

/** Results are thrown away by so many at a time. */
const BATCH_DOCUMENTS = 1_000

/** A stage that counts what it gives. */
class CountedStage implements Stage {
  readonly name: string
  readonly spec: unknown
  returned = 0
  readonly #stage: Stage

  constructor(stage: Stage) {
    this.name = stage.name
    this.spec = stage.spec
    this.#stage = stage
  }

  open(input: Flow): Flow {
    return new CountingFlow(openFlow([this.#stage], input), this)
  }
}

class CountingFlow implements Flow {
  readonly #flow: Flow
  readonly #stage: CountedStage

  constructor(flow: Flow, stage: CountedStage) {
    this.#flow = flow
    this.#stage = stage
  }

  get document(): Document {
    return this.#flow.document
  }

  next(op: OperationContext): Pulled {
    const pulled = this.#flow.next(op)
    if (pulled === 'record') this.#stage.returned++
    return pulled
  }
}
