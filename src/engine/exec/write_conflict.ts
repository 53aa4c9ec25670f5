import { type Suspension, wait } from '../../sim/index.ts'
import { backoffSleepUs, insertRetrySleepUs } from '../backoff.ts'
import type { OperationContext } from '../operation_context.ts'
import { writeConflict } from '../record_writes.ts'
import { isCachePressure, sleepForSpace } from './cache_pressure.ts'
import type { Retries } from './retries.ts'

/** Source: plan_executor_impl.cpp and plan_executor_express.cpp (8.0). */
const CONFLICT_IN_PLAN = 'Write conflict during plan execution and yielding is disabled.'

/**
 * A plan executor met WT_ROLLBACK: counts it, then either gives up (in a transaction: code 112) or
 * says how long to sleep before the next attempt.
 *
 * What the attempt wrote before it lost is undone at once (the write unit of work aborts): nobody
 * else may conflict with it while we sleep. In 8.0 the order is then: count, sleep with the intents
 * still held, then release and count the yield (`afterBackoff`). From 2026 the release comes first.
 */
export function conflictInPlan(op: OperationContext, retries: Retries): Suspension {
  retries.released = false
  if (isCachePressure(op)) {
    return sleepForSpace(op, retries.unavailable++, 'resource contention during plan execution')
  }
  op.debug.writeConflicts++
  if (givesUp(op)) throw writeConflict(op, CONFLICT_IN_PLAN)
  const { backoff, random, trace } = op.services
  const attempt = retries.conflicts++
  const durationUs = backoffSleepUs(backoff, attempt, random)
  if (trace !== undefined) op.trace('conflict', { attempt, sleepUs: durationUs })
  const forHolder = waitForHolder(op)
  op.noteLost()
  op.abandonSnapshot()
  if (backoff.releasesFirst) {
    op.yieldResources()
    retries.released = true
  }
  if (forHolder !== undefined) return forHolder
  const { interruptible } = backoff
  return op.sleepOf(durationUs, 'write conflict', { interruptible, describe: op.describeHolder })
}

/** After the sleep: what is still held is given up, and counted as a yield. */
export function afterBackoff(op: OperationContext, retries: Retries): void {
  op.checkForInterrupt()
  if (!retries.released) op.yieldResources()
}

/**
 * `writeConflictRetry`, the loop of whatever is not a plan executor: here, of inserts. Snapshot and
 * intents go before the sleep, which is no yield and can't be interrupted.
 * Source: WriteConflictRetryAlgorithm, exception_util.cpp (8.0).
 */
export function conflictInInsert(op: OperationContext, retries: Retries): Suspension {
  if (isCachePressure(op)) return sleepForSpace(op, retries.unavailable++)
  op.debug.writeConflicts++
  if (givesUp(op)) throw writeConflict(op, op.conflictContext)
  const attempt = retries.conflicts++
  const durationUs = insertRetrySleepUs(attempt)
  if (op.services.trace !== undefined) op.trace('conflict', { attempt, sleepUs: durationUs })
  const forHolder = waitForHolder(op)
  op.noteLost()
  op.abandonSnapshot()
  op.releaseIntents()
  if (forHolder !== undefined) return forHolder
  const describe = op.describeHolder
  return op.sleepOf(durationUs, 'write conflict', { interruptible: false, describe })
}

/**
 * Under exploration, one wait instead of a loop of tries: until the transaction that holds what we
 * write has ended. That never makes time pass: two that wait for each other are stuck, and are
 * found; where time passes for other reasons, the lifetime of transactions bounds it.
 */
function waitForHolder(op: OperationContext): Suspension | undefined {
  if (op.services.hooks.waitForHolder !== true) return undefined
  const holder = op.storage.lastConflict?.holder
  if (holder === undefined) return undefined
  const timeoutUs = op.parameters.get('transactionLifetimeLimitSeconds') * 1_000_000
  return wait(holder.ended, 'write conflict', {
    timeoutUs,
    wake: 'passive',
    describe: op.describeHolder,
  })
}

function givesUp(op: OperationContext): boolean {
  if (op.inTransaction) return true
  return op.services.hooks.skipWriteConflictRetries === true && !op.isBackground
}
