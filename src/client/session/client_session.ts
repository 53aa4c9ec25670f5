/**
 * A client's session: what ties operations together into a causal chain, a snapshot, or a
 * transaction.
 *
 * Most of what a session does happens when a command leaves (`decorate`) and when its reply comes
 * back (`observe`). The rest, `commitTransaction`, `abortTransaction` and `withTransaction`, is in
 * the files beside this one.
 *
 * The driver's implicit sessions are not of this class: a retryable write that needs a number takes
 * a server session from the pool by itself (`request.ts`), and other commands do without.
 */
import { type Binary, type Document, Long, type Timestamp } from 'bson'
import type { PalimpsestClient } from '../client.ts'
import {
  type ReadConcernLike,
  type ReadPreferenceLike,
  toReadConcern,
  toReadPreference,
  toWriteConcern,
  type WriteConcernSettings,
} from '../concerns.ts'
import type { ClientCore } from '../core.ts'
import { checkTimeoutMs, type TimeBudget } from '../time_budget.ts'
import { abortTransaction, commitTransaction, type EndOptions } from './end_transaction.ts'
import type { ServerSession, ServerSessionId } from './server_session.ts'
import { Transaction, type TransactionSettings } from './transaction.ts'
import { type WithTransactionCallback, withTransaction } from './with_transaction.ts'

export interface TransactionOptions {
  readConcern?: ReadConcernLike
  writeConcern?: WriteConcernSettings
  readPreference?: ReadPreferenceLike
  /** How long the server may take to commit. */
  maxCommitTimeMS?: number
}

export interface WithTransactionOptions extends TransactionOptions {
  /** For everything: callbacks, commits, and the waits between them. Default: 120 seconds. */
  timeoutMS?: number
  /** Ends a wait between two attempts, and keeps another attempt from being made. */
  signal?: AbortSignal
}

export interface ClientSessionOptions {
  /** Reads see what this session saw and wrote before. Default: true, except with `snapshot`. */
  causalConsistency?: boolean
  /** All reads see the store as the first of them did. */
  snapshot?: boolean
  defaultTransactionOptions?: TransactionOptions
  /** `timeoutMS` of commits, aborts, `withTransaction` and `endSession`. Default: the client's. */
  defaultTimeoutMS?: number
}

export interface ClusterTime {
  clusterTime: Timestamp
  signature?: { hash: Binary; keyId: Long }
}

const NO_SETTINGS: TransactionSettings = {
  readConcern: undefined,
  writeConcern: undefined,
  readPreference: undefined,
  maxCommitTimeMS: undefined,
}

export class ClientSession {
  readonly client: PalimpsestClient
  readonly explicit = true
  readonly supports: { readonly causalConsistency: boolean }
  readonly snapshotEnabled: boolean
  readonly defaultTransactionOptions: TransactionOptions
  /** The server session; after this session's end, as it was then. */
  serverSession: ServerSession
  transaction: Transaction = new Transaction(NO_SETTINGS)
  clusterTime: ClusterTime | undefined
  operationTime: Timestamp | undefined
  /** The snapshot that the first read of a snapshot session was given. */
  snapshotTime: Timestamp | undefined
  hasEnded = false
  /** Of `defaultTimeoutMS`, or the client's. */
  readonly timeoutMS: number | undefined
  /** @internal That of the `withTransaction` under way; its operations share it. */
  budget: TimeBudget | undefined

  readonly #core: ClientCore
  readonly #onEnd: (session: ClientSession) => void
  /** Transactions started since a command last carried a number: each takes one, even if unused. */
  #newNumbers = 0
  /** The server session's number as commands carry it: one object for a whole transaction. */
  #txnNumber: Long | undefined = undefined
  /** The cluster time that the caller brought along, until the server has heard of it. */
  #brought: ClusterTime | undefined = undefined

  /** Sessions are made by `client.startSession`. */
  constructor(
    client: PalimpsestClient,
    core: ClientCore,
    options: ClientSessionOptions,
    onEnd: (session: ClientSession) => void,
  ) {
    this.client = client
    this.#core = core
    this.#onEnd = onEnd
    this.snapshotEnabled = options.snapshot === true
    if (this.snapshotEnabled && options.causalConsistency === true) {
      throw new core.errors.MongoInvalidArgumentError(
        'Properties "causalConsistency" and "snapshot" are mutually exclusive',
      )
    }
    this.supports = { causalConsistency: options.causalConsistency ?? !this.snapshotEnabled }
    this.defaultTransactionOptions = { ...options.defaultTransactionOptions }
    if (options.defaultTimeoutMS !== undefined) checkTimeoutMs(core, options.defaultTimeoutMS)
    this.timeoutMS = options.defaultTimeoutMS ?? core.settings.timeoutMS
    this.serverSession = core.serverSessions.acquire()
  }

  get id(): ServerSessionId {
    return this.serverSession.id
  }

  inTransaction(): boolean {
    return this.transaction.isActive
  }

  equals(other: ClientSession): boolean {
    return (
      other instanceof ClientSession && other.id.id.toString('hex') === this.id.id.toString('hex')
    )
  }

  /** Nothing is sent: the next command of this session begins the transaction on the server. */
  startTransaction(options?: TransactionOptions): void {
    const { errors, settings } = this.#core
    if (this.snapshotEnabled) {
      throw new errors.MongoCompatibilityError(
        'Transactions are not supported in snapshot sessions',
      )
    }
    if (this.inTransaction()) {
      throw new errors.MongoTransactionError('Transaction already in progress')
    }
    const defaults = this.defaultTransactionOptions
    const readPreference = options?.readPreference ?? defaults.readPreference
    const transaction = new Transaction({
      readConcern:
        toReadConcern(options?.readConcern ?? defaults.readConcern) ?? settings.readConcern,
      writeConcern:
        toWriteConcern(options?.writeConcern ?? defaults.writeConcern) ?? settings.writeConcern,
      readPreference:
        readPreference === undefined
          ? settings.readPreference
          : toReadPreference(readPreference, errors),
      maxCommitTimeMS: options?.maxCommitTimeMS ?? defaults.maxCommitTimeMS,
    })
    if (transaction.options.writeConcern?.w === 0) {
      throw new errors.MongoTransactionError(
        'Transactions do not support unacknowledged write concern',
      )
    }
    this.#newNumbers += 1
    this.transaction = transaction
    transaction.transitionTo('STARTING_TRANSACTION')
  }

  commitTransaction(options?: EndOptions): Promise<void> {
    return commitTransaction(this.#core, this, options)
  }

  /** The server's errors are swallowed, since the transaction is gone one way or the other. */
  async abortTransaction(options?: EndOptions): Promise<void> {
    await abortTransaction(this.#core, this, options)
  }

  /**
   * Runs `callback` in a transaction and commits; again from the start after a transient error,
   * with a backoff on the simulator's clock, for up to 120 seconds of it.
   *
   * `callback` must pass this session to its operations, await them, and let their errors out.
   * @returns what `callback` returned
   */
  async withTransaction<T>(
    callback: WithTransactionCallback<T>,
    options?: WithTransactionOptions,
  ): Promise<T> {
    return await withTransaction(this.#core, this, callback, options)
  }

  /** Aborts a transaction in progress. The server session goes back to the client's pool. */
  async endSession(options?: EndOptions): Promise<void> {
    try {
      if (this.inTransaction()) await this.abortTransaction(options)
    } finally {
      if (!this.hasEnded) {
        this.hasEnded = true
        this.#core.serverSessions.release(this.serverSession)
        this.serverSession = { ...this.serverSession }
        this.#onEnd(this)
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.endSession()
  }

  advanceOperationTime(operationTime: Timestamp): void {
    if (this.operationTime === undefined || operationTime.greaterThan(this.operationTime)) {
      this.operationTime = operationTime
    }
  }

  /** Takes over another session's cluster time, so that this one is causally after it. */
  advanceClusterTime(clusterTime: ClusterTime): void {
    const { errors } = this.#core
    if (typeof clusterTime !== 'object' || clusterTime === null) {
      throw new errors.MongoInvalidArgumentError('input cluster time must be an object')
    }
    if ((clusterTime.clusterTime as { _bsontype?: unknown })?._bsontype !== 'Timestamp') {
      throw new errors.MongoInvalidArgumentError(
        'input cluster time "clusterTime" property must be a valid BSON Timestamp',
      )
    }
    if (!isSignature(clusterTime.signature)) {
      throw new errors.MongoInvalidArgumentError(
        'input cluster time must have a valid "signature" property with BSON Binary hash and BSON Long keyId',
      )
    }
    this.#observeClusterTime(clusterTime)
    this.#brought = this.clusterTime
  }

  /** @internal A retryable write is about to be sent: it has a number of its own. */
  takeNumber(): void {
    this.#newNumbers += 1
  }

  /**
   * Adds to a command what it carries as one of this session's (specifications: driver-sessions,
   * transactions, causal-consistency).
   * @param isRetryableWrite whether it carries a number outside of a transaction
   * @internal
   */
  decorate(command: Document, isRetryableWrite = false): void {
    const { serverSession, transaction } = this
    serverSession.lastUse = this.#core.nowMs()
    command['lsid'] = serverSession.id
    // A server knows its own time: only what it may not have heard of is worth the telling.
    if (this.#brought !== undefined) command['$clusterTime'] = this.#brought
    if (!transaction.isActive && !endsTransaction(command)) {
      if (transaction.state !== 'NO_TRANSACTION') transaction.transitionTo('NO_TRANSACTION')
      if (isRetryableWrite) command['txnNumber'] = this.#number(serverSession)
      this.#decorateOutside(command)
      return
    }
    command['txnNumber'] = this.#number(serverSession)
    command['autocommit'] = false
    if (!transaction.isStarting) return
    command['startTransaction'] = true
    const { readConcern } = transaction.options
    const afterClusterTime = this.supports.causalConsistency ? this.operationTime : undefined
    if (afterClusterTime !== undefined) {
      command['readConcern'] = { ...readConcern, afterClusterTime }
    } else if (readConcern !== undefined) {
      command['readConcern'] = readConcern
    }
  }

  #number(serverSession: ServerSession): Long {
    serverSession.txnNumber += this.#newNumbers
    this.#newNumbers = 0
    if (this.#txnNumber?.toNumber() !== serverSession.txnNumber) {
      this.#txnNumber = Long.fromNumber(serverSession.txnNumber)
    }
    return this.#txnNumber as Long
  }

  #decorateOutside(command: Document): void {
    if (this.snapshotEnabled) {
      const readConcern: Document = { ...(command['readConcern'] ?? { level: 'snapshot' }) }
      if (this.snapshotTime !== undefined) readConcern['atClusterTime'] = this.snapshotTime
      command['readConcern'] = readConcern
    } else if (
      this.supports.causalConsistency &&
      this.operationTime !== undefined &&
      takesAfterClusterTime(command)
    ) {
      command['readConcern'] = { ...command['readConcern'], afterClusterTime: this.operationTime }
    }
  }

  /**
   * Learns from the reply to a command that `decorate` saw.
   * @internal
   */
  observe(reply: Document): void {
    const { $clusterTime, operationTime } = reply
    if ($clusterTime !== undefined) this.#observeClusterTime($clusterTime)
    if (operationTime !== undefined && this.supports.causalConsistency) {
      this.advanceOperationTime(operationTime)
    }
    if (this.snapshotEnabled && this.snapshotTime === undefined) {
      // Cursors carry it inside, `distinct` beside its values.
      this.snapshotTime = reply['cursor']?.atClusterTime ?? reply['atClusterTime']
    }
    if (!this.transaction.isStarting) return
    // An overloaded server has not begun it, so that a retry must begin it again.
    const refused = reply['ok'] === 0 && reply['errorLabels']?.includes('RetryableError') === true
    if (!refused) this.transaction.transitionTo('TRANSACTION_IN_PROGRESS')
  }

  /**
   * No reply came to a command that `decorate` saw: the server may have begun the transaction.
   * @internal
   */
  observeLoss(): void {
    if (this.transaction.isStarting) this.transaction.transitionTo('TRANSACTION_IN_PROGRESS')
  }

  /** @internal */
  belongsTo(core: ClientCore): boolean {
    return this.#core === core
  }

  #observeClusterTime(seen: ClusterTime): void {
    const { clusterTime: known } = this
    if (this.#brought?.clusterTime.greaterThan(seen.clusterTime) === false)
      this.#brought = undefined
    if (known === undefined || seen.clusterTime.greaterThan(known.clusterTime)) {
      this.clusterTime = seen
    }
  }

  /** Sessions don't belong in documents. */
  toBSON(): never {
    throw new this.#core.errors.MongoRuntimeError('ClientSession cannot be serialized to BSON.')
  }
}

/** As far as the driver looks at it. */
function isSignature(signature: ClusterTime['signature']): boolean {
  if (typeof signature !== 'object' || signature === null) return false
  const { hash, keyId } = signature as { hash?: Tagged; keyId?: Tagged | number | bigint }
  if (hash?._bsontype !== 'Binary') return false
  return typeof keyId === 'object' ? keyId?._bsontype === 'Long' : NUMBERS.has(typeof keyId)
}

type Tagged = { readonly _bsontype?: unknown }
const NUMBERS: ReadonlySet<string> = new Set(['number', 'bigint'])

/** Whether this command ends a transaction, and so belongs to it whatever its state. */
function endsTransaction(command: Document): boolean {
  return command['commitTransaction'] !== undefined || command['abortTransaction'] !== undefined
}

/** Source: specifications, causal-consistency; the writes are there since May 2026. */
const TAKE_AFTER_CLUSTER_TIME: ReadonlySet<string> = new Set([
  ...['aggregate', 'count', 'distinct', 'find'],
  ...['bulkWrite', 'delete', 'findAndModify', 'insert', 'update'],
  ...['create', 'createIndexes', 'drop', 'dropDatabase', 'dropIndexes'],
])

function takesAfterClusterTime(command: Document): boolean {
  for (const name in command) return TAKE_AFTER_CLUSTER_TIME.has(name)
  return false
}
