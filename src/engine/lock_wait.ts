import type { Operation } from '../sim/index.ts'
import { ServerError } from './errors.ts'
import type { Lock } from './lock.ts'
import type { OperationContext } from './operation_context.ts'

/**
 * A wait for a lock is cut into slices, because only a bounded wait makes virtual time pass: it
 * must pass for a forgotten transaction that holds the lock to expire.
 */
const LOCK_WAIT_SLICE_US = 500_000

/**
 * Waits until an intent may be taken, or is held already. Outside a transaction for as long as it
 * takes; inside one for `maxTransactionLockRequestTimeoutMillis`, then LockTimeout (24).
 */
export function* waitForIntent(op: OperationContext, lock: Lock): Operation<void> {
  const limitMs = op.parameters.get('maxTransactionLockRequestTimeoutMillis')
  const deadlineUs =
    op.inTransaction && limitMs >= 0 ? op.clock.nowUs() + limitMs * 1000 : Number.POSITIVE_INFINITY
  while (!lock.freeForIntent && !op.holdsIntent(lock)) {
    const leftUs = deadlineUs - op.clock.nowUs()
    if (leftUs <= 0) {
      throw new ServerError(
        'LockTimeout',
        `Unable to acquire IX lock on '${lock.resource}' within ${limitMs}ms.`,
      )
    }
    yield* waitInLine(op, lock, 'lock', Math.min(leftUs, LOCK_WAIT_SLICE_US))
  }
}

/** Waits until nobody else holds an intent, then takes the lock alone. */
export function* takeExclusive(op: OperationContext, lock: Lock): Operation<void> {
  if (lock.intents > 0 || lock.exclusive) {
    lock.exclusiveWaiting++
    try {
      while (lock.intents > 0 || lock.exclusive) {
        yield* waitInLine(op, lock, 'exclusive lock', LOCK_WAIT_SLICE_US)
      }
    } finally {
      lock.exclusiveWaiting--
      if (lock.exclusiveWaiting === 0) lock.queue.notifyAll()
    }
  }
  lock.exclusive = true
}

function* waitInLine(
  op: OperationContext,
  lock: Lock,
  why: string,
  limitUs: number,
): Operation<void> {
  op.waitsForLock = true
  try {
    yield* op.waitFor(lock.queue, why, limitUs)
  } finally {
    op.waitsForLock = false
  }
}
