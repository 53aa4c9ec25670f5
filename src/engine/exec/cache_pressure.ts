import type { Sleep } from '../../sim/index.ts'
import { WT_OLDEST_FOR_EVICTION, WT_ROLLBACK } from '../../storage/index.ts'
import { ServerError } from '../errors.ts'
import type { OperationContext } from '../operation_context.ts'
import { writeConflict } from '../record_writes.ts'

/** Reasons as WiredTiger words them (txn.h). */
const OLDEST_FOR_EVICTION = 'oldest pinned transaction ID rolled back for eviction'
const TOO_LARGE_FOR_CACHE = 'transaction is too large and will not fit in the storage engine cache'

/** Whether storage rolled the last write back to make room, and not for a conflict. */
export function isCachePressure(op: OperationContext): boolean {
  return op.storage.subLevelError === WT_OLDEST_FOR_EVICTION
}

/**
 * What becomes of a rollback for space: a transaction that holds most of the cache is told so
 * (388); one that does not sees a write conflict, which its client retries as a whole; a plain
 * statement sleeps a second longer each time, and gives up after `temporarilyUnavailableMaxRetries`
 * (365). A background job goes on for as long as it takes. Source: `wtRCToStatus_slow`,
 * wiredtiger_util.cpp; `handleTemporarilyUnavailableException`, exception_util.cpp (8.0).
 *
 * @param attempt as the caller counts, from its own base
 * @param reason of the error, where it is not storage's own
 */
export function sleepForSpace(
  op: OperationContext,
  attempt: number,
  reason = `${WT_ROLLBACK}: ${OLDEST_FOR_EVICTION}`,
): Sleep {
  const counters = op.services.metrics.operation
  if (isTooLargeForCache(op)) {
    counters.transactionTooLargeForCacheErrors++
    throw new ServerError('TransactionTooLargeForCache', `${WT_ROLLBACK}: ${TOO_LARGE_FOR_CACHE}`)
  }
  if (op.inTransaction) {
    counters.temporarilyUnavailableErrorsConvertedToWriteConflict++
    op.debug.writeConflicts++
    throw writeConflict(op, `${WT_ROLLBACK}: ${OLDEST_FOR_EVICTION}`)
  }
  op.debug.temporarilyUnavailableErrors++
  counters.temporarilyUnavailableErrors++
  op.abandonSnapshot()
  const { parameters } = op
  if (!op.isBackground && attempt > parameters.get('temporarilyUnavailableMaxRetries')) {
    counters.temporarilyUnavailableErrorsEscaped++
    throw new ServerError('TemporarilyUnavailable', reason)
  }
  const durationMs = parameters.get('temporarilyUnavailableBackoffBaseMs') * attempt
  return op.sleepOf(durationMs * 1000, 'cache pressure', { interruptible: true })
}

function isTooLargeForCache(op: OperationContext): boolean {
  const { cacheSizeBytes, evictionTriggerBytes } = op.services.store.options
  const limitBytes = cacheSizeBytes ?? evictionTriggerBytes
  if (limitBytes === undefined) return false
  const threshold = op.parameters.get('transactionTooLargeForCacheThreshold')
  return op.storage.uncommittedBytes > limitBytes * threshold
}
