import { sizeOf } from '../bson/index.ts'
import { invariant } from '../invariant.ts'
import {
  type Clock,
  type Operation,
  type Random,
  Scheduler,
  type Strategy,
  type Trace,
} from '../sim/index.ts'
import { type SavePoint, Store, type StoreOptions } from '../storage/index.ts'
import { type BackoffPolicy, backoffPolicies } from './backoff.ts'
import { Catalog } from './catalog/catalog.ts'
import { CursorRegistry } from './exec/cursor.ts'
import { LogicalTime, ObjectIdFactory } from './identity.ts'
import { Metrics } from './metrics.ts'
import { OperationContext, type Services, type TransactionResources } from './operation_context.ts'
import { type ParameterOptions, Parameters } from './parameters.ts'
import { FilterCache } from './query/index.ts'
import { ttlMonitor } from './ttl.ts'

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
}

/** The state of an engine at one moment. */
export interface EngineSave {
  readonly engine: Engine
  readonly store: SavePoint
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
  /** Operations under way, for `currentOp` and killing. */
  readonly operations: Map<number, OperationContext> = new Map()

  constructor(options: EngineOptions, parts: EngineParts = {}) {
    this.#options = options
    const { clock, random, backoff, parameters, trace, strategy } = options
    const scheduler = new Scheduler(strategy === undefined ? { clock } : { clock, strategy })
    const store = parts.store ?? new Store(storeOptions(options))
    const metrics = new Metrics()
    this.services = {
      clock,
      random,
      scheduler,
      store,
      catalog: parts.catalog?.(store) ?? new Catalog(store, random),
      parameters: new Parameters(parameters),
      metrics,
      backoff: backoff ?? backoffPolicies.ladder,
      ids: new ObjectIdFactory(clock, random),
      timestamps: new LogicalTime(clock),
      trace,
      filters: new FilterCache(),
      openTransactions: new Set(),
      hooks: {},
    }
    this.cursors = new CursorRegistry(clock, random, metrics)
    this.startJob('TTL monitor', ttlMonitor(this.services))
  }

  /** Starts a background job; a fault in it is a fault of ours, and shows. */
  startJob(name: string, job: Operation<void>): void {
    this.services.scheduler.start(name, job, (error) => {
      if (error instanceof Error && error.name === 'StoppedError') return
      throw error
    })
  }

  /** Begins an operation. The caller ends it with `endOperation`, whatever happens. */
  beginOperation(name: string, transaction?: TransactionResources): OperationContext {
    const op = new OperationContext(this.services, { opId: ++this.#lastOpId, name, transaction })
    this.operations.set(op.opId, op)
    return op
  }

  endOperation(op: OperationContext): void {
    op.finish()
    this.operations.delete(op.opId)
  }

  /** The whole store as it is now, at no cost. No operation may be in flight. */
  save(): EngineSave {
    this.#expectQuiet('saved')
    return { engine: this, store: this.services.store.save() }
  }

  /**
   * Back to a save, at the cost of what changed since: open transactions are aborted, cursors killed.
   * Time, ids and counters go on.
   */
  restore(save: EngineSave): void {
    invariant(save.engine === this, 'a save is restored by the simulator that made it')
    invariant(this.operations.size === 0, 'no operation is in flight while a save is restored')
    for (const open of [...this.services.openTransactions]) open.abort('killed')
    this.cursors.killWhere(() => true)
    this.services.store.restore(save.store)
    this.services.catalog.reload()
  }

  /** An independent engine from here, sharing the documents. */
  fork(doors: Pick<EngineOptions, 'clock' | 'random' | 'strategy' | 'trace'>): Engine {
    this.#expectQuiet('forked')
    const { store, tableOf } = this.services.store.fork()
    const options = { ...this.#options, ...doors, parameters: this.services.parameters.all() }
    const catalog = (): Catalog => this.services.catalog.fork(store, doors.random, tableOf)
    const copy = new Engine(options, { store, catalog })
    copy.services.timestamps.continueFrom(this.services.timestamps)
    copy.#lastOpId = this.#lastOpId
    return copy
  }

  #expectQuiet(what: string): void {
    invariant(
      this.operations.size === 0 && this.services.openTransactions.size === 0,
      () => `a simulator with operations or transactions in flight can't be ${what}`,
    )
  }
}

interface EngineParts {
  readonly store?: Store
  readonly catalog?: (store: Store) => Catalog
}

function storeOptions(options: EngineOptions): StoreOptions {
  const { cacheSizeBytes } = options
  if (cacheSizeBytes === undefined) return {}
  return { cacheSizeBytes, sizeOf: (value) => sizeOfValue(value) }
}

/** Index entries hold record ids; everything else is a document. */
function sizeOfValue(value: unknown): number {
  return typeof value === 'object' && value !== null ? sizeOf(value as Record<string, unknown>) : 8
}
