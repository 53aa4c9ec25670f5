import type { Timestamp } from 'bson'
import type { Document } from '../../bson/index.ts'
import type { Collection } from '../catalog/collection.ts'
import type { Namespace } from '../catalog/namespace.ts'
import type { AppliedUpdate } from '../update/index.ts'

/** How a document came to be another one. */
export type UpdateKind = 'operators' | 'replacement' | 'pipeline'

/** What happened to a document. Both versions are the store's own, which nobody changes. */
export type RecordChange =
  | { readonly kind: 'insert'; readonly collection: Collection; readonly after: Document }
  | {
      readonly kind: 'update'
      readonly collection: Collection
      readonly before: Document
      readonly after: Document
      readonly how: UpdateKind
      /** What the operators of an update did. */
      readonly applied: AppliedUpdate | undefined
    }
  | { readonly kind: 'delete'; readonly collection: Collection; readonly before: Document }

/** What happened to a collection or a database. */
export type CatalogChange =
  | {
      readonly kind: 'create' | 'drop'
      readonly ns: Namespace
      /** A view has none. */
      readonly uuid: Uint8Array | undefined
      readonly description?: Document
    }
  | {
      readonly kind: 'createIndexes' | 'dropIndexes'
      readonly ns: Namespace
      readonly uuid: Uint8Array
      /** One of them. */
      readonly spec: Document
    }
  | {
      readonly kind: 'modify'
      readonly ns: Namespace
      readonly uuid: Uint8Array | undefined
      readonly description: Document
      /** Of a view, nobody tells. */
      readonly before: Document | undefined
    }
  | {
      readonly kind: 'rename'
      readonly ns: Namespace
      readonly uuid: Uint8Array
      readonly to: Namespace
      /** Of the collection that had the new name, and made room. */
      readonly dropTarget: Uint8Array | undefined
    }
  | { readonly kind: 'dropDatabase'; readonly ns: Namespace }

export type Change = RecordChange | CatalogChange

/** The session and the number of a multi-document transaction. */
export interface TransactionName {
  readonly lsid: Document | undefined
  readonly txnNumber: number
}

/** A change and its place: no two have the same time and index. */
export interface LoggedChange {
  readonly change: Change
  /** Cluster time of its commit. */
  readonly time: Timestamp
  /** Among the changes of one commit. */
  readonly index: number
  readonly wallMs: number
  readonly transaction: TransactionName | undefined
}

export function namespaceOf(change: Change): Namespace {
  return 'collection' in change ? change.collection.ns : change.ns
}

export function uuidOf(change: Change): Uint8Array | undefined {
  if ('collection' in change) return change.collection.uuid
  return change.kind === 'dropDatabase' ? undefined : change.uuid
}
