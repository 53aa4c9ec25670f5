import { invariant } from '../invariant.ts'
import { WaitQueue } from '../sim/index.ts'
import {
  EINVAL,
  type ReturnCode,
  type SubLevelCode,
  WT_NONE,
  WT_ROLLBACK,
  WT_WRITE_CONFLICT,
} from './codes.ts'
import type { StoreContext } from './context.ts'
import { commitTransaction, rollbackTransaction } from './ending.ts'
import type { HeldSnapshot } from './held_snapshot.ts'
import type { ModifiedRow } from './modified_row.ts'
import { prepareTransaction } from './prepare.ts'
import { type Isolation, ReadView } from './read_view.ts'
import { Scan, type ScanRange } from './scan.ts'
import { type CommitTimestamps, setStamp, type TransactionStamps } from './stamps.ts'
import type { Table } from './table.ts'
import { checkTransition, type TransactionState } from './transaction_state.ts'
import { isPrepared, type Row, type Timestamp, TOMBSTONE, type TxnId } from './update.ts'
import { visibleUpdate } from './visibility.ts'
import { insertRow, putRow, removeRow, reserveRow, updateRow } from './write.ts'

type AnyTable = Table<string | number, unknown>

/** Who was in the way of a write that answered `WT_ROLLBACK`. */
export interface Conflict {
  readonly table: AnyTable
  readonly key: string | number
  readonly holderId: TxnId
  /** Itself; undefined once it has ended. */
  readonly holder: StorageTransaction | undefined
  /** What the holder was begun with; undefined once it has ended. */
  readonly holderOwner: unknown
  /** Whether the holder is still open; if not, it committed after this transaction's snapshot. */
  readonly holderActive: boolean
}

export interface BeginOptions {
  /** Default: `snapshot`. */
  readonly isolation?: Isolation
  /**
   * Sees nothing committed later than this; implies snapshot isolation. It must not be before the
   * oldest timestamp: where that may be, begin without and ask `setTimestamp('read', ...)`.
   */
  readonly readTimestamp?: Timestamp
  /** Reads the store as it was then, instead of as it is now. */
  readonly at?: HeldSnapshot | undefined
  /** A read timestamp before the oldest becomes the oldest, instead of being refused. */
  readonly roundUpRead?: boolean
  /** A prepare timestamp at or before stable is allowed, and raised to the oldest. */
  readonly roundUpPrepared?: boolean
  /**
   * `true`: reads skip prepared updates, and nothing may be written. `force`: the same, but
   * writes.
   */
  readonly ignorePrepare?: boolean | 'force'
  /** May commit without a timestamp what was last committed with one. */
  readonly noTimestamp?: boolean
  /** Whoever holds it, for explanations. Storage never looks inside. */
  readonly owner?: unknown
  /** Begun inside one operation on the user's behalf: not counted as a transaction. */
  readonly implicit?: boolean
}

/**
 * A transaction: a reader with one view of the store that may also write. Every operation answers
 * at once; a write that lost a conflict answers `WT_ROLLBACK`, and what to do about it is the
 * caller's business. A failed operation leaves the transaction usable; its commit will refuse if
 * it has written.
 */
export class StorageTransaction extends ReadView {
  readonly context: StoreContext
  readonly owner: unknown
  readonly options: BeginOptions
  state: TransactionState = 'active'
  /** Whether an operation failed in a way that commit must not overlook. */
  failed = false
  readonly readOnly: boolean
  /** Why the last failed operation failed. */
  subLevelError: SubLevelCode = WT_NONE
  modificationCount = 0
  uncommittedBytes = 0
  lastModified: ModifiedRow | undefined = undefined
  stamps: TransactionStamps | undefined = undefined
  #ended: WaitQueue | undefined = undefined
  #conflict: { table: AnyTable; row: Row<string | number, unknown>; holderId: TxnId } | undefined =
    undefined
  #openScans = 0

  // Places in the lists of the transaction table.
  openedBefore: StorageTransaction | undefined = undefined
  openedAfter: StorageTransaction | undefined = undefined
  olderWriter: StorageTransaction | undefined = undefined
  newerWriter: StorageTransaction | undefined = undefined

  /** Made by `Store.begin`. */
  constructor(context: StoreContext, options: BeginOptions) {
    super(context.transactions, options.isolation ?? 'snapshot')
    this.context = context
    this.owner = options.owner
    this.options = options
    this.readOnly = options.ignorePrepare === true
    this.ignorePrepare = options.ignorePrepare !== undefined && options.ignorePrepare !== false
    context.transactions.open(this)
  }

  /** Where to wait for it to commit or roll back. */
  get ended(): WaitQueue {
    invariant(this.state === 'active' || this.state === 'prepared', 'only an open one is awaited')
    this.#ended ??= new WaitQueue(`end of transaction ${this.id}`)
    return this.#ended
  }

  get hasModifications(): boolean {
    return this.modificationCount > 0
  }

  /**
   * The value of a key, undefined if there is none to see. For users of unprepared transactions: it
   * must not meet a prepared one (`read` answers with a code).
   */
  get<K extends string | number, V>(table: Table<K, V>, key: K): V | undefined {
    invariant(this.state === 'active', 'a transaction that has ended reads nothing')
    this.context.counters.cursorSearch++
    this.context.observer?.read(this, table as never, key)
    const row = table.find(key)
    return row === undefined ? undefined : this.#valueOf(row)
  }

  /**
   * The values of many keys, as `get` gives each.
   *
   * First all rows are looked up, then all values: where they lie scattered in memory, the
   * processor waits for several at a time, which makes a hundred of them twice as fast as one by
   * one.
   */
  getAll<K extends string | number, V>(table: Table<K, V>, keys: readonly K[]): (V | undefined)[] {
    invariant(this.state === 'active', 'a transaction that has ended reads nothing')
    const { length } = keys
    this.context.counters.cursorSearch += length
    const { observer } = this.context
    if (observer !== undefined) for (const key of keys) observer.read(this, table as never, key)
    const rows: (Row<K, V> | undefined)[] = []
    for (let i = 0; i < length; i++) rows.push(table.find(keys[i]!))
    const values: (V | undefined)[] = []
    for (let i = 0; i < length; i++) {
      const row = rows[i]
      values.push(row === undefined ? undefined : this.#valueOf(row))
    }
    return values
  }

  /** Adds a key. `WT_DUPLICATE_KEY` if a value is visible; only then is the conflict looked for. */
  insert<K extends string | number, V>(table: Table<K, V>, key: K, value: V): ReturnCode {
    return this.#write(insertRow(this.#writable(table, key), table, key, value))
  }

  /** Sets a key, whether it is there or not. */
  put<K extends string | number, V>(table: Table<K, V>, key: K, value: V): ReturnCode {
    return this.#write(putRow(this.#writable(table, key), table, key, value))
  }

  /** Changes a key. A conflict wins over `WT_NOTFOUND`. */
  update<K extends string | number, V>(table: Table<K, V>, key: K, value: V): ReturnCode {
    return this.#write(updateRow(this.#writable(table, key), table, key, value))
  }

  /** Deletes a key. A conflict wins over `WT_NOTFOUND`. */
  remove<K extends string | number, V>(table: Table<K, V>, key: K): ReturnCode {
    return this.#write(removeRow(this.#writable(table, key), table, key))
  }

  /** Holds a key that is there against other writers until this transaction ends. */
  reserve<K extends string | number, V>(table: Table<K, V>, key: K): ReturnCode {
    return this.#write(reserveRow(this.#writable(table, key), table, key))
  }

  /** Walks a range of keys. The scan sees what this transaction writes ahead of it meanwhile. */
  scan<K extends string | number, V>(table: Table<K, V>, range: ScanRange<K> = {}): Scan<K, V> {
    invariant(this.state === 'active', 'a transaction that has ended scans nothing')
    this.context.observer?.scanned(this, table as never, range as ScanRange<string | number>)
    return new Scan(this, table, range)
  }

  /** Sets one of the transaction's own timestamps. `EINVAL` where the rules forbid it. */
  setTimestamp(which: 'commit' | 'durable' | 'prepare' | 'read', timestamp: Timestamp): ReturnCode {
    return this.noteOutcome(setStamp(this, which, timestamp))
  }

  /** Makes the transaction's outcome independent of it: from here on only commit and rollback. */
  prepare(prepareTimestamp?: Timestamp): ReturnCode {
    return this.noteOutcome(prepareTransaction(this, prepareTimestamp))
  }

  /**
   * Commits. `EINVAL`, and the transaction is rolled back, if an operation of it failed and it has
   * written, or if a timestamp is against the rules; a prepared one stays prepared instead.
   */
  commit(timestamps: CommitTimestamps = {}): ReturnCode {
    return commitTransaction(this, timestamps)
  }

  /** Undoes what was written. Rolling back again changes nothing. */
  rollback(): void {
    if (this.state !== 'rolledBack') rollbackTransaction(this)
  }

  /** After a write answered `WT_ROLLBACK` for a conflict: who was in the way. */
  get lastConflict(): Conflict | undefined {
    if (this.#conflict === undefined) return undefined
    const { table, row, holderId } = this.#conflict
    const holder = this.transactions.holderOf(holderId)
    return {
      table,
      key: row.key,
      holderId,
      holderOwner: holder?.owner,
      holder,
      holderActive: holder !== undefined,
    }
  }

  /** Internal: a write met an update that it cannot see. */
  lose(table: AnyTable, row: Row<string | number, unknown>, holderId: TxnId): ReturnCode {
    this.#conflict = { table, row, holderId }
    this.subLevelError = WT_WRITE_CONFLICT
    this.context.counters.txnUpdateConflict++
    return this.fail(WT_ROLLBACK)
  }

  /** Internal: marks the transaction as failed, and passes the code on. */
  fail(code: ReturnCode): ReturnCode {
    this.failed = true
    return code
  }

  /** Internal: misuse fails the transaction, except once it is prepared. */
  noteOutcome(code: ReturnCode): ReturnCode {
    return code === EINVAL && this.state === 'active' ? this.fail(code) : code
  }

  /** Internal: a new state, and everybody who waits for the end is told. */
  become(state: TransactionState): void {
    checkTransition(this.state, state)
    this.state = state
    if (state !== 'prepared') this.#ended?.notifyAll()
  }

  /** Internal: a scan below snapshot isolation keeps one snapshot for as long as it goes on. */
  scanOpened(): void {
    this.#openScans++
    this.takeSnapshot()
  }

  scanClosed(): void {
    this.#openScans--
    invariant(this.#openScans >= 0, 'a scan is closed once')
    if (this.isolation !== 'snapshot') this.#releaseBetweenOperations()
  }

  /** What this transaction sees in a row. */
  #valueOf<V>(row: Row<unknown, V>): V | undefined {
    if (row.head === undefined) return row.settled
    if (this.isolation !== 'snapshot') this.takeSnapshot()
    const update = visibleUpdate(row.head, this)
    if (this.isolation !== 'snapshot') this.#releaseBetweenOperations()
    if (update === undefined) return row.settled
    if (update.type === TOMBSTONE) return undefined
    invariant(!isPrepared(update), 'get does not meet prepared updates')
    return update.value
  }

  #writable(table: { readonly context: StoreContext }, key: string | number): this {
    invariant(this.state === 'active', 'a transaction that has ended or is prepared writes nothing')
    invariant(table.context === this.context, 'a transaction writes to tables of its own store')
    this.subLevelError = WT_NONE
    this.context.observer?.wrote(this, table as never, key)
    if (this.isolation !== 'snapshot') this.takeSnapshot()
    return this
  }

  #write(code: ReturnCode): ReturnCode {
    if (this.isolation !== 'snapshot') this.#releaseBetweenOperations()
    return code
  }

  #releaseBetweenOperations(): void {
    if (this.#openScans === 0) this.releaseSnapshot()
  }
}
