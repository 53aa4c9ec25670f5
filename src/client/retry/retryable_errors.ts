/** Which errors are worth another attempt, and which of them tell that a primary is gone. */
import { hasLabel, isMongoError } from '../error_checks.ts'
import type { ErrorClasses, MongoErrorShape } from '../errors.ts'
import type { OperationKind } from './operation_kind.ts'

/**
 * After these a read is tried again. The server puts the label `RetryableWriteError` on writes that
 * end with one of them, but for 134. Source: specifications, retryable-reads, "Retryable Error".
 */
const RETRYABLE_CODES: ReadonlySet<number> = new Set([
  ...[6, 7, 89, 91, 134, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436],
])

/**
 * The node that answered so takes no writes, or is about to go.
 * Source: specifications, server-discovery-and-monitoring, "not writable primary and node is
 * recovering".
 */
const STATE_CHANGES: ReadonlySet<number> = new Set([
  ...[91, 189, 10058, 10107, 11600, 11602, 13435, 13436],
])

export function hasRetryableCode(error: MongoErrorShape): boolean {
  return RETRYABLE_CODES.has(Number(error.code))
}

/** After which nobody knows who is primary, until somebody has asked. */
export function isStateChange(error: MongoErrorShape): boolean {
  return isNetworkError(error) || STATE_CHANGES.has(Number(error.code))
}

export function isNetworkError(caught: unknown): boolean {
  return isMongoError(caught) && caught.name === 'MongoNetworkError'
}

export function isServerSelectionError(caught: unknown): boolean {
  return isMongoError(caught) && caught.name === 'MongoServerSelectionError'
}

/** The server had no time for the command, and has done nothing at all. */
export function isRetryableOverload(error: MongoErrorShape): boolean {
  return hasLabel(error, 'SystemOverloadedError') && hasLabel(error, 'RetryableError')
}

/** What the labels that a driver adds depend on. */
export interface DriverLabelContext {
  readonly kind: OperationKind
  readonly inTransaction: boolean
  /** The client has `retryWrites`, and the server supports it. */
  readonly writesAreRetried: boolean
}

/**
 * Adds the labels that are the driver's to add, since no server could: what it means that no reply
 * came, or that nobody was there to send to.
 */
export function addDriverLabels(error: MongoErrorShape, context: DriverLabelContext): void {
  const { kind, inTransaction, writesAreRetried } = context
  const isLost = isNetworkError(error)
  if (!isLost && !isServerSelectionError(error)) return
  const ends = kind === 'commit' || kind === 'abort'
  if (inTransaction && !ends) error.addErrorLabel('TransientTransactionError')
  else if (isLost && (ends || writesAreRetried)) error.addErrorLabel('RetryableWriteError')
}

/** What the server says of a transaction number where it knows none. */
const ILLEGAL_OPERATION = 20
const NO_TRANSACTION_NUMBERS =
  'This MongoDB deployment does not support retryable writes. ' +
  'Please add retryWrites=false to your connection string.'

/** An error that tells the caller what to do, in place of one about transaction numbers. */
export function withoutTransactionNumbers(
  errors: ErrorClasses,
  error: MongoErrorShape,
): MongoErrorShape {
  if (Number(error.code) !== ILLEGAL_OPERATION) return error
  if (!error.message.startsWith('Transaction numbers')) return error
  return new errors.MongoServerError({
    message: NO_TRANSACTION_NUMBERS,
    errmsg: NO_TRANSACTION_NUMBERS,
    originalError: error,
  })
}
