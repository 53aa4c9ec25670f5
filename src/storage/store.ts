import { invariant } from '../invariant.ts'
import { type CacheOptions, cacheAccount } from './cache.ts'
import { OK, type ReturnCode } from './codes.ts'
import type { StoreContext } from './context.ts'
import { HeldSnapshot } from './held_snapshot.ts'
import { committedValue } from './journal.ts'
import type { StoreObserver } from './observer.ts'
import { Reclaimer } from './reclaim.ts'
import { type SavePoint, Saves } from './saves.ts'
import { Counters, type Statistics } from './statistics.ts'
import { Table, type TableOptions } from './table.ts'
import { type GlobalTimestampOptions, GlobalTimestamps } from './timestamps.ts'
import { type BeginOptions, StorageTransaction } from './transaction.ts'
import { TransactionTable } from './transaction_table.ts'
import { NO_TIMESTAMP, TOMBSTONE } from './update.ts'

type AnyTable = Table<string | number, unknown>

export type StoreOptions = CacheOptions

/** A store that was forked, and what became of the tables. */
export interface Fork {
  readonly store: Store
  /** The fork's own copy of a table of the original. */
  tableOf<K extends string | number, V>(original: Table<K, V>): Table<K, V>
}

/** Tables, and transactions over them. Everything is synchronous; nothing waits. */
export class Store {
  readonly options: StoreOptions
  /** For the parts of this layer. */
  readonly context: StoreContext
  readonly #tables: Set<AnyTable> = new Set()
  readonly #saves: Saves

  constructor(options: StoreOptions = {}) {
    this.options = options
    const transactions = new TransactionTable()
    const timestamps = new GlobalTimestamps()
    const counters = new Counters()
    const cache = cacheAccount(options)
    const reclaimer = new Reclaimer(transactions, timestamps, counters, cache)
    transactions.onOldestGone = () => reclaimer.advance()
    this.context = {
      transactions,
      timestamps,
      counters,
      cache,
      reclaimer,
      journal: undefined,
      onCommit: undefined,
      observer: undefined,
    }
    this.#saves = new Saves(this.context)
  }

  /** How many transactions have changed something for good; a restore counts, too. */
  get commitCount(): number {
    return this.context.transactions.generation
  }

  createTable<K extends string | number, V>(options: TableOptions): Table<K, V> {
    const table = new Table<K, V>(this.context, options)
    this.#tables.add(table)
    return table
  }

  /** Forgets a table: it no longer counts, and is not forked. A restored save brings it back. */
  dropTable<K extends string | number, V>(table: Table<K, V>): void {
    this.#tables.delete(table)
  }

  begin(options: BeginOptions = {}): StorageTransaction {
    if (options.implicit !== true) this.context.counters.txnBegin++
    const isolation = options.readTimestamp === undefined ? options.isolation : 'snapshot'
    const transaction = new StorageTransaction(
      this.context,
      isolation === options.isolation ? options : { ...options, isolation: 'snapshot' },
    )
    // At snapshot isolation the view is fixed here, not at the first read.
    if (options.at !== undefined) transaction.snapshot = options.at.pin()
    if (transaction.isolation === 'snapshot') transaction.takeSnapshot()
    if (options.readTimestamp !== undefined) {
      const code = transaction.setTimestamp('read', options.readTimestamp)
      invariant(code === OK, 'a read timestamp is at or after the oldest timestamp')
    }
    this.context.observer?.began(transaction)
    return transaction
  }

  /** Holds the store as it is now, until it is released, to be read by `begin({ at })`. */
  hold(): HeldSnapshot {
    return new HeldSnapshot(this.context.transactions)
  }

  /** Told of each commit that changed something; one listener, or nobody. */
  set onCommit(listener: (() => void) | undefined) {
    this.context.onCommit = listener
  }

  /** Hears of every access from now on; nothing: nobody does. */
  set observer(observer: StoreObserver | undefined) {
    this.context.observer = observer
  }

  /** What a key holds by the last commit that touched it, without a transaction. */
  latest<K extends string | number, V>(table: Table<K, V>, key: K): V | undefined {
    this.context.observer?.read(undefined, table as never, key)
    const row = table.find(key)
    if (row === undefined) return undefined
    const { transactions } = this.context
    let update = row.head
    while (update !== undefined && !transactions.hasCommitted(update.txnId)) update = update.next
    if (update === undefined) return row.settled
    return update.type === TOMBSTONE ? undefined : update.value
  }

  /** Sets the store's own timestamps; `EINVAL` against the rules, and then none is set. */
  setTimestamps(options: GlobalTimestampOptions): ReturnCode {
    const code = this.context.timestamps.set(options)
    if (code === OK) this.context.reclaimer.advanceTimestamps()
    return code
  }

  statistics(): Statistics {
    const { transactions, timestamps, counters, cache, reclaimer } = this.context
    let rows = 0
    for (const table of this.#tables) rows += table.rowCount
    let prepared = 0
    for (const open of transactions.openTransactions()) if (open.state === 'prepared') prepared++
    const pinned = timestamps.pinned()
    const reader = timestamps.oldestReader()
    const behind = (timestamp: number): number =>
      timestamp === NO_TIMESTAMP ? 0 : timestamps.durable - timestamp
    return {
      ...counters,
      txnCurrent: transactions.currentId,
      txnPinnedRange: transactions.currentId - transactions.oldestId(),
      txnPrepareActive: prepared,
      txnSetTs: timestamps.counters.set,
      txnSetTsForce: timestamps.counters.setForce,
      txnSetTsOldest: timestamps.counters.setOldest,
      txnSetTsOldestUpd: timestamps.counters.setOldestUpdated,
      txnSetTsStable: timestamps.counters.setStable,
      txnSetTsStableUpd: timestamps.counters.setStableUpdated,
      txnSetTsDurable: timestamps.counters.setDurable,
      txnPinnedTimestamp: behind(pinned),
      txnPinnedTimestampOldest: behind(timestamps.oldest),
      txnPinnedTimestampReader: behind(reader),
      txnTimestampOldestActiveRead: reader,
      openTransactions: transactions.openCount,
      rows,
      pinnedUpdates: reclaimer.pinnedUpdates,
      cacheBytesInuse: cache?.inUseBytes ?? 0,
      cacheBytesMax: cache === undefined || cache.sizeBytes === Infinity ? 0 : cache.sizeBytes,
    }
  }

  /** Marks this moment, at no cost; later writes note what they change. No transaction is open. */
  save(): SavePoint {
    this.#expectNoneOpen('saved')
    return this.#saves.save([...this.#tables])
  }

  /**
   * Goes back to a saved moment, as often as one likes and in any order, at the cost of what
   * differs. What is open is rolled back; tables that were made since are emptied; transaction
   * ids and timestamps are not set back. The rows come back with their newest values only, as if
   * they had always been there, and without timestamps.
   */
  restore(save: SavePoint): void {
    for (const open of this.context.transactions.openTransactions()) open.rollback()
    for (const table of this.#saves.restore(save)) this.#tables.add(table)
    this.context.transactions.generation++
  }

  /**
   * An independent store with the same tables and values, the values shared. Ids and timestamps
   * go on from where they are; save points stay behind. No transaction is open.
   */
  fork(): Fork {
    this.#expectNoneOpen('forked')
    const store = new Store(this.options)
    const { transactions, timestamps } = store.context
    transactions.currentId = this.context.transactions.currentId
    timestamps.copyFrom(this.context.timestamps)
    const copies = new Map<unknown, unknown>()
    for (const table of this.#tables) {
      const copy = store.createTable<string | number, unknown>(table.options)
      for (const row of table.all()) {
        const value = committedValue(row)
        if (value !== undefined) copy.reset(row.key, value)
      }
      copies.set(table, copy)
    }
    return {
      store,
      tableOf<K extends string | number, V>(original: Table<K, V>): Table<K, V> {
        const copy = copies.get(original)
        invariant(copy !== undefined, 'the table is one of the store that was forked')
        return copy as Table<K, V>
      },
    }
  }

  #expectNoneOpen(what: string): void {
    const { openCount } = this.context.transactions
    invariant(openCount === 0, () => `a store with ${openCount} open transactions is not ${what}`)
  }
}
