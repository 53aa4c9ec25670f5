/**
 * `timeoutMS`: one budget of time for a whole operation, its retries and its waits for a primary
 * included. While there is one, commands carry what is left of it as `maxTimeMS`, and the older
 * options (`maxTimeMS`, `wtimeout`, `maxCommitTimeMS`) are not looked at.
 * Source: specifications, client-side-operations-timeout.
 */
import type { Document } from 'bson'
import type { ClientCore } from './core.ts'
import { CODES } from './error_checks.ts'
import type { MongoErrorShape } from './errors.ts'
import type { OperationOptions } from './options.ts'

export class TimeBudget {
  readonly timeoutMs: number
  /** On the simulator's clock; infinite for a `timeoutMS` of 0, which means no limit. */
  readonly deadlineMs: number
  readonly #core: ClientCore

  constructor(core: ClientCore, timeoutMs: number) {
    this.#core = core
    this.timeoutMs = timeoutMs
    this.deadlineMs = timeoutMs === 0 ? Number.POSITIVE_INFINITY : core.nowMs() + timeoutMs
  }

  get remainingMs(): number {
    return this.deadlineMs - this.#core.nowMs()
  }

  /** The same again, from now on. */
  renewed(): TimeBudget {
    return new TimeBudget(this.#core, this.timeoutMs)
  }

  /** @throws MongoOperationTimeoutError where nothing is left */
  check(where: string): void {
    if (this.remainingMs <= 0) throw this.expired(`Timed out ${where}`)
  }

  expired(message: string, cause?: unknown): MongoErrorShape {
    const { MongoOperationTimeoutError } = this.#core.errors
    return cause === undefined
      ? new MongoOperationTimeoutError(message)
      : new MongoOperationTimeoutError(message, { cause })
  }

  /**
   * Brings a command under this budget.
   *
   * @param omitMaxTime the server is not to be told
   */
  apply(command: Document, omitMaxTime: boolean): void {
    const concern: Document | undefined = command['writeConcern']
    if (concern?.['wtimeout'] !== undefined) {
      const { wtimeout: _, ...rest } = concern
      if (Object.keys(rest).length === 0) delete command['writeConcern']
      else command['writeConcern'] = rest
    }
    // On a getMore it says how long to wait for documents, which is the cursor's business.
    if (command['getMore'] !== undefined) return
    const { remainingMs } = this
    if (omitMaxTime || remainingMs === Number.POSITIVE_INFINITY) delete command['maxTimeMS']
    else command['maxTimeMS'] = Math.max(1, Math.floor(remainingMs))
  }

  /** The promise; or a timeout where that comes first, of which `onExpiry` is told. */
  async bound<T>(promise: Promise<T>, onExpiry: () => void): Promise<T> {
    const { remainingMs } = this
    if (remainingMs === Number.POSITIVE_INFINITY) return await promise
    const settled = new AbortController()
    const expiry = this.#core.clock.sleep(Math.max(0, remainingMs), { signal: settled.signal })
    const first = await Promise.race([
      promise.then((value) => ({ value })),
      expiry.then(() => undefined),
    ]).finally(() => {
      settled.abort()
      expiry.catch(() => undefined)
    })
    if (first !== undefined) return first.value
    promise.catch(() => undefined)
    onExpiry()
    throw this.expired(`Timed out during socket read (${this.timeoutMs}ms)`)
  }
}

/** The options of an operation, with what is the client's own business. */
export interface InternalOptions extends OperationOptions {
  /** Of the operation that this command is part of. */
  readonly budget?: TimeBudget | undefined
  /** The cursor that it opens may live longer than one `timeoutMS`. */
  readonly omitMaxTime?: boolean
}

/**
 * The budget that an operation runs under, if any.
 *
 * @throws MongoInvalidArgumentError for a `timeoutMS` that makes no sense
 */
export function budgetOf(core: ClientCore, options: InternalOptions): TimeBudget | undefined {
  const { budget, timeoutMS, session } = options
  if (budget !== undefined) return budget
  const ofSession = session?.budget
  if (ofSession !== undefined) {
    if (timeoutMS === undefined) return ofSession
    throw new core.errors.MongoInvalidArgumentError(
      'Cannot use timeoutMS on an operation within withTransaction that has a timeoutMS itself',
    )
  }
  if (timeoutMS === undefined) return undefined
  checkTimeoutMs(core, timeoutMS)
  return new TimeBudget(core, timeoutMS)
}

/** @throws MongoInvalidArgumentError */
export function checkTimeoutMs(core: { readonly errors: ClientCore['errors'] }, ms: unknown): void {
  if (typeof ms === 'number' && Number.isInteger(ms) && ms >= 0) return
  throw new core.errors.MongoInvalidArgumentError(
    'Option "timeoutMS" must be a non-negative integer',
  )
}

/** Whether the server says that time was up: for the whole, a statement, or the write concern. */
export function saysTimeIsUp(reply: Document): boolean {
  if (reply['ok'] === 0) return reply['code'] === CODES.MaxTimeMSExpired
  const { writeErrors, writeConcernError } = reply
  if (writeConcernError?.code === CODES.MaxTimeMSExpired) return true
  return (
    Array.isArray(writeErrors) && writeErrors.some(({ code }) => code === CODES.MaxTimeMSExpired)
  )
}
