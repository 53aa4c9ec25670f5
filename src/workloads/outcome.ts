/**
 * What became of a transaction, as far as its client can tell.
 *
 * Whoever has not sent a commit knows that nothing was committed. Whoever has, and hears of no
 * answer, knows nothing: the commit is repeated, and if that does not help, the outcome is `info`.
 * A repeated commit that is refused proves nothing either, since the first one may have done it.
 */
import type { WorkloadSession } from './client.ts'

export interface Outcome {
  readonly type: 'ok' | 'fail' | 'info'
  readonly error?: unknown
}

const COMMITS_MAX = 5

export async function commit(session: WorkloadSession): Promise<Outcome> {
  for (let attempt = 1; ; attempt++) {
    try {
      await session.commitTransaction()
      return { type: 'ok' }
    } catch (error) {
      const isUnknown = hasLabel(error, 'UnknownTransactionCommitResult')
      if (isUnknown && attempt < COMMITS_MAX) continue
      const isRefused = !isUnknown && hasLabel(error, 'TransientTransactionError')
      return { type: isRefused && attempt === 1 ? 'fail' : 'info', error }
    }
  }
}

/** Whether the database asks to try again: another transaction was in the way, for example. */
export function isTransient(error: unknown): boolean {
  return hasLabel(error, 'TransientTransactionError')
}

/** Errors of any driver, ours included. */
function hasLabel(error: unknown, label: string): boolean {
  const { hasErrorLabel } = Object(error) as { hasErrorLabel?: (label: string) => boolean }
  return typeof hasErrorLabel === 'function' && hasErrorLabel.call(error, label)
}
