import { invariant } from '../invariant.ts'

/**
 * The life of a storage transaction:
 *
 *     active -> prepared
 *     active -> committed
 *     active -> rolledBack
 *     prepared -> committed
 *     prepared -> rolledBack
 *
 * A failed operation is not a state: the transaction goes on, and only its commit asks
 * (`session_api.c:__session_commit_transaction`). A test holds this drawing and the table together.
 */
export type TransactionState = 'active' | 'prepared' | 'committed' | 'rolledBack'

export const TRANSITIONS: Readonly<Record<TransactionState, readonly TransactionState[]>> = {
  active: ['prepared', 'committed', 'rolledBack'],
  prepared: ['committed', 'rolledBack'],
  committed: [],
  rolledBack: [],
}

export function checkTransition(from: TransactionState, to: TransactionState): void {
  // The two that nearly every transaction takes are worth no search.
  if (from === 'active' && to !== 'active') return
  invariant(TRANSITIONS[from].includes(to), () => `a transaction does not go from ${from} to ${to}`)
}
