import { type ErrorCategory, isInCategory } from './error_codes.ts'

/** The labels that the server puts on errors. */
export type ErrorLabel =
  | 'TransientTransactionError'
  | 'RetryableWriteError'
  | 'NoWritesPerformed'
  | 'SystemOverloadedError'

/** What the labels depend on. */
export interface LabelContext {
  readonly commandName: string
  /** A statement of a multi-document transaction: txnNumber and autocommit were given. */
  readonly inTransaction: boolean
  /** txnNumber without autocommit. */
  readonly isRetryableWrite: boolean
  readonly code: number | undefined
  readonly writeConcernErrorCode?: number | undefined
  /** Whether the operation is known to have written nothing at all. */
  readonly wroteNothing?: boolean
}

/**
 * Codes that make a whole transaction worth another try, whatever the command.
 * WriteConflict 112, LockTimeout 24, PreparedTransactionInProgress 267, ShardCannotRefreshDueToLocksHeld
 * 343, ShardInvalidatedForTargeting 304, StaleDbVersion 249.
 */
const TRANSIENT: ReadonlySet<number> = new Set([24, 112, 249, 267, 304, 343])
const NO_SUCH_TRANSACTION = 251

/**
 * The one place where an error gets its labels.
 * Source: `ErrorLabelBuilder::build`, src/mongo/db/error_labels.cpp (8.0).
 */
export function labelsFor(context: LabelContext): ErrorLabel[] {
  const { code, inTransaction, writeConcernErrorCode } = context
  if (inTransaction && code !== undefined && isTransient(context, code)) {
    return ['TransientTransactionError']
  }
  const ends = isEndOfTransaction(context.commandName)
  if (!context.isRetryableWrite && !ends) return overload(code)
  const retriable = has(code, 'RetriableError') || has(writeConcernErrorCode, 'RetriableError')
  if (!retriable) return overload(code)
  return context.wroteNothing === true
    ? ['RetryableWriteError', 'NoWritesPerformed', ...overload(code)]
    : ['RetryableWriteError', ...overload(code)]
}

function isTransient(context: LabelContext, code: number): boolean {
  if (TRANSIENT.has(code) || has(code, 'SnapshotError')) return true
  if (isEndOfTransaction(context.commandName)) {
    // The outcome of a commit whose write concern failed is not that of "no such transaction".
    return code === NO_SUCH_TRANSACTION && context.writeConcernErrorCode === undefined
  }
  return code === NO_SUCH_TRANSACTION || has(code, 'RetriableError')
}

const isEndOfTransaction = (commandName: string): boolean =>
  commandName === 'commitTransaction' || commandName === 'abortTransaction'

const has = (code: number | undefined, category: ErrorCategory): boolean =>
  code !== undefined && isInCategory(code, category)

const overload = (code: number | undefined): ErrorLabel[] =>
  has(code, 'SystemOverloadedError') ? ['SystemOverloadedError'] : []
