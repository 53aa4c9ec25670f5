/** The cursors over a database's collections and a collection's indexes. */
import type { Document } from 'bson'
import { copyValueIn } from '../../bson/index.ts'
import { addGeneric, addReadPreference } from '../operations/command_fields.ts'
import type { IndexDescriptionInfo } from '../operations/indexes.ts'
import type { CursorOptions, ListCollectionsOptions } from '../options.ts'
import type { Scope } from '../scope.ts'
import { AbstractCursor } from './abstract_cursor.ts'

/** A collection as `listCollections` describes it; name and type alone with `nameOnly`. */
export interface CollectionInfo extends Document {
  name: string
  type?: string
  options?: Document
  info?: Document
  idIndex?: Document
}

export class ListCollectionsCursor<T = CollectionInfo> extends AbstractCursor<
  T,
  ListCollectionsOptions
> {
  readonly #filter: Document

  constructor(scope: Scope, filter: Document, options: ListCollectionsOptions | undefined) {
    super(scope, { ...options })
    this.#filter = filter
  }

  clone(): ListCollectionsCursor<T> {
    const { session: _, ...options } = this.options
    return new ListCollectionsCursor(this.scope, this.#filter, options)
  }

  protected openingCommand(options: ListCollectionsOptions): Document {
    const command: Document = {
      listCollections: 1,
      filter: copyValueIn(this.#filter),
      cursor: batchOf(options),
      nameOnly: options.nameOnly === true,
      authorizedCollections: options.authorizedCollections === true,
    }
    addGeneric(command, options)
    addReadPreference(command, this.scope, options)
    return command
  }
}

export class ListIndexesCursor extends AbstractCursor<IndexDescriptionInfo> {
  constructor(scope: Scope, options: CursorOptions | undefined) {
    super(scope, { ...options })
  }

  clone(): ListIndexesCursor {
    const { session: _, ...options } = this.options
    return new ListIndexesCursor(this.scope, options)
  }

  protected openingCommand(options: CursorOptions): Document {
    const command: Document = { listIndexes: this.scope.collection, cursor: batchOf(options) }
    addGeneric(command, options)
    addReadPreference(command, this.scope, options)
    return command
  }
}

function batchOf(options: CursorOptions): Document {
  return options.batchSize ? { batchSize: options.batchSize } : {}
}
