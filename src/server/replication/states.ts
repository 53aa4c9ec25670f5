import { invariant } from '../../invariant.ts'

/**
 * The states of the one member of a set and the moves between them. Source: `MemberState`,
 * member_state.h (8.0); what a node goes through while it copies data from others is left out, as
 * there are no others.
 *
 *     STARTUP -----> SECONDARY               replSetInitiate
 *     SECONDARY ---> PRIMARY                 it elects itself
 *     PRIMARY -----> SECONDARY               it stepped down
 */
export type MemberState = 'STARTUP' | 'SECONDARY' | 'PRIMARY'

export const MEMBER_TRANSITIONS: Readonly<Record<MemberState, readonly MemberState[]>> = {
  STARTUP: ['SECONDARY'],
  SECONDARY: ['PRIMARY'],
  PRIMARY: ['SECONDARY'],
}

/** As `replSetGetStatus` numbers them. */
export const MEMBER_STATE_NUMBERS: Readonly<Record<MemberState, number>> = {
  STARTUP: 0,
  PRIMARY: 1,
  SECONDARY: 2,
}

export function checkMemberTransition(from: MemberState, to: MemberState): void {
  invariant(MEMBER_TRANSITIONS[from].includes(to), () => `a member goes from ${from} to ${to}`)
}
