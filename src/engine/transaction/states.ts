import { invariant } from '../../invariant.ts'

/**
 * The states of a transaction participant and the moves between them.
 * Source: `TransactionState`, transaction_participant.h (the prepared states need two-phase commit,
 * which one node never does, and are left out).
 *
 *     None ----------> InProgress | ExecutedRetryableWrite | None
 *     InProgress ----> Committed | AbortedWithoutPrepare | None
 *     Committed -----> None
 *     AbortedWithoutPrepare ----> InProgress | None
 *     ExecutedRetryableWrite ---> None
 */
export type ParticipantState =
  | 'None'
  | 'InProgress'
  | 'Committed'
  | 'AbortedWithoutPrepare'
  | 'ExecutedRetryableWrite'

export const PARTICIPANT_TRANSITIONS: Readonly<
  Record<ParticipantState, readonly ParticipantState[]>
> = {
  None: ['InProgress', 'ExecutedRetryableWrite', 'None'],
  InProgress: ['Committed', 'AbortedWithoutPrepare', 'None'],
  Committed: ['None'],
  AbortedWithoutPrepare: ['InProgress', 'None'],
  ExecutedRetryableWrite: ['None'],
}

export function checkTransition(from: ParticipantState, to: ParticipantState): void {
  invariant(
    PARTICIPANT_TRANSITIONS[from].includes(to),
    () => `Current state: [TxnState::${from}], Illegal attempted next state: [TxnState::${to}]`,
  )
}
