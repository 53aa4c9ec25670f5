/**
 * The options of operations, by the driver's names. Times that end in `MS` are milliseconds of the
 * simulator's clock.
 */
import type { Document } from 'bson'
import type { ReadConcernLike, ReadPreferenceLike, WriteConcernSettings } from './concerns.ts'
import type { ClientSession } from './session/client_session.ts'
import type { Sort } from './sort.ts'

/** How values are turned when they come in and go out. */
export interface BsonOptions {
  /** Leaves fields that are `undefined` out, instead of storing null. */
  ignoreUndefined?: boolean
  /** Stores functions as code, instead of leaving them out. */
  serializeFunctions?: boolean
  /** False hands out `Int32`, `Double` and `Long` instead of numbers. */
  promoteValues?: boolean
  /** False hands out `Long` instead of numbers. */
  promoteLongs?: boolean
  /** True hands out `Buffer` instead of `Binary`. */
  promoteBuffers?: boolean
  /** True hands out `BSONRegExp` instead of `RegExp`. */
  bsonRegExp?: boolean
  /** True hands out `bigint` for int64. */
  useBigInt64?: boolean
}

/** What a database, a collection and a client may set for the operations below them. */
export interface InheritedOptions extends BsonOptions {
  readConcern?: ReadConcernLike
  writeConcern?: WriteConcernSettings
  readPreference?: ReadPreferenceLike
  /**
   * How long each operation may take, its retries and its waits for a primary included; 0 for no
   * limit. It replaces `maxTimeMS`, `maxCommitTimeMS` and `wtimeoutMS`, which then do not count.
   */
  timeoutMS?: number
}

export interface OperationOptions extends BsonOptions {
  session?: ClientSession
  /** Rejects the operation with the signal's reason. */
  signal?: AbortSignal | undefined
  readPreference?: ReadPreferenceLike
  /** How long the whole operation may take, retries included; 0 for no limit. */
  timeoutMS?: number
}

export interface CommandOptions extends OperationOptions {
  /** How long the server may work on the operation. */
  maxTimeMS?: number
  /** Any value; shown by `currentOp` and the profiler. */
  comment?: unknown
  readConcern?: ReadConcernLike
  writeConcern?: WriteConcernSettings
  collation?: CollationOptions
  /** Asks for the plan instead of running the operation; true means `allPlansExecution`. */
  explain?:
    | ExplainVerbosity
    | boolean
    | { verbosity: ExplainVerbosity; maxTimeMS?: number }
    | undefined
}

export type ExplainVerbosity =
  | 'queryPlanner'
  | 'queryPlannerExtended'
  | 'executionStats'
  | 'allPlansExecution'
  | (string & {})

export interface CollationOptions {
  locale: string
  caseLevel?: boolean
  caseFirst?: string
  strength?: number
  numericOrdering?: boolean
  alternate?: string
  maxVariable?: string
  backwards?: boolean
  normalization?: boolean
}

/** An index by name or by key pattern. */
export type Hint = string | Document

export interface InsertOneOptions extends CommandOptions {
  bypassDocumentValidation?: boolean
  /** Leaves minting a missing `_id` to the server; `insertedId` is then undefined. */
  forceServerObjectId?: boolean
}

export interface BulkWriteOptions extends InsertOneOptions {
  /** False goes on after a failed statement. Default: true. */
  ordered?: boolean
  let?: Document
}

export interface UpdateOptions extends CommandOptions {
  upsert?: boolean
  hint?: Hint
  arrayFilters?: Document[]
  let?: Document
  bypassDocumentValidation?: boolean
}

export interface UpdateOneOptions extends UpdateOptions {
  sort?: Sort
}

export type ReplaceOptions = Omit<UpdateOneOptions, 'arrayFilters'>

export interface DeleteOptions extends CommandOptions {
  hint?: Hint
  let?: Document
  ordered?: boolean
}

export interface FindOneAndDeleteOptions extends CommandOptions {
  hint?: Hint
  projection?: Document
  sort?: Sort
  let?: Document
  /** Returns `{ value, lastErrorObject, ok }` instead of the document. */
  includeResultMetadata?: boolean
}

export interface FindOneAndReplaceOptions extends FindOneAndDeleteOptions {
  upsert?: boolean
  /** Default: before. */
  returnDocument?: 'before' | 'after'
  bypassDocumentValidation?: boolean
}

export interface FindOneAndUpdateOptions extends FindOneAndReplaceOptions {
  arrayFilters?: Document[]
}

/** What every cursor takes. */
export interface CursorOptions extends Omit<CommandOptions, 'writeConcern'> {
  /** Documents in each reply. */
  batchSize?: number
  /** How long a `getMore` of a tailable cursor waits for documents. */
  maxAwaitTimeMS?: number
  /**
   * What `timeoutMS` is for: all of the cursor's life, or each call that asks the server. Default:
   * `cursorLifetime`; of tailable cursors `iteration`, and nothing else.
   */
  timeoutMode?: CursorTimeoutMode
}

export type CursorTimeoutMode = 'cursorLifetime' | 'iteration'

export interface FindOptions extends CursorOptions {
  projection?: Document
  sort?: Sort
  limit?: number
  skip?: number
  hint?: Hint
  let?: Document
  min?: Document
  max?: Document
  singleBatch?: boolean
  returnKey?: boolean
  showRecordId?: boolean
  allowDiskUse?: boolean
  allowPartialResults?: boolean
  tailable?: boolean
  awaitData?: boolean
  noCursorTimeout?: boolean
  /** The older, inverse name of `noCursorTimeout`. */
  timeout?: boolean
}

export type FindOneOptions = Omit<FindOptions, 'batchSize' | 'limit' | 'noCursorTimeout'>

export interface AggregateOptions extends CursorOptions {
  writeConcern?: WriteConcernSettings
  allowDiskUse?: boolean
  bypassDocumentValidation?: boolean
  cursor?: Document
  hint?: Hint
  let?: Document
  /** Appends an `$out` stage to the named collection. */
  out?: string
}

export interface CountDocumentsOptions extends AggregateOptions {
  limit?: number
  skip?: number
}

export interface DistinctOptions extends CommandOptions {
  hint?: Hint
}

export interface ListCollectionsOptions extends CursorOptions {
  nameOnly?: boolean
  authorizedCollections?: boolean
}

export interface IndexInformationOptions extends CursorOptions {
  /** False returns the keys alone, by name. Default: true, except in `indexInformation`. */
  full?: boolean
}

export interface ListDatabasesOptions extends CommandOptions {
  filter?: Document
  nameOnly?: boolean
  authorizedDatabases?: boolean
}

export interface RenameOptions extends CommandOptions {
  dropTarget?: boolean
}

export interface CreateCollectionOptions extends CommandOptions {
  capped?: boolean
  /** Of a capped collection, in bytes. */
  size?: number
  /** Documents in a capped collection. */
  max?: number
  storageEngine?: Document
  validator?: Document
  validationLevel?: string
  validationAction?: string
  indexOptionDefaults?: Document
  viewOn?: string
  pipeline?: Document[]
  timeseries?: Document
  clusteredIndex?: Document
  expireAfterSeconds?: number
  changeStreamPreAndPostImages?: { enabled: boolean }
}

export type RunCommandOptions = OperationOptions
