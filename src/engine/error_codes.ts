import { OTHER_CODE_NAMES } from './error_names.ts'

/**
 * The server's errors as one table: name, number, categories. Source:
 * src/mongo/base/error_codes.yml of the server (8.0). Only codes that something here raises or
 * asks for have a row; `error_names.ts` has the names of the others. Codes without a name print as
 * `Location<code>`, as the server does.
 *
 * Categories are what the server derives predicates from: whether a client may retry
 * (`RetriableError`), whether an operation was interrupted (`Interruption`), and so on. Labels are
 * computed from them in `labels.ts`, and nowhere else.
 */
export const ERROR_CODES = {
  InternalError: 1,
  BadValue: 2,
  NoSuchKey: 4,
  GraphContainsCycle: 5,
  HostUnreachable: 6,
  HostNotFound: 7,
  UnknownError: 8,
  FailedToParse: 9,
  UserNotFound: 11,
  UnsupportedFormat: 12,
  Unauthorized: 13,
  TypeMismatch: 14,
  Overflow: 15,
  InvalidLength: 16,
  ProtocolError: 17,
  AuthenticationFailed: 18,
  IllegalOperation: 20,
  InvalidBSON: 22,
  AlreadyInitialized: 23,
  LockTimeout: 24,
  NamespaceNotFound: 26,
  IndexNotFound: 27,
  PathNotViable: 28,
  RoleNotFound: 31,
  CannotBackfillArray: 34,
  ConflictingUpdateOperators: 40,
  CursorNotFound: 43,
  NoMatchingDocument: 47,
  NamespaceExists: 48,
  MaxTimeMSExpired: 50,
  DollarPrefixedFieldName: 52,
  InvalidIdField: 53,
  NotSingleValueField: 54,
  InvalidDBRef: 55,
  EmptyFieldName: 56,
  DottedFieldName: 57,
  CommandNotFound: 59,
  ShardKeyNotFound: 61,
  WriteConcernFailed: 64,
  ImmutableField: 66,
  CannotCreateIndex: 67,
  IndexAlreadyExists: 68,
  InvalidOptions: 72,
  InvalidNamespace: 73,
  NodeNotFound: 74,
  NoReplicationEnabled: 76,
  UnknownReplWriteConcern: 79,
  IndexOptionsConflict: 85,
  IndexKeySpecsConflict: 86,
  NetworkTimeout: 89,
  ShutdownInProgress: 91,
  InvalidReplicaSetConfig: 93,
  NotYetInitialized: 94,
  NotSecondary: 95,
  OperationFailed: 96,
  UnsatisfiableWriteConcern: 100,
  NewReplicaSetConfigurationIncompatible: 103,
  NotExactValueField: 111,
  WriteConflict: 112,
  ConflictingOperationInProgress: 117,
  DocumentValidationFailure: 121,
  NotAReplicaSet: 123,
  CommandFailed: 125,
  FailedToSatisfyReadPreference: 133,
  ReadConcernMajorityNotAvailableYet: 134,
  CappedPositionLost: 136,
  ExceededMemoryLimit: 146,
  IncompatibleCollationVersion: 161,
  ViewDepthLimitExceeded: 165,
  CommandNotSupportedOnView: 166,
  OptionNotSupportedOnView: 167,
  InvalidPipelineOperator: 168,
  CommandOnShardedViewNotSupportedOnMongod: 169,
  CannotIndexParallelArrays: 171,
  QueryPlanKilled: 175,
  InvalidViewDefinition: 182,
  ClientMetadataMissingField: 183,
  ClientMetadataAppNameTooLarge: 184,
  ClientMetadataDocumentTooLarge: 185,
  ClientMetadataCannotBeMutated: 186,
  PrimarySteppedDown: 189,
  InvalidIndexSpecificationOption: 197,
  ClusterTimeFailsRateLimiter: 205,
  NoSuchSession: 206,
  InvalidUUID: 207,
  IncompleteTransactionHistory: 217,
  QueryFeatureNotAllowed: 224,
  TransactionTooOld: 225,
  RetryChangeStream: 234,
  CursorKilled: 237,
  NotImplemented: 238,
  SnapshotTooOld: 239,
  ConversionFailure: 241,
  SnapshotUnavailable: 246,
  NoSuchTransaction: 251,
  TransactionCommitted: 256,
  TransactionTooLarge: 257,
  InvalidResumeToken: 260,
  TooManyLogicalSessions: 261,
  ExceededTimeLimit: 262,
  OperationNotSupportedInTransaction: 263,
  FailPointSetFailed: 266,
  PreparedTransactionInProgress: 267,
  ClientDisconnect: 279,
  ChangeStreamFatalError: 280,
  ChangeStreamHistoryLost: 286,
  TransactionExceededLifetimeLimitSeconds: 290,
  QueryExceededMemoryLimitNoDiskUseAllowed: 292,
  APIVersionError: 322,
  APIStrictError: 323,
  APIDeprecationError: 324,
  MechanismUnavailable: 334,
  UnsupportedOpQueryCommand: 352,
  CannotConvertIndexToUnique: 359,
  RetryableTransactionInProgress: 363,
  TemporarilyUnavailable: 365,
  TransactionTooLargeForCache: 388,
  SocketException: 9001,
  NotWritablePrimary: 10107,
  BSONObjectTooLarge: 10334,
  DuplicateKey: 11000,
  InterruptedAtShutdown: 11600,
  Interrupted: 11601,
  InterruptedDueToReplStateChange: 11602,
  BackgroundOperationInProgressForDatabase: 12586,
  BackgroundOperationInProgressForNamespace: 12587,
  MergeStageNoMatchingDocument: 13113,
  NotPrimaryNoSecondaryOk: 13435,
  NotPrimaryOrSecondary: 13436,
  SearchNotEnabled: 31082,
  NotARetryableWriteCommand: 50768,
} as const

export type ErrorName = keyof typeof ERROR_CODES

export type ErrorCategory =
  | 'CursorInvalidatedError'
  | 'ExceededTimeLimitError'
  | 'Interruption'
  | 'NetworkError'
  | 'NetworkTimeoutError'
  | 'NotPrimaryError'
  | 'RetriableError'
  | 'ShutdownError'
  | 'SnapshotError'
  | 'SystemOverloadedError'

const CATEGORIES: Readonly<Record<ErrorCategory, readonly ErrorName[]>> = {
  CursorInvalidatedError: ['CappedPositionLost', 'QueryPlanKilled', 'CursorKilled'],
  ExceededTimeLimitError: [
    'MaxTimeMSExpired',
    'ExceededTimeLimit',
    'TransactionExceededLifetimeLimitSeconds',
  ],
  Interruption: [
    'MaxTimeMSExpired',
    'ClientDisconnect',
    'CursorKilled',
    'ExceededTimeLimit',
    'TransactionExceededLifetimeLimitSeconds',
    'InterruptedAtShutdown',
    'Interrupted',
    'InterruptedDueToReplStateChange',
  ],
  NetworkError: ['HostUnreachable', 'HostNotFound', 'NetworkTimeout', 'SocketException'],
  NetworkTimeoutError: ['NetworkTimeout'],
  NotPrimaryError: [
    'PrimarySteppedDown',
    'NotWritablePrimary',
    'InterruptedDueToReplStateChange',
    'NotPrimaryNoSecondaryOk',
    'NotPrimaryOrSecondary',
  ],
  RetriableError: [
    'HostUnreachable',
    'HostNotFound',
    'NetworkTimeout',
    'ShutdownInProgress',
    'PrimarySteppedDown',
    'ExceededTimeLimit',
    'SocketException',
    'NotWritablePrimary',
    'InterruptedAtShutdown',
    'InterruptedDueToReplStateChange',
    'NotPrimaryNoSecondaryOk',
    'NotPrimaryOrSecondary',
  ],
  ShutdownError: ['ShutdownInProgress', 'InterruptedAtShutdown'],
  SnapshotError: ['SnapshotTooOld', 'SnapshotUnavailable'],
  SystemOverloadedError: ['TemporarilyUnavailable'],
}

const NAMES_BY_CODE: ReadonlyMap<number, string> = new Map(
  Object.entries(ERROR_CODES).map(([name, code]) => [code, name]),
)

const CODES_BY_CATEGORY: ReadonlyMap<string, ReadonlySet<number>> = new Map(
  Object.entries(CATEGORIES).map(([category, names]) => [
    category,
    new Set(names.map((name) => ERROR_CODES[name])),
  ]),
)

/** The code's name, or `Location<code>` for the numbered assertions that have none. */
export function codeNameOf(code: number): string {
  return NAMES_BY_CODE.get(code) ?? OTHER_CODE_NAMES[code] ?? `Location${code}`
}

/** Whether the server files this code under a category; codes without a row belong to none. */
export function isInCategory(code: number, category: ErrorCategory): boolean {
  return CODES_BY_CATEGORY.get(category)?.has(code) ?? false
}
