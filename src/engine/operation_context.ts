import type { Timestamp } from 'bson'
import type { Document } from '../bson/index.ts'
import { invariant } from '../invariant.ts'
import {
  type Clock,
  Interruptor,
  type Operation,
  type Sleep,
  type Suspension,
  sleep,
  type WaitQueue,
  type WakeKind,
  wait,
  yieldPoints,
} from '../sim/index.ts'
import { type Conflict, OK, type ReturnCode, type StorageTransaction } from '../storage/index.ts'
import { type Namespace, namespaceText } from './catalog/namespace.ts'
import { codeNameOf } from './error_codes.ts'
import { ServerError } from './errors.ts'
import { ExpressionContext, type Runtime } from './expression/index.ts'
import type { Lock } from './lock.ts'
import { OpDebug } from './op_debug.ts'
import type { Parameters } from './parameters.ts'
import type { RetryableWriteLog } from './retryable/write_log.ts'
import type { Services, TransactionResources } from './services.ts'

const LET_OTHERS_RUN: Suspension = sleep(0, 'yield')

export interface OperationOptions {
  readonly opId: number
  /** What it does: `update`. */
  readonly name: string
  /** What it does it to. */
  readonly ns?: Namespace | undefined
  readonly transaction?: TransactionResources | undefined
  readonly isBackground?: boolean
}

/**
 * One operation under way: its snapshot, its deadline, its counters. The server's OperationContext
 * and RecoveryUnit in one.
 *
 * Outside a transaction the snapshot opens at the first access and is given up at each retry, so
 * that the next attempt sees the newest committed state. Inside one it is the transaction's own,
 * and nothing here ends it.
 */
export class OperationContext implements Runtime {
  readonly opId: number
  /** Where it stands among the operations under way; -1 for one that is not, or not any more. */
  place = -1
  readonly services: Services
  readonly startedUs: number
  #interruptor: Interruptor | undefined = undefined
  #language: ExpressionContext | undefined = undefined
  /** Of a retryable write: hears what is written, and keeps it for a retry. */
  writeLog: RetryableWriteLog | undefined = undefined
  /** The cluster time that it reads at, outside of a transaction; nothing: whatever is there. */
  readAt: Timestamp | undefined = undefined
  /** Replaced for each statement of a batch that is profiled by itself. */
  debug: OpDebug = new OpDebug()
  /** Set for a statement of a multi-document transaction. */
  readonly transaction: TransactionResources | undefined
  /** Virtual microseconds; maxTimeMS and the like. */
  deadlineUs: number = Number.POSITIVE_INFINITY
  /** Which index or step met the last WT_ROLLBACK: the context of the error's message. */
  conflictContext = ''
  /** It waits for something that may never come, and holds nothing meanwhile. */
  isParked = false
  /** Its command asked that collections take documents unseen. */
  bypassesValidation = false
  /** It waits for a lock that others hold. */
  waitsForLock = false
  /**
   * Runs in each write unit of work that changed something, right before it commits; what it throws
   * takes the unit back. Nothing in a transaction, which commits by itself.
   */
  beforeCommit: (() => void) | undefined = undefined
  /** A job of the server's own: its waits do not make virtual time pass. */
  readonly isBackground: boolean
  #storage: StorageTransaction | undefined = undefined
  /**
   * Of the last write that met WT_ROLLBACK; kept after its snapshot is gone, to say on whom we
   * wait.
   */
  #lostTo: StorageTransaction | undefined = undefined
  #describeHolder: (() => string) | undefined = undefined
  readonly #what: string
  readonly #ns: Namespace | undefined
  /** The intents held outside a transaction: of a database, then of a collection in it. */
  #databaseIntent: Lock | undefined = undefined
  #collectionIntent: Lock | undefined = undefined

  constructor(services: Services, options: OperationOptions) {
    this.services = services
    this.opId = options.opId
    this.#what = options.name
    this.#ns = options.ns
    this.transaction = options.transaction
    this.isBackground = options.isBackground ?? false
    this.startedUs = services.clock.nowUs()
  }

  /** What the operation is, for whoever looks at it: `update test.demo`. Hardly anybody does. */
  get name(): string {
    return this.#ns === undefined ? this.#what : `${this.#what} ${namespaceText(this.#ns)}`
  }

  get inTransaction(): boolean {
    return this.transaction !== undefined
  }

  get clock(): Clock {
    return this.services.clock
  }

  get parameters(): Parameters {
    return this.services.parameters
  }

  /** Whether named yield points suspend: they do only under a strategy. */
  get exploring(): boolean {
    return this.services.scheduler.exploring
  }

  /** The storage transaction to read and write through; opens one outside a transaction. */
  get storage(): StorageTransaction {
    if (this.transaction !== undefined) return this.transaction.storage
    if (this.#storage === undefined) {
      const { store, snapshots } = this.services
      this.#storage =
        this.readAt === undefined
          ? store.begin({ owner: this })
          : snapshots.begin(this.readAt, { owner: this })
    }
    return this.#storage
  }

  /** Gives the snapshot up, with whatever was written in it. Never called in a transaction. */
  abandonSnapshot(): void {
    invariant(this.transaction === undefined, 'a transaction keeps its snapshot')
    this.#storage?.rollback()
    this.#storage = undefined
    this.writeLog?.dropped()
  }

  /** Ends the write unit of work: a commit outside a transaction, nothing inside one. */
  commitUnit(): ReturnCode {
    if (this.transaction !== undefined || this.#storage === undefined) return 0
    const storage = this.#storage
    if (this.writeLog !== undefined) return this.#commitLogged(storage, this.writeLog)
    if (this.beforeCommit !== undefined && storage.hasModifications) this.beforeCommit()
    this.#storage = undefined
    return this.#commit(storage)
  }

  /** Commits, and tells those who watch. */
  #commit(storage: StorageTransaction): ReturnCode {
    const code = storage.commit()
    const { changes } = this.services
    if (changes.isOn && code === 0) changes.committed(storage)
    return code
  }

  /** With the unit goes what makes its retry known. */
  #commitLogged(storage: StorageTransaction, log: RetryableWriteLog): ReturnCode {
    const logged = log.beforeCommit(storage)
    if (logged !== OK) return logged
    if (this.beforeCommit !== undefined && storage.hasModifications) this.beforeCommit()
    this.#storage = undefined
    const code = this.#commit(storage)
    if (code === OK) log.committed()
    else log.dropped()
    return code
  }

  holdsIntent(lock: Lock): boolean {
    if (this.transaction !== undefined) return this.transaction.holds(lock)
    return this.#collectionIntent === lock || this.#databaseIntent === lock
  }

  /**
   * Takes an intent unless somebody is in the way: then false. What is held is never waited for
   * again.
   */
  tryIntent(lock: Lock): boolean {
    if (this.holdsIntent(lock)) return true
    if (!lock.freeForIntent) return false
    if (this.transaction !== undefined) {
      this.transaction.holdIntent(lock)
      return true
    }
    lock.takeIntent()
    if (this.#databaseIntent === undefined) {
      this.#databaseIntent = lock
    } else {
      invariant(this.#collectionIntent === undefined, 'a statement works on one collection')
      this.#collectionIntent = lock
    }
    return true
  }

  releaseIntents(): void {
    const database = this.#databaseIntent
    if (database === undefined) return
    const collection = this.#collectionIntent
    this.#databaseIntent = undefined
    this.#collectionIntent = undefined
    collection?.releaseIntent()
    database.releaseIntent()
  }

  /** Snapshot and intents go, the yield is counted; the caller acquires again. */
  yieldResources(): void {
    this.abandonSnapshot()
    this.releaseIntents()
    this.debug.numYields++
  }

  /** How a long plan lets others run: those who are ready and, in real time, the event loop. */
  get yieldSuspension(): Suspension {
    return this.exploring ? yieldPoints.afterRead : LET_OTHERS_RUN
  }

  /** Ends a statement, whatever happened: outside a transaction nothing is left behind. */
  finish(): void {
    if (this.transaction === undefined && this.#storage !== undefined) this.abandonSnapshot()
    this.releaseIntents()
  }

  /** @throws ServerError 50 past the deadline; 11601, 290, ... when killed */
  checkForInterrupt(): void {
    const pending = this.#interruptor?.pending
    if (pending !== undefined) throw new ServerError(pending.code, pending.message)
    if (this.clock.nowUs() >= this.deadlineUs) {
      throw new ServerError('MaxTimeMSExpired', 'operation exceeded time limit')
    }
  }

  /** Whether it was asked to stop, and has not come round to it yet. */
  get isKilled(): boolean {
    return this.#interruptor?.pending !== undefined
  }

  /** Where an interruption arrives; most operations end before anybody could raise one. */
  get interruptor(): Interruptor {
    this.#interruptor ??= new Interruptor()
    return this.#interruptor
  }

  /** Asks the operation to stop; it does at its next interrupt check. */
  kill(code: number, message?: string): void {
    this.interruptor.raise({ code, message: message ?? killMessage(code) })
  }

  get #wake(): WakeKind {
    return this.isBackground ? 'passive' : 'driving'
  }

  /** Sleeps; an interruptible sleep ends early when killed or past the deadline. */
  *sleepFor(durationUs: number, why: string, options: SleepOptions): Operation<void> {
    yield this.sleepOf(durationUs, why, options)
    if (options.interruptible) this.checkForInterrupt()
  }

  /**
   * The same as a bare suspension, for loops that must be quick. Check for an interrupt afterwards.
   */
  sleepOf(durationUs: number, why: string, { interruptible, describe }: SleepOptions): Sleep {
    const wake = this.#wake
    if (!interruptible) return sleep(durationUs, why, { wake, describe })
    const leftUs = Math.max(0, this.deadlineUs - this.clock.nowUs())
    const { interruptor } = this
    return sleep(Math.min(durationUs, leftUs), why, { wake, describe, interruptor })
  }

  /** Waits in a queue until notified, for at most `timeoutUs`, interruptibly. */
  *waitFor(queue: WaitQueue, why: string, timeoutUs: number): Operation<void> {
    const leftUs = Math.max(0, this.deadlineUs - this.clock.nowUs())
    const { interruptor } = this
    const wake = this.#wake
    const boundUs = Math.min(timeoutUs, leftUs)
    const bound = Number.isFinite(boundUs) ? { timeoutUs: boundUs } : {}
    yield wait(queue, why, { interruptor, wake, ...bound })
    this.checkForInterrupt()
  }

  /**
   * Waits in a queue without making virtual time pass, holding nothing. A save, a restore or a fork
   * may happen meanwhile.
   */
  *park(queue: WaitQueue, why: string, timeoutUs: number): Operation<void> {
    invariant(this.#storage === undefined, 'who is parked holds no snapshot')
    const { interruptor } = this
    this.isParked = true
    yield wait(queue, why, { interruptor, wake: 'passive', timeoutUs })
    this.isParked = false
    this.checkForInterrupt()
  }

  /** Remembers who was in the way of a write, before the snapshot that lost is given up. */
  noteLost(): void {
    this.#lostTo = this.storage
  }

  /**
   * Says for people on whom a write waits. One function an operation: a loop of retries makes none.
   */
  get describeHolder(): () => string {
    this.#describeHolder ??= () => describeConflict(this.#lostTo?.lastConflict)
    return this.#describeHolder
  }

  /** The moment of the operation, epoch milliseconds: one for all of its documents, `$$NOW`. */
  get nowMs(): number {
    return Math.floor(this.startedUs / 1000)
  }

  clusterTime(): Timestamp {
    return this.services.timestamps.clusterTime()
  }

  random(): number {
    return this.services.random.next()
  }

  /** What expressions are compiled in, where the command says no more about it. */
  get language(): ExpressionContext {
    this.#language ??= new ExpressionContext(this)
    return this.#language
  }

  /**
   * Variables for all of the operation's expressions: `let` of its command.
   *
   * @throws ServerError 4890500, and those of expressions
   */
  declare(variables: Document): void {
    this.#language = this.language.withLet(variables)
  }

  /** A cluster time that nobody was given before. */
  timestamp(): Timestamp {
    return this.services.timestamps.next()
  }

  trace(what: string, detail?: Readonly<Record<string, unknown>>): void {
    const { trace, clock } = this.services
    trace?.record(clock.elapsedUs(), this.name, what, detail)
  }
}

function describeConflict(conflict: Conflict | undefined): string {
  if (conflict === undefined) return 'a write conflict that a fault forced'
  const { holderOwner, holderActive } = conflict
  const who =
    typeof holderOwner === 'object' && holderOwner !== null && 'describe' in holderOwner
      ? (holderOwner as { describe(): string }).describe()
      : 'another operation'
  return holderActive ? `on ${who}` : `${who} has committed since the snapshot was taken`
}

interface SleepOptions {
  /** Whether killOp and maxTimeMS end it, or are seen only after it. */
  readonly interruptible: boolean
  readonly describe?: (() => string) | undefined
}

/**
 * Source: the server's messages for kill codes (operation_context.cpp,
 * `checkForInterruptNoAssert`).
 */
function killMessage(code: number): string {
  return code === 11601
    ? 'operation was interrupted'
    : `operation was interrupted: ${codeNameOf(code)}`
}
