import type { MicroOperation } from '../check/index.ts'
import { Random } from '../sim/index.ts'
import type { WorkloadClient, WorkloadCollection } from './client.ts'
import { EventLog } from './event_log.ts'
import { commit, isTransient, type Outcome } from './outcome.ts'
import type {
  Performed,
  TransactionSource,
  Workload,
  WorkloadEvent,
  WorkloadTransaction,
} from './workload.ts'

export interface RunWorkloadOptions {
  readonly client: WorkloadClient
  /** Default: that of the client's connection string, else `test`. */
  readonly database?: string
  /** Default: 10. */
  readonly clients?: number
  /** Default: 1,000. */
  readonly transactions?: number
  /** Default: 1. */
  readonly seed?: number
  /** A clock that never goes back, in milliseconds. */
  readonly nowMs: () => number
  /** Called before each statement: what an application does meanwhile. */
  readonly pause?: () => Promise<void>
  readonly onProgress?: (done: number) => void
}

export interface WorkloadRun {
  readonly workload: Workload
  readonly events: readonly WorkloadEvent[]
  readonly committed: number
  readonly failed: number
  /** Nobody knows whether they committed. */
  readonly unknown: number
}

/** The database answers nothing but errors that trying again does not help against. */
export class WorkloadError extends Error {
  override readonly name = 'WorkloadError'
}

/** So many errors in a row that no conflict explains end a run. */
const ERRORS_MAX = 30

/** The strongest that MongoDB has. */
const STRONGEST = { readConcern: { level: 'snapshot' }, writeConcern: { w: 'majority' } } as const

/** The collection that a workload uses. It is dropped at the beginning, and left at the end. */
export function collectionOf({ name }: Pick<Workload, 'name'>): string {
  return `palimpsest_${name.replace('-', '_')}`
}

/**
 * Drives a workload: so many clients, each with one transaction after another, and everything that
 * they asked for, saw and did is taken down.
 *
 * @throws WorkloadError where nothing gets done; the client's error where it can't begin
 */
export async function runWorkload(
  workload: Workload,
  options: RunWorkloadOptions,
): Promise<WorkloadRun> {
  const { client, database, clients = 10, seed = 1 } = options
  const name = collectionOf(workload)
  const db = client.db(database)
  await db.dropCollection(name)
  await db.createCollection(name)
  const collection = db.collection(name)
  await workload.prepare(collection)
  const source = workload.source(new Random(seed))
  const run = new Run(workload, options, collection, source)
  await Promise.all(Array.from({ length: clients }, (_, process) => run.work(process)))
  await run.finish()
  return run.result()
}

class Run {
  readonly #workload: Workload
  readonly #options: RunWorkloadOptions
  readonly #collection: WorkloadCollection
  readonly #source: TransactionSource
  readonly #log: EventLog
  readonly #counts = { ok: 0, fail: 0, info: 0 }
  #begun = 0
  #errorsInARow = 0

  constructor(
    workload: Workload,
    options: RunWorkloadOptions,
    collection: WorkloadCollection,
    source: TransactionSource,
  ) {
    this.#workload = workload
    this.#options = options
    this.#collection = collection
    this.#source = source
    this.#log = new EventLog(options.nowMs)
  }

  result(): WorkloadRun {
    const { ok, fail, info } = this.#counts
    const { events } = this.#log
    return { workload: this.#workload, events, committed: ok, failed: fail, unknown: info }
  }

  /** One client. Whoever does not know what it did goes on under another name, as a new one. */
  async work(process: number): Promise<void> {
    const { clients = 10, transactions = 1_000, onProgress } = this.#options
    let name = process
    while (this.#begun < transactions) {
      this.#begun++
      onProgress?.(this.#begun)
      const { type } = await this.#transact(name, this.#source.next())
      if (type === 'info') name += clients
    }
  }

  /** Looks at everything, once nobody else is there. */
  async finish(): Promise<void> {
    const { clients = 10, transactions = 1_000 } = this.#options
    // Above all the names that anybody can have.
    let process = clients * (transactions + 1)
    for (const transaction of this.#source.last()) {
      const { type } = await this.#transact(process, transaction)
      if (type === 'info') process++
    }
  }

  async #transact(process: number, transaction: WorkloadTransaction): Promise<Outcome> {
    const intent = transaction.flatMap((step) => this.#workload.intent(step))
    this.#log.add('invoke', process, intent)
    const done: Performed = { value: [], numbers: {} }
    const outcome = await this.#perform(transaction, done)
    this.#note(process, outcome, intent, done)
    return outcome
  }

  async #perform(transaction: WorkloadTransaction, done: Performed): Promise<Outcome> {
    const { client, pause } = this.#options
    const session = client.startSession()
    try {
      session.startTransaction(STRONGEST)
      for (const step of transaction) {
        await pause?.()
        await this.#workload.perform(step, this.#collection, session, done)
      }
      await pause?.()
      return await commit(session)
    } catch (error) {
      // Nobody has asked for a commit, so there was none; whether the abort arrives is no matter.
      await session.abortTransaction().catch(() => {})
      return { type: 'fail', error }
    } finally {
      await session.endSession().catch(() => {})
    }
  }

  #note(
    process: number,
    { type, error }: Outcome,
    intent: readonly MicroOperation[],
    { value, numbers }: Performed,
  ): void {
    this.#counts[type]++
    if (type === 'ok') {
      this.#errorsInARow = 0
      const read = Object.keys(numbers).length > 0 ? { numbers } : {}
      this.#log.add('ok', process, value, read)
      return
    }
    this.#log.add(type, process, intent, { error: describe(error) })
    if (isTransient(error) && type === 'fail') return
    if (++this.#errorsInARow < ERRORS_MAX) return
    throw new WorkloadError(`${ERRORS_MAX} errors in a row, the last one: ${describe(error)}`, {
      cause: error,
    })
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
}
