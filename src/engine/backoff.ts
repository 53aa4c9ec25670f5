import type { Random } from '../sim/index.ts'

/**
 * How long to wait between two attempts of a write that met a conflict.
 *
 * In 8.0 the plan executors sleep by a stepped schedule, `logAndBackoffImpl` in
 * src/mongo/util/log_and_backoff.cpp, with plain `sleepmillis`: it can't be interrupted, and the
 * operation keeps its intent locks while it sleeps. From 2026 the server jitters a ramp instead,
 * sleeps interruptibly and releases first (src/mongo/db/query/write_conflict_backoff.h).
 */
export interface BackoffPolicy {
  readonly name: string
  /**
   * Microseconds to sleep after a failed attempt.
   *
   * @param attempt the number that the caller counts; express counts from 0, classic from 1
   */
  sleepUs(attempt: number, random: Random): number
  /** Whether killOp and maxTimeMS end the sleep, or are seen only after it. */
  readonly interruptible: boolean
  /** Whether the intent locks are given up before the sleep, or after it. */
  readonly releasesFirst: boolean
}

const MS = 1000

/**
 * The 8.0 schedule: 0 ms for attempts below 4, then 1, 5, 10 and 100 ms from 4, 10, 100 and 200.
 */
const ladder: BackoffPolicy = {
  name: 'ladder',
  sleepUs(attempt) {
    if (attempt < 4) return 0
    if (attempt < 10) return 1 * MS
    if (attempt < 100) return 5 * MS
    if (attempt < 200) return 10 * MS
    return 100 * MS
  },
  interruptible: false,
  releasesFirst: false,
}

/** Defaults of internalQueryWriteConflictBackoffRampStartMs and ...CapMs. */
const RAMP_START_MS = 8
const RAMP_CAP_MS = 256

/** Base 0, 1, 2, 8, 32, 128, 256, 256, ... ms; the sleep is uniform in [base, 2 x base]. */
const jitteredRamp: BackoffPolicy = {
  name: 'jitteredRamp',
  sleepUs(attempt, random) {
    if (attempt <= 1) return 0
    const baseMs =
      attempt === 2
        ? 1
        : attempt === 3
          ? 2
          : Math.min(RAMP_START_MS * 4 ** (attempt - 4), RAMP_CAP_MS)
    return Math.round(baseMs * (1 + random.next()) * MS)
  },
  interruptible: true,
  releasesFirst: true,
}

/** Tries again at once, always. Nothing but `MINIMUM_ATTEMPT_US` makes time pass. */
const immediate: BackoffPolicy = {
  name: 'immediate',
  sleepUs: () => 0,
  interruptible: false,
  releasesFirst: false,
}

/** Doubles from 1 ms up to a cap, for comparison. */
const exponential: BackoffPolicy = {
  name: 'exponential',
  sleepUs: (attempt) => Math.min(2 ** Math.min(attempt, 20), 1024) * MS,
  interruptible: true,
  releasesFirst: true,
}

export const backoffPolicies: {
  readonly ladder: BackoffPolicy
  readonly jitteredRamp: BackoffPolicy
  readonly immediate: BackoffPolicy
  readonly exponential: BackoffPolicy
} = { ladder, jitteredRamp, immediate, exponential }

/** What an attempt is charged, in virtual time, where its own duration is what makes time pass. */
export const MINIMUM_ATTEMPT_US = 50

/** So many attempts in a row may be free of charge: more than any of the server's schedules has. */
const FREE_ATTEMPTS = 10

/** The policy's sleep, with the minimum charge for a policy that goes on without sleeping. */
export function backoffSleepUs(policy: BackoffPolicy, attempt: number, random: Random): number {
  const sleepUs = policy.sleepUs(attempt, random)
  return sleepUs > 0 || attempt < FREE_ATTEMPTS ? sleepUs : MINIMUM_ATTEMPT_US
}

/**
 * The schedule of `writeConflictRetry` since 8.0 (WriteConflictRetryAlgorithm, exception_util.cpp),
 * which serves whatever is not a plan executor: inserts, catalog operations.
 *
 * The sleep after conflict k is 0.1 x 1.1^(k-1) / k times what the failed attempts took together,
 * and the first attempt is not timed, so there is none after the first conflict. In virtual time an
 * attempt takes `MINIMUM_ATTEMPT_US`, which the next attempt is charged here as well.
 *
 * @param conflict counted from 1
 */
export function insertRetrySleepUs(conflict: number): number {
  const spentUs = (conflict - 1) * MINIMUM_ATTEMPT_US
  const sleepUs = ((0.1 * 1.1 ** (conflict - 1)) / conflict) * spentUs
  return MINIMUM_ATTEMPT_US + Math.round(sleepUs)
}
