import type { Document } from 'bson'
import { Admin } from './admin.ts'
import { ChangeStream } from './change_stream/change_stream.ts'
import type { ChangeStreamDocument, ChangeStreamOptions } from './change_stream/events.ts'
import type { PalimpsestClient } from './client.ts'
import { Collection } from './collection.ts'
import { AggregationCursor } from './cursor/aggregation_cursor.ts'
import { type CollectionInfo, ListCollectionsCursor } from './cursor/listing_cursors.ts'
import { createCollection, dropCollection, renameCollection } from './operations/catalog.ts'
import type { CreateIndexesOptions, IndexSpecification } from './operations/indexes.ts'
import { runCommand, runRead, runWrite, succeeded, wholeReply } from './operations/run_command.ts'
import type {
  AggregateOptions,
  CommandOptions,
  CreateCollectionOptions,
  InheritedOptions,
  ListCollectionsOptions,
  RenameOptions,
  RunCommandOptions,
} from './options.ts'
import type { Scope } from './scope.ts'
import { inherit } from './settings.ts'

/** How much of what happens goes into `system.profile`. */
export type ProfilingLevel = 'off' | 'slow_only' | 'all'

const PROFILING_LEVELS: readonly ProfilingLevel[] = ['off', 'slow_only', 'all']

/** A database, as the driver's class of that name. */
export class Db {
  readonly client: PalimpsestClient
  readonly #scope: Scope

  /** Databases are made by `client.db`. */
  constructor(client: PalimpsestClient, scope: Scope) {
    this.client = client
    this.#scope = scope
    if (scope.db.includes('.')) {
      throw new scope.core.errors.MongoInvalidArgumentError(
        "Database names cannot contain the character '.'",
      )
    }
  }

  get databaseName(): string {
    return this.#scope.db
  }

  get namespace(): string {
    return this.#scope.db
  }

  collection<TSchema extends Document = Document>(
    name: string,
    options?: InheritedOptions,
  ): Collection<TSchema> {
    const { core, settings } = this.#scope
    return new Collection(this, {
      ...this.#in(name),
      settings: inherit(settings, options, core.errors),
    })
  }

  /** Runs any command. The reply comes as it is; an `ok: 0` as a MongoServerError. */
  async command(command: Document, options?: RunCommandOptions): Promise<Document> {
    return runCommand(this.#scope, command, options)
  }

  aggregate<T = Document>(
    pipeline: readonly Document[] = [],
    options?: AggregateOptions,
  ): AggregationCursor<T> {
    return new AggregationCursor(this.#scope, pipeline, options)
  }

  admin(): Admin {
    return new Admin({ ...this.#scope, db: 'admin' })
  }

  listCollections<T = CollectionInfo>(
    filter: Document = {},
    options?: ListCollectionsOptions,
  ): ListCollectionsCursor<T> {
    return new ListCollectionsCursor(this.#scope, filter, options)
  }

  async collections(options?: ListCollectionsOptions): Promise<Collection[]> {
    const listed = await this.listCollections({}, { ...options, nameOnly: true }).toArray()
    return listed
      .filter(({ name }) => !name.includes('$'))
      .map(({ name }) => new Collection(this, this.#in(name)))
  }

  async createCollection<TSchema extends Document = Document>(
    name: string,
    options?: CreateCollectionOptions,
  ): Promise<Collection<TSchema>> {
    await createCollection(this.#in(name), options)
    return new Collection(this, this.#in(name))
  }

  async renameCollection<TSchema extends Document = Document>(
    from: string,
    to: string,
    options?: RenameOptions,
  ): Promise<Collection<TSchema>> {
    await renameCollection(this.#in(from), to, options)
    return new Collection(this, this.#in(to))
  }

  async dropCollection(name: string, options?: CommandOptions): Promise<boolean> {
    return dropCollection(this.#in(name), options)
  }

  async dropDatabase(options?: CommandOptions): Promise<boolean> {
    return runWrite(this.#scope, { dropDatabase: 1 }, options, succeeded)
  }

  /** @returns the name of the index */
  async createIndex(
    name: string,
    specification: IndexSpecification,
    options?: CreateIndexesOptions,
  ): Promise<string> {
    return this.collection(name).createIndex(specification, options)
  }

  async stats(options?: CommandOptions & { scale?: number }): Promise<Document> {
    const command: Document = { dbStats: true }
    if (options?.scale !== undefined) command['scale'] = options.scale
    return runRead(this.#scope, command, options, (reply) => wholeReply(reply, undefined))
  }

  async profilingLevel(options?: CommandOptions): Promise<ProfilingLevel> {
    const was: number = await runRead(
      this.#scope,
      { profile: -1 },
      options,
      (reply) => reply['was'],
    )
    const level = PROFILING_LEVELS[was]
    if (level !== undefined) return level
    throw new this.#scope.core.errors.MongoUnexpectedServerResponseError(
      `Illegal profiling level value ${was}`,
    )
  }

  async setProfilingLevel(
    level: ProfilingLevel,
    options?: CommandOptions,
  ): Promise<ProfilingLevel> {
    const profile = PROFILING_LEVELS.indexOf(level)
    if (profile < 0) {
      throw new this.#scope.core.errors.MongoInvalidArgumentError(
        `Profiling level must be one of "${PROFILING_LEVELS}"`,
      )
    }
    return runRead(this.#scope, { profile }, options, () => level)
  }

  watch<TSchema extends Document = Document, TChange = ChangeStreamDocument<TSchema>>(
    pipeline: readonly Document[] = [],
    options?: ChangeStreamOptions,
  ): ChangeStream<TChange> {
    return new ChangeStream(this.#scope, pipeline, options)
  }

  #in(collection: string): Scope {
    return { ...this.#scope, collection }
  }
}
