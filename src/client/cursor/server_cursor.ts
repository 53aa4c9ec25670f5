/**
 * A cursor's dealings with the server: the command that opens it, `getMore`, `killCursors`, and the
 * batch that came last.
 *
 *     unopened ──open──> open on the server ──id 0──> finished, documents buffered
 *                              │
 *                              └──kill──> finished
 *
 * Where the server answers at once, so do `open` and `getMore`.
 */
import { type Document, Long } from 'bson'
import type { ClientCore, Closable } from '../core.ts'
import { isMongoError } from '../error_checks.ts'
import { executeOperation } from '../execute_operation.ts'
import type { CursorOptions } from '../options.ts'
import type { Scope } from '../scope.ts'
import type { InternalOptions } from '../time_budget.ts'
import { type CursorTime, cursorTime, type Follows } from './cursor_time.ts'

/** What a reply says about a cursor. */
export interface CursorReply {
  readonly id: Long | bigint | number
  readonly ns?: string
  readonly firstBatch?: readonly Document[]
  readonly nextBatch?: readonly Document[]
  readonly postBatchResumeToken?: Document
  readonly atClusterTime?: unknown
}

/** Whose documents these are: it hears of each reply, and of the end. */
export interface CursorOwner {
  observe(cursor: CursorReply, reply: Document): void
  finished(): void
}

/**
 * What a round trip would cost. After a `getMore` that the server answered at once with nothing (a
 * tailable cursor that does not wait for data), the next one is charged that; otherwise a loop that
 * asks for more would never let anybody write more.
 */
const ROUND_TRIP_MS = 1

const NO_DOCUMENTS: readonly Document[] = []

export class ServerCursor implements Closable {
  readonly #core: ClientCore
  readonly #options: CursorOptions & InternalOptions
  readonly #follows: Follows | undefined
  readonly #owner: CursorOwner
  /** Where `getMore` reads; the reply to the opening command says it. */
  #db: string
  #collection: string
  #id: CursorReply['id'] | undefined
  #batch: readonly Document[] = NO_DOCUMENTS
  #position = 0
  #opened = false
  #finished = false
  #killed = false
  #wasEmptyAtOnce = false
  /** From the opening on; nothing without a `timeoutMS`. */
  #time: CursorTime | undefined = undefined

  /** @param follows where the options do not say it */
  constructor(
    scope: Scope,
    options: CursorOptions & InternalOptions,
    owner: CursorOwner,
    follows?: Follows,
  ) {
    this.#follows = follows
    this.#core = scope.core
    this.#db = scope.db
    this.#collection = scope.collection
    this.#options = options
    this.#owner = owner
  }

  /** Undefined before the reply to the opening command; zero when the server has nothing more. */
  get id(): Long | undefined {
    const id = this.#id
    return id === undefined || typeof id === 'object' ? id : Long.fromBigInt(BigInt(id))
  }

  /** The opening command has gone out. */
  get opened(): boolean {
    return this.#opened
  }

  /** The server has nothing more, or is not to be asked again. */
  get finished(): boolean {
    return this.#finished
  }

  /** It was open on the server when it was closed. */
  get killed(): boolean {
    return this.#killed
  }

  get buffered(): number {
    return this.#batch.length - this.#position
  }

  /** The next document of the batch, the store's own. Only while some are buffered. */
  take(): Document {
    return this.#batch[this.#position++] as Document
  }

  /** The rest of the batch, likewise. */
  takeAll(): readonly Document[] {
    const batch = this.#batch
    const position = this.#position
    this.#position = batch.length
    return position === 0 ? batch : batch.slice(position)
  }

  open(command: Document): void | Promise<void> {
    this.#time = cursorTime(this.#core, this.#options, this.#follows)
    this.#opened = true
    return this.#run(this.#db, command)
  }

  /** A call of the caller's begins, which may ask the server several times. */
  beginCall(): void {
    if (this.#opened) this.#time?.beginCall()
  }

  getMore(request: {
    batchSize?: number
    maxTimeMS?: number
    comment?: unknown
  }): void | Promise<void> {
    const command: Document = { getMore: this.#id, collection: this.#collection }
    if (request.batchSize !== undefined) command['batchSize'] = Math.abs(request.batchSize)
    if (request.maxTimeMS !== undefined) {
      const limitMs = this.#time?.remainingMs ?? Number.POSITIVE_INFINITY
      command['maxTimeMS'] = Math.min(request.maxTimeMS, limitMs)
    }
    if (request.comment !== undefined) command['comment'] = request.comment
    if (this.#wasEmptyAtOnce) return this.#runAfterRoundTrip(command)
    const running = this.#run(this.#db, command)
    this.#wasEmptyAtOnce = !(running instanceof Promise) && this.#batch.length === 0
    return running
  }

  /** Ends the cursor; tells the server where it is open there. */
  async close(): Promise<void> {
    const id = this.#id
    this.#finish()
    if (id === undefined || isZero(id)) return
    this.#killed = true
    this.#id = 0
    const { session } = this.#options
    if (session?.hasEnded) return
    const command = { killCursors: this.#collection, cursors: [id] }
    this.#time?.beginClose()
    const { budget } = this.#time?.options ?? {}
    const isPlain = session === undefined && budget === undefined
    const options = isPlain ? undefined : { ...(session && { session }), budget }
    try {
      await executeOperation(this.#core, this.#db, command, options, nothing, undefined)
    } catch (error) {
      // The server gives up idle cursors by itself: nobody need hear that it was not told.
      if (!isMongoError(error)) throw error
    }
  }

  #run(db: string, command: Document): void | Promise<void> {
    let running: void | Promise<void>
    try {
      const options = this.#time?.options ?? this.#options
      running = executeOperation(this.#core, db, command, options, accepted, this)
    } catch (error) {
      return this.#fail(error)
    }
    return running instanceof Promise ? running.catch((error) => this.#fail(error)) : running
  }

  async #runAfterRoundTrip(command: Document): Promise<void> {
    this.#wasEmptyAtOnce = false
    await this.#core.clock.sleep(ROUND_TRIP_MS)
    const running = this.#run(this.#db, command)
    if (running instanceof Promise) await running
    else this.#wasEmptyAtOnce = this.#batch.length === 0
  }

  async #fail(error: unknown): Promise<never> {
    await this.close()
    throw error
  }

  /** Takes in what a reply brought. */
  accept(reply: Document): void {
    const { cursor } = reply as { cursor?: CursorReply }
    const batch = cursor?.firstBatch ?? cursor?.nextBatch
    if (cursor === undefined || batch === undefined) {
      throw new this.#core.errors.MongoUnexpectedServerResponseError(
        'Cursor document did not contain a batch',
      )
    }
    this.#id = cursor.id
    this.#batch = batch
    this.#position = 0
    if (cursor.ns !== undefined) this.#adoptNamespace(cursor.ns)
    this.#owner.observe(cursor, reply)
    if (isZero(cursor.id)) this.#finish()
    // Closed while the reply was on its way: what it opened must not stay open.
    else if (this.#finished) void this.close()
    else this.#core.cursors.add(this)
  }

  #adoptNamespace(namespace: string): void {
    const dot = namespace.indexOf('.')
    this.#db = namespace.slice(0, dot)
    this.#collection = namespace.slice(dot + 1)
  }

  #finish(): void {
    if (this.#finished) return
    this.#finished = true
    this.#core.cursors.delete(this)
    this.#owner.finished()
  }
}

function accepted(reply: Document, cursor: ServerCursor): void {
  cursor.accept(reply)
}

function nothing(): void {}

function isZero(id: CursorReply['id']): boolean {
  return typeof id === 'object' ? id.isZero() : Number(id) === 0
}
