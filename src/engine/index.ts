/**
 * # engine: documents on storage
 *
 * Catalog, record stores and indexes as storage tables; the executors that read and write through
 * them and try again as the server does; transactions; the compiled query and update languages.
 *
 * Read `operation_context.ts` (one operation under way), then `exec/express.ts` (the shortest path
 * from a statement to storage, with its retry loop), then `transaction/participant.ts`.
 *
 * It promises that a statement either returns its outcome, or throws a `ServerError` having left
 * nothing behind in any table. It knows no command document and no client. May import `storage`,
 * `bson`, `sim`.
 */
export {
  distinctValuesStage,
  type Pipeline,
  type QueryPart,
  type Stage,
  type StageDescriptor,
  splitPipeline,
} from './aggregate/index.ts'
export {
  type BackoffPolicy,
  backoffPolicies,
  backoffSleepUs,
  insertRetrySleepUs,
  MINIMUM_ATTEMPT_US,
} from './backoff.ts'
export type { Catalog } from './catalog/catalog.ts'
export type {
  Collection,
  CollectionOptions,
  ValidationAction,
  ValidationLevel,
} from './catalog/collection.ts'
export { type Index, isClustered } from './catalog/index_definition.ts'
export {
  checkDatabaseName,
  checkNamespace,
  isInternalDatabase,
  type Namespace,
  namespaceText,
} from './catalog/namespace.ts'
export {
  type ChangeExtent,
  type ChangeStreamSpec,
  checkExtent,
  parseChangeStream,
} from './changes/index.ts'
export { isSameOrder, orderOf } from './collation/index.ts'
export {
  type CappedCopy,
  type CreateIndexesOutcome,
  copyAsCapped,
  createCollection,
  createIndexes,
  dropCollection,
  dropDatabase,
  dropIndexes,
  duplicatesIn,
  type IndexChange,
  modifyCollection,
  noteModified,
  type RenameRequest,
  rebuildIndexes,
  renameCollection,
  withIndexChanged,
} from './ddl/index.ts'
export { Engine, type EngineOptions, type EngineSave } from './engine.ts'
export { codeNameOf, ERROR_CODES, type ErrorName, isInCategory } from './error_codes.ts'
export { type ConflictPlace, ServerError, WriteConflictError } from './errors.ts'
export { findCollection } from './exec/acquire.ts'
export { type AggregateRequest, aggregate } from './exec/aggregate.ts'
export type { Batch } from './exec/batch.ts'
export { type CountRequest, count } from './exec/count.ts'
export {
  CursorRegistry,
  type CursorSource,
  cursorNotFound,
  type EngineCursor,
} from './exec/cursor.ts'
export { type DeleteOutcome, type DeleteRequest, deleteStatement } from './exec/delete.ts'
export { type DistinctRequest, distinct } from './exec/distinct.ts'
export { DOCUMENT_BYTES_MAX } from './exec/document_limits.ts'
export { type FindRequest, find } from './exec/find.ts'
export {
  type FindAndModifyOutcome,
  type FindAndModifyRequest,
  findAndModify,
} from './exec/find_and_modify.ts'
export { getMore } from './exec/get_more.ts'
export { type InsertOptions, type InsertOutcome, insertDocuments } from './exec/insert.ts'
export type { KeyLimits } from './exec/key_limits.ts'
export { type PipelineRequest, preparePipeline } from './exec/pipeline.ts'
export type { Tail } from './exec/tailing.ts'
export { type UpdateRequest, updateStatement } from './exec/update.ts'
export type { UpdateOutcome } from './exec/update_statement.ts'
export { type IndexValidation, type Validation, validateCollection } from './exec/validate.ts'
export {
  countStages,
  type Execution,
  type ExplainedKind,
  type ExplainRequest,
  type Explanation,
  explain,
} from './explain/index.ts'
export { ObjectIdFactory } from './identity.ts'
export {
  type ErrorLabel,
  isTransientTransactionError,
  type LabelContext,
  labelsFor,
} from './labels.ts'
export { LogicalTime } from './logical_time.ts'
export { Metrics } from './metrics.ts'
export type { ExecutionObserver } from './observer.ts'
export { OpDebug } from './op_debug.ts'
export { OperationContext } from './operation_context.ts'
export {
  isParameterName,
  isStartupOnly,
  PARAMETER_NAMES,
  type ParameterName,
  type ParameterOptions,
  Parameters,
} from './parameters.ts'
export {
  type ProfiledOp,
  type ProfiledOperation,
  type ProfileLevel,
  ProfileSettings,
  profileEntry,
  recordOperation,
} from './profile/index.ts'
export type { CompiledFilter } from './query/index.ts'
export { isSessionRecords } from './retryable/session_records.ts'
export type { StatementEntry } from './retryable/statement_entry.ts'
export { RetryableWriteLog } from './retryable/write_log.ts'
export type { EngineHooks, OpenTransaction, Services } from './services.ts'
export { TransactionParticipant, type TransactionRequest } from './transaction/participant.ts'
export { PARTICIPANT_TRANSITIONS, type ParticipantState } from './transaction/states.ts'
export { checkValidator } from './validation/index.ts'
export {
  createView,
  dropView,
  findView,
  modifyView,
  type ResolvedView,
  resolveView,
  VIEWS_COLLECTION,
  type ViewDefinition,
  type ViewParts,
  viewsOf,
} from './views/index.ts'
