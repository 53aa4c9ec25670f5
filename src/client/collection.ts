/**
 * A collection, as the driver's class of that name. Each method builds on the module of its
 * operation; what is here is the surface: names, arguments, types.
 *
 * The methods are `async` and hardly ever `await`: where the server answers at once, a call costs
 * its one promise (see `execute_operation.ts`).
 */
import type { Document } from 'bson'
import { bulkWrite } from './bulk/bulk_write.ts'
import type { BulkWriteResult } from './bulk/bulk_write_result.ts'
import { type AnyBulkWriteOperation, type BulkStatement, toStatement } from './bulk/models.ts'
import { ChangeStream } from './change_stream/change_stream.ts'
import type { ChangeStreamDocument, ChangeStreamOptions } from './change_stream/events.ts'
import type { ReadConcern, WriteConcern } from './concerns.ts'
import { AggregationCursor } from './cursor/aggregation_cursor.ts'
import { FindCursor } from './cursor/find_cursor.ts'
import { ListIndexesCursor } from './cursor/listing_cursors.ts'
import type { Db } from './db.ts'
import { dropAllIndexes, dropCollection, renameCollection } from './operations/catalog.ts'
import { writeConcernOf } from './operations/command_fields.ts'
import { count, countPipeline } from './operations/count.ts'
import { type DeleteResult, deleteDocuments } from './operations/delete.ts'
import { distinct } from './operations/distinct.ts'
import { findOne } from './operations/find.ts'
import { findAndModify, type ModifyResult } from './operations/find_and_modify.ts'
import {
  type CreateIndexesOptions,
  createIndexes,
  type IndexDescription,
  type IndexDescriptionCompact,
  type IndexDescriptionInfo,
  type IndexSpecification,
  toCompact,
  toIndexKey,
} from './operations/indexes.ts'
import { type InsertOneResult, insertOne } from './operations/insert.ts'
import { runWrite, wholeReply } from './operations/run_command.ts'
import { type UpdateResult, update } from './operations/update.ts'
import type {
  AggregateOptions,
  BulkWriteOptions,
  CommandOptions,
  CountDocumentsOptions,
  CursorOptions,
  DeleteOptions,
  DistinctOptions,
  FindOneAndDeleteOptions,
  FindOneAndReplaceOptions,
  FindOneAndUpdateOptions,
  FindOneOptions,
  FindOptions,
  IndexInformationOptions,
  InsertOneOptions,
  RenameOptions,
  ReplaceOptions,
  UpdateOneOptions,
  UpdateOptions,
} from './options.ts'
import type {
  Filter,
  Flatten,
  InferIdType,
  OptionalUnlessRequiredId,
  UpdateFilter,
  WithId,
  WithoutId,
} from './schema.ts'
import { namespaceOf, type Scope } from './scope.ts'

export interface InsertManyResult<Id = Document[string]> {
  acknowledged: boolean
  insertedCount: number
  /** By the index of the document. */
  insertedIds: { [index: number]: Id }
}

type Id<TSchema> = InferIdType<TSchema>
type WithMetadata<Options> = Options & { includeResultMetadata: true }

export class Collection<TSchema extends Document = Document> {
  readonly db: Db
  readonly #scope: Scope

  /** Collections are made by `db.collection`. */
  constructor(db: Db, scope: Scope) {
    this.db = db
    this.#scope = scope
  }

  get dbName(): string {
    return this.#scope.db
  }

  get collectionName(): string {
    return this.#scope.collection
  }

  get namespace(): string {
    return namespaceOf(this.#scope)
  }

  get readConcern(): ReadConcern | undefined {
    return this.#scope.settings.readConcern
  }

  get writeConcern(): WriteConcern | undefined {
    return this.#scope.settings.writeConcern
  }

  /** Inserts a document; gives it an `_id`, in place, if it has none. */
  async insertOne(
    document: OptionalUnlessRequiredId<TSchema>,
    options?: InsertOneOptions,
  ): Promise<InsertOneResult<Id<TSchema>>> {
    return insertOne(this.#scope, document, options)
  }

  /** Inserts documents; gives each an `_id`, in place, if it has none. */
  async insertMany(
    documents: readonly OptionalUnlessRequiredId<TSchema>[],
    options: BulkWriteOptions = {},
  ): Promise<InsertManyResult<Id<TSchema>>> {
    const { errors } = this.#scope.core
    if (!Array.isArray(documents)) {
      throw new errors.MongoInvalidArgumentError('Argument "docs" must be an array of documents')
    }
    const statements = documents.map((op: Document | null): BulkStatement => {
      if (typeof op === 'object' && op !== null) return { kind: 'insert', op }
      throw new errors.MongoInvalidArgumentError(
        'Collection.insertMany() cannot be called with an array that has null/undefined values',
      )
    })
    const acknowledged = writeConcernOf(this.#scope, options)?.w !== 0
    const { insertedCount, insertedIds } = await bulkWrite(this.#scope, statements, options)
    return { acknowledged, insertedCount, insertedIds }
  }

  /** @throws MongoBulkWriteError where an operation failed, with what was done */
  async bulkWrite(
    operations: readonly AnyBulkWriteOperation<TSchema>[],
    options: BulkWriteOptions = {},
  ): Promise<BulkWriteResult> {
    const { errors } = this.#scope.core
    if (!Array.isArray(operations)) {
      throw new errors.MongoInvalidArgumentError(
        'Argument "operations" must be an array of documents',
      )
    }
    const statements = operations.map((operation) => toStatement(errors, operation))
    return await bulkWrite(this.#scope, statements, options)
  }

  async updateOne(
    filter: Filter<TSchema>,
    change: UpdateFilter<TSchema> | Document[],
    options?: UpdateOneOptions,
  ): Promise<UpdateResult<Id<TSchema>>> {
    return update(this.#scope, 'updateOne', filter, change, options)
  }

  async updateMany(
    filter: Filter<TSchema>,
    change: UpdateFilter<TSchema> | Document[],
    options?: UpdateOptions,
  ): Promise<UpdateResult<Id<TSchema>>> {
    return update(this.#scope, 'updateMany', filter, change, options)
  }

  async replaceOne(
    filter: Filter<TSchema>,
    replacement: WithoutId<TSchema>,
    options?: ReplaceOptions,
  ): Promise<UpdateResult<Id<TSchema>>> {
    return update(this.#scope, 'replaceOne', filter, replacement, options)
  }

  async deleteOne(filter: Filter<TSchema> = {}, options?: DeleteOptions): Promise<DeleteResult> {
    return deleteDocuments(this.#scope, filter, 1, options)
  }

  async deleteMany(filter: Filter<TSchema> = {}, options?: DeleteOptions): Promise<DeleteResult> {
    return deleteDocuments(this.#scope, filter, 0, options)
  }

  /** The first document that the filter finds, or null. */
  async findOne<T = WithId<TSchema>>(
    filter?: Filter<TSchema>,
    options?: FindOneOptions,
  ): Promise<T | null> {
    return findOne(this.#scope, filter, options) as T | null
  }

  find<T = WithId<TSchema>>(filter?: Filter<TSchema>, options?: FindOptions): FindCursor<T> {
    return new FindCursor(this.#scope, filter, options)
  }

  async findOneAndDelete(
    filter: Filter<TSchema>,
    options: WithMetadata<FindOneAndDeleteOptions>,
  ): Promise<ModifyResult<WithId<TSchema>>>
  async findOneAndDelete(
    filter: Filter<TSchema>,
    options?: FindOneAndDeleteOptions,
  ): Promise<WithId<TSchema> | null>
  async findOneAndDelete(
    filter: Filter<TSchema>,
    options?: FindOneAndDeleteOptions,
  ): Promise<unknown> {
    return findAndModify(this.#scope, filter, { kind: 'delete' }, options)
  }

  async findOneAndReplace(
    filter: Filter<TSchema>,
    replacement: WithoutId<TSchema>,
    options: WithMetadata<FindOneAndReplaceOptions>,
  ): Promise<ModifyResult<WithId<TSchema>>>
  async findOneAndReplace(
    filter: Filter<TSchema>,
    replacement: WithoutId<TSchema>,
    options?: FindOneAndReplaceOptions,
  ): Promise<WithId<TSchema> | null>
  async findOneAndReplace(
    filter: Filter<TSchema>,
    replacement: WithoutId<TSchema>,
    options?: FindOneAndReplaceOptions,
  ): Promise<unknown> {
    return findAndModify(this.#scope, filter, { kind: 'replace', replacement }, options)
  }

  async findOneAndUpdate(
    filter: Filter<TSchema>,
    change: UpdateFilter<TSchema> | Document[],
    options: WithMetadata<FindOneAndUpdateOptions>,
  ): Promise<ModifyResult<WithId<TSchema>>>
  async findOneAndUpdate(
    filter: Filter<TSchema>,
    change: UpdateFilter<TSchema> | Document[],
    options?: FindOneAndUpdateOptions,
  ): Promise<WithId<TSchema> | null>
  async findOneAndUpdate(
    filter: Filter<TSchema>,
    change: UpdateFilter<TSchema> | Document[],
    options?: FindOneAndUpdateOptions,
  ): Promise<unknown> {
    return findAndModify(this.#scope, filter, { kind: 'update', update: change }, options)
  }

  /** The number of documents that the filter finds, by an aggregation; also in transactions. */
  async countDocuments(
    filter: Filter<TSchema> = {},
    options: CountDocumentsOptions = {},
  ): Promise<number> {
    const { skip: _, limit: __, ...rest } = options
    const cursor = new AggregationCursor<{ n: number }>(
      this.#scope,
      countPipeline(filter, options),
      rest,
    )
    const [counted] = await cursor.toArray()
    return counted?.n ?? 0
  }

  /** The number of documents by the collection's metadata. */
  async estimatedDocumentCount(options?: CommandOptions): Promise<number> {
    return count(this.#scope, undefined, options)
  }

  async distinct<Key extends keyof WithId<TSchema>>(
    key: Key,
    filter?: Filter<TSchema>,
    options?: DistinctOptions,
  ): Promise<Flatten<WithId<TSchema>[Key]>[]>
  async distinct(
    key: string,
    filter?: Filter<TSchema>,
    options?: DistinctOptions,
  ): Promise<Document[string][]>
  async distinct(
    key: string,
    filter: Filter<TSchema> = {},
    options?: DistinctOptions,
  ): Promise<Document[string][]> {
    return distinct(this.#scope, key, filter, options) as unknown[]
  }

  aggregate<T = Document>(
    pipeline: readonly Document[] = [],
    options?: AggregateOptions,
  ): AggregationCursor<T> {
    if (Array.isArray(pipeline)) return new AggregationCursor(this.#scope, pipeline, options)
    throw new this.#scope.core.errors.MongoInvalidArgumentError(
      'Argument "pipeline" must be an array of aggregation stages',
    )
  }

  watch<TLocal extends Document = TSchema, TChange = ChangeStreamDocument<TLocal>>(
    pipeline: readonly Document[] = [],
    options?: ChangeStreamOptions,
  ): ChangeStream<TChange> {
    return new ChangeStream(this.#scope, pipeline, options)
  }

  /** @returns the name of the index */
  async createIndex(
    specification: IndexSpecification,
    options?: CreateIndexesOptions,
  ): Promise<string> {
    const description: Document = { ...options, key: toIndexKey(specification) }
    const [name] = await createIndexes(this.#scope, [description as IndexDescription], options)
    return name as string
  }

  /** @returns the names of the indexes */
  async createIndexes(
    descriptions: readonly IndexDescription[],
    options?: CreateIndexesOptions,
  ): Promise<string[]> {
    const { maxTimeMS: _, ...rest } = options ?? {}
    return createIndexes(this.#scope, descriptions, rest)
  }

  async dropIndex(name: string, options?: CommandOptions): Promise<Document> {
    const command = { dropIndexes: this.collectionName, index: name }
    return runWrite(this.#scope, command, options, (reply) => wholeReply(reply, undefined))
  }

  /** Drops all indexes but that on `_id`. */
  async dropIndexes(options?: CommandOptions): Promise<boolean> {
    return dropAllIndexes(this.#scope, options)
  }

  listIndexes(options?: CursorOptions): ListIndexesCursor {
    return new ListIndexesCursor(this.#scope, options)
  }

  async indexes(
    options: IndexInformationOptions & { full: false },
  ): Promise<IndexDescriptionCompact>
  async indexes(
    options?: IndexInformationOptions & { full?: true },
  ): Promise<IndexDescriptionInfo[]>
  async indexes(
    options: IndexInformationOptions,
  ): Promise<IndexDescriptionCompact | IndexDescriptionInfo[]>
  async indexes(
    options?: IndexInformationOptions,
  ): Promise<IndexDescriptionCompact | IndexDescriptionInfo[]> {
    const indexes = await this.listIndexes(options).toArray()
    return options?.full === false ? toCompact(indexes) : indexes
  }

  async indexExists(names: string | readonly string[], options?: CursorOptions): Promise<boolean> {
    const existing = new Set(
      await this.listIndexes(options)
        .map(({ name }) => name)
        .toArray(),
    )
    return [names].flat().every((name) => existing.has(name))
  }

  /** @returns true, whether or not there was anything to drop */
  async drop(options?: CommandOptions): Promise<boolean> {
    return dropCollection(this.#scope, options)
  }

  /** @returns the collection under its new name */
  async rename(newName: string, options?: RenameOptions): Promise<Collection> {
    await renameCollection(this.#scope, newName, options)
    return new Collection(this.db, { ...this.#scope, collection: newName })
  }
}
