/** Questions about something that was caught, whosever class it is of. */
import type { MongoErrorShape } from './errors.ts'

/** The labels by which errors say what may be done about them. */
export type ErrorLabel =
  | 'TransientTransactionError'
  | 'UnknownTransactionCommitResult'
  | 'RetryableWriteError'
  | 'RetryableError'
  | 'SystemOverloadedError'
  | 'NoWritesPerformed'
  | 'ResumableChangeStreamError'

/** The server's codes that the driver's half has an opinion on. */
export const CODES = {
  CursorNotFound: 43,
  MaxTimeMSExpired: 50,
  NamespaceNotFound: 26,
  UnknownReplWriteConcern: 79,
  UnsatisfiableWriteConcern: 100,
} as const

/** Whether this is an error of the driver's, ours or an application's copy of it. */
export function isMongoError(caught: unknown): caught is MongoErrorShape {
  return (
    caught instanceof Error &&
    typeof (caught as Partial<MongoErrorShape>).hasErrorLabel === 'function'
  )
}

export function hasLabel(caught: unknown, label: ErrorLabel): boolean {
  return isMongoError(caught) && caught.hasErrorLabel(label)
}

/** Whether the server answered with this code. */
export function hasCode(caught: unknown, code: number): boolean {
  return isMongoError(caught) && Number(caught.code) === code
}

/** Whether `maxTimeMS` ran out, before or while the write concern was waited for. */
export function isMaxTimeExpired(caught: unknown): boolean {
  if (hasCode(caught, CODES.MaxTimeMSExpired)) return true
  const failure = (caught as { writeConcernError?: { code?: unknown } } | null)?.writeConcernError
  return isMongoError(caught) && failure?.code === CODES.MaxTimeMSExpired
}
