/** A collection whose methods are operations; arguments and results are those of `Collection`. */
import type { Document } from 'bson'
import type { Operation } from '../../sim/index.ts'
import { batchError, collect, resultOf, sendBatch } from '../bulk/bulk_write.ts'
import { emptyTally } from '../bulk/bulk_write_result.ts'
import type { BulkStatement } from '../bulk/models.ts'
import type { InsertManyResult } from '../collection.ts'
import { aggregateCommand } from '../operations/aggregate.ts'
import { bsonOf, writeConcernOf } from '../operations/command_fields.ts'
import { countPipeline } from '../operations/count.ts'
import { type DeleteResult, deleteDocuments } from '../operations/delete.ts'
import { findCommand, findOne } from '../operations/find.ts'
import { findAndModify } from '../operations/find_and_modify.ts'
import { type InsertOneResult, insertOne } from '../operations/insert.ts'
import { type UpdateResult, update } from '../operations/update.ts'
import type {
  AggregateOptions,
  BulkWriteOptions,
  CountDocumentsOptions,
  DeleteOptions,
  FindOneAndDeleteOptions,
  FindOneAndReplaceOptions,
  FindOneAndUpdateOptions,
  FindOneOptions,
  FindOptions,
  InsertOneOptions,
  ReplaceOptions,
  UpdateOneOptions,
  UpdateOptions,
} from '../options.ts'
import type {
  Filter,
  InferIdType,
  OptionalUnlessRequiredId,
  UpdateFilter,
  WithId,
  WithoutId,
} from '../schema.ts'
import type { Scope } from '../scope.ts'
import { OperationCursor } from './operation_cursor.ts'
import { type Driven, inTurn, plain } from './turn.ts'

type Id<TSchema> = InferIdType<TSchema>

export class OperationCollection<TSchema extends Document = Document> {
  readonly #scope: Scope

  constructor(scope: Scope) {
    this.#scope = scope
  }

  insertOne(
    document: OptionalUnlessRequiredId<TSchema>,
    options?: Driven<InsertOneOptions>,
  ): Operation<InsertOneResult<Id<TSchema>>> {
    return inTurn(() => insertOne(this.#scope, document, plain(options)))
  }

  /** @throws MongoBulkWriteError where a document was refused, with what was done */
  *insertMany(
    documents: readonly OptionalUnlessRequiredId<TSchema>[],
    options: Driven<BulkWriteOptions> = {},
  ): Operation<InsertManyResult<Id<TSchema>>> {
    const scope = this.#scope
    const ordered = options.ordered !== false
    const given: BulkWriteOptions = { ...plain<BulkWriteOptions>(options), ordered }
    const statements = documents.map((op: Document): BulkStatement => ({ kind: 'insert', op }))
    const tally = emptyTally()
    for (const batch of collect(scope, statements, given, tally)) {
      try {
        yield* inTurn(() => sendBatch(scope, batch, given, tally))
      } catch (error) {
        throw batchError(scope, error, batch, tally, ordered)
      }
      if (ordered && tally.writeErrors.length > 0) break
    }
    const { insertedCount, insertedIds } = resultOf(scope, tally, ordered)
    return { acknowledged: writeConcernOf(scope, given)?.w !== 0, insertedCount, insertedIds }
  }

  updateOne(
    filter: Filter<TSchema>,
    change: UpdateFilter<TSchema> | Document[],
    options?: Driven<UpdateOneOptions>,
  ): Operation<UpdateResult<Id<TSchema>>> {
    return inTurn(() => update(this.#scope, 'updateOne', filter, change, plain(options)))
  }

  updateMany(
    filter: Filter<TSchema>,
    change: UpdateFilter<TSchema> | Document[],
    options?: Driven<UpdateOptions>,
  ): Operation<UpdateResult<Id<TSchema>>> {
    return inTurn(() => update(this.#scope, 'updateMany', filter, change, plain(options)))
  }

  replaceOne(
    filter: Filter<TSchema>,
    replacement: WithoutId<TSchema>,
    options?: Driven<ReplaceOptions>,
  ): Operation<UpdateResult<Id<TSchema>>> {
    return inTurn(() => update(this.#scope, 'replaceOne', filter, replacement, plain(options)))
  }

  deleteOne(
    filter: Filter<TSchema> = {},
    options?: Driven<DeleteOptions>,
  ): Operation<DeleteResult> {
    return inTurn(() => deleteDocuments(this.#scope, filter, 1, plain(options)))
  }

  deleteMany(
    filter: Filter<TSchema> = {},
    options?: Driven<DeleteOptions>,
  ): Operation<DeleteResult> {
    return inTurn(() => deleteDocuments(this.#scope, filter, 0, plain(options)))
  }

  findOne<T = WithId<TSchema>>(
    filter?: Filter<TSchema>,
    options?: Driven<FindOneOptions>,
  ): Operation<T | null> {
    return inTurn(() => findOne(this.#scope, filter, plain(options))) as Operation<T | null>
  }

  /** Read it by `yield* collection.find(filter, { sort, limit, ... }).toArray()`. */
  find<T = WithId<TSchema>>(
    filter?: Filter<TSchema>,
    options?: Driven<FindOptions>,
  ): OperationCursor<T> {
    const scope = this.#scope
    const given: FindOptions = plain<FindOptions>(options) ?? {}
    const command = () => findCommand(scope, filter, given, bsonOf(scope, given), 'many')
    return new OperationCursor(scope, command, given)
  }

  aggregate<T = Document>(
    pipeline: readonly Document[] = [],
    options?: Driven<AggregateOptions>,
  ): OperationCursor<T> {
    const scope = this.#scope
    const given: AggregateOptions = plain<AggregateOptions>(options) ?? {}
    const command = () => aggregateCommand(scope, pipeline, given, bsonOf(scope, given))
    return new OperationCursor(scope, command, given)
  }

  *countDocuments(
    filter: Filter<TSchema> = {},
    options: Driven<CountDocumentsOptions> = {},
  ): Operation<number> {
    const { skip, limit, ...rest } = options
    const bounds = {
      ...(skip === undefined ? {} : { skip }),
      ...(limit === undefined ? {} : { limit }),
    }
    const pipeline = countPipeline(filter, bounds)
    const [counted] = yield* this.aggregate<{ n: number }>(
      pipeline,
      rest as Driven<AggregateOptions>,
    ).toArray()
    return counted?.n ?? 0
  }

  findOneAndUpdate(
    filter: Filter<TSchema>,
    change: UpdateFilter<TSchema> | Document[],
    options?: Driven<FindOneAndUpdateOptions>,
  ): Operation<WithId<TSchema> | null> {
    return this.#findAndModify(filter, { kind: 'update', update: change }, options)
  }

  findOneAndReplace(
    filter: Filter<TSchema>,
    replacement: WithoutId<TSchema>,
    options?: Driven<FindOneAndReplaceOptions>,
  ): Operation<WithId<TSchema> | null> {
    return this.#findAndModify(filter, { kind: 'replace', replacement }, options)
  }

  findOneAndDelete(
    filter: Filter<TSchema>,
    options?: Driven<FindOneAndDeleteOptions>,
  ): Operation<WithId<TSchema> | null> {
    return this.#findAndModify(filter, { kind: 'delete' }, options)
  }

  #findAndModify(
    filter: Document,
    modification: Parameters<typeof findAndModify>[2],
    options: Driven<FindOneAndUpdateOptions> | undefined,
  ): Operation<WithId<TSchema> | null> {
    return inTurn(
      () =>
        findAndModify(this.#scope, filter, modification, plain(options)) as WithId<TSchema> | null,
    )
  }
}
