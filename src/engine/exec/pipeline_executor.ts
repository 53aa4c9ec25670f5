import type { Document } from '../../bson/index.ts'
import { type Flow, openFlow, type Stage } from '../aggregate/index.ts'
import type { Collection } from '../catalog/collection.ts'
import type { OpDebug } from '../op_debug.ts'
import type { OperationContext } from '../operation_context.ts'
import type { PlanExecutor, Pulled } from './plan_executor.ts'
import type { ResultSource } from './result_source.ts'

/** Runs stages over the records of a plan. Source: plan_executor_pipeline.cpp (8.0). */
export class PipelineExecutor implements ResultSource {
  readonly #plan: PlanExecutor
  readonly #last: Flow
  readonly tail = undefined
  #isPutBack = false
  #isAtEnd = false

  constructor(plan: PlanExecutor, stages: readonly Stage[]) {
    this.#plan = plan
    this.#last = openFlow(stages, plan)
  }

  get collection(): Collection {
    return this.#plan.collection
  }

  next(op: OperationContext): Pulled {
    if (this.#isPutBack) {
      this.#isPutBack = false
      return 'record'
    }
    if (this.#isAtEnd) return 'end'
    const pulled = this.#last.next(op)
    if (pulled === 'end') this.#isAtEnd = true
    return pulled
  }

  get result(): Document {
    return this.#last.document
  }

  putBack(): void {
    this.#isPutBack = true
  }

  /** A pipeline is known to be over only once it was asked for more. */
  get isSpent(): boolean {
    return this.#isAtEnd && !this.#isPutBack
  }

  get resultBytesMax(): number | undefined {
    return this.#last === this.#plan ? this.#plan.resultBytesMax : undefined
  }

  restore(now: Collection | undefined): void {
    this.#plan.restore(now)
  }

  describeTo(debug: OpDebug): void {
    this.#plan.describeTo(debug)
  }
}
