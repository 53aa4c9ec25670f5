import type { Timestamp } from 'bson'
import type { Document } from '../../bson/index.ts'
import { OK, type ReturnCode, type StorageTransaction } from '../../storage/index.ts'
import type { Collection } from '../catalog/collection.ts'
import { ServerError } from '../errors.ts'
import type { Services } from '../services.ts'
import type { HistoryChange, SessionHistory } from './session_history.ts'
import { type ImageKind, type LoggedOp, StatementEntry } from './statement_entry.ts'

/** The statement id of the n-th statement, where nothing else is said. */
const itself = (index: number): number => index

/**
 * Listens to the writes of one retryable command, and puts what they did into the session's history
 * at the end of each unit of work, in the same storage transaction. What the server does in its
 * OpObserver, and in `onWriteOpCompletedOnPrimary` (transaction_participant.cpp, 8.0).
 */
export class RetryableWriteLog {
  readonly #services: Services
  readonly #history: SessionHistory
  readonly #txnNumber: number
  /** The statement id of the write's n-th statement. */
  stmtIdAt: (index: number) => number = itself
  /** For a findAndModify: which version its retry will answer. */
  image: ImageKind | undefined = undefined
  /** Which statement the next write belongs to. */
  #index = 0
  /** Which one the unit of work under way began with. */
  #unitIndex = 0
  /** Of the unit of work under way. */
  #newest: StatementEntry | undefined = undefined
  #time: Timestamp | undefined = undefined
  #kept: HistoryChange['image'] = undefined

  constructor(services: Services, history: SessionHistory, txnNumber: number) {
    this.#services = services
    this.#history = history
    this.#txnNumber = txnNumber
  }

  /** What is written from here on is of this statement, and those after it. */
  at(index: number): void {
    this.#index = index
  }

  inserted(collection: Collection, document: Document): void {
    this.#add(collection, 'i', document)
  }

  updated(collection: Collection, before: Document, after: Document): void {
    this.#keepImage(before, after)
    this.#add(collection, 'u')
  }

  deleted(collection: Collection, before: Document): void {
    this.#keepImage(before, before)
    this.#add(collection, 'd')
  }

  /** @returns OK or WT_ROLLBACK. @throws ServerError 40527 */
  beforeCommit(storage: StorageTransaction): ReturnCode {
    const newest = this.#newest
    if (newest === undefined) return OK
    const { time } = newest
    const change = { txnNumber: this.#txnNumber, newest, time, image: this.#kept }
    return this.#history.write(storage, change)
  }

  committed(): void {
    const newest = this.#newest
    if (newest === undefined) return
    this.#history.committed(newest)
    // The commit has taken the time that was reserved for it.
    this.#services.timestamps.lastWrite()
    this.#forget()
  }

  /** The unit of work was given up: it is tried again, or its statement has failed. */
  dropped(): void {
    if (this.#newest === undefined) return
    this.#services.timestamps.release()
    this.#index = this.#unitIndex
    this.#forget()
  }

  #forget(): void {
    this.#newest = undefined
    this.#time = undefined
    this.#kept = undefined
  }

  #keepImage(before: Document, after: Document): void {
    const { image } = this
    if (image === undefined) return
    this.#kept = { kind: image, document: image === 'preImage' ? before : after }
  }

  #add({ ns, text }: Collection, op: LoggedOp, inserted?: Document): void {
    if (ns.db === 'local' || ns.coll === 'system.profile') throw unreplicated(text)
    if (this.#time === undefined) {
      this.#time = this.#services.timestamps.reserve()
      this.#unitIndex = this.#index
    }
    this.#newest = new StatementEntry({
      stmtId: this.stmtIdAt(this.#index++),
      op,
      inserted,
      image: this.#kept?.kind,
      time: this.#time,
      previous: this.#newest ?? this.#history.newest,
    })
  }
}

/** Source: `logOp`, oplog.cpp. */
function unreplicated(ns: string): ServerError {
  return new ServerError(
    'IllegalOperation',
    `retryable writes is not supported for unreplicated ns: ${ns}`,
  )
}
