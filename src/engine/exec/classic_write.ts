import { type MaybeOperation, type Operation, yieldPoints } from '../../sim/index.ts'
import { OK } from '../../storage/index.ts'
import type { Collection } from '../catalog/collection.ts'
import type { Namespace } from '../catalog/namespace.ts'
import type { OperationContext } from '../operation_context.ts'
import { acquire, checkWritable, findCollection, tryAcquire } from './acquire.ts'
import { PlanExecutor, type PlanExecutorRequest } from './plan_executor.ts'
import { CLASSIC_COUNTER_BASE, Retries } from './retries.ts'
import { afterBackoff, conflictInPlan } from './write_conflict.ts'
import type { WriteStatement } from './write_statement.ts'

/**
 * The classic path: a plan finds records, each is written in a unit of work of its own.
 * Source: plan_executor_impl.cpp, update_stage.cpp, delete_stage.cpp (8.0).
 *
 * After a conflict the record is read anew in the next snapshot; if it is gone or matches no more,
 * the plan goes on to the next one. The counter of conflicts in a row starts from 1, so the first
 * sleep comes one attempt earlier than on the express path, and ends with any other outcome.
 *
 * Leaves snapshot and intents as they are: what it serves is a statement, or the first half of one.
 */
export function classicWrite<T>(
  op: OperationContext,
  ns: Namespace,
  request: ClassicWriteRequest,
  statement: WriteStatement<T>,
): MaybeOperation<T> {
  const collection = findCollection(op, ns)
  if (collection === undefined) return statement.outcome()
  const run = new ClassicRun(op, request, statement)
  if (op.exploring || !tryAcquire(op, collection, 'write')) return drive(run, ns, 'start')
  const stopped = run.go(collection)
  return stopped === 'done' ? statement.outcome() : drive(run, ns, stopped)
}

export interface ClassicWriteRequest extends PlanExecutorRequest {
  readonly multi: boolean
}

/** Where a run stopped: at its end, at a conflict, where it yields, where others may run. */
type Stop = 'done' | 'conflict' | 'yield' | 'afterRead'

class ClassicRun<T> {
  readonly op: OperationContext
  readonly statement: WriteStatement<T>
  readonly #request: ClassicWriteRequest
  #executor: PlanExecutor | undefined
  /** A record was found and is not written yet. */
  #pending = false
  /** Whether the last `go` wrote anything: then conflicts are no longer in a row. */
  progressed = false
  /**
   * In a multi-update a record that moved in the index is met again, and is written once all the
   * same (the Halloween problem).
   */
  readonly #written: Set<number> | undefined

  constructor(op: OperationContext, request: ClassicWriteRequest, statement: WriteStatement<T>) {
    this.op = op
    this.#request = request
    this.statement = statement
    this.#written = request.multi && statement.stage === 'UPDATE' ? new Set() : undefined
  }

  /** After locks were given up. @throws ServerError 175 where the collection is gone */
  restore(collection: Collection | undefined): void {
    this.#executor?.restore(collection)
  }

  /** Runs until it must stop. The collection is locked for writing. */
  go(collection: Collection): Stop {
    const { op } = this
    checkWritable(op, collection)
    this.progressed = false
    this.#executor ??= new PlanExecutor(op, collection, this.#request)
    const executor = this.#executor
    for (;;) {
      if (!this.#pending) {
        const pulled = this.#pull(executor)
        if (pulled !== 'record') return pulled === 'end' ? 'done' : 'yield'
        this.#pending = true
        if (op.exploring) return 'afterRead'
      }
      if (executor.ensureStillMatches(op)) {
        if (!this.#write(collection, executor)) return 'conflict'
        if (!this.#request.multi) return 'done'
      }
      this.#pending = false
    }
  }

  #pull(executor: PlanExecutor): ReturnType<PlanExecutor['next']> {
    for (;;) {
      const pulled = executor.next(this.op)
      if (pulled !== 'record' || this.#written?.has(executor.recordId) !== true) return pulled
    }
  }

  /** False: a write conflict. */
  #write(collection: Collection, executor: PlanExecutor): boolean {
    const { op, statement } = this
    const { recordId, document } = executor
    if (statement.write(op, collection, recordId, document) !== OK) return false
    if (op.commitUnit() !== OK) return false
    statement.committed(op)
    this.#written?.add(recordId)
    this.progressed = true
    return true
  }
}

function* drive<T>(run: ClassicRun<T>, ns: Namespace, from: Stop | 'start'): Operation<T> {
  const { op } = run
  const retries = new Retries(CLASSIC_COUNTER_BASE)
  let stopped: Stop | 'start' = from
  while (stopped !== 'done') {
    switch (stopped) {
      case 'conflict':
        yield conflictInPlan(op, retries)
        afterBackoff(op, retries)
        break
      case 'yield':
        op.yieldResources()
        yield op.yieldSuspension
        break
      case 'start':
        if (op.exploring) yield yieldPoints.beforeOperation
        break
      case 'afterRead':
        yield yieldPoints.afterRead
        break
    }
    op.checkForInterrupt()
    const collection: Collection | undefined = yield* acquire(op, ns, 'write', findCollection)
    run.restore(collection)
    if (collection === undefined) break
    stopped = run.go(collection)
    if (run.progressed) retries.reset()
  }
  return run.statement.outcome()
}
