/** The events of change streams, as the server documents them. */
import type { Binary, Document, Timestamp } from 'bson'
import type { CursorOptions } from '../options.ts'
import type { InferIdType } from '../schema.ts'

/** Opaque: where in the oplog a stream has got to. */
export type ResumeToken = unknown

export interface ChangeStreamOptions extends CursorOptions {
  /** What update events carry of the whole document: `updateLookup`, `whenAvailable`, ... */
  fullDocument?: string
  fullDocumentBeforeChange?: string
  resumeAfter?: ResumeToken
  startAfter?: ResumeToken
  startAtOperationTime?: Timestamp
  showExpandedEvents?: boolean
}

interface ChangeCommon {
  _id: ResumeToken
  clusterTime?: Timestamp
  wallTime?: Date
  /** Of a change made in a transaction. */
  txnNumber?: number
  lsid?: { id: Binary }
  splitEvent?: { fragment: number; of: number }
  collectionUUID?: Binary
}

interface DocumentChange<TSchema> extends ChangeCommon {
  ns: { db: string; coll: string }
  documentKey: { _id: InferIdType<TSchema>; [shardKey: string]: Document[string] }
}

export interface UpdateDescription<TSchema> {
  updatedFields?: Partial<TSchema>
  removedFields?: string[]
  truncatedArrays?: { field: string; newSize: number }[]
  disambiguatedPaths?: Document
}

export interface ChangeStreamInsertDocument<TSchema> extends DocumentChange<TSchema> {
  operationType: 'insert'
  fullDocument: TSchema
}

export interface ChangeStreamUpdateDocument<TSchema> extends DocumentChange<TSchema> {
  operationType: 'update'
  updateDescription: UpdateDescription<TSchema>
  fullDocument?: TSchema
  fullDocumentBeforeChange?: TSchema
}

export interface ChangeStreamReplaceDocument<TSchema> extends DocumentChange<TSchema> {
  operationType: 'replace'
  fullDocument: TSchema
  fullDocumentBeforeChange?: TSchema
}

export interface ChangeStreamDeleteDocument<TSchema> extends DocumentChange<TSchema> {
  operationType: 'delete'
  fullDocumentBeforeChange?: TSchema
}

/** A change to the catalog, or the end of the stream. */
export interface ChangeStreamCatalogDocument extends ChangeCommon {
  operationType:
    | 'create'
    | 'createIndexes'
    | 'drop'
    | 'dropDatabase'
    | 'dropIndexes'
    | 'invalidate'
    | 'modify'
    | 'rename'
  ns?: { db: string; coll?: string }
  to?: { db: string; coll: string }
  operationDescription?: Document
}

export type ChangeStreamDocument<TSchema = Document> =
  | ChangeStreamInsertDocument<TSchema>
  | ChangeStreamUpdateDocument<TSchema>
  | ChangeStreamReplaceDocument<TSchema>
  | ChangeStreamDeleteDocument<TSchema>
  | ChangeStreamCatalogDocument
