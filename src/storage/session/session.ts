import type { Interruptor, Operation } from '../../sim/index.ts'
import { EINVAL, ENOTSUP, OK, type ReturnCode } from '../codes.ts'
import type { Isolation } from '../read_view.ts'
import type { CommitTimestamps } from '../stamps.ts'
import type { Store } from '../store.ts'
import type { Table } from '../table.ts'
import type { BeginOptions, StorageTransaction } from '../transaction.ts'
import { NO_TXN, type Timestamp } from '../update.ts'
import { untilFree } from './autocommit.ts'
import { Cursor } from './cursor.ts'
import { CursorCore } from './cursor_core.ts'
import { type LastError, SessionCore } from './session_core.ts'
import { truncate } from './truncate.ts'

export interface SessionOptions {
  /** Of reads outside transactions, and of transactions that do not say. Default: `snapshot`. */
  readonly isolation?: Isolation
}

export interface CursorOptions {
  /** Whether insert and update take a key whether it is there or not. Default: true. */
  readonly overwrite?: boolean
}

/** Timestamps for a running transaction; they are set in this order. */
export interface TransactionTimestamps extends CommitTimestamps {
  readonly readTimestamp?: Timestamp
  readonly prepareTimestamp?: Timestamp
}

/**
 * WiredTiger's session (`WT_SESSION`): one transaction at a time, and cursors that share its view.
 *
 * What the plain transactions of this layer treat as a broken promise is misuse here, and answers
 * `EINVAL` or `ENOTSUP`. As in WiredTiger, misuse marks a running transaction as failed, which only
 * its commit asks about; and a refusal because the transaction is prepared does not.
 */
export class Session {
  readonly #core: SessionCore

  constructor(store: Store, options: SessionOptions = {}) {
    this.#core = new SessionCore(store, options.isolation ?? 'snapshot')
  }

  openCursor<K extends string | number, V>(
    table: Table<K, V>,
    options: CursorOptions = {},
  ): Cursor<K, V> {
    const cursor = new CursorCore<K, V>(this.#core, table, options.overwrite ?? true)
    this.#core.cursors.unshift(cursor as never)
    return new Cursor(cursor)
  }

  /** The running transaction, if any. */
  get transaction(): StorageTransaction | undefined {
    return this.#core.running
  }

  get isPrepared(): boolean {
    return this.#core.isPrepared
  }

  /** The code, reason and message of the last call, if it failed. */
  get lastError(): LastError {
    return this.#core.lastError
  }

  begin(options: BeginOptions = {}): ReturnCode {
    const core = this.#core
    return core.call(() => {
      if (core.running !== undefined) {
        core.context.counters.txnBegin++
        return EINVAL
      }
      const { readTimestamp, roundUpRead = false } = options
      if (readTimestamp !== undefined && !core.mayReadAt(readTimestamp, roundUpRead)) {
        core.context.counters.txnBegin++
        return EINVAL
      }
      const isolation =
        readTimestamp === undefined ? (options.isolation ?? core.isolation) : 'snapshot'
      const transaction = core.store.begin({ ...options, isolation })
      if (isolation === 'snapshot') core.keepValues()
      transaction.takeOver(core.idleView, { evenOutdated: isolation !== 'snapshot' })
      core.transaction = transaction
      return OK
    })
  }

  /** After anything but `OK` no transaction is running, except one that is prepared. */
  commit(timestamps: CommitTimestamps = {}): ReturnCode {
    const core = this.#core
    return core.callEvenPrepared(() => {
      const { running } = core
      if (running === undefined) {
        core.context.counters.txnCommit++
        return EINVAL
      }
      core.keepValues()
      const code = running.commit(timestamps)
      if (running.state === 'prepared') return code
      core.transaction = undefined
      if (code !== OK) core.resetCursors()
      return code
    })
  }

  rollback(): ReturnCode {
    const core = this.#core
    return core.callEvenPrepared(() => {
      const { running } = core
      if (running === undefined) {
        core.context.counters.txnRollback++
        return EINVAL
      }
      core.resetCursors()
      running.rollback()
      core.transaction = undefined
      return OK
    })
  }

  prepare(options: { readonly prepareTimestamp?: Timestamp } = {}): ReturnCode {
    const core = this.#core
    return core.call(() => {
      const { running } = core
      if (running === undefined) {
        core.context.counters.txnPrepare++
        return EINVAL
      }
      const code = running.prepare(options.prepareTimestamp)
      if (code === OK) core.keepValues()
      return code
    })
  }

  timestampTransaction(timestamps: TransactionTimestamps): ReturnCode {
    const core = this.#core
    return core.callEvenPrepared(() => {
      const { running } = core
      if (running === undefined) return EINVAL
      const steps = [
        ['commit', timestamps.commitTimestamp],
        ['durable', timestamps.durableTimestamp],
        ['read', timestamps.readTimestamp],
        ['prepare', timestamps.prepareTimestamp],
      ] as const
      for (const [which, timestamp] of steps) {
        if (timestamp === undefined) continue
        const refused = running.setTimestamp(which, timestamp)
        if (refused !== OK) return refused
      }
      return OK
    })
  }

  /**
   * Takes a newer snapshot, which is possible as long as nothing was written. Outside a
   * transaction the snapshot stays until a cursor positions itself anew. It is no call like the
   * others: being refused is neither remembered nor held against the transaction.
   */
  resetSnapshot(): ReturnCode {
    const { view, running } = this.#core
    if (view.isolation !== 'snapshot') return ENOTSUP
    if (running?.hasModifications === true) return ENOTSUP
    view.releaseSnapshot()
    view.takeSnapshot()
    return OK
  }

  /** Deletes a range of rows; without `stop` to the end of the table. Both cursors are reset. */
  truncate<K extends string | number, V>(start: Cursor<K, V>, stop?: Cursor<K, V>): ReturnCode {
    return truncate(this.#core, start.core, stop?.core)
  }

  /** How many ids lie between the oldest one that this session pins and the next one. */
  transactionPinnedRange(): { readonly code: ReturnCode; readonly range: number } {
    const core = this.#core
    const code = core.call(() => OK)
    const { id, snapshot } = core.view
    const pinned = snapshot?.min ?? NO_TXN
    const least = id !== NO_TXN && id < pinned ? id : pinned
    const { currentId } = core.context.transactions
    return { code, range: code !== OK || least === NO_TXN ? 0 : currentId - least }
  }

  /**
   * Makes a write outside a transaction that waits for whoever holds the row, as WiredTiger's own
   * call does, but asleep:
   *
   *     const code = yield* session.untilFree(() => cursor.insert())
   */
  untilFree(
    attempt: () => ReturnCode,
    options: { readonly interruptor?: Interruptor } = {},
  ): Operation<ReturnCode> {
    return untilFree(this.#core, attempt, options)
  }
}
