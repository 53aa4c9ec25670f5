/**
 * `withTransaction`, step by step as the specification numbers them
 * (specifications: transactions-convenient-api, as of July 2026).
 *
 * The time is the simulator's, and so is the jitter: a test that retries through a minute of
 * conflicts does so in no time, and the same way each time.
 */
import type { ClientCore } from '../core.ts'
import { hasLabel, isMaxTimeExpired, isMongoError } from '../error_checks.ts'
import { checkTimeoutMs, TimeBudget } from '../time_budget.ts'
import type { ClientSession, WithTransactionOptions } from './client_session.ts'

export type WithTransactionCallback<T> = (session: ClientSession) => Promise<T>

/** Twice the server's `transactionLifetimeLimitSeconds`. */
export const LIMIT_MS = 120_000
const BACKOFF_INITIAL_MS = 5
const BACKOFF_GROWTH = 1.5
const BACKOFF_MAX_MS = 500
/**
 * The specification repeats a commit at once and relies on the network to take its time. A reply in
 * process takes none, so the repetition is charged what a round trip would cost; otherwise a commit
 * whose result is never known would spin, and the deadline never come.
 */
export const ROUND_TRIP_MS = 1

export async function withTransaction<T>(
  core: ClientCore,
  session: ClientSession,
  callback: WithTransactionCallback<T>,
  options: WithTransactionOptions = {},
): Promise<T> {
  const budget = budgetFor(core, session, options)
  // A call within the callback of another is for startTransaction to refuse.
  if (session.budget !== undefined) return await attempts(core, session, callback, options, budget)
  session.budget = budget
  try {
    return await attempts(core, session, callback, options, budget)
  } finally {
    session.budget = undefined
  }
}

function budgetFor(
  core: ClientCore,
  session: ClientSession,
  { timeoutMS = session.timeoutMS }: WithTransactionOptions,
): TimeBudget | undefined {
  if (timeoutMS === undefined) return undefined
  checkTimeoutMs(core, timeoutMS)
  return new TimeBudget(core, timeoutMS)
}

async function attempts<T>(
  core: ClientCore,
  session: ClientSession,
  callback: WithTransactionCallback<T>,
  options: WithTransactionOptions,
  budget: TimeBudget | undefined,
): Promise<T> {
  const { signal } = options
  // 1. Record the time; no transaction was started yet.
  const deadlineMs = budget?.deadlineMs ?? core.nowMs() + LIMIT_MS
  let lastError: unknown

  for (let transactionAttempt = 0; ; transactionAttempt++) {
    // 2. Before a retry, back off, unless there is no time left for it.
    if (transactionAttempt > 0) {
      const ms = backoffMsOf(core, transactionAttempt, deadlineMs, lastError)
      await core.clock.sleep(ms, signal === undefined ? undefined : { signal })
    }
    signal?.throwIfAborted()

    // 3. and 4. Start the transaction; an error of that is the caller's.
    session.startTransaction(options)

    let result: T
    try {
      // 5. and 6. Run the callback.
      result = await invoke(core, session, callback)
    } catch (error) {
      // 7.1 Whatever became of the transaction, the client is done with it.
      if (session.inTransaction()) await session.abortTransaction()
      // 7.2 A transient error: the whole transaction again.
      if (!hasLabel(error, 'TransientTransactionError')) {
        // 7.3 and 7.4 Also one of a commit within the callback: the caller's.
        throw error
      }
      if (core.nowMs() >= deadlineMs) throw timedOut(core, error)
      lastError = error
      continue
    }

    // 8. The callback has ended the transaction itself.
    if (!session.inTransaction()) return result

    // 9. to 11. Commit.
    const failure = await commitUntil(core, session, deadlineMs, signal)
    if (failure === undefined) return result
    lastError = failure.error
  }
}

async function invoke<T>(
  core: ClientCore,
  session: ClientSession,
  callback: WithTransactionCallback<T>,
): Promise<T> {
  const promise: unknown = callback(session)
  if (typeof (promise as PromiseLike<T> | undefined)?.then !== 'function') {
    throw new core.errors.MongoInvalidArgumentError(
      'Function provided to `withTransaction` must return a Promise',
    )
  }
  return await (promise as Promise<T>)
}

/** 2.1 How long to sleep before a retry. @throws where that would end after the deadline */
export function backoffMsOf(
  core: ClientCore,
  transactionAttempt: number,
  deadlineMs: number,
  lastError: unknown,
): number {
  const ceilingMs = Math.min(
    BACKOFF_INITIAL_MS * BACKOFF_GROWTH ** transactionAttempt,
    BACKOFF_MAX_MS,
  )
  const backoffMs = core.random.next() * ceilingMs
  if (core.nowMs() + backoffMs >= deadlineMs) throw timedOut(core, lastError)
  return backoffMs
}

/**
 * 9. and 10. Commits, over and over while it is not known whether it was done.
 * @returns undefined when committed, or the error for which the whole transaction must run again
 */
async function commitUntil(
  core: ClientCore,
  session: ClientSession,
  deadlineMs: number,
  signal: AbortSignal | undefined,
): Promise<{ readonly error: unknown } | undefined> {
  for (;;) {
    const sentAtMs = core.nowMs()
    try {
      await session.commitTransaction()
      return undefined
    } catch (error) {
      if (hasLabel(error, 'UnknownTransactionCommitResult') && !isMaxTimeExpired(error)) {
        // 10.1.1 and 10.1.2 Again, without a backoff, while there is time.
        if (core.nowMs() >= deadlineMs) throw timedOut(core, error)
        signal?.throwIfAborted()
        if (core.nowMs() - sentAtMs < ROUND_TRIP_MS) await core.clock.sleep(ROUND_TRIP_MS)
        continue
      }
      // 10.2 The whole transaction again.
      if (hasLabel(error, 'TransientTransactionError')) return { error }
      // 10.3 The caller's.
      throw error
    }
  }
}

/** The error that says that time is up, with the last error as its cause, and its labels. */
export function timedOut(core: ClientCore, cause: unknown): Error {
  if (isMongoError(cause) && cause.name === 'MongoOperationTimeoutError') return cause
  const timeout = new core.errors.MongoOperationTimeoutError('Timed out during withTransaction', {
    cause,
  })
  if (isMongoError(cause)) {
    for (const label of cause.errorLabels) timeout.addErrorLabel(label)
  }
  return timeout
}
