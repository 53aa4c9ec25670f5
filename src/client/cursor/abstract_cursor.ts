/**
 * What all cursors offer their caller: the documents one by one, as an array, as an iteration; and
 * the settings that hold until the first command goes out.
 *
 * Batches hold the store's own documents, each of which is copied out when it is handed over, and
 * no sooner. Nothing is awaited where the server answers at once: `toArray` costs one promise
 * however many batches it takes.
 */
import type { Document, Long } from 'bson'
import { copyAllOut, copyOut } from '../../bson/index.ts'
import { type ReadConcernLike, type ReadPreferenceLike, toReadPreference } from '../concerns.ts'
import { executeOperation } from '../execute_operation.ts'
import { bsonOf, optionsOf } from '../operations/command_fields.ts'
import { wholeReply } from '../operations/run_command.ts'
import type { CommandOptions, CursorOptions } from '../options.ts'
import type { Scope } from '../scope.ts'
import type { BsonSettings } from '../settings.ts'
import type { Follows } from './cursor_time.ts'
import { type CursorOwner, type CursorReply, ServerCursor } from './server_cursor.ts'

export abstract class AbstractCursor<T, Options extends CursorOptions = CursorOptions>
  implements CursorOwner
{
  protected readonly scope: Scope
  protected readonly options: Options
  readonly #bson: BsonSettings
  #server: ServerCursor
  #transforms: ((document: T) => T)[] = []
  readonly #onAbort: (() => void) | undefined
  readonly #follows: Follows | undefined

  /**
   * @param options the cursor's own from here on
   * @param follows where the options do not say it
   */
  protected constructor(scope: Scope, options: Options, follows?: Follows) {
    this.scope = scope
    this.options = optionsOf(scope, options)
    this.#bson = bsonOf(scope, options)
    this.#server = new ServerCursor(scope, this.options, this, follows)
    this.#follows = follows
    if (options.signal !== undefined) {
      this.#onAbort = () => void this.close()
      options.signal.addEventListener('abort', this.#onAbort, { once: true })
    }
  }

  /** The command that opens the cursor. */
  protected abstract openingCommand(options: Options, bson: BsonSettings): Document

  /** An unopened cursor of the same settings, without the session. */
  abstract clone(): AbstractCursor<T, Options>

  /** Undefined before the first reply; zero when the server has nothing more. */
  get id(): Long | undefined {
    return this.#server.id
  }

  /** The server has nothing more, and all that was buffered here is read. */
  get closed(): boolean {
    return this.#server.finished && this.#server.buffered === 0
  }

  /** It was open on the server when it was closed. */
  get killed(): boolean {
    return this.#server.killed
  }

  bufferedCount(): number {
    return this.#server.buffered
  }

  /** Takes documents out of the buffer, without asking the server. */
  readBufferedDocuments(count: number = this.bufferedCount()): T[] {
    const documents: T[] = []
    while (documents.length < count && this.bufferedCount() > 0) documents.push(this.#take())
    return documents
  }

  /** Null at the end. A tailable cursor waits for a document instead. */
  async next(): Promise<T | null> {
    this.#refuseIfEnded()
    this.#server.beginCall()
    while (!this.closed) {
      if (this.bufferedCount() > 0) return this.#take()
      const filling = this.#fill()
      if (filling !== undefined) await filling
    }
    return null
  }

  /** As `next`, but null also where the next batch is empty. */
  async tryNext(): Promise<T | null> {
    this.#refuseIfEnded()
    this.#server.beginCall()
    // Opening a cursor says little: an empty first batch is followed by one more request.
    for (let asks = this.#server.opened ? 1 : 2; asks > 0; asks--) {
      if (this.bufferedCount() > 0 || this.closed) break
      const filling = this.#fill()
      if (filling !== undefined) await filling
    }
    return this.bufferedCount() === 0 ? null : this.#take()
  }

  async hasNext(): Promise<boolean> {
    this.options.signal?.throwIfAborted()
    this.#server.beginCall()
    while (!this.closed) {
      if (this.bufferedCount() > 0) return true
      const filling = this.#fill()
      if (filling !== undefined) await filling
    }
    return false
  }

  /** All documents that are left. */
  async toArray(): Promise<T[]> {
    this.options.signal?.throwIfAborted()
    let documents: T[] = []
    this.#server.beginCall()
    while (!this.closed) {
      if (this.bufferedCount() > 0) {
        const batch = this.#takeAll()
        if (documents.length === 0) documents = batch
        else for (const document of batch) documents.push(document)
        continue
      }
      const filling = this.#fill()
      if (filling !== undefined) await filling
    }
    return documents
  }

  /** Calls `iterator` on each document, until it returns false. */
  async forEach(iterator: (document: T) => boolean | void): Promise<void> {
    if (typeof iterator !== 'function') {
      throw this.invalid('Argument "iterator" must be a function')
    }
    for await (const document of this) if (iterator(document) === false) break
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, void> {
    this.options.signal?.throwIfAborted()
    try {
      while (!this.killed && !this.closed) {
        const document = await this.next()
        if (document === null) return
        yield document
        this.options.signal?.throwIfAborted()
      }
    } finally {
      // A loop that was left early leaves the cursor open on the server.
      if (!this.#server.finished) await this.close()
    }
  }

  /** Applies `transform` to every document, after those of earlier calls. */
  map<U>(transform: (document: T) => U): AbstractCursor<U, Options> {
    this.refuseIfOpened()
    this.#transforms.push(transform as unknown as (document: T) => T)
    return this as unknown as AbstractCursor<U, Options>
  }

  /** Documents in each reply. */
  batchSize(value: number): this {
    return this.set('batchSize', value, 'Operation "batchSize" requires an integer')
  }

  /** How long the server may work on the opening command. */
  maxTimeMS(value: number): this {
    return this.set('maxTimeMS', value, 'Argument for maxTimeMS must be a number')
  }

  withReadPreference(readPreference: ReadPreferenceLike): this {
    this.refuseIfOpened()
    toReadPreference(readPreference, this.scope.core.errors)
    this.options.readPreference = readPreference
    return this
  }

  withReadConcern(readConcern: ReadConcernLike): this {
    this.refuseIfOpened()
    this.options.readConcern = readConcern
    return this
  }

  /** Back to the unopened state: what follows asks the server again. */
  rewind(): void {
    if (this.#server.opened)
      this.#server = new ServerCursor(this.scope, this.options, this, this.#follows)
  }

  /** Ends the cursor, on the server too if it is open there. What is buffered can still be read. */
  async close(): Promise<void> {
    await this.#server.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  /** @internal Hears of each reply; for cursors that count or remember. */
  observe(_cursor: CursorReply, _reply: Document): void {}

  /** @internal Hears of the end. */
  finished(): void {
    if (this.#onAbort === undefined) return
    this.options.signal?.removeEventListener('abort', this.#onAbort)
  }

  /** The batch size that the next `getMore` asks for; 0 where it must not be sent at all. */
  protected nextBatchSize(): number | undefined {
    return this.options.batchSize
  }

  /** Sets an option that must be a number, before the first command. */
  protected set(
    name: 'batchSize' | 'maxTimeMS' | 'maxAwaitTimeMS' | 'limit' | 'skip',
    value: number,
    complaint: string,
  ): this {
    this.refuseIfOpened()
    if (typeof value !== 'number') throw this.invalid(complaint)
    Object.assign(this.options, { [name]: value })
    return this
  }

  /** @throws MongoCursorInUseError where the opening command has gone out already */
  protected refuseIfOpened(): void {
    if (!this.#server.opened) return
    throw new this.scope.core.errors.MongoCursorInUseError()
  }

  protected invalid(message: string): Error {
    return new this.scope.core.errors.MongoInvalidArgumentError(message)
  }

  /** Asks for the plan of the opening command. */
  protected explainWith(
    explain: NonNullable<CommandOptions['explain']>,
  ): Document | Promise<Document> {
    const options = { ...this.options, explain }
    const command = this.openingCommand(options, this.#bson)
    const { core, db } = this.scope
    return executeOperation(core, db, command, options, wholeReply, this.#bson.out)
  }

  #fill(): void | Promise<void> {
    if (!this.#server.opened) {
      return this.#server.open(this.openingCommand(this.options, this.#bson))
    }
    const batchSize = this.nextBatchSize()
    if (batchSize === 0) return this.#server.close()
    const { maxAwaitTimeMS, comment } = this.options
    return this.#server.getMore({
      ...(batchSize !== undefined && { batchSize }),
      ...(maxAwaitTimeMS !== undefined && { maxTimeMS: maxAwaitTimeMS }),
      ...(comment !== undefined && { comment }),
    })
  }

  #take(): T {
    const document = copyOut(this.#server.take(), this.#bson.out) as T
    return this.#transforms.length === 0 ? document : this.#transformed(document)
  }

  /** All that is buffered. */
  #takeAll(): T[] {
    if (this.#transforms.length === 0) {
      return copyAllOut(this.#server.takeAll(), this.#bson.out) as T[]
    }
    return this.readBufferedDocuments()
  }

  #transformed(document: T): T {
    let value = document
    try {
      for (const transform of this.#transforms) value = transform(value)
    } catch (error) {
      void this.close()
      throw error
    }
    if (value !== null) return value
    void this.close()
    throw new this.scope.core.errors.MongoAPIError(
      'Cursor returned a `null` document, but the cursor is not exhausted.  ' +
        'Mapping documents to `null` is not supported in the cursor transform.',
    )
  }

  #refuseIfEnded(): void {
    this.options.signal?.throwIfAborted()
    if (!this.killed) return
    throw new this.scope.core.errors.MongoCursorExhaustedError()
  }
}
