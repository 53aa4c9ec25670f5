/**
 * A transaction as its session sees it: which state it is in, and where it may go from there.
 *
 *     NO_TRANSACTION ─> STARTING_TRANSACTION           startTransaction
 *     STARTING_TRANSACTION ─> TRANSACTION_IN_PROGRESS      its first command was answered
 *     STARTING_TRANSACTION ─> TRANSACTION_COMMITTED_EMPTY  committed; the server never heard of it
 *     STARTING_TRANSACTION ─> TRANSACTION_COMMITTED        committed by a command of the caller's
 *     STARTING_TRANSACTION ─> TRANSACTION_ABORTED          aborted; the server never heard of it
 *     TRANSACTION_IN_PROGRESS ─> TRANSACTION_IN_PROGRESS
 *     TRANSACTION_IN_PROGRESS ─> TRANSACTION_COMMITTED     commit sent, whatever the answer
 *     TRANSACTION_IN_PROGRESS ─> TRANSACTION_ABORTED       abort sent, whatever the answer
 *     TRANSACTION_COMMITTED ─> TRANSACTION_COMMITTED       commit sent again
 *     TRANSACTION_COMMITTED ─> NO_TRANSACTION              the session is used outside
 *     TRANSACTION_COMMITTED_EMPTY ─> TRANSACTION_COMMITTED_EMPTY
 *     TRANSACTION_COMMITTED_EMPTY ─> NO_TRANSACTION
 *     TRANSACTION_ABORTED ─> NO_TRANSACTION
 *     NO_TRANSACTION ─> NO_TRANSACTION
 *
 * The next transaction of a session is a new object, which begins in NO_TRANSACTION. Note what the
 * states are about: not whether the transaction lives (only the server knows) but what the client
 * may still ask for. An error leaves it IN_PROGRESS until somebody aborts.
 *
 * Source: specifications, transactions, "ClientSession changes".
 */
import { invariant } from '../../invariant.ts'
import type { ReadConcern, ReadPreference, WriteConcern } from '../concerns.ts'

export type TransactionState =
  | 'NO_TRANSACTION'
  | 'STARTING_TRANSACTION'
  | 'TRANSACTION_IN_PROGRESS'
  | 'TRANSACTION_COMMITTED'
  | 'TRANSACTION_COMMITTED_EMPTY'
  | 'TRANSACTION_ABORTED'

export const TRANSITIONS: Readonly<Record<TransactionState, readonly TransactionState[]>> = {
  NO_TRANSACTION: ['NO_TRANSACTION', 'STARTING_TRANSACTION'],
  STARTING_TRANSACTION: [
    'TRANSACTION_IN_PROGRESS',
    'TRANSACTION_COMMITTED',
    'TRANSACTION_COMMITTED_EMPTY',
    'TRANSACTION_ABORTED',
  ],
  TRANSACTION_IN_PROGRESS: [
    'TRANSACTION_IN_PROGRESS',
    'TRANSACTION_COMMITTED',
    'TRANSACTION_ABORTED',
  ],
  TRANSACTION_COMMITTED: ['TRANSACTION_COMMITTED', 'NO_TRANSACTION'],
  TRANSACTION_COMMITTED_EMPTY: ['TRANSACTION_COMMITTED_EMPTY', 'NO_TRANSACTION'],
  TRANSACTION_ABORTED: ['NO_TRANSACTION'],
}

/** What `startTransaction` settled, its session's and client's defaults included. */
export interface TransactionSettings {
  readonly readConcern: ReadConcern | undefined
  readonly writeConcern: WriteConcern | undefined
  readonly readPreference: ReadPreference | undefined
  readonly maxCommitTimeMS: number | undefined
}

export class Transaction {
  readonly options: TransactionSettings
  #state: TransactionState = 'NO_TRANSACTION'

  constructor(options: TransactionSettings) {
    this.options = options
  }

  get state(): TransactionState {
    return this.#state
  }

  /** From `startTransaction` to commit or abort. */
  get isActive(): boolean {
    return this.#state === 'STARTING_TRANSACTION' || this.#state === 'TRANSACTION_IN_PROGRESS'
  }

  get isStarting(): boolean {
    return this.#state === 'STARTING_TRANSACTION'
  }

  /** The caller has ended it, one way or the other. */
  get isCommitted(): boolean {
    return (
      this.#state === 'TRANSACTION_COMMITTED' ||
      this.#state === 'TRANSACTION_COMMITTED_EMPTY' ||
      this.#state === 'TRANSACTION_ABORTED'
    )
  }

  transitionTo(next: TransactionState): void {
    invariant(
      TRANSITIONS[this.#state].includes(next),
      () => `a client's transaction goes from ${this.#state} to ${next}`,
    )
    this.#state = next
  }
}
