/** The error classes as values and types, for code that imports them by name. */
import { OWN_ERROR_CLASSES } from './error_classes.ts'
import type { ErrorClasses } from './errors.ts'

type Class<Name extends keyof ErrorClasses> = ErrorClasses[Name]
type Instance<Name extends keyof ErrorClasses> = InstanceType<ErrorClasses[Name]>

export const MongoError: Class<'MongoError'> = OWN_ERROR_CLASSES.MongoError
export type MongoError = Instance<'MongoError'>

export const MongoNetworkError: Class<'MongoNetworkError'> = OWN_ERROR_CLASSES.MongoNetworkError
export type MongoNetworkError = Instance<'MongoNetworkError'>

export const MongoDriverError: Class<'MongoDriverError'> = OWN_ERROR_CLASSES.MongoDriverError
export type MongoDriverError = Instance<'MongoDriverError'>

export const MongoAPIError: Class<'MongoAPIError'> = OWN_ERROR_CLASSES.MongoAPIError
export type MongoAPIError = Instance<'MongoAPIError'>

export const MongoInvalidArgumentError: Class<'MongoInvalidArgumentError'> =
  OWN_ERROR_CLASSES.MongoInvalidArgumentError
export type MongoInvalidArgumentError = Instance<'MongoInvalidArgumentError'>

export const MongoCompatibilityError: Class<'MongoCompatibilityError'> =
  OWN_ERROR_CLASSES.MongoCompatibilityError
export type MongoCompatibilityError = Instance<'MongoCompatibilityError'>

export const MongoTransactionError: Class<'MongoTransactionError'> =
  OWN_ERROR_CLASSES.MongoTransactionError
export type MongoTransactionError = Instance<'MongoTransactionError'>

export const MongoExpiredSessionError: Class<'MongoExpiredSessionError'> =
  OWN_ERROR_CLASSES.MongoExpiredSessionError
export type MongoExpiredSessionError = Instance<'MongoExpiredSessionError'>

export const MongoNotConnectedError: Class<'MongoNotConnectedError'> =
  OWN_ERROR_CLASSES.MongoNotConnectedError
export type MongoNotConnectedError = Instance<'MongoNotConnectedError'>

export const MongoCursorInUseError: Class<'MongoCursorInUseError'> =
  OWN_ERROR_CLASSES.MongoCursorInUseError
export type MongoCursorInUseError = Instance<'MongoCursorInUseError'>

export const MongoCursorExhaustedError: Class<'MongoCursorExhaustedError'> =
  OWN_ERROR_CLASSES.MongoCursorExhaustedError
export type MongoCursorExhaustedError = Instance<'MongoCursorExhaustedError'>

export const MongoTailableCursorError: Class<'MongoTailableCursorError'> =
  OWN_ERROR_CLASSES.MongoTailableCursorError
export type MongoTailableCursorError = Instance<'MongoTailableCursorError'>

export const MongoRuntimeError: Class<'MongoRuntimeError'> = OWN_ERROR_CLASSES.MongoRuntimeError
export type MongoRuntimeError = Instance<'MongoRuntimeError'>

export const MongoChangeStreamError: Class<'MongoChangeStreamError'> =
  OWN_ERROR_CLASSES.MongoChangeStreamError
export type MongoChangeStreamError = Instance<'MongoChangeStreamError'>

export const MongoUnexpectedServerResponseError: Class<'MongoUnexpectedServerResponseError'> =
  OWN_ERROR_CLASSES.MongoUnexpectedServerResponseError
export type MongoUnexpectedServerResponseError = Instance<'MongoUnexpectedServerResponseError'>

export const MongoClientBulkWriteExecutionError: Class<'MongoClientBulkWriteExecutionError'> =
  OWN_ERROR_CLASSES.MongoClientBulkWriteExecutionError
export type MongoClientBulkWriteExecutionError = Instance<'MongoClientBulkWriteExecutionError'>

export const MongoParseError: Class<'MongoParseError'> = OWN_ERROR_CLASSES.MongoParseError
export type MongoParseError = Instance<'MongoParseError'>

export const MongoOperationTimeoutError: Class<'MongoOperationTimeoutError'> =
  OWN_ERROR_CLASSES.MongoOperationTimeoutError
export type MongoOperationTimeoutError = Instance<'MongoOperationTimeoutError'>

export const MongoSystemError: Class<'MongoSystemError'> = OWN_ERROR_CLASSES.MongoSystemError
export type MongoSystemError = Instance<'MongoSystemError'>

export const MongoServerSelectionError: Class<'MongoServerSelectionError'> =
  OWN_ERROR_CLASSES.MongoServerSelectionError
export type MongoServerSelectionError = Instance<'MongoServerSelectionError'>

export const MongoServerError: Class<'MongoServerError'> = OWN_ERROR_CLASSES.MongoServerError
export type MongoServerError = Instance<'MongoServerError'>

export const MongoWriteConcernError: Class<'MongoWriteConcernError'> =
  OWN_ERROR_CLASSES.MongoWriteConcernError
export type MongoWriteConcernError = Instance<'MongoWriteConcernError'>

export const MongoBulkWriteError: Class<'MongoBulkWriteError'> =
  OWN_ERROR_CLASSES.MongoBulkWriteError
export type MongoBulkWriteError = Instance<'MongoBulkWriteError'>

export const MongoClientBulkWriteError: Class<'MongoClientBulkWriteError'> =
  OWN_ERROR_CLASSES.MongoClientBulkWriteError
export type MongoClientBulkWriteError = Instance<'MongoClientBulkWriteError'>
