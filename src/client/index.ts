/**
 * # client: the driver's half, in process
 *
 * The surface of the official Node driver (names, arguments, results, errors, labels) over a
 * `Transport`: command document in, reply document out. It knows nothing of what is behind that,
 * so the same client could talk to any server; and nothing of the engine can leak through it.
 *
 *     PalimpsestClient ─ Db ─ Collection      the surface: names, arguments, types
 *       │                      │
 *       │   operations/  bulk/  cursor/  change_stream/     commands built, replies read
 *       │                      │
 *     session/  ────> execute_operation.ts    the one way out; sessions join here
 *                              │
 *                          Transport
 *
 * What it promises: a call costs one promise where the server answers at once; documents given may
 * be changed afterwards and documents returned belong to the caller; an option that it does not
 * have is an error, never ignored.
 *
 * Start reading at `execute_operation.ts`. May import `sim` and `bson`.
 */
export { Admin, type ListDatabasesResult } from './admin.ts'
export { BulkWriteResult } from './bulk/bulk_write_result.ts'
export type {
  ClientBulkWriteResult,
  ClientDeleteResult,
  ClientInsertOneResult,
  ClientUpdateResult,
} from './bulk/client_bulk_write_result.ts'
export type { AnyClientBulkWriteModel, ClientBulkWriteOptions } from './bulk/client_models.ts'
export type { AnyBulkWriteOperation } from './bulk/models.ts'
export { WriteConcernError, WriteError } from './bulk/write_error.ts'
export { ChangeStream, type ChangeStreamEvents } from './change_stream/change_stream.ts'
export type * from './change_stream/events.ts'
export { type ClientInit, createClient, PalimpsestClient } from './client.ts'
export type { ClientOptions } from './client_options.ts'
export { Collection, type InsertManyResult } from './collection.ts'
export type {
  ReadConcern,
  ReadConcernLevel,
  ReadConcernLike,
  ReadPreferenceLike,
  ReadPreferenceMode,
  WriteConcern,
  WriteConcernSettings,
} from './concerns.ts'
export type { PkFactory } from './core.ts'
export { AbstractCursor } from './cursor/abstract_cursor.ts'
export { AggregationCursor } from './cursor/aggregation_cursor.ts'
export { FindCursor } from './cursor/find_cursor.ts'
export {
  type CollectionInfo,
  ListCollectionsCursor,
  ListIndexesCursor,
} from './cursor/listing_cursors.ts'
export { Db, type ProfilingLevel } from './db.ts'
export { createOperationClient, OperationClient, OperationDb } from './driven/operation_client.ts'
export { OperationCollection } from './driven/operation_collection.ts'
export { OperationCursor } from './driven/operation_cursor.ts'
export { OperationSession } from './driven/operation_session.ts'
export { type ErrorLabel, hasLabel, isMongoError } from './error_checks.ts'
export type { ErrorClasses, GivenErrorClasses } from './errors.ts'
export * from './named_errors.ts'
export type { DeleteResult } from './operations/delete.ts'
export type { ModifyResult } from './operations/find_and_modify.ts'
export type {
  CreateIndexesOptions,
  IndexDescription,
  IndexDescriptionInfo,
  IndexSpecification,
} from './operations/indexes.ts'
export type { InsertOneResult } from './operations/insert.ts'
export type { UpdateResult } from './operations/update.ts'
export type * from './options.ts'
export type * from './schema.ts'
export {
  ClientSession,
  type ClientSessionOptions,
  type ClusterTime,
  type TransactionOptions,
} from './session/client_session.ts'
export type { ServerSession, ServerSessionId } from './session/server_session.ts'
export {
  TRANSITIONS as CLIENT_TRANSACTION_TRANSITIONS,
  Transaction,
  type TransactionState,
} from './session/transaction.ts'
export type { WithTransactionCallback } from './session/with_transaction.ts'
export type { Sort, SortDirection } from './sort.ts'
export type { SendOptions, Transport } from './transport.ts'
