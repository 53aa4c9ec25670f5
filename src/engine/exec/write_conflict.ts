import { type Operation, type Sleep, sleep } from '../../sim/index.ts'
import { backoffSleepUs, insertRetrySleepUs } from '../backoff.ts'
import type { OperationContext } from '../operation_context.ts'
import { writeConflict } from '../record_writes.ts'

/** Source: plan_executor_impl.cpp and plan_executor_express.cpp (8.0). */
export const CONFLICT_IN_PLAN = 'Write conflict during plan execution and yielding is disabled.'

/** Where the count of conflicts in a row begins; it differs by caller (plan_executor_*.cpp). */
export const EXPRESS_COUNTER_BASE = 0
export const CLASSIC_COUNTER_BASE = 1

/**
 * A plan executor met WT_ROLLBACK: counts it, then either gives up (in a transaction: code 112) or
 * says how long to sleep before the next attempt.
 *
 * In 8.0 the order is: count, sleep with snapshot and intents still held, then release and count the
 * yield. From 2026 the release comes first.
 *
 * @param attempt as the caller counts, from its own base
 */
export function conflictInPlan(op: OperationContext, attempt: number): Sleep {
  op.debug.writeConflicts++
  if (op.inTransaction || op.services.hooks.skipWriteConflictRetries === true) {
    throw writeConflict(op, CONFLICT_IN_PLAN)
  }
  const { backoff, random } = op.services
  const durationUs = backoffSleepUs(backoff, attempt, random)
  op.trace('conflict', { attempt, sleepUs: durationUs })
  const describe = describeHolder(op)
  if (backoff.releasesFirst) op.yieldResources()
  if (!backoff.interruptible) return sleep(durationUs, 'write conflict', { describe })
  const leftUs = Math.max(0, op.deadlineUs - op.clock.nowUs())
  const interruptor = op.interruptor
  return sleep(Math.min(durationUs, leftUs), 'write conflict', { interruptor, describe })
}

/** After the sleep: what is still held is given up, so that the next attempt sees the newest. */
export function afterBackoff(op: OperationContext): void {
  op.checkForInterrupt()
  if (!op.services.backoff.releasesFirst) op.yieldResources()
}

/** `writeConflictRetry`: the loop of whatever is not a plan executor. */
export function* backOffInsert(op: OperationContext, retry: number): Operation<void> {
  op.debug.writeConflicts++
  if (op.inTransaction || op.services.hooks.skipWriteConflictRetries === true) {
    throw writeConflict(op, op.conflictContext)
  }
  const durationUs = insertRetrySleepUs(retry)
  op.trace('conflict', { attempt: retry, sleepUs: durationUs })
  const describe = describeHolder(op)
  op.yieldResources()
  yield sleep(durationUs, 'write conflict', { describe })
  op.checkForInterrupt()
}

/** Taken before the snapshot is given up, told only if somebody asks. */
function describeHolder(op: OperationContext): () => string {
  const conflict = op.storage.lastConflict
  return () => {
    if (conflict === undefined) return 'a write conflict that a fault forced'
    const { holderOwner, holderActive } = conflict
    const who =
      typeof holderOwner === 'object' && holderOwner !== null && 'describe' in holderOwner
        ? (holderOwner as { describe(): string }).describe()
        : 'another operation'
    return holderActive ? `on ${who}` : `${who} has committed since the snapshot was taken`
  }
}
