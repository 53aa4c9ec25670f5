/**
 * The cursor under a change stream. It remembers where in the stream it is, so that the stream can
 * go on with another cursor from there.
 *
 * Source: specifications, change-streams, "Resume Process".
 */
import type { Document, Timestamp } from 'bson'
import { copyOut } from '../../bson/index.ts'
import { AbstractCursor } from '../cursor/abstract_cursor.ts'
import type { CursorReply } from '../cursor/server_cursor.ts'
import { aggregateCommand } from '../operations/aggregate.ts'
import type { Scope } from '../scope.ts'
import type { BsonSettings } from '../settings.ts'
import type { ChangeStreamOptions, ResumeToken } from './events.ts'

/** Options of the `$changeStream` stage; the others are the command's. */
const STAGE_OPTIONS: ReadonlySet<string> = new Set<keyof ChangeStreamOptions>([
  'fullDocument',
  'fullDocumentBeforeChange',
  'resumeAfter',
  'startAfter',
  'startAtOperationTime',
  'showExpandedEvents',
])

/** A stream over all databases reads from `admin`, as one over that database alone does. */
export type ChangeStreamExtent = 'namespace' | 'deployment'

export class ChangeStreamCursor extends AbstractCursor<Document, ChangeStreamOptions> {
  readonly #pipeline: readonly Document[]
  readonly #extent: ChangeStreamExtent
  #token: ResumeToken
  #postBatchToken: ResumeToken
  #startAtOperationTime: Timestamp | undefined
  #hasReceived = false

  constructor(
    scope: Scope,
    pipeline: readonly Document[],
    options: ChangeStreamOptions,
    extent: ChangeStreamExtent,
  ) {
    super(scope, { ...options }, 'awaitData')
    this.#pipeline = pipeline
    this.#extent = extent
    this.#token = options.startAfter ?? options.resumeAfter
    this.#startAtOperationTime = options.startAtOperationTime
  }

  clone(): ChangeStreamCursor {
    const { session: _, ...options } = this.options
    return new ChangeStreamCursor(this.scope, this.#pipeline, options, this.#extent)
  }

  /** Where the stream has got to; undefined before the first reply. */
  get resumeToken(): ResumeToken {
    return this.#token
  }

  /** A cursor that goes on after what was handed over last. */
  resumed(): ChangeStreamCursor {
    const { resumeAfter: _, startAfter, startAtOperationTime: __, ...options } = this.options
    const from: ChangeStreamOptions = options
    if (this.#token !== undefined) {
      // Before anything was received, `startAfter` may name an invalidation: resuming can't.
      if (startAfter !== undefined && !this.#hasReceived) from.startAfter = this.#token
      else from.resumeAfter = this.#token
    } else if (this.#startAtOperationTime !== undefined) {
      from.startAtOperationTime = this.#startAtOperationTime
    }
    return new ChangeStreamCursor(this.scope, this.#pipeline, from, this.#extent)
  }

  /** This event is the caller's now. */
  handOver(token: ResumeToken): void {
    this.#hasReceived = true
    const isLast = this.bufferedCount() === 0 && this.#postBatchToken !== undefined
    this.#token = isLast ? this.#postBatchToken : token
  }

  /** @internal */
  override observe(cursor: CursorReply, reply: Document): void {
    const { resumeAfter, startAfter } = this.options
    if (resumeAfter === undefined && startAfter === undefined) {
      this.#startAtOperationTime ??= reply['operationTime']
    }
    if (cursor.postBatchResumeToken === undefined) return
    this.#postBatchToken = copyOut(cursor.postBatchResumeToken)
    const batch = cursor.firstBatch ?? cursor.nextBatch
    if (batch?.length === 0) this.#token = this.#postBatchToken
  }

  protected openingCommand(options: ChangeStreamOptions, bson: BsonSettings): Document {
    const stage: Document = {}
    for (const [name, value] of Object.entries(options)) {
      if (STAGE_OPTIONS.has(name) && value !== undefined) stage[name] = value
    }
    if (this.#extent === 'deployment') stage['allChangesForCluster'] = true
    const pipeline = [{ $changeStream: stage }, ...this.#pipeline]
    return aggregateCommand(this.scope, pipeline, options, bson)
  }
}
