import { isInCategory } from './error_codes.ts'

/** The labels that an 8.0 server puts on errors. */
export type ErrorLabel =
  | 'TransientTransactionError'
  | 'RetryableWriteError'
  | 'NoWritesPerformed'
  | 'ResumableChangeStreamError'
  | 'NonResumableChangeStreamError'

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
  /** Of a command that opens or reads a change stream. */
  readonly isChangeStream?: boolean
}

/**
 * Codes that make a whole transaction worth another try, whatever the command. WriteConflict 112,
 * LockTimeout 24, PreparedTransactionInProgress 267, ShardCannotRefreshDueToLocksHeld 343,
 * ShardInvalidatedForTargeting 304, StaleDbVersion 249.
 */
const TRANSIENT: ReadonlySet<number> = new Set([24, 112, 249, 267, 304, 343])
const NO_SUCH_TRANSACTION = 251

/**
 * After these a change stream can go on, beside all that is worth a retry: StaleShardVersion 63,
 * FailedToSatisfyReadPreference 133, StaleEpoch 150, RetryChangeStream 234, StaleDbVersion 249,
 * StaleConfig 13388.
 */
const RESUMABLE: ReadonlySet<number> = new Set([63, 133, 150, 234, 249, 13388])
/** After these no change stream can: ChangeStreamFatalError, ChangeStreamHistoryLost. */
const NOT_RESUMABLE: ReadonlySet<number> = new Set([280, 286])

/**
 * The one place where an error gets its labels.
 * Source: `ErrorLabelBuilder::build`, src/mongo/db/error_labels.cpp (8.0).
 */
export function labelsFor(context: LabelContext): ErrorLabel[] {
  const { code, writeConcernErrorCode } = context
  if (code !== undefined && NOT_RESUMABLE.has(code)) return ['NonResumableChangeStreamError']
  if (context.isChangeStream === true && isResumable(code)) return ['ResumableChangeStreamError']
  const ends = isEndOfTransaction(context.commandName)
  if (context.inTransaction && code !== undefined) {
    const hasWriteConcernError = writeConcernErrorCode !== undefined
    if (isTransientTransactionError(code, { endsTransaction: ends, hasWriteConcernError })) {
      return ['TransientTransactionError']
    }
  }
  if (!context.isRetryableWrite && !ends) return []
  if (!isRetriable(code) && !isRetriable(writeConcernErrorCode)) return []
  return context.wroteNothing === true
    ? ['RetryableWriteError', 'NoWritesPerformed']
    : ['RetryableWriteError']
}

/**
 * Whether the whole transaction may be tried again after this error of one of its statements, or of
 * its end. Source: `isTransientTransactionError`, error_labels.cpp (8.0).
 */
export function isTransientTransactionError(
  code: number,
  context: { readonly endsTransaction: boolean; readonly hasWriteConcernError: boolean },
): boolean {
  if (TRANSIENT.has(code) || isInCategory(code, 'SnapshotError')) return true
  if (context.endsTransaction) {
    // The outcome of a commit whose write concern failed is not that of "no such transaction".
    return code === NO_SUCH_TRANSACTION && !context.hasWriteConcernError
  }
  return code === NO_SUCH_TRANSACTION || isInCategory(code, 'RetriableError')
}

const isRetriable = (code: number | undefined): boolean =>
  code !== undefined && isInCategory(code, 'RetriableError')

/** Source: `isResumableChangeStreamError`, error_labels.cpp (8.0). */
const isResumable = (code: number | undefined): boolean =>
  code !== undefined &&
  (RESUMABLE.has(code) || isRetriable(code) || isInCategory(code, 'NetworkError'))

const isEndOfTransaction = (commandName: string): boolean =>
  commandName === 'commitTransaction' || commandName === 'abortTransaction'
