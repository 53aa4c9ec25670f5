import type { Services } from '../../engine/index.ts'
import type { Timer } from '../../sim/index.ts'
import { PassiveJob } from './passive_job.ts'
import type { Session } from './session.ts'

/** `sweep`: as the server, by a job every half lifetime. `exact`: right at the limit. */
export type ExpiryMode = 'sweep' | 'exact'

const PERIOD_MS_MIN = 1_000
const PERIOD_MS_MAX = 60_000

/** What a statement of an expired transaction ends with. Source: operation_context.cpp (8.0). */
const INTERRUPTION = {
  code: 290,
  message:
    "operation was interrupted because the transaction exceeded the configured 'transactionLifetimeLimitSeconds'",
}

/**
 * Ends transactions that outlived `transactionLifetimeLimitSeconds`.
 * Source: periodic_runner_job_abort_expired_transactions.cpp, kill_sessions_local.cpp (8.0).
 *
 * The server looks only now and then: every half lifetime, between one second and a minute, counted
 * from its own start. So a transaction that nobody touches ends somewhere between one lifetime and
 * one and a half, and who waits for its documents sees 60 to 90 s at the default.
 */
export class TransactionExpiry {
  readonly #services: Services
  readonly #mode: ExpiryMode
  readonly #open = new Map<Session, Timer | undefined>()

  constructor(services: Services, mode: ExpiryMode) {
    this.#services = services
    this.#mode = mode
    if (mode === 'exact') return
    const { clock, parameters } = services
    const periodUs = () => sweepPeriodMs(parameters.get('transactionLifetimeLimitSeconds')) * 1000
    const job = new PassiveJob(clock, periodUs, () => this.#sweep())
    parameters.onChange((name) => {
      if (name === 'transactionLifetimeLimitSeconds') job.reschedule()
    })
  }

  /** Sessions whose transaction is in progress, in the order of their begin. */
  get open(): IterableIterator<Session> {
    return this.#open.keys()
  }

  /** The session has just begun a transaction. */
  watch(session: Session): void {
    this.#open.set(session, this.#mode === 'exact' ? this.#timerFor(session) : undefined)
    // The same for all transactions of the session.
    session.participant.onEnd ??= () => {
      this.#open.get(session)?.cancel()
      this.#open.delete(session)
    }
  }

  #timerFor(session: Session): Timer {
    const { clock, metrics } = this.#services
    const leftUs = session.participant.expiresUs - clock.nowUs()
    return clock.schedule(leftUs, 'passive', () => {
      metrics.abortExpiredTransactions.successfulKills++
      session.killTransaction('expired', INTERRUPTION)
    })
  }

  #sweep(): void {
    const { clock, metrics } = this.#services
    const nowUs = clock.nowUs()
    metrics.abortExpiredTransactions.passes++
    for (const session of [...this.#open.keys()]) {
      if (session.participant.expiresUs >= nowUs) continue
      metrics.abortExpiredTransactions.successfulKills++
      session.killTransaction('expired', INTERRUPTION)
    }
  }
}

/** Half the lifetime, at least a second and at most a minute. */
export function sweepPeriodMs(lifetimeSeconds: number): number {
  return Math.min(Math.max(lifetimeSeconds * 500, PERIOD_MS_MIN), PERIOD_MS_MAX)
}
