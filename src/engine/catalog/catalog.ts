import { mintUuid, sizeOf } from '../../bson/index.ts'
import { invariant } from '../../invariant.ts'
import type { Random } from '../../sim/index.ts'
import {
  type Fork,
  OK,
  type StorageTransaction,
  type Store,
  type Table,
} from '../../storage/index.ts'
import { Lock } from '../lock.ts'
import { Collection, type CollectionOptions, type CollectionState } from './collection.ts'
import { Index, type IndexSpec } from './index_definition.ts'
import { idIndexSpec } from './index_spec.ts'
import { type Namespace, namespaceText } from './namespace.ts'

/**
 * Which databases and collections there are.
 *
 * The catalog is itself a storage table, from namespace to collection version, so it is versioned
 * as documents are: a transaction reads the catalog of its own snapshot, a save and a fork cover
 * it, and two transactions that create the same collection conflict in it. Beside it stands
 * `#latest`, what a new snapshot would see, because every operation asks for it.
 */
export class Catalog {
  readonly #store: Store
  readonly #random: Random
  readonly #table: Table<string, Collection>
  readonly #latest = new Map<string, Map<string, Collection>>()
  /** Of `#latest`, what was asked for last: the next one to ask most often wants the same. */
  #recent: Collection | undefined = undefined
  readonly #locks = new Map<string, Lock>()
  #lastIdent = 0
  /**
   * Moves with every committed change, so that a reader can tell whether its snapshot is current.
   */
  version = 0
  /** What `version` was after the last reload, if that need not be done again. */
  #reloaded = -1
  /** Whether some collection has a collation, or had. */
  hasCollations = false
  /** Whether some database has views, or had. */
  hasViews = false
  /** Whether some collection looks at what is written to it, or did. */
  hasValidators = false

  constructor(store: Store, random: Random, table?: Table<string, Collection>) {
    this.#store = store
    this.#random = random
    this.#table = table ?? store.createTable({ name: '_mdb_catalog', keys: 'string' })
  }

  get table(): Table<string, Collection> {
    return this.#table
  }

  /** The collection as a new snapshot would see it. */
  latest(db: string, coll: string): Collection | undefined {
    const recent = this.#recent
    if (recent !== undefined && recent.ns.coll === coll && recent.ns.db === db) return recent
    const found = this.#latest.get(db)?.get(coll)
    if (found !== undefined) this.#recent = found
    return found
  }

  /** The collection as this storage transaction's snapshot sees it. */
  visible(storage: StorageTransaction, ns: Namespace): Collection | undefined {
    return storage.get(this.#table, namespaceText(ns))
  }

  /** What has become of a collection that had another name, or is gone. */
  findByUuid(uuid: Uint8Array): Collection | undefined {
    return this.#all().find((collection) => collection.uuid === uuid)
  }

  /** In the order of their names. */
  collections(db: string): Collection[] {
    const all = [...(this.#latest.get(db)?.values() ?? [])]
    return all.sort((a, b) => (a.ns.coll < b.ns.coll ? -1 : 1))
  }

  /** Those that have a collection, in the order of their names. */
  databases(): string[] {
    return [...this.#latest]
      .filter(([, colls]) => colls.size > 0)
      .map(([db]) => db)
      .sort()
  }

  databaseLock(db: string): Lock {
    return this.#lock('Database', db)
  }

  collectionLock(ns: Namespace): Lock {
    return this.#lock('Collection', namespaceText(ns))
  }

  /**
   * Makes a collection with its `_id` index; it is nobody's until it is published.
   *
   * @param random where its idents and its UUID are drawn from
   */
  build(ns: Namespace, options: CollectionOptions, random: Random = this.#random): Collection {
    const ident = this.#nextIdent('collection', random)
    if (options.collation !== undefined) this.hasCollations = true
    return new Collection({
      ns,
      uuid: mintUuid(random.bytes(16)).buffer,
      options,
      records: this.#store.createTable({ name: ident, keys: 'integer' }),
      indexes: [this.buildIndex(idIndexSpec(options.clusteredIndex), random)],
      lock: this.collectionLock(ns),
      databaseLock: this.databaseLock(ns.db),
      state: newState(),
    })
  }

  /** An empty index; filling it is the index build's work. */
  buildIndex(spec: IndexSpec, random: Random = this.#random): Index {
    const ordered = spec.name === '_id_' ? 'lazy' : 'eager'
    const name = this.#nextIdent('index', random)
    return new Index(spec, this.#store.createTable({ name, keys: 'string', ordered }))
  }

  /**
   * Writes versions to the catalog within a storage transaction. WT_ROLLBACK if somebody else
   * changed the entry since its snapshot. Call `published` once that transaction has committed.
   *
   * @param change the new version, or nothing to drop
   */
  write(storage: StorageTransaction, ns: Namespace, change: Collection | undefined): number {
    const key = namespaceText(ns)
    return change === undefined
      ? storage.remove(this.#table, key)
      : storage.put(this.#table, key, change)
  }

  /** The change is committed: new snapshots see it. */
  published(ns: Namespace, change: Collection | undefined): void {
    this.version++
    this.#recent = undefined
    if (ns.coll === 'system.views') this.hasViews = true
    if (change?.isValidated === true) this.hasValidators = true
    let colls = this.#latest.get(ns.db)
    if (colls === undefined) {
      colls = new Map()
      this.#latest.set(ns.db, colls)
    }
    if (change === undefined) colls.delete(ns.coll)
    else colls.set(ns.coll, change)
  }

  /** A catalog change in a storage transaction of its own, for callers that hold the lock alone. */
  change(ns: Namespace, change: Collection | undefined): void {
    const storage = this.#store.begin({ owner: 'catalog' })
    const code = this.write(storage, ns, change)
    invariant(code === OK, 'an exclusive lock keeps everybody else out of a catalog entry')
    invariant(storage.commit() === OK, 'a catalog change commits')
    this.published(ns, change)
  }

  drop(collection: Collection): void {
    this.change(collection.ns, undefined)
    this.forget(collection.indexes, collection.records)
    collection.state.followers?.notifyAll()
  }

  /** Nobody will find these any more; whoever sees them in an older snapshot still reads them. */
  forget(indexes: readonly Index[], records?: Collection['records']): void {
    for (const index of indexes) this.#store.dropTable(index.table)
    if (records !== undefined) this.#store.dropTable(records)
  }

  /** Reads everything anew, after the store was restored. */
  reload(): void {
    const before = this.#all()
    this.version++
    let hasCapped = false
    this.#recent = undefined
    this.#latest.clear()
    const storage = this.#store.begin({ owner: 'catalog' })
    const scan = storage.scan(this.#table)
    while (scan.next()) {
      const collection = scan.value
      this.published(collection.ns, collection)
      if (collection.options.capped !== true) continue
      recount(storage, collection)
      // What a capped one holds must be counted anew each time.
      hasCapped = true
    }
    storage.rollback()
    this.#reloaded = hasCapped ? -1 : this.version
    this.#forgetGone(before)
  }

  /** Whether nothing has changed since the last `reload`, so that it need not be done again. */
  get isAsReloaded(): boolean {
    return this.#reloaded === this.version
  }

  #all(): Collection[] {
    return [...this.#latest.values()].flatMap((colls) => [...colls.values()])
  }

  /** Lets go of the tables of those that are no more. */
  #forgetGone(before: readonly Collection[]): void {
    const kept = new Set<unknown>()
    for (const { records, indexes } of this.#all()) {
      kept.add(records)
      for (const index of indexes) kept.add(index.table)
    }
    for (const { records, indexes } of before) {
      const gone = indexes.filter((index) => !kept.has(index.table))
      this.forget(gone, kept.has(records) ? undefined : records)
    }
  }

  /** The catalog of a fork: the same collections over the forked tables. */
  fork(store: Store, random: Random, tableOf: Fork['tableOf']): Catalog {
    const copy = new Catalog(store, random, tableOf(this.#table))
    copy.#lastIdent = this.#lastIdent
    copy.hasCollations = this.hasCollations
    const storage = store.begin({ owner: 'catalog' })
    for (const colls of this.#latest.values()) {
      for (const collection of colls.values()) {
        const forked = copy.#adopt(collection, tableOf)
        invariant(copy.write(storage, forked.ns, forked) === OK, 'nobody else writes in a new fork')
        copy.published(forked.ns, forked)
      }
    }
    invariant(storage.commit() === OK, 'nobody else writes in a new fork')
    return copy
  }

  #adopt(collection: Collection, tableOf: Fork['tableOf']): Collection {
    const indexes = collection.indexes.map((index) => {
      const usage = { ops: 0, sinceUs: index.usage.sinceUs }
      const copy = new Index(index.spec, tableOf(index.table), usage)
      copy.multikey = index.multikey
      return copy
    })
    return new Collection({
      ns: collection.ns,
      uuid: collection.uuid,
      options: collection.options,
      records: tableOf(collection.records),
      indexes,
      lock: this.collectionLock(collection.ns),
      databaseLock: this.databaseLock(collection.ns.db),
      state: { ...collection.state, followers: undefined },
    })
  }

  #lock(kind: 'Database' | 'Collection', name: string): Lock {
    const key = `${kind} ${name}`
    let lock = this.#locks.get(key)
    if (lock === undefined) {
      lock = new Lock(kind, name)
      this.#locks.set(key, lock)
    }
    return lock
  }

  #nextIdent(kind: 'collection' | 'index', random: Random): string {
    return `${kind}-${this.#lastIdent++}-${random.uint32()}`
  }
}

function newState(): CollectionState {
  return {
    lastRecordId: 0,
    cappedBytes: 0,
    cappedCount: 0,
    followers: undefined,
    documentBytesMax: 0,
    collectionScans: 0,
  }
}

/**
 * What a capped collection holds is kept as documents come and go; a restore has passed that by.
 */
function recount(storage: StorageTransaction, { records, state }: Collection): void {
  state.cappedBytes = 0
  state.cappedCount = 0
  const scan = storage.scan(records)
  while (scan.next()) {
    state.cappedBytes += sizeOf(scan.value)
    state.cappedCount++
  }
}
