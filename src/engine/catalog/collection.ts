import type { Document } from '../../bson/index.ts'
import { invariant } from '../../invariant.ts'
import type { WaitQueue } from '../../sim/index.ts'
import type { Table } from '../../storage/index.ts'
import { BINARY_ORDER, orderOf, type ValueOrder } from '../collation/index.ts'
import type { Lock } from '../lock.ts'
import type { ClusteredIndex, Index } from './index_definition.ts'
import { type Namespace, namespaceText } from './namespace.ts'

/** What `create` may say about a collection. */
export interface CollectionOptions {
  readonly capped?: boolean
  /** Bytes that a capped collection may hold; required with `capped`. */
  readonly size?: number
  /** Documents that a capped collection may hold. */
  readonly max?: number
  /** How strings compare where a statement does not say; with all of its fields. */
  readonly collation?: Document
  /** Whether change streams may show documents as they were, and as they became. */
  readonly changeStreamPreAndPostImages?: { readonly enabled: boolean }
  /** Documents are kept in the order of their `_id`, which has no index besides. */
  readonly clusteredIndex?: ClusteredIndex
  /** A filter that documents must pass to be written. */
  readonly validator?: Document
  readonly validationLevel?: ValidationLevel
  readonly validationAction?: ValidationAction
}

/** `moderate`: documents that do not pass already may be updated. */
export type ValidationLevel = 'off' | 'strict' | 'moderate'

/** What becomes of a document that does not pass. */
export type ValidationAction = 'error' | 'warn'

/** What belongs to the collection itself, whatever version of its metadata one looks at. */
export interface CollectionState {
  /** The last record id given out. Never moves backwards, not even on restore. */
  lastRecordId: number
  /** For capped collections: what is in there, kept as documents come and go. */
  cappedBytes: number
  cappedCount: number
  /** For capped collections: those who follow them wait here for more; there once somebody does. */
  followers: WaitQueue | undefined
  /** No document in there was ever larger than this, whoever sees it. Never shrinks. */
  documentBytesMax: number
  /** How often queries read it from end to end. */
  collectionScans: number
}

/**
 * One version of a collection's metadata: immutable. A catalog change makes a new version that
 * shares records, lock and state, so a transaction with an older snapshot still sees its own
 * version.
 */
export class Collection {
  readonly ns: Namespace
  /** `db.collection` */
  readonly text: string
  readonly uuid: Uint8Array
  readonly options: CollectionOptions
  readonly records: Table<number, Document>
  /** Never empty; the first is that of `_id`. */
  readonly indexes: readonly Index[]
  readonly lock: Lock
  readonly databaseLock: Lock
  readonly state: CollectionState
  /** How its values compare where a statement does not say. */
  readonly order: ValueOrder
  /** Whether documents are looked at before they are written; most often nobody asked for it. */
  readonly isValidated: boolean

  constructor(parts: CollectionParts) {
    this.ns = parts.ns
    this.text = namespaceText(parts.ns)
    this.uuid = parts.uuid
    this.options = parts.options
    this.records = parts.records
    this.indexes = parts.indexes
    this.lock = parts.lock
    this.databaseLock = parts.databaseLock
    this.state = parts.state
    const { collation, validator, validationLevel } = parts.options
    this.order = parts.order ?? (collation === undefined ? BINARY_ORDER : orderOf(collation))
    this.isValidated = validator !== undefined && validationLevel !== 'off'
    invariant(this.indexes[0]?.isId === true, 'every collection has its _id index, first')
  }

  get idIndex(): Index {
    return this.indexes[0]!
  }

  /** A version with other indexes. */
  withIndexes(indexes: readonly Index[]): Collection {
    return new Collection({ ...this, indexes })
  }

  /** A version with other options. */
  withOptions(options: CollectionOptions): Collection {
    return new Collection({ ...this, options })
  }

  /** A document of this size is about to be written. */
  noteSize(sizeBytes: number): void {
    if (sizeBytes > this.state.documentBytesMax) this.state.documentBytesMax = sizeBytes
  }

  nextRecordId(): number {
    return ++this.state.lastRecordId
  }
}

export interface CollectionParts {
  readonly ns: Namespace
  readonly uuid: Uint8Array
  readonly options: CollectionOptions
  readonly records: Table<number, Document>
  readonly indexes: readonly Index[]
  readonly lock: Lock
  readonly databaseLock: Lock
  readonly state: CollectionState
  /** Of another version, if there is one. */
  readonly order?: ValueOrder
}
