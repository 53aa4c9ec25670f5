import { type BackoffPolicy, backoffPolicies } from '../../engine/index.ts'

/** A way of trying again, and the statement that takes it. */
export interface Subject {
  readonly id: string
  readonly label: string
  /** One sentence for the legend. */
  readonly about: string
  readonly backoff: BackoffPolicy
  /**
   * `express` updates by `_id` and counts conflicts from 0; `classic` upserts by `_id`, which the
   * express path does not do, and counts from 1.
   */
  readonly path: 'express' | 'classic'
  /** Beyond this holding time a run costs more than it tells. */
  readonly holdMaxMs: number
}

/** The longest holding time of all. */
export const HOLD_MAX_MS = 120_000

/** 50 us an attempt: 20,000 conflicts in a second, and the curve is a straight line anyway. */
const IMMEDIATE_HOLD_MAX_MS = 1_000

export const SUBJECTS: readonly Subject[] = [
  {
    id: 'ladder0',
    label: 'ladder, from 0',
    about: 'MongoDB 8.0, update by _id: pauses of 0, 1, 5, 10, 100 ms, four attempts at once.',
    backoff: backoffPolicies.ladder,
    path: 'express',
    holdMaxMs: HOLD_MAX_MS,
  },
  {
    id: 'ladder1',
    label: 'ladder, from 1',
    about:
      'The same schedule for upserts and multi-updates, which count from 1: one attempt less at once.',
    backoff: backoffPolicies.ladder,
    path: 'classic',
    holdMaxMs: HOLD_MAX_MS,
  },
  {
    id: 'ramp',
    label: 'jittered ramp',
    about: 'The server as of 2026: 1, 2, 8, 32, 128, then 256 ms, each up to doubled by chance.',
    backoff: backoffPolicies.jitteredRamp,
    path: 'classic',
    holdMaxMs: HOLD_MAX_MS,
  },
  {
    id: 'exponential',
    label: 'exponential',
    about: 'For comparison: doubles from 1 ms to 1,024 ms, no chance involved.',
    backoff: backoffPolicies.exponential,
    path: 'express',
    holdMaxMs: HOLD_MAX_MS,
  },
  {
    id: 'immediate',
    label: 'immediate',
    about: 'For comparison: at once, at 50 \u00b5s an attempt; measured up to 1 s.',
    backoff: backoffPolicies.immediate,
    path: 'express',
    holdMaxMs: IMMEDIATE_HOLD_MAX_MS,
  },
]
