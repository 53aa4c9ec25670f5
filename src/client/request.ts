/**
 * One operation on its way through as many attempts as it takes.
 *
 *     send ──reply──> take ──good──> finish: the result
 *      ^               │
 *      │             failure, or the connection lost
 *      │               v
 *      └── server selected, slept ── mayRetry ──no──> the error that tells most
 *
 * The first attempt is made at once, and answered at once where the server does. What comes after a
 * failure is a promise.
 *
 * **Transaction numbers.** A retryable write carries `lsid` and `txnNumber`, by which the server
 * tells a second attempt from a first one. Over a transport that says it is reliable (a primary
 * will answer each command that is sent now) no reply is lost, so the number of a write of one
 * statement is left out, and with it the server's bookkeeping, which costs as much as the write
 * itself. Should a step-down interrupt such a write while it waits, then nothing was done of it,
 * and the attempt that follows has a number. A write of several statements, of which some may have
 * been done by then, has one from the start.
 *
 * Sources: specifications, retryable-writes, retryable-reads, client-backpressure, transactions.
 */
import { type Document, Long } from 'bson'
import { copyOut } from '../bson/index.ts'
import { isOperation, type Operation } from '../sim/index.ts'
import { majority } from './concerns.ts'
import type { ClientCore } from './core.ts'
import { hasLabel, isMongoError } from './error_checks.ts'
import type { MongoErrorShape } from './errors.ts'
import { isOneStatement, kindOf, type OperationKind } from './retry/operation_kind.ts'
import { overloadBackoffMs } from './retry/overload.ts'
import { RetryPolicy } from './retry/retry_policy.ts'
import {
  addDriverLabels,
  isStateChange,
  withoutTransactionNumbers,
} from './retry/retryable_errors.ts'
import { selectServer } from './retry/server_selection.ts'
import type { ClientSession } from './session/client_session.ts'
import type { ServerSession } from './session/server_session.ts'
import { budgetOf, type InternalOptions, saysTimeIsUp, type TimeBudget } from './time_budget.ts'
import { isConnectionLost, type Transport } from './transport.ts'

/** Turns a good reply into the operation's result. */
export type Finish<T, Context> = (reply: Document, context: Context, core: ClientCore) => T

/** Stands for the reply to an unacknowledged write. */
export const UNACKNOWLEDGED: Document = { ok: 1 }

export class Request<T, Context> {
  readonly #core: ClientCore
  readonly #db: string
  readonly #options: InternalOptions
  readonly #finish: Finish<T, Context>
  readonly #context: Context
  readonly #kind: OperationKind
  readonly #session: ClientSession | undefined
  readonly #inTransaction: boolean
  readonly #budget: TimeBudget | undefined
  /** As it was sent last. */
  #command: Document
  /** Whether it carries a transaction number as a retryable write. */
  #isNumbered = false
  /** Of a numbered write without a session of the caller's. */
  #implicit: ServerSession | undefined = undefined
  /** From the first failure on. */
  #policy: RetryPolicy | undefined = undefined

  /** @param kind where the command does not say it: a command of the caller's own */
  constructor(
    core: ClientCore,
    db: string,
    command: Document,
    options: InternalOptions,
    finish: Finish<T, Context>,
    context: Context,
    kind: OperationKind | undefined,
  ) {
    this.#core = core
    this.#db = db
    this.#command = command
    this.#options = options
    this.#finish = finish
    this.#context = context
    this.#kind = kind ?? kindOf(command)
    this.#session = options.session ?? undefined
    this.#inTransaction = this.#session?.inTransaction() ?? false
    this.#budget = budgetOf(core, options)
  }

  /** The first attempt, and others after it. @throws or rejects as `executeOperation` says */
  run(): T | Promise<T> {
    this.#options.signal?.throwIfAborted()
    if (this.#session !== undefined) this.#checkSession(this.#session)
    if (this.#command['writeConcern']?.w === 0) return this.#runUnacknowledged()
    if (this.#isRetryableWrite) {
      const { isReliable } = this.#core.transport
      if (isReliable !== true || !isOneStatement(this.#command)) this.#takeNumber()
    }
    if (this.#lacksServer) return this.#selectAndRun()
    return this.#attempt()
  }

  /** Goes on after a first attempt that was made elsewhere, without a number. */
  resume(reply: Document): T | Promise<T> {
    return this.#take(reply)
  }

  /** As `resume`, where no reply came. */
  resumeAfterLoss(lost: unknown): Promise<T> {
    return this.#recover(this.#lossOf(lost))
  }

  /** Whether it has to wait for a server. */
  get #lacksServer(): boolean {
    if (!this.#core.lacksPrimary) return false
    const kind = this.#kind
    return kind !== 'command' && kind !== 'silent' && kind !== 'getMore'
  }

  get #isRetryableWrite(): boolean {
    return this.#kind === 'retryableWrite' && !this.#inTransaction && this.#core.writesAreRetried
  }

  /** @throws where the command may not go over this session */
  #checkSession(session: ClientSession): void {
    const { errors } = this.#core
    if (session.hasEnded) {
      throw new errors.MongoExpiredSessionError('Use of expired sessions is not permitted')
    }
    if (!session.belongsTo(this.#core)) {
      throw new errors.MongoInvalidArgumentError('ClientSession must be from the same MongoClient')
    }
    if (this.#command['writeConcern']?.w === 0) {
      throw new errors.MongoAPIError('Cannot have explicit session with unacknowledged writes')
    }
  }

  #takeNumber(): void {
    this.#isNumbered = true
    if (this.#session !== undefined) {
      this.#session.takeNumber()
      return
    }
    this.#implicit = this.#core.serverSessions.acquire()
    this.#implicit.txnNumber += 1
  }

  async #selectAndRun(): Promise<T> {
    try {
      await this.#select()
    } catch (error) {
      this.#release()
      if (isMongoError(error)) this.#label(error)
      throw error
    }
    return await this.#attempt()
  }

  #select(): Promise<void> {
    const { signal } = this.#options
    return selectServer(this.#core, this.#command['$readPreference'], this.#budget, signal)
  }

  #attempt(): T | Promise<T> {
    this.#prepare()
    const gone = this.#budget === undefined ? undefined : new AbortController()
    let reply: ReturnType<Transport['send']>
    try {
      reply = this.#send(gone)
    } catch (lost) {
      return this.#recover(this.#lossOf(lost))
    }
    if (reply instanceof Promise) return this.#takeLater(reply, gone)
    gone?.abort()
    if (isOperation(reply)) return this.#takeDriven(reply) as never
    return this.#take(reply)
  }

  /** Completes the command. @throws MongoOperationTimeoutError where there is no time left */
  #prepare(): void {
    const command = this.#command
    if (this.#budget !== undefined) {
      if (this.#budget.remainingMs <= 0) this.#release()
      this.#budget.check('before socket write')
      this.#budget.apply(command, this.#options.omitMaxTime === true)
    }
    command['$db'] = this.#db
    if (this.#session !== undefined) {
      this.#session.decorate(command, this.#isNumbered)
    } else if (this.#implicit !== undefined) {
      this.#implicit.lastUse = this.#core.nowMs()
      command['lsid'] = this.#implicit.id
      command['txnNumber'] = Long.fromNumber(this.#implicit.txnNumber)
    }
  }

  #send(gone: AbortController | undefined): ReturnType<Transport['send']> {
    const { transport, sendOptions } = this.#core
    const { signal } = this.#options
    const leaving = gone === undefined ? signal : either(gone, signal)
    if (leaving === undefined) return transport.send(this.#command, sendOptions)
    return transport.send(this.#command, { ...sendOptions, signal: leaving })
  }

  /**
   * A write that nobody wants to hear of again. It is sent, and its result is made of an empty
   * reply at once: a server's error is lost, as the caller asked.
   */
  #runUnacknowledged(): T {
    const core = this.#core
    this.#command['$db'] = this.#db
    try {
      const reply = core.transport.send(this.#command, core.sendOptions)
      // Nobody waits for it, so that it must not be an unhandled rejection either.
      if (reply instanceof Promise) reply.catch(() => undefined)
    } catch (error) {
      if (!isConnectionLost(error)) throw error
    }
    return this.#finish(UNACKNOWLEDGED, this.#context, core)
  }

  async #takeLater(promise: Promise<Document>, gone: AbortController | undefined): Promise<T> {
    const { signal } = this.#options
    let reply: Document
    try {
      const heard = signal === undefined ? promise : abortable(promise, signal)
      reply = await (gone === undefined ? heard : this.#budget!.bound(heard, () => gone.abort()))
    } catch (lost) {
      return await this.#recover(this.#lossOf(lost))
    } finally {
      gone?.abort()
    }
    return await this.#take(reply)
  }

  /**
   * The server has to wait, and the caller drives operations: it gets one. Only the methods of
   * `driven/` have a transport that answers so; they do not retry.
   */
  *#takeDriven(operation: Operation<Document>): Operation<T> {
    let reply: Document
    try {
      reply = yield* operation
    } catch (lost) {
      throw this.#lossOf(lost)
    }
    return this.#take(reply) as T
  }

  #take(reply: Document): T | Promise<T> {
    this.#session?.observe(reply)
    const failure = this.#failureIn(reply)
    if (failure !== undefined) return this.#recover(failure)
    this.#release()
    return this.#finish(reply, this.#context, this.#core)
  }

  #failureIn(reply: Document): MongoErrorShape | undefined {
    const { MongoServerError, MongoWriteConcernError } = this.#core.errors
    if (this.#budget !== undefined && saysTimeIsUp(reply)) {
      const cause = new MongoServerError(copyOut(reply))
      return this.#budget.expired('Server reported a timeout error', cause)
    }
    if (reply['ok'] === 0) return new MongoServerError(copyOut(reply))
    if (reply['writeConcernError'] === undefined) return undefined
    return new MongoWriteConcernError(copyOut(reply))
  }

  /** No reply came: what the caller is to see of it. */
  #lossOf(lost: unknown): unknown {
    const session = this.#session
    session?.observeLoss()
    if (!isConnectionLost(lost)) return lost
    const serverSession = this.#implicit ?? session?.serverSession
    if (serverSession !== undefined) serverSession.isDirty = true
    return this.#core.networkError(lost)
  }

  /** After a failed attempt: throws what is to be thrown, or promises what comes next. */
  #recover(caught: unknown): Promise<T> {
    if (!isMongoError(caught)) {
      this.#release()
      throw caught
    }
    this.#label(caught)
    if (isStateChange(caught)) this.#core.primaryIsKnown = false
    const error = this.#isWrite ? withoutTransactionNumbers(this.#core.errors, caught) : caught
    this.#policy ??= new RetryPolicy({
      core: this.#core,
      kind: this.#kind,
      inTransaction: this.#inTransaction,
      isTimed: this.#budget !== undefined,
      isRetryableWrite: this.#isRetryableWrite,
    })
    if (this.#policy.noteFailure(error, this.#isNumbered)) return this.#again(error, this.#policy)
    this.#release()
    throw this.#policy.surfacing
  }

  get #isWrite(): boolean {
    return this.#kind === 'retryableWrite' || this.#kind === 'write'
  }

  #label(error: MongoErrorShape): void {
    addDriverLabels(error, {
      kind: this.#kind,
      inTransaction: this.#inTransaction,
      writesAreRetried: this.#core.writesAreRetried,
    })
  }

  async #again(error: MongoErrorShape, policy: RetryPolicy): Promise<T> {
    try {
      if (hasLabel(error, 'SystemOverloadedError')) await this.#backOff(error, policy.failures)
      if (this.#lacksServer) await this.#select()
    } catch (hindrance) {
      this.#release()
      // No attempt was made, so that the last one tells more; unless it is time that ran out.
      const isMore = !isMongoError(hindrance) || hindrance.name === 'MongoOperationTimeoutError'
      throw isMore ? hindrance : policy.surfacing
    }
    // What was sent belongs to the server.
    const { startTransaction: _, ...command } = this.#command
    this.#command = command
    if (this.#isRetryableWrite && !this.#isNumbered) this.#takeNumber()
    if (this.#kind === 'commit' && policy.mayHaveCommitted) {
      command['writeConcern'] = majority(command['writeConcern'])
    }
    return await this.#attempt()
  }

  /** @throws the error, where there is no time for the sleep */
  async #backOff(error: MongoErrorShape, retry: number): Promise<void> {
    const ms = overloadBackoffMs(this.#core, error, retry)
    if (this.#budget !== undefined && ms > this.#budget.remainingMs) throw error
    const { signal } = this.#options
    await this.#core.clock.sleep(ms, signal === undefined ? undefined : { signal })
  }

  /** The write is over: its session is somebody else's turn. */
  #release(): void {
    if (this.#implicit === undefined) return
    this.#core.serverSessions.release(this.#implicit)
    this.#implicit = undefined
  }
}

/** Aborts when either of the two does; the first one does at the latest when the reply is there. */
function either(gone: AbortController, signal: AbortSignal | undefined): AbortSignal {
  signal?.addEventListener('abort', () => gone.abort(), { once: true, signal: gone.signal })
  return gone.signal
}

/** Settles with the promise, or with the signal's reason where that comes first. */
function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}
