import type { Invocation } from '../invocation.ts'
import type { Session } from '../sessions/session.ts'

const INTERRUPTION = { code: 11602, message: 'operation was interrupted' }

/**
 * A primary is about to step down: transactions in progress are aborted, and writes under way end
 * with InterruptedDueToReplStateChange; reads go on. Source: `AutoGetRstlForStepUpStepDown`,
 * replication_coordinator_impl.cpp (8.0): who holds the lock of the replication state is killed.
 */
export function interruptWrites(sessions: Iterable<Session>, waiting: Iterable<Invocation>): void {
  for (const session of sessions) session.killTransaction('killed', INTERRUPTION)
  for (const { descriptor, inTransaction, op } of waiting) {
    if (inTransaction || descriptor.secondaryAllowed === 'never') {
      op.kill(INTERRUPTION.code, INTERRUPTION.message)
    }
  }
}
