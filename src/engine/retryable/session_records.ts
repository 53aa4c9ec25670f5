import type { Timestamp } from 'bson'
import { type Document, encodeIdKey, isDocument, sizeOf, typeOf } from '../../bson/index.ts'
import { Random } from '../../sim/index.ts'
import {
  OK,
  type ReturnCode,
  type StorageTransaction,
  type Store,
  type Table,
  WT_DUPLICATE_KEY,
  WT_ROLLBACK,
} from '../../storage/index.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { Collection } from '../catalog/collection.ts'
import type { Namespace } from '../catalog/namespace.ts'
import { ServerError } from '../errors.ts'
import type { StatementEntry } from './statement_entry.ts'

const TRANSACTIONS: Namespace = { db: 'config', coll: 'transactions' }
const IMAGES: Namespace = { db: 'config', coll: 'image_collection' }

/** Whether sessions write there past all indexes but that of `_id`. */
export function isSessionRecords({ db, coll }: Namespace): boolean {
  return db === TRANSACTIONS.db && (coll === TRANSACTIONS.coll || coll === IMAGES.coll)
}

/** No record is larger: its fields all have a fixed size. */
const RECORD_BYTES_MAX = 512

/** The collections' idents are drawn from here, so that all other chance stays what it was. */
const SEED_OFFSET = 0x5e55

/**
 * What sessions leave behind in the store, so that a retry is known from a first attempt after a
 * save was restored or a store was forked as well.
 *
 * - `config.transactions`, a collection that everybody can read: one document for each session that
 *   has written under a transaction number, with that number and the time of the last write.
 * - Beside it, under the same record ids, the newest of the statements of that number, linked to
 *   those before it. In the server that is the oplog.
 * - `config.image_collection`: the document that the last findAndModify of a session found or left.
 *
 * All of them are written in the storage transaction of the data. What somebody else wrote into the
 * collections is met with suspicion: a record whose time is not that of its statements has lost
 * them. Source: session_txn_record.idl, image_collection_entry.idl, `updateSessionEntry` in
 * transaction_participant.cpp (8.0)
 */
export class SessionRecords {
  readonly #store: Store
  readonly #catalog: Catalog
  readonly #statements: Table<number, StatementEntry>
  #catalogVersion = -1
  #transactions: Collection | undefined = undefined
  #images: Collection | undefined = undefined

  constructor(store: Store, catalog: Catalog, statements?: Table<number, StatementEntry>) {
    this.#store = store
    this.#catalog = catalog
    this.#statements =
      statements ?? store.createTable({ name: 'retryable_statements', keys: 'integer' })
  }

  /** The statements' table, for a fork. */
  get table(): Table<number, StatementEntry> {
    return this.#statements
  }

  /** A primary makes sure that it can keep them. Source: `createTransactionTable` at step-up. */
  create(seed: number): void {
    const random = new Random(seed + SEED_OFFSET)
    for (const ns of [TRANSACTIONS, IMAGES]) {
      if (this.#catalog.latest(ns.db, ns.coll) !== undefined) continue
      this.#catalog.change(ns, this.#catalog.build(ns, {}, random))
    }
  }

  /** The record id of a session's document, by the key of its `_id`. */
  find(key: string): number | undefined {
    const collection = this.#collection()
    return collection && this.#store.latest(collection.idIndex.table, key)
  }

  document(recordId: number): Document | undefined {
    const collection = this.#collection()
    return collection && this.#store.latest(collection.records, recordId)
  }

  /** The newest statement of the session that has this record. */
  statement(recordId: number): StatementEntry | undefined {
    return this.#store.latest(this.#statements, recordId)
  }

  /**
   * Writes a session's document and its newest statement.
   *
   * @param recordId of its document; undefined for the first one
   * @returns its record id, or undefined where somebody else was there: a write conflict
   * @throws ServerError 40527
   */
  write(
    storage: StorageTransaction,
    recordId: number | undefined,
    key: string,
    document: Document,
    newest: StatementEntry,
  ): number | undefined {
    const collection = this.#collection()
    if (collection === undefined) throw missing()
    const at = recordId ?? collection.nextRecordId()
    if (recordId === undefined) {
      collection.noteSize(RECORD_BYTES_MAX)
      if (storage.put(collection.records, at, document) !== OK) return undefined
      if (storage.insert(collection.idIndex.table, key, at) !== OK) return undefined
    } else if (storage.update(collection.records, at, document) !== OK) {
      return undefined
    }
    return storage.put(this.#statements, at, newest) === OK ? at : undefined
  }

  /** Keeps the image of a findAndModify in place of the last one. @throws ServerError 40527 */
  writeImage(storage: StorageTransaction, key: string, document: Document): ReturnCode {
    const collection = this.#collection('images')
    if (collection === undefined) throw missing()
    collection.noteSize(sizeOf(document))
    const known = storage.get(collection.idIndex.table, key)
    if (known !== undefined) return storage.update(collection.records, known, document)
    const recordId = collection.nextRecordId()
    const code = storage.put(collection.records, recordId, document)
    if (code !== OK) return code
    const indexed = storage.insert(collection.idIndex.table, key, recordId)
    return indexed === WT_DUPLICATE_KEY ? WT_ROLLBACK : indexed
  }

  /** What the image collection has of a session. */
  image(key: string): Document | undefined {
    const collection = this.#collection('images')
    if (collection === undefined) return undefined
    const recordId = this.#store.latest(collection.idIndex.table, key)
    return recordId === undefined ? undefined : this.#store.latest(collection.records, recordId)
  }

  /**
   * Removes what sessions left behind that wrote last before a time, in milliseconds.
   *
   * @param mayGo asked for those, by the key of their `_id`
   * @returns how many went
   */
  reap(beforeMs: number, mayGo: (key: string) => boolean): number {
    const collection = this.#collection()
    if (collection === undefined) return 0
    const storage = this.#store.begin({ owner: 'session reaper' })
    const scan = storage.scan(collection.records)
    let gone = 0
    while (scan.next()) {
      const { _id, lastWriteDate } = scan.value
      const key = encodeIdKey(_id)
      if (!(lastWriteDate instanceof Date) || lastWriteDate.getTime() >= beforeMs) continue
      if (!mayGo(key)) continue
      storage.remove(collection.records, scan.key)
      storage.remove(collection.idIndex.table, key)
      storage.remove(this.#statements, scan.key)
      this.#removeImage(storage, key)
      gone++
    }
    // Somebody who writes there at this moment is in the way: the next time will do.
    storage.commit()
    return gone
  }

  #removeImage(storage: StorageTransaction, key: string): void {
    const collection = this.#collection('images')
    if (collection === undefined) return
    const recordId = storage.get(collection.idIndex.table, key)
    if (recordId === undefined) return
    storage.remove(collection.records, recordId)
    storage.remove(collection.idIndex.table, key)
  }

  #collection(which: 'transactions' | 'images' = 'transactions'): Collection | undefined {
    if (this.#catalogVersion !== this.#catalog.version) {
      this.#catalogVersion = this.#catalog.version
      this.#transactions = this.#catalog.latest(TRANSACTIONS.db, TRANSACTIONS.coll)
      this.#images = this.#catalog.latest(IMAGES.db, IMAGES.coll)
    }
    return which === 'transactions' ? this.#transactions : this.#images
  }
}

/** Whether a statement is the one that a document of `config.transactions` speaks of. */
export function belongsTo(entry: StatementEntry | undefined, document: Document): boolean {
  const { lastWriteOpTime } = document
  if (entry === undefined || !isDocument(lastWriteOpTime)) return false
  return isTime(lastWriteOpTime['ts'], entry.time)
}

/** Whether a value is this very time. */
export function isTime(value: unknown, time: Timestamp): boolean {
  return typeOf(value) === 'timestamp' && time.compare(value as never) === 0
}

function missing(): ServerError {
  return new ServerError(
    40527,
    'Unable to persist transaction state because the session transaction collection is missing. This indicates that the config.transactions collection has been manually deleted.',
  )
}
