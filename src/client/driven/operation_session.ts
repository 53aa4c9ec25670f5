/** A session whose commits and aborts are operations. */
import type { Operation } from '../../sim/index.ts'
import { sleep } from '../../sim/index.ts'
import type { ClientCore } from '../core.ts'
import { hasLabel, isMongoError } from '../error_checks.ts'
import type { ClientSession, TransactionOptions } from '../session/client_session.ts'
import {
  abortOnce,
  commitOnce,
  leavesResultOpen,
  mayAbort,
  mayCommit,
} from '../session/end_transaction.ts'
import { backoffMsOf, LIMIT_MS, timedOut } from '../session/with_transaction.ts'
import { inTurn } from './turn.ts'

export class OperationSession {
  /** The session that its commands carry. */
  readonly inner: ClientSession
  readonly #core: ClientCore

  constructor(inner: ClientSession, core: ClientCore) {
    this.inner = inner
    this.#core = core
  }

  inTransaction(): boolean {
    return this.inner.inTransaction()
  }

  /** Nothing is sent: the next command of this session begins the transaction on the server. */
  startTransaction(options?: TransactionOptions): void {
    this.inner.startTransaction(options)
  }

  *commitTransaction(): Operation<void> {
    const { inner } = this
    if (!mayCommit(this.#core, inner)) return
    const isRepeated = inner.transaction.state === 'TRANSACTION_COMMITTED'
    try {
      yield* inTurn(() => commitOnce(this.#core, inner, isRepeated))
    } catch (error) {
      if (isMongoError(error) && leavesResultOpen(error)) {
        error.addErrorLabel('UnknownTransactionCommitResult')
      }
      throw error
    } finally {
      inner.transaction.transitionTo('TRANSACTION_COMMITTED')
    }
  }

  /** The server's errors are swallowed, since the transaction is gone one way or the other. */
  *abortTransaction(): Operation<void> {
    const { inner } = this
    if (!mayAbort(this.#core, inner)) return
    try {
      yield* inTurn(() => abortOnce(this.#core, inner))
    } catch (error) {
      if (!isMongoError(error)) throw error
    } finally {
      inner.transaction.transitionTo('TRANSACTION_ABORTED')
    }
  }

  /**
   * Runs `body` in a transaction and commits; again from the start after a transient error, with
   * the driver's backoff, for up to 120 virtual seconds.
   */
  *withTransaction<T>(
    body: (session: OperationSession) => Operation<T>,
    options?: TransactionOptions,
  ): Operation<T> {
    const core = this.#core
    const deadlineMs = core.nowMs() + LIMIT_MS
    let lastError: unknown
    for (let attempt = 0; ; attempt++) {
      if (attempt > 0) {
        const ms = backoffMsOf(core, attempt, deadlineMs, lastError)
        yield sleep(Math.round(ms * 1000), 'withTransaction')
      }
      this.startTransaction(options)
      try {
        const result = yield* body(this)
        if (this.inTransaction()) yield* this.commitTransaction()
        return result
      } catch (error) {
        if (this.inTransaction()) yield* this.abortTransaction()
        if (!hasLabel(error, 'TransientTransactionError')) throw error
        if (core.nowMs() >= deadlineMs) throw timedOut(core, error)
        lastError = error
      }
    }
  }

  /** Aborts a transaction in progress; the server session goes back to the client's pool. */
  *endSession(): Operation<void> {
    if (this.inTransaction()) yield* this.abortTransaction()
    // Nothing is in progress any more, so this ends at once.
    void this.inner.endSession()
  }
}
