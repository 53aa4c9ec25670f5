import {
  type MaybeOperation,
  type Operation,
  type Suspension,
  yieldPoints,
} from '../../sim/index.ts'
import { OK } from '../../storage/index.ts'
import type { Collection } from '../catalog/collection.ts'
import type { Namespace } from '../catalog/namespace.ts'
import type { OperationContext } from '../operation_context.ts'
import type { CompiledFilter } from '../query/index.ts'
import { acquire, checkWritable, findCollection, tryAcquire } from './acquire.ts'
import { PlanExecutor, type PlanExecutorRequest, planKilled, refetch } from './plan_executor.ts'
import { afterBackoff, CLASSIC_COUNTER_BASE, conflictInPlan } from './write_conflict.ts'
import type { WriteStatement } from './write_statement.ts'

/**
 * The classic path: a plan finds records, each is written in a unit of work of its own.
 * Source: plan_executor_impl.cpp, update_stage.cpp, delete_stage.cpp (8.0).
 *
 * After a conflict the record is read anew in the next snapshot; if it is gone or matches no more,
 * the plan goes on to the next one. The counter of conflicts in a row starts from 1, so the first
 * sleep comes one attempt earlier than on the express path, and ends with any other outcome.
 */
export function classicWrite<T>(
  op: OperationContext,
  ns: Namespace,
  request: ClassicWriteRequest,
  statement: WriteStatement<T>,
): MaybeOperation<T> {
  const collection = findCollection(op, ns)
  if (collection === undefined) return statement.outcome()
  const run = new ClassicRun(op, ns, request, statement)
  if (op.exploring || !tryAcquire(op, collection, 'write')) return driveFrom(run, 'start')
  const stopped = run.go(collection)
  return stopped === 'done' ? statement.outcome() : driveFrom(run, stopped)
}

export interface ClassicWriteRequest extends PlanExecutorRequest {
  readonly multi: boolean
}

/** Where a run stopped: at its end, at a conflict, or at a place where others may run. */
type Stop = 'done' | 'conflict' | 'afterRead'

class ClassicRun<T> {
  readonly op: OperationContext
  readonly ns: Namespace
  readonly statement: WriteStatement<T>
  readonly #request: ClassicWriteRequest
  #executor: PlanExecutor | undefined
  /** A record was found and is not written yet. */
  #pending = false
  /** Its snapshot was given up since. */
  #stale = false
  /** Whether the last `go` wrote anything: then conflicts are no longer in a row. */
  progressed = false
  /** In a multi-update a record that moved in the index is met again: it is written once. */
  readonly #written: Set<number> | undefined

  constructor(
    op: OperationContext,
    ns: Namespace,
    request: ClassicWriteRequest,
    statement: WriteStatement<T>,
  ) {
    this.op = op
    this.ns = ns
    this.#request = request
    this.statement = statement
    this.#written = request.multi && statement.stage === 'UPDATE' ? new Set() : undefined
  }

  get filter(): CompiledFilter {
    return this.#request.filter
  }

  /** The snapshot was given up: the pending record must be read anew. */
  lostSnapshot(): void {
    this.#stale = true
  }

  /** Runs until it must stop. The collection is locked for writing. */
  go(collection: Collection): Stop {
    const { op, statement } = this
    checkWritable(op, collection)
    this.progressed = false
    this.#executor ??= new PlanExecutor(op, collection, this.#request)
    const executor = this.#executor
    if (executor.collection.uuid !== collection.uuid) throw planKilled(executor.collection)
    for (;;) {
      if (!this.#pending) {
        if (!this.#findNext(executor)) return 'done'
        this.#pending = true
        if (op.exploring) return 'afterRead'
      } else if (this.#stale && !refetch(op, executor, this.filter)) {
        this.#pending = false
        this.#stale = false
        continue
      }
      this.#stale = false
      const { recordId, document } = executor
      if (statement.write(op, collection, recordId, document) !== OK) return 'conflict'
      if (op.commitUnit() !== OK) return 'conflict'
      statement.committed(op)
      this.#written?.add(recordId)
      this.#pending = false
      this.progressed = true
      if (!this.#request.multi) return 'done'
      op.checkForInterrupt()
    }
  }

  #findNext(executor: PlanExecutor): boolean {
    while (executor.next(this.op)) {
      if (this.#written?.has(executor.recordId) !== true) return true
    }
    return false
  }
}

function* driveFrom<T>(run: ClassicRun<T>, from: Stop | 'start'): Operation<T> {
  const { op } = run
  let conflictsInARow = CLASSIC_COUNTER_BASE
  let stopped: Stop | 'start' = from
  while (stopped !== 'done') {
    if (stopped === 'conflict') {
      const backoff: Suspension = conflictInPlan(op, conflictsInARow++)
      yield backoff
      afterBackoff(op)
      run.lostSnapshot()
    } else if (op.exploring) {
      yield stopped === 'start' ? yieldPoints.beforeOperation : yieldPoints.afterRead
    }
    op.checkForInterrupt()
    const collection = findCollection(op, run.ns)
    if (collection === undefined) break
    if (!tryAcquire(op, collection, 'write')) yield* acquire(op, collection, 'write')
    stopped = run.go(collection)
    if (run.progressed) conflictsInARow = CLASSIC_COUNTER_BASE
  }
  return run.statement.outcome()
}
