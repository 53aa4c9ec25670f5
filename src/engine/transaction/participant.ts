import type { Timestamp } from 'bson'
import { type Document, typeOf } from '../../bson/index.ts'
import { invariant } from '../../invariant.ts'
import { OK, type StorageTransaction } from '../../storage/index.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { Collection } from '../catalog/collection.ts'
import { type Namespace, namespaceText } from '../catalog/namespace.ts'
import { ServerError, WriteConflictError } from '../errors.ts'
import type { Lock } from '../lock.ts'
import { SessionHistory, type StoredState } from '../retryable/session_history.ts'
import type { OpenTransaction, Services, TransactionResources } from '../services.ts'
import { snapshotReadable } from '../snapshot_reads.ts'
import { checkTransition, type ParticipantState } from './states.ts'

/** Why a transaction ended without a commit. */
export type AbortCause = 'client' | 'error' | 'expired' | 'killed' | 'superseded'

/** How a request names its transaction. */
export interface TransactionRequest {
  readonly txnNumber: number
  /** Present, and false, in every statement of a multi-document transaction. */
  readonly autocommit: false | undefined
  readonly startTransaction: true | undefined
}

const NONE: readonly Collection[] = []

/** No version of the catalog. */
const NEVER = -1

const isTimestamp = (value: unknown): value is Timestamp => typeOf(value) === 'timestamp'

/**
 * One session's part in transactions: which transaction number is active on it, how far that got,
 * and what it holds. The server's `TransactionParticipant` (transaction_participant.cpp, 8.0); the
 * rules for numbers are `beginOrContinue` there.
 *
 * The storage transaction opens with the first statement, before its command runs, and stays
 * stashed here between statements together with the intent locks, until commit, abort or expiry.
 */
export class TransactionParticipant implements TransactionResources, OpenTransaction {
  readonly #services: Services
  readonly #catalog: Catalog
  /** The session, as messages print it. */
  readonly session: string
  readonly #lsid: Document | undefined
  /** What its retryable writes have done. */
  readonly history: SessionHistory
  #state: ParticipantState = 'None'
  /** -1 on a fresh session. */
  #txnNumber = -1
  #storage: StorageTransaction | undefined = undefined
  #expiresUs = 0
  #startedUs = 0
  #activeUs = 0
  /** Hardly ever more than a database and a collection: a list is quicker than a set. */
  readonly #locks: Lock[] = []
  readonly #created = new Map<string, Collection>()
  #catalogVersion = 0
  #readsSnapshot = false
  readConcern: Document | undefined = undefined
  onEnd: (() => void) | undefined = undefined

  /** @param lsid as documents show it; without one, nothing of the session is kept in the store */
  constructor(services: Services, session: string, lsid?: Document) {
    this.#services = services
    this.#catalog = services.catalog
    this.session = session
    this.#lsid = lsid
    this.history = new SessionHistory(services, session, lsid)
  }

  get state(): ParticipantState {
    return this.#state
  }

  get txnNumber(): number {
    return this.#txnNumber
  }

  get isOpen(): boolean {
    return this.#state === 'InProgress'
  }

  get startedUs(): number {
    return this.#startedUs
  }

  get expiresUs(): number {
    return this.#expiresUs
  }

  /** The snapshot and the writes of the transaction in progress. */
  get storage(): StorageTransaction {
    invariant(this.#storage !== undefined, 'a transaction in progress has its storage transaction')
    return this.#storage
  }

  describe(): string {
    return `the transaction ${this.#txnNumber} of session ${this.session}`
  }

  /** As on a fresh session: no number was ever used. Nothing may be in progress. */
  forget(): void {
    invariant(!this.isOpen, 'what is in progress is ended before it is forgotten')
    this.#state = 'None'
    this.#txnNumber = -1
    this.history.forget()
  }

  // ---- numbers ----

  /**
   * Begins or continues what the request names, by the rules of transaction numbers.
   *
   * @throws ServerError 225, 117, 217, 251, 256
   */
  beginOrContinue(request: TransactionRequest): void {
    const { txnNumber, autocommit, startTransaction } = request
    const stored = this.history.refresh()
    if (stored !== undefined) this.#goOnFrom(stored)
    if (txnNumber < this.#txnNumber) throw this.#tooOld(request)
    if (autocommit === undefined) this.#retryableWrite(txnNumber)
    else if (startTransaction === true) this.#begin(txnNumber)
    else this.#continue(txnNumber)
  }

  /** The store knows better how far the session got; what is in progress can't be trusted. */
  #goOnFrom({ txnNumber, isCommitted }: StoredState): void {
    if (this.isOpen) this.abort('killed')
    this.#txnNumber = txnNumber
    if (txnNumber === -1) this.#state = 'None'
    else this.#state = isCommitted ? 'Committed' : 'ExecutedRetryableWrite'
  }

  #retryableWrite(txnNumber: number): void {
    if (txnNumber > this.#txnNumber) {
      this.#setTxnNumber(txnNumber)
      this.#moveTo('ExecutedRetryableWrite')
      return
    }
    if (this.#state !== 'ExecutedRetryableWrite' && this.#state !== 'None') {
      throw new ServerError(
        'IncompleteTransactionHistory',
        'Cannot retry a retryable write that has been converted into a transaction',
      )
    }
  }

  #begin(txnNumber: number): void {
    if (txnNumber === this.#txnNumber) {
      throw new ServerError(
        'ConflictingOperationInProgress',
        'Only servers in a sharded cluster can start a new transaction at the active transaction number',
      )
    }
    this.#setTxnNumber(txnNumber)
    this.#moveTo('InProgress')
    const { clock, parameters, metrics, openTransactions } = this.#services
    this.#startedUs = clock.nowUs()
    this.#expiresUs =
      this.#startedUs + parameters.get('transactionLifetimeLimitSeconds') * 1_000_000
    metrics.transactions.totalStarted++
    metrics.transactions.currentOpen++
    openTransactions.add(this)
    this.#trace('begin')
  }

  #continue(txnNumber: number): void {
    if (txnNumber !== this.#txnNumber || this.#state === 'ExecutedRetryableWrite') {
      throw new ServerError(
        'NoSuchTransaction',
        `Given transaction number ${txnNumber} does not match any in-progress transactions. The active transaction number is ${this.#txnNumber}`,
      )
    }
    if (this.#state !== 'InProgress' || this.#storage !== undefined) return
    // The first command failed before it had anything to stash.
    this.abort('error')
    throw new ServerError(
      'NoSuchTransaction',
      `Transaction with ${this.#numberText()} has been aborted because an earlier command in this transaction failed.`,
    )
  }

  #tooOld(request: TransactionRequest): ServerError {
    const active = this.#state === 'ExecutedRetryableWrite' ? 'retryable write' : 'transaction'
    const message =
      request.autocommit === undefined
        ? `Retryable write with txnNumber ${request.txnNumber} is prohibited on session ${this.session} because a newer ${active} with txnNumber ${this.#txnNumber} has already started on this session.`
        : `Cannot start transaction with { txnNumber: ${request.txnNumber} } on session ${this.session} because a newer ${active} with txnNumberAndRetryCounter ${this.#numberText()} has already started on this session.`
    return new ServerError('TransactionTooOld', message)
  }

  /** A newer number ends whatever the session had in progress, silently. */
  #setTxnNumber(txnNumber: number): void {
    if (this.isOpen) this.abort('superseded')
    this.#moveTo('None')
    this.#txnNumber = txnNumber
    this.history.startNumber()
  }

  // ---- statements ----

  /**
   * Makes the transaction's resources ready for a statement: the first one opens the snapshot.
   *
   * @throws ServerError 251, 256 where the transaction has ended
   */
  unstash(command: string): void {
    this.checkOpen(command)
    // A repeated commit finds the transaction ended, and needs nothing.
    if (this.isOpen && this.#storage === undefined) {
      this.#storage = this.#open()
    }
  }

  /** Reads what is there now, or what was there at the cluster time that it asks for. */
  #open(): StorageTransaction {
    const { store, snapshots } = this.#services
    const { level, atClusterTime } = this.readConcern ?? {}
    this.#readsSnapshot = level === 'snapshot'
    this.#catalogVersion = this.#catalog.version
    if (!isTimestamp(atClusterTime)) return store.begin({ owner: this })
    // In the past there was another catalog.
    this.#catalogVersion = NEVER
    return snapshots.begin(atClusterTime, { owner: this })
  }

  /** @param command a repeated commitTransaction may find the transaction committed */
  checkOpen(command: string): void {
    if (this.#state === 'Committed' && command !== 'commitTransaction') {
      throw new ServerError(
        'TransactionCommitted',
        `Transaction with ${this.#numberText()} has been committed.`,
      )
    }
    if (this.#state === 'AbortedWithoutPrepare') {
      throw new ServerError(
        'NoSuchTransaction',
        `Transaction with ${this.#numberText()} has been aborted.`,
      )
    }
  }

  /** Virtual time that a statement took; what remains of the lifetime was idle. */
  addActiveUs(us: number): void {
    this.#activeUs += us
  }

  get activeUs(): number {
    return this.#activeUs
  }

  holdIntent(lock: Lock): void {
    if (this.#locks.includes(lock)) return
    lock.takeIntent()
    this.#locks.push(lock)
  }

  /** Whether the transaction holds this intent already, and so need not wait for it. */
  holds(lock: Lock): boolean {
    return this.#locks.includes(lock)
  }

  /** The collection as this transaction sees it: created in it, or visible in its snapshot. */
  findCollection(ns: Namespace): Collection | undefined {
    if (this.#created.size > 0) {
      const created = this.#created.get(namespaceText(ns))
      if (created !== undefined) return created
    }
    const found =
      this.#catalogVersion === this.#catalog.version
        ? this.#catalog.latest(ns.db, ns.coll)
        : this.#catalog.visible(this.storage, ns)
    return this.#readsSnapshot ? snapshotReadable(found) : found
  }

  /** A collection made, or given other indexes, in this transaction; nobody else's until commit. */
  addCreated(collection: Collection): void {
    this.#created.set(collection.text, collection)
  }

  isCreatedHere(collection: Collection): boolean {
    return this.#created.has(collection.text)
  }

  // ---- the end ----

  /**
   * Commits. Repeating the commit of a committed transaction is fine.
   *
   * @throws ServerError 251 where there is nothing to commit; 112 where the catalog moved on
   */
  commit(): void {
    if (this.#state === 'Committed') return
    this.#requireInProgress()
    for (const collection of this.#created.values()) {
      if (this.#catalog.write(this.storage, collection.ns, collection) === OK) continue
      this.abort('error')
      throw new WriteConflictError(
        `Unable to write to collection '${collection.text}' due to catalog changes; please retry the operation`,
      )
    }
    const { storage } = this
    const created = this.#created.size === 0 ? NONE : [...this.#created.values()]
    this.#commitStorage()
    for (const collection of created) this.#catalog.published(collection.ns, collection)
    if (this.#services.changes.isOn) this.#noteChanges(storage, created)
    this.#services.metrics.transactions.totalCommitted++
    this.#end('Committed')
  }

  /** With what was written goes the record that it is committed. */
  #commitStorage(): void {
    const { storage, history } = this
    const { timestamps } = this.#services
    const wrote = storage.hasModifications
    if (wrote) this.#record(storage)
    invariant(storage.commit() === OK, 'storage never refuses a commit under snapshot isolation')
    this.#storage = undefined
    if (!wrote) return
    history.committed(undefined)
    timestamps.lastWrite()
  }

  #record(storage: StorageTransaction): void {
    const { timestamps } = this.#services
    const time = timestamps.reserve()
    const change = { txnNumber: this.#txnNumber, newest: undefined, time }
    try {
      if (this.history.write(storage, change) === OK) return
      throw new WriteConflictError('Write conflict in config.transactions.')
    } catch (error) {
      timestamps.release()
      this.abort('error')
      throw error
    }
  }

  #noteChanges(storage: StorageTransaction, created: readonly Collection[]): void {
    const { changes } = this.#services
    const name = { lsid: this.#lsid, txnNumber: this.#txnNumber }
    for (const { ns, uuid } of created) changes.happened({ kind: 'create', ns, uuid }, name)
    changes.committed(storage, name)
  }

  /** What abortTransaction does; unlike `abort`, it is an error where nothing is in progress. */
  abortByClient(): void {
    this.checkOpen('abortTransaction')
    this.#requireInProgress()
    this.abort('client')
  }

  abort(cause: AbortCause): void {
    invariant(this.isOpen, 'only a transaction in progress is aborted')
    this.#storage?.rollback()
    this.#storage = undefined
    for (const { indexes, records } of this.#created.values())
      this.#catalog.forget(indexes, records)
    this.#services.metrics.transactions.totalAborted++
    this.#trace('abort', { cause })
    this.#end('AbortedWithoutPrepare')
  }

  #requireInProgress(): void {
    this.checkOpen('commitTransaction')
    if (!this.isOpen) throw new ServerError('NoSuchTransaction', "Transaction isn't in progress")
  }

  #end(state: 'Committed' | 'AbortedWithoutPrepare'): void {
    this.#moveTo(state)
    if (state === 'Committed') this.#trace('commit')
    if (this.#created.size > 0) this.#created.clear()
    for (const lock of this.#locks) lock.releaseIntent()
    this.#locks.length = 0
    this.#services.metrics.transactions.currentOpen--
    this.#services.openTransactions.delete(this)
    this.#activeUs = 0
    this.readConcern = undefined
    this.onEnd?.()
  }

  #moveTo(state: ParticipantState): void {
    checkTransition(this.#state, state)
    this.#state = state
  }

  #numberText(): string {
    return `{ txnNumber: ${this.#txnNumber} }`
  }

  #trace(what: string, detail?: Readonly<Record<string, unknown>>): void {
    const { trace, clock } = this.#services
    if (trace === undefined) return
    const atUs = Math.round(clock.elapsed() * 1000)
    trace.record(atUs, this.session, what, { txnNumber: this.#txnNumber, ...detail })
  }
}
