/**
 * The driver's error classes: their names, their places under each other, their fields.
 *
 *     MongoError
 *     ├── MongoServerError                what the server answered with ok: 0
 *     │   ├── MongoWriteConcernError      done, but the write concern was not met
 *     │   ├── MongoBulkWriteError         statements of a bulk write failed
 *     │   └── MongoClientBulkWriteError
 *     ├── MongoNetworkError               the connection was lost before the reply came
 *     ├── MongoSystemError
 *     │   └── MongoServerSelectionError
 *     └── MongoDriverError                the driver's half found it
 *         ├── MongoAPIError ...           misuse
 *         ├── MongoRuntimeError ...       an unexpected state
 *         ├── MongoParseError             a bad client option
 *         └── MongoOperationTimeoutError
 *
 * An application may hand its own driver's classes to the client (`errors: mongodb`), so that its
 * `instanceof` checks hold; no code here may then say `new MongoServerError`, but only
 * `new errors.MongoServerError`, with the classes that the client was given. A class that was not
 * given while one above it was is derived from that one. To ask whether something caught is one of
 * these, use `isMongoError`, which asks for the method that everybody's classes have.
 */
import type { Document } from 'bson'
import type { BulkWriteResult } from './bulk/bulk_write_result.ts'
import type { ClientBulkWriteResult } from './bulk/client_bulk_write_result.ts'
import type { WriteError } from './bulk/write_error.ts'

/** What every error of the driver's has. */
export interface MongoErrorShape extends Error {
  readonly errorLabels: string[]
  readonly errmsg: string
  code?: number | string
  hasErrorLabel(label: string): boolean
  addErrorLabel(label: string): void
}

/** A reply with `ok: 0`, or one entry of `writeErrors`. */
export interface ErrorDescription extends Document {
  message?: string
  errmsg?: string
  errorLabels?: string[]
}

/** The fields of the reply are fields of the error: `code`, `codeName`, `keyPattern`, ... */
export interface MongoServerErrorShape extends MongoErrorShape, Document {
  /** The reply itself. */
  errorResponse: ErrorDescription
}

export interface MongoWriteConcernErrorShape extends MongoServerErrorShape {
  result: Document
}

export interface MongoBulkWriteErrorShape extends MongoServerErrorShape {
  /** What was done before, or despite, the failure. */
  result: BulkWriteResult
  writeErrors: readonly WriteError[]
  readonly insertedCount: number
  readonly matchedCount: number
  readonly modifiedCount: number
  readonly deletedCount: number
  readonly upsertedCount: number
  readonly insertedIds: { [index: number]: unknown }
  readonly upsertedIds: { [index: number]: unknown }
}

export interface MongoClientBulkWriteErrorShape extends MongoServerErrorShape {
  writeConcernErrors: Document[]
  /** By the index of the model. */
  writeErrors: Map<number, { code: number; message: string }>
  partialResult?: ClientBulkWriteResult
}

/** The parent of each class that is made from a message alone, parents before children. */
export const MESSAGE_CLASSES = {
  MongoNetworkError: 'MongoError',
  MongoDriverError: 'MongoError',
  MongoAPIError: 'MongoDriverError',
  MongoInvalidArgumentError: 'MongoAPIError',
  MongoCompatibilityError: 'MongoAPIError',
  MongoTransactionError: 'MongoAPIError',
  MongoExpiredSessionError: 'MongoAPIError',
  MongoNotConnectedError: 'MongoAPIError',
  MongoCursorInUseError: 'MongoAPIError',
  MongoCursorExhaustedError: 'MongoAPIError',
  MongoTailableCursorError: 'MongoAPIError',
  MongoRuntimeError: 'MongoDriverError',
  MongoChangeStreamError: 'MongoRuntimeError',
  MongoUnexpectedServerResponseError: 'MongoRuntimeError',
  MongoClientBulkWriteExecutionError: 'MongoRuntimeError',
  MongoParseError: 'MongoDriverError',
  MongoOperationTimeoutError: 'MongoDriverError',
} as const

export type MessageClassName = keyof typeof MESSAGE_CLASSES

export type MessageErrorClass = new (
  message?: string,
  options?: { cause?: unknown },
) => MongoErrorShape

/** The classes a client makes its errors of. */
export type ErrorClasses = {
  readonly [Name in MessageClassName | 'MongoError']: MessageErrorClass
} & {
  readonly MongoSystemError: SystemErrorClass
  readonly MongoServerSelectionError: SystemErrorClass
  readonly MongoServerError: ServerErrorClass
  readonly MongoWriteConcernError: new (reply: Document) => MongoWriteConcernErrorShape
  readonly MongoBulkWriteError: BulkWriteErrorClass
  readonly MongoClientBulkWriteError: new (
    description: ErrorDescription,
  ) => MongoClientBulkWriteErrorShape
}

export type ServerErrorClass = new (description: ErrorDescription) => MongoServerErrorShape
/** `reason` is the driver's description of the deployment; ours has none to give. */
export type SystemErrorClass = new (message: string, reason: object) => MongoErrorShape
export type BulkWriteErrorClass = new (
  error: MongoErrorShape | { message: string; code: number; writeErrors?: readonly WriteError[] },
  result: BulkWriteResult,
) => MongoBulkWriteErrorShape

/** Classes as an application hands them over: any of them, whatever their constructors say. */
export type GivenErrorClasses = {
  readonly [Name in keyof ErrorClasses]?: new (
    ...args: never[]
  ) => MongoErrorShape
}
