/**
 * Whether a failed attempt is followed by another one, and which error the caller sees if none
 * comes to anything. Sources: specifications, retryable-writes, retryable-reads,
 * client-backpressure (July 2026).
 */
import type { ClientCore } from '../core.ts'
import { hasLabel } from '../error_checks.ts'
import type { MongoErrorShape } from '../errors.ts'
import type { OperationKind } from './operation_kind.ts'
import { hasRetryableCode, isNetworkError, isRetryableOverload } from './retryable_errors.ts'

/** Attempts of an operation, without a `timeoutMS` and an overloaded server. */
const ATTEMPTS = 2

export interface RetryPolicyInit {
  readonly core: ClientCore
  readonly kind: OperationKind
  readonly inTransaction: boolean
  /** There is a `timeoutMS`: attempts are limited by that alone. */
  readonly isTimed: boolean
  /** A write that has a transaction number as a retryable write, or could have one. */
  readonly isRetryableWrite: boolean
}

export class RetryPolicy {
  readonly #init: RetryPolicyInit
  #failures = 0
  #attemptsMax: number
  #surfacing: MongoErrorShape | undefined = undefined
  #mayHaveCommitted = false

  constructor(init: RetryPolicyInit) {
    this.#init = init
    this.#attemptsMax = init.isTimed ? Number.POSITIVE_INFINITY : ATTEMPTS
  }

  /** Attempts that failed: all that were made. */
  get failures(): number {
    return this.#failures
  }

  /** Of a commit: an attempt may have been done, so that any further one is for a majority. */
  get mayHaveCommitted(): boolean {
    return this.#mayHaveCommitted
  }

  /**
   * The error that tells most. A server that has written nothing has less to tell than one that may
   * have written something.
   */
  get surfacing(): MongoErrorShape | undefined {
    return this.#surfacing
  }

  /**
   * Takes note of a failed attempt.
   *
   * @param isNumbered whether it carried a transaction number as a retryable write
   * @returns whether there is to be another one
   */
  noteFailure(error: MongoErrorShape, isNumbered: boolean): boolean {
    this.#failures += 1
    if (this.#surfacing === undefined || !hasLabel(error, 'NoWritesPerformed')) {
      this.#surfacing = error
    }
    // From one overload on, the whole operation has the limit of those.
    if (hasLabel(error, 'SystemOverloadedError')) {
      this.#attemptsMax = this.#init.core.maxAdaptiveRetries + 1
    }
    const isOverload = isRetryableOverload(error)
    if (!isOverload) this.#mayHaveCommitted = true
    if (this.#init.core.isDriven || this.#failures >= this.#attemptsMax) return false
    return isOverload ? this.#retriesOverload : this.#isRetryable(error, isNumbered)
  }

  get #retriesOverload(): boolean {
    const { kind, core } = this.#init
    const { retryReads, retryWrites } = core
    switch (kind) {
      case 'silent':
        return false
      case 'command':
        return retryReads && retryWrites
      case 'retryableRead':
      case 'getMore':
        return retryReads
      default:
        return retryWrites
    }
  }

  #isRetryable(error: MongoErrorShape, isNumbered: boolean): boolean {
    const { kind, core, inTransaction, isRetryableWrite } = this.#init
    switch (kind) {
      case 'commit':
      case 'abort':
        return hasLabel(error, 'RetryableWriteError')
      case 'retryableRead':
        if (inTransaction || !core.retryReads) return false
        return isNetworkError(error) || hasRetryableCode(error)
      case 'retryableWrite':
        if (isNumbered) return hasLabel(error, 'RetryableWriteError')
        // Without a number it went out over a reliable transport, and was interrupted: see Request.
        return isRetryableWrite && !isNetworkError(error) && hasRetryableCode(error)
      default:
        return false
    }
  }
}
