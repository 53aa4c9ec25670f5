import { canonicalText, type Document } from '../../bson/index.ts'
import type { Table } from '../../storage/index.ts'
import { BINARY_ORDER, type ValueOrder } from '../collation/index.ts'
import type { CompiledFilter } from '../query/index.ts'

export type Direction = 1 | -1

export interface IndexField {
  readonly path: string
  /** The path's components. */
  readonly parts: readonly string[]
  readonly direction: Direction
}

/** What a user says of an index, checked. */
export interface IndexSpec {
  readonly name: string
  readonly fields: readonly IndexField[]
  readonly unique: boolean
  readonly sparse: boolean
  readonly expireAfterSeconds: number | undefined
  /** How its strings compare. */
  readonly order: ValueOrder
  /** The documents that it has; undefined: all. */
  readonly partial: CompiledFilter | undefined
  /** Kept up, but not used by queries. */
  readonly hidden: boolean
  /** Takes no new duplicates, on the way to become unique. */
  readonly prepareUnique: boolean
  /** As `listIndexes` prints it: `{ v: 2, key, name, unique?, sparse?, ... }`. */
  readonly document: Document
}

/** How often queries used an index, and since when that is counted. */
export interface IndexUsage {
  ops: number
  sinceUs: number
}

/** What `create` says of the order of a collection's documents. */
export interface ClusteredIndex {
  readonly v: 2
  readonly key: { readonly _id: 1 }
  readonly name: string
  readonly unique: true
}

/** Whether the documents themselves are in its order. */
export const isClustered = ({ document }: IndexSpec): boolean => document['clustered'] === true

/**
 * An index: a storage table from key string to record id. The `_id` index holds the bare key; every
 * other one holds key plus record id, so that equal values have an entry each.
 */
export class Index {
  readonly spec: IndexSpec
  readonly name: string
  readonly fields: readonly IndexField[]
  readonly directions: readonly Direction[]
  readonly unique: boolean
  readonly sparse: boolean
  /** Whether it refuses a value that it has already. */
  readonly refusesDuplicates: boolean
  readonly isId: boolean
  readonly order: ValueOrder
  readonly partial: CompiledFilter | undefined
  readonly hidden: boolean
  /** Whether its keys are made of documents without a further look: most are. */
  readonly isPlain: boolean
  /** The key pattern as plan summaries show it: `{ a: 1, b: -1 }`. */
  readonly patternText: string
  readonly table: Table<string, number>
  /** Set for ever once some document gave several keys, as the server's catalog flag is. */
  multikey = false
  /** Shared by all versions of the index. */
  readonly usage: IndexUsage

  constructor(spec: IndexSpec, table: Table<string, number>, usage?: IndexUsage) {
    this.spec = spec
    this.name = spec.name
    this.fields = spec.fields
    this.directions = spec.fields.map((field) => field.direction)
    this.isId = spec.fields.length === 1 && spec.fields[0]!.path === '_id'
    this.unique = spec.unique || this.isId
    this.sparse = spec.sparse
    this.refusesDuplicates = this.unique || spec.prepareUnique
    this.order = spec.order
    this.partial = spec.partial
    this.hidden = spec.hidden
    this.isPlain = spec.partial === undefined && spec.order === BINARY_ORDER
    this.patternText = canonicalText(this.pattern)
    this.table = table
    this.usage = usage ?? { ops: 0, sinceUs: 0 }
  }

  /** A version with other options, over the same entries. */
  withSpec(spec: IndexSpec): Index {
    const changed = new Index(spec, this.table, this.usage)
    changed.multikey = this.multikey
    return changed
  }

  /** The key pattern as a document. */
  get pattern(): Document {
    return this.spec.document['key'] as Document
  }
}
