import type { MaybeOperation, Operation } from '../../sim/index.ts'
import type { OperationContext } from '../operation_context.ts'
import { acquire, findCollection } from './acquire.ts'
import type { PlanExecutor } from './plan_executor.ts'

/**
 * Runs a plan to its end and shows each record of its result. Becomes an operation only where the
 * plan yields on the way.
 */
export function pullAll(
  op: OperationContext,
  executor: PlanExecutor,
  take: (executor: PlanExecutor) => void,
): MaybeOperation<void> {
  if (!isAtEnd(op, executor, take)) return pullYielding(op, executor, take)
}

function* pullYielding(
  op: OperationContext,
  executor: PlanExecutor,
  take: (executor: PlanExecutor) => void,
): Operation<void> {
  const { ns } = executor.collection
  do {
    op.yieldResources()
    yield op.yieldSuspension
    op.checkForInterrupt()
    executor.restore(yield* acquire(op, ns, 'read', findCollection))
  } while (!isAtEnd(op, executor, take))
}

/** False where the plan must yield before it goes on. */
function isAtEnd(
  op: OperationContext,
  executor: PlanExecutor,
  take: (executor: PlanExecutor) => void,
): boolean {
  for (;;) {
    const pulled = executor.next(op)
    if (pulled !== 'record') return pulled === 'end'
    take(executor)
  }
}
