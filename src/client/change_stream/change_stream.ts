import type { Document } from 'bson'
import { CODES, hasCode, hasLabel } from '../error_checks.ts'
import { isNetworkError, isServerSelectionError } from '../retry/retryable_errors.ts'
import type { Scope } from '../scope.ts'
import { ChangeStreamCursor, type ChangeStreamExtent } from './change_stream_cursor.ts'
import type { ChangeStreamDocument, ChangeStreamOptions, ResumeToken } from './events.ts'

/** What a listener of each event is called with. */
export interface ChangeStreamEvents<TChange> {
  change: (change: TChange) => void
  error: (error: Error) => void
  close: () => void
}

type Listeners<TChange> = {
  [Event in keyof ChangeStreamEvents<TChange>]: Set<ChangeStreamEvents<TChange>[Event]>
}

/**
 * The changes of a collection, a database or the deployment, as they happen. Read it either by
 * `next`, `tryNext`, `hasNext` and iteration, or by `on('change', ...)`; not both.
 *
 * After an error that the server says can be resumed from, it goes on where it was, and its reader
 * notices nothing.
 */
export class ChangeStream<TChange = ChangeStreamDocument> {
  readonly #scope: Scope
  #cursor: ChangeStreamCursor
  #closed = false
  #closedByCaller = false
  #mode: 'iterator' | 'emitter' | undefined
  readonly #listeners: Listeners<TChange> = {
    change: new Set(),
    error: new Set(),
    close: new Set(),
  }

  /** Change streams are made by `watch`. */
  constructor(
    scope: Scope,
    pipeline: readonly Document[],
    options: ChangeStreamOptions | undefined,
    extent: ChangeStreamExtent = 'namespace',
  ) {
    this.#scope = scope
    this.#cursor = new ChangeStreamCursor(scope, [...pipeline], options ?? {}, extent)
  }

  get resumeToken(): ResumeToken {
    return this.#cursor.resumeToken
  }

  get closed(): boolean {
    return this.#closed || this.#cursor.closed
  }

  bufferedCount(): number {
    return this.#cursor.bufferedCount()
  }

  /** The next change; waits for it. */
  async next(): Promise<TChange> {
    this.#enter('iterator')
    return await this.#next()
  }

  /** The next change, or null where there was none within `maxAwaitTimeMS`. */
  async tryNext(): Promise<TChange | null> {
    this.#enter('iterator')
    return await this.#resuming(async () => {
      const change = await this.#cursor.tryNext()
      return change === null ? null : this.#handOver(change)
    })
  }

  /** Waits for a change; false where the stream was invalidated. */
  async hasNext(): Promise<boolean> {
    this.#enter('iterator')
    return await this.#resuming(() => this.#cursor.hasNext())
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<TChange, void, void> {
    if (this.closed) return
    try {
      for (;;) yield await this.next()
    } finally {
      await this.close()
    }
  }

  /** Calls `listener` on each event. The first listener to changes starts reading. */
  on<Event extends keyof ChangeStreamEvents<TChange>>(
    event: Event,
    listener: ChangeStreamEvents<TChange>[Event],
  ): this {
    const reads = event === 'change' && this.#listeners.change.size === 0
    this.#listeners[event].add(listener)
    if (reads) {
      this.#enter('emitter')
      void this.#pump()
    }
    return this
  }

  off<Event extends keyof ChangeStreamEvents<TChange>>(
    event: Event,
    listener: ChangeStreamEvents<TChange>[Event],
  ): this {
    this.#listeners[event].delete(listener)
    return this
  }

  async close(): Promise<void> {
    this.#closedByCaller = true
    await this.#end()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #end(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#cursor.close()
    for (const listener of this.#listeners.close) listener()
  }

  async #next(): Promise<TChange> {
    return await this.#resuming(async () => this.#handOver(await this.#cursor.next()))
  }

  /** Reads for the listeners, while there are any. */
  async #pump(): Promise<void> {
    while (!this.#closed && this.#listeners.change.size > 0) {
      let change: TChange
      try {
        change = await this.#next()
      } catch (error) {
        // Closed while it waited: that is how listening ends.
        if (this.#closedByCaller) return
        if (this.#listeners.error.size === 0) throw error
        for (const listener of this.#listeners.error) listener(error as Error)
        return
      }
      for (const listener of this.#listeners.change) listener(change)
    }
  }

  #handOver(change: Document | null): TChange {
    const { errors } = this.#scope.core
    if (change === null) throw new errors.MongoRuntimeError('ChangeStream is closed')
    if (!change['_id']) {
      throw new errors.MongoChangeStreamError(
        'A change stream document has been received that lacks a resume token (_id).',
      )
    }
    this.#cursor.handOver(change['_id'])
    return change as TChange
  }

  /** Asks the cursor; and the one that takes its place, as long as errors allow. */
  async #resuming<T>(ask: () => Promise<T>): Promise<T> {
    for (;;) {
      if (this.#closed) throw this.#closedError()
      try {
        return await ask()
      } catch (error) {
        if (this.#closed) throw this.#closedError()
        if (this.#cursor.id === undefined || !isResumable(error)) {
          await this.#end()
          throw error
        }
        const successor = this.#cursor.resumed()
        await this.#cursor.close()
        this.#cursor = successor
      }
    }
  }

  #closedError(): Error {
    return new this.#scope.core.errors.MongoAPIError('ChangeStream is closed')
  }

  #enter(mode: 'iterator' | 'emitter'): void {
    if (this.#mode !== undefined && this.#mode !== mode) {
      const [as, after] =
        mode === 'emitter' ? ['EventEmitter', 'iterator'] : ['iterator', 'EventEmitter']
      throw new this.#scope.core.errors.MongoAPIError(
        `ChangeStream cannot be used as an ${as} after being used as an ${after}`,
      )
    }
    this.#mode = mode
  }
}

/**
 * The server marks what can be resumed from; a cursor it has forgotten always can, and a lost
 * connection, for which there was nobody to mark it.
 */
function isResumable(error: unknown): boolean {
  if (isNetworkError(error) || isServerSelectionError(error)) return true
  return hasLabel(error, 'ResumableChangeStreamError') || hasCode(error, CODES.CursorNotFound)
}
