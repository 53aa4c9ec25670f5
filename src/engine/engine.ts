import { Long } from 'bson'
import { type Document, sizeOf } from '../bson/index.ts'
import {
  type Clock,
  type Operation,
  type Random,
  Scheduler,
  StoppedError,
  type Strategy,
  type Trace,
} from '../sim/index.ts'
import { type SavePoint, Store, type StoreOptions, type Table } from '../storage/index.ts'
import { type BackoffPolicy, backoffPolicies } from './backoff.ts'
import { Catalog } from './catalog/catalog.ts'
import { Collection } from './catalog/collection.ts'
import type { Namespace } from './catalog/namespace.ts'
import { ChangeLog } from './changes/index.ts'
import { ServerError } from './errors.ts'
import { CursorRegistry } from './exec/cursor.ts'
import { ObjectIdFactory } from './identity.ts'
import { LogicalTime } from './logical_time.ts'
import { Metrics } from './metrics.ts'
import { OperationContext } from './operation_context.ts'
import { OperationsInFlight } from './operations_in_flight.ts'
import { type ParameterOptions, Parameters } from './parameters.ts'
import { FilterCache } from './query/index.ts'
import { SessionRecords } from './retryable/session_records.ts'
import { StatementEntry } from './retryable/statement_entry.ts'
import type { Services, TransactionResources } from './services.ts'
import { SnapshotHistory } from './snapshot_history.ts'
import { startTtlMonitor } from './ttl.ts'

export interface EngineOptions {
  readonly clock: Clock
  readonly random: Random
  readonly backoff?: BackoffPolicy | undefined
  readonly parameters?: ParameterOptions | undefined
  readonly trace?: Trace | undefined
  /** Picks who goes next; left out, operations run first come, first served. */
  readonly strategy?: Strategy | undefined
  /** Bytes that documents and index entries may take; nothing: no limit. */
  readonly cacheSizeBytes?: number | undefined
  /**
   * From how many bytes in use on whoever pins the oldest versions is rolled back once it has
   * written (365, 388, or a write conflict in a transaction); nothing: never.
   */
  readonly evictionTriggerBytes?: number | undefined
}

/** What a fork does not share with the engine that it comes from. */
export type ForkDoors = Pick<EngineOptions, 'clock' | 'random' | 'strategy' | 'trace'>

/** The state of an engine at one moment. */
export interface EngineSave {
  readonly engine: Engine
  readonly store: SavePoint
  /** The change streams that were open: ids of their cursors. */
  readonly streams: ReadonlySet<number>
}

/**
 * Documents on storage: everything of a server below its commands. One for each simulator; no state
 * is shared between two.
 */
export class Engine {
  readonly services: Services
  readonly cursors: CursorRegistry
  readonly #options: EngineOptions
  #lastOpId = 0
  #lastRestored: EngineSave | undefined = undefined
  /** Operations under way, for `currentOp` and killing. */
  readonly operations: OperationsInFlight = new OperationsInFlight()

  constructor(options: EngineOptions, parts: EngineParts = {}) {
    this.#options = options
    const { clock, random, backoff, parameters, trace, strategy } = options
    const scheduler = new Scheduler(strategy === undefined ? { clock } : { clock, strategy })
    const store = parts.store ?? new Store(storeOptions(options))
    const metrics = new Metrics()
    const serverParameters = new Parameters(parameters)
    const timestamps = new LogicalTime(clock, store)
    const catalog = parts.catalog?.(store) ?? new Catalog(store, random)
    this.services = {
      clock,
      random,
      scheduler,
      store,
      catalog,
      parameters: serverParameters,
      metrics,
      backoff: backoff ?? backoffPolicies.ladder,
      ids: new ObjectIdFactory(clock, random),
      timestamps,
      changes: new ChangeLog(clock, timestamps),
      snapshots: new SnapshotHistory({
        clock,
        store,
        time: timestamps,
        parameters: serverParameters,
      }),
      sessionRecords: new SessionRecords(store, catalog, parts.statements),
      replication: { term: Long.ONE },
      trace,
      filters: new FilterCache(),
      openTransactions: new Set(),
      hooks: {},
    }
    this.cursors = new CursorRegistry(clock, random, metrics)
    startTtlMonitor(this.services, (name, pass) => this.startJob(name, pass))
  }

  /**
   * Starts a background job. A fault in it is a fault of ours: it must show, and not end the run of
   * whoever happened to be next.
   */
  startJob(name: string, job: Operation<void>): void {
    const { clock, scheduler } = this.services
    scheduler.start(name, job, (error) => {
      if (error instanceof StoppedError) return
      clock.afterTurn(() => {
        throw error
      })
    })
  }

  /** Begins an operation. The caller ends it with `endOperation`, whatever happens. */
  beginOperation(
    name: string,
    transaction?: TransactionResources,
    ns?: Namespace,
  ): OperationContext {
    const opId = ++this.#lastOpId
    const op = new OperationContext(this.services, { opId, name, ns, transaction })
    this.operations.add(op)
    return op
  }

  endOperation(op: OperationContext): void {
    op.finish()
    this.operations.delete(op)
  }

  /**
   * The whole store as it is now, at no cost.
   *
   * @throws ServerError 117 while operations or transactions are in flight
   */
  save(): EngineSave {
    this.#expectQuiet('saved')
    const streams = new Set<number>()
    for (const { id, source } of this.cursors.all()) if (source.kind === 'changes') streams.add(id)
    return { engine: this, store: this.services.store.save(), streams }
  }

  /**
   * Back to a save, at the cost of what changed since: open transactions are aborted, cursors
   * killed. Change streams that were open when it was saved go on, and tell nothing of the way
   * back. Time, ids and counters go on.
   *
   * @throws ServerError 2 for the save of another engine; 117 while operations are in flight
   */
  restore(save: EngineSave): void {
    if (save.engine !== this) {
      throw new ServerError('BadValue', 'A save is restored by the simulator that made it')
    }
    if (this.#isBusy) throw this.#busy('restored')
    for (const open of [...this.services.openTransactions]) open.abort('killed')
    const { streams } = save
    this.cursors.killWhere(({ id }) => !streams.has(id))
    this.services.snapshots.clear()
    this.services.changes.restart([...streams].some((id) => this.cursors.get(id) !== undefined))
    this.services.store.restore(save.store)
    // A catalog that nobody has changed since the same save was restored is as it was.
    const { catalog } = this.services
    if (this.#lastRestored !== save || !catalog.isAsReloaded) catalog.reload()
    this.#lastRestored = save
    this.services.scheduler.drain()
  }

  /**
   * An independent engine from here, sharing the documents.
   *
   * @throws ServerError 117 while operations or transactions are in flight
   */
  fork({ clock, random, strategy, trace }: ForkDoors): Engine {
    this.#expectQuiet('forked')
    const { store, tableOf } = this.services.store.fork()
    const parameters = this.services.parameters.all()
    const options = { ...this.#options, clock, random, strategy, trace, parameters }
    const catalog = (): Catalog => this.services.catalog.fork(store, random, tableOf)
    const statements = tableOf(this.services.sessionRecords.table)
    const copy = new Engine(options, { store, catalog, statements })
    copy.services.replication.term = this.services.replication.term
    copy.services.timestamps.continueFrom(this.services.timestamps)
    copy.#lastOpId = this.#lastOpId
    return copy
  }

  #expectQuiet(what: string): void {
    if (this.#isBusy || this.services.openTransactions.size > 0) throw this.#busy(what)
  }

  /** Whoever is parked holds nothing, and is in nobody's way. */
  get #isBusy(): boolean {
    return this.operations.values().some(({ isParked }) => !isParked)
  }

  #busy(what: string): ServerError {
    const transactions = [...this.services.openTransactions].map((open) => open.describe())
    const operations = this.operations.values().map((op) => op.name)
    return new ServerError(
      'ConflictingOperationInProgress',
      `A simulator can't be ${what} while something is under way: ${[...operations, ...transactions].join(', ')}`,
    )
  }
}

interface EngineParts {
  readonly store?: Store
  readonly catalog?: (store: Store) => Catalog
  readonly statements?: Table<number, StatementEntry>
}

function storeOptions({ cacheSizeBytes, evictionTriggerBytes }: EngineOptions): StoreOptions {
  if (cacheSizeBytes === undefined && evictionTriggerBytes === undefined) return {}
  return {
    ...(cacheSizeBytes === undefined ? {} : { cacheSizeBytes }),
    ...(evictionTriggerBytes === undefined ? {} : { evictionTriggerBytes }),
    sizeOf: sizeOfValue,
  }
}

/**
 * Record stores hold documents, indexes record ids; the catalog's own entries are free of charge.
 */
function sizeOfValue(value: unknown): number {
  if (value instanceof Collection || value instanceof StatementEntry) return 0
  return typeof value === 'number' ? 8 : sizeOf(value as Document)
}
