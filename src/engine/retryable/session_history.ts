import { Long, type Timestamp } from 'bson'
import { type Document, encodeIdKey, isNumeric, numberToDouble } from '../../bson/index.ts'
import { OK, type ReturnCode, type StorageTransaction, WT_ROLLBACK } from '../../storage/index.ts'
import { ServerError } from '../errors.ts'
import type { Services } from '../services.ts'
import { belongsTo, isTime } from './session_records.ts'
import { type ImageKind, StatementChain, StatementEntry } from './statement_entry.ts'

/** What a session's record says of it: how far its transaction numbers got. */
export interface StoredState {
  /** -1 where there is none. */
  readonly txnNumber: number
  /** Whether that was a transaction, which has committed. */
  readonly isCommitted: boolean
}

/** One unit of work of a retryable write, or the commit of a transaction. */
export interface HistoryChange {
  readonly txnNumber: number
  /** Linked to those before it; nothing for a transaction. */
  readonly newest: StatementEntry | undefined
  readonly time: Timestamp
  readonly image?: { readonly kind: ImageKind; readonly document: Document } | undefined
}

interface Known {
  readonly recordId: number
  readonly document: Document
}

/**
 * One session's half of what `SessionRecords` keeps: which statements of its transaction number
 * have been done. It remembers the document that it wrote last. As long as the store still has that
 * very one, what is in memory is true; else (after a restore, in a fork, where somebody changed
 * the collection by hand) it is read anew. Source: `refreshFromStorageIfNeeded`,
 * transaction_participant.cpp (8.0).
 */
export class SessionHistory {
  readonly #services: Services
  readonly #lsid: Document | undefined
  /** The session, as messages print it. */
  readonly #text: string
  #key: string | undefined = undefined
  #known: Known | undefined = undefined
  /** What the unit of work under way wrote. */
  #writing: Known | undefined = undefined
  readonly #chain = new StatementChain()
  /** The record is there, and its statements are not. */
  #isIncomplete = false

  /** @param lsid as documents show it; without one nothing is kept in the store */
  constructor(services: Services, text: string, lsid: Document | undefined) {
    this.#services = services
    this.#text = text
    this.#lsid = lsid
  }

  /** The key of the session's `_id` in the collections. */
  get key(): string {
    this.#key ??= encodeIdKey(this.#lsid)
    return this.#key
  }

  /** As a fresh session, whose record is not known yet. */
  forget(): void {
    this.#known = undefined
    this.#writing = undefined
    this.startNumber()
  }

  /** The newest statement of the number that is active. */
  get newest(): StatementEntry | undefined {
    return this.#chain.newest
  }

  /** Where the session stands, if the store knows better than we do; most often it does not. */
  refresh(): StoredState | undefined {
    if (this.#lsid === undefined) return undefined
    const { sessionRecords } = this.#services
    const known = this.#known
    if (known !== undefined) {
      const now = sessionRecords.document(known.recordId)
      if (now === known.document) return undefined
    }
    const recordId = sessionRecords.find(this.key)
    const document = recordId === undefined ? undefined : sessionRecords.document(recordId)
    if (recordId === undefined || document === undefined) {
      if (known === undefined) return undefined
      this.#known = undefined
      this.startNumber()
      return { txnNumber: -1, isCommitted: false }
    }
    return this.#load({ recordId, document })
  }

  #load(found: Known): StoredState {
    const { document, recordId } = found
    const { txnNum, state } = document
    if (!isNumeric(txnNum)) {
      throw new ServerError(
        40414,
        "BSON field 'SessionTxnRecord.txnNum' is missing but a required field",
      )
    }
    const entry = this.#services.sessionRecords.statement(recordId)
    const isOurs = belongsTo(entry, document)
    const isCommitted = state === 'committed'
    this.#known = found
    this.#chain.reset(isOurs && !isCommitted ? entry : undefined)
    this.#isIncomplete = !isOurs && !isCommitted
    return { txnNumber: numberToDouble(txnNum), isCommitted }
  }

  /** A number begins of which nothing has been done yet. */
  startNumber(): void {
    if (this.#chain.newest !== undefined) this.#chain.reset(undefined)
    this.#isIncomplete = false
  }

  /**
   * The statement, if it has been done.
   *
   * @throws ServerError 217 where nobody knows. Source: `_checkStatementExecuted`
   */
  find(stmtId: number, txnNumber: number): StatementEntry | undefined {
    const found = this.#chain.find(stmtId)
    if (found !== undefined || !this.#isIncomplete) return found
    throw new ServerError(
      'IncompleteTransactionHistory',
      `Incomplete history detected for transaction ${txnNumber} on session ${this.#text}`,
    )
  }

  /**
   * The image that a findAndModify kept.
   *
   * @throws ServerError 5637601, 5637602. Source: write_ops_retryability.cpp (8.0)
   */
  image(entry: StatementEntry): Document {
    const found = this.#services.sessionRecords.image(this.key)
    if (found !== undefined && isTime(found['ts'], entry.time)) return found['image'] as Document
    throw new ServerError(
      found === undefined ? 5637601 : 5637602,
      `image collection no longer contains the complete write history of this transaction, record with sessionId: ${this.#text} cannot be found`,
    )
  }

  /**
   * Writes what has been done, in the storage transaction that does it. Nothing is remembered
   * before `committed`.
   *
   * @returns OK or WT_ROLLBACK
   * @throws ServerError 40527
   */
  write(storage: StorageTransaction, change: HistoryChange): ReturnCode {
    const { sessionRecords } = this.#services
    const { newest, time, image } = change
    if (this.#lsid === undefined) return OK
    if (image !== undefined) {
      const code = sessionRecords.writeImage(storage, this.key, this.#imageDocument(change, image))
      if (code !== OK) return code
    }
    const document = this.#document(change)
    const entry = newest ?? new StatementEntry({ stmtId: -1, op: 'c', time })
    const before = this.#known?.recordId
    const recordId = sessionRecords.write(storage, before, this.key, document, entry)
    if (recordId === undefined) return WT_ROLLBACK
    this.#writing = { recordId, document }
    this.#services.metrics.transactions.transactionsCollectionWriteCount++
    return OK
  }

  /** The unit of work has committed. */
  committed(newest: StatementEntry | undefined): void {
    this.#known = this.#writing ?? this.#known
    this.#writing = undefined
    if (newest === undefined) this.startNumber()
    else this.#chain.extend(newest)
  }

  /** Field order: session_txn_record.idl (8.0). */
  #document({ txnNumber, newest, time }: HistoryChange): Document {
    const { clock } = this.#services
    const lastWriteDate = new Date(Math.floor(clock.now()))
    const txnNum = Long.fromNumber(txnNumber)
    const lastWriteOpTime = { ts: time, t: this.#services.replication.term }
    const _id = this.#lsid
    return newest === undefined
      ? { _id, txnNum, lastWriteOpTime, lastWriteDate, state: 'committed' }
      : { _id, txnNum, lastWriteOpTime, lastWriteDate }
  }

  /** Field order: image_collection_entry.idl (8.0). */
  #imageDocument(
    { txnNumber, time }: HistoryChange,
    { kind, document }: { readonly kind: ImageKind; readonly document: Document },
  ): Document {
    return {
      _id: this.#lsid,
      txnNum: Long.fromNumber(txnNumber),
      ts: time,
      imageKind: kind,
      image: document,
      invalidated: false,
    }
  }
}
