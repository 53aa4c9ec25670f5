/**
 * The in-process client: the driver's `MongoClient`, over a `Transport` instead of a socket.
 *
 * It is connected from the start; `connect` is there for code that calls it. Identifiers come from
 * the clock and the random it is given, so that the same seed makes the same ones.
 */
import type { Document } from 'bson'
import type { Clock, Random } from '../sim/index.ts'
import { clientBulkWrite } from './bulk/client_bulk_write.ts'
import type { ClientBulkWriteResult } from './bulk/client_bulk_write_result.ts'
import type { AnyClientBulkWriteModel, ClientBulkWriteOptions } from './bulk/client_models.ts'
import { ChangeStream } from './change_stream/change_stream.ts'
import type { ChangeStreamDocument, ChangeStreamOptions } from './change_stream/events.ts'
import { type ClientOptions, readClientOptions, withConnectionString } from './client_options.ts'
import { ClientCore } from './core.ts'
import { Db } from './db.ts'
import { isMongoError } from './error_checks.ts'
import { executeOperation } from './execute_operation.ts'
import type { InheritedOptions } from './options.ts'
import type { Scope } from './scope.ts'
import { ClientSession, type ClientSessionOptions } from './session/client_session.ts'
import { inherit } from './settings.ts'
import type { Transport } from './transport.ts'

export interface ClientInit {
  readonly transport: Transport
  readonly clock: Pick<Clock, 'nowUs' | 'sleep'>
  readonly random: Pick<Random, 'next' | 'bytes'>
  /** A connection string: options by another way, which those given as such go before. */
  readonly uri?: string | undefined
  readonly options?: ClientOptions
  /** Goes with every command, for `currentOp` and the profiler. */
  readonly connectionId?: number
  /** Callers drive operations; see `driven/`. */
  readonly isDriven?: boolean
}

/** @throws MongoParseError for an option that the in-process client does not have */
export function createClient(init: ClientInit): PalimpsestClient {
  return new PalimpsestClient(init)
}

/** `endSessions` takes no more than this many at a time (specifications: driver-sessions). */
const END_SESSIONS_MAX = 10_000

export class PalimpsestClient {
  readonly options: ClientOptions
  readonly #core: ClientCore
  readonly #dbName: string
  readonly #sessions: Set<ClientSession> = new Set()

  constructor(init: ClientInit) {
    const { transport, clock, random, connectionId, isDriven = false, uri } = init
    this.options = withConnectionString(uri, init.options)
    const { dbName, ...resolved } = readClientOptions(this.options)
    this.#dbName = dbName
    this.#core = new ClientCore({
      transport,
      clock,
      random,
      connectionId,
      isDriven,
      ...resolved,
    })
  }

  async connect(): Promise<this> {
    this.#core.closed = false
    return this
  }

  /** Closes cursors, ends sessions (which aborts their transactions), and refuses operations. */
  async close(_force?: boolean): Promise<void> {
    const core = this.#core
    if (core.closed) return
    await Promise.all([...core.cursors].map((cursor) => cursor.close()))
    await Promise.all([...this.#sessions].map((session) => session.endSession()))
    const ids = core.serverSessions.drain()
    try {
      for (let from = 0; from < ids.length; from += END_SESSIONS_MAX) {
        const endSessions = ids.slice(from, from + END_SESSIONS_MAX)
        await executeOperation(core, 'admin', { endSessions }, undefined, nothing, undefined)
      }
    } catch (error) {
      // The server's sessions end by themselves.
      if (!isMongoError(error)) throw error
    } finally {
      core.closed = true
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  /** @param name default: the client's `dbName`, or `test` */
  db(name: string = this.#dbName, options?: InheritedOptions): Db {
    const core = this.#core
    const settings = inherit(core.settings, options, core.errors)
    return new Db(this, { core, db: name || this.#dbName, collection: '', settings })
  }

  startSession(options: ClientSessionOptions = {}): ClientSession {
    const session = new ClientSession(this, this.#core, options, (ended) => {
      this.#sessions.delete(ended)
    })
    this.#sessions.add(session)
    return session
  }

  /** Runs `executor` with a session that ends when it returns or throws. */
  async withSession<T>(executor: (session: ClientSession) => Promise<T>): Promise<T>
  async withSession<T>(
    options: ClientSessionOptions,
    executor: (session: ClientSession) => Promise<T>,
  ): Promise<T>
  async withSession<T>(
    optionsOrExecutor: ClientSessionOptions | ((session: ClientSession) => Promise<T>),
    executor?: (session: ClientSession) => Promise<T>,
  ): Promise<T> {
    const isExecutor = typeof optionsOrExecutor === 'function'
    const run = isExecutor ? optionsOrExecutor : executor
    if (run === undefined) {
      throw new this.#core.errors.MongoInvalidArgumentError('Missing required callback parameter')
    }
    const session = this.startSession(isExecutor ? undefined : optionsOrExecutor)
    try {
      return await run(session)
    } finally {
      await session.endSession()
    }
  }

  /** Operations on many collections at once; each model names its own. */
  async bulkWrite(
    models: readonly AnyClientBulkWriteModel[],
    options?: ClientBulkWriteOptions,
  ): Promise<ClientBulkWriteResult> {
    return await clientBulkWrite(this.#scope('admin'), models, options)
  }

  /** The changes of all databases. */
  watch<TSchema extends Document = Document, TChange = ChangeStreamDocument<TSchema>>(
    pipeline: readonly Document[] = [],
    options?: ChangeStreamOptions,
  ): ChangeStream<TChange> {
    return new ChangeStream(this.#scope('admin'), pipeline, options, 'deployment')
  }

  /** @internal */
  get core(): ClientCore {
    return this.#core
  }

  /** @internal */
  scopeOf(db: string | undefined, collection: string, options?: InheritedOptions): Scope {
    const core = this.#core
    const settings = inherit(core.settings, options, core.errors)
    return { core, db: db ?? this.#dbName, collection, settings }
  }

  #scope(db: string): Scope {
    return { core: this.#core, db, collection: '', settings: this.#core.settings }
  }
}

function nothing(): void {}
