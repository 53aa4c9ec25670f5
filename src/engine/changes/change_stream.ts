import type { Timestamp } from 'bson'
import { canonicalText, type Document, encodeIdKey, equalValues } from '../../bson/index.ts'
import { type Flow, openFlow, type Stage } from '../aggregate/index.ts'
import { ServerError } from '../errors.ts'
import type { OperationContext } from '../operation_context.ts'
import type { LoggedChange } from './change.ts'
import { type ChangeLog, tickAfter } from './change_log.ts'
import { eventOf, invalidateEvent, isShown, type LookUp } from './event.ts'
import { type ChangeExtent, invalidates, isWithin } from './extent.ts'
import { eventToken, highWaterMark } from './resume_token.ts'
import type { ChangeStreamSpec } from './spec.ts'

/** Stages that leave an event an event. Source: `ChangeStreamRequirement::kAllowlist` (8.0) */
const ALLOWED: ReadonlySet<string> = new Set([
  '$addFields',
  '$match',
  '$project',
  '$redact',
  '$replaceRoot',
  '$replaceWith',
  '$set',
  '$unset',
])

/**
 * One stream of events: a place in the change log that moves on as it is read, and the stages that
 * its events run through.
 */
export class ChangeStream {
  readonly #log: ChangeLog
  readonly #events: Events
  readonly #last: Flow
  /** Of the last event that was handed out, or where it began. */
  #token: Document
  #tokenTime: Timestamp

  /**
   * @param stages those behind `$changeStream`
   * @throws ServerError 20; 280, 286 where it cannot begin where it is told to
   */
  constructor(
    op: OperationContext,
    extent: ChangeExtent,
    spec: ChangeStreamSpec,
    stages: readonly Stage[],
  ) {
    for (const { name } of stages) {
      if (ALLOWED.has(name)) continue
      throw new ServerError(
        'IllegalOperation',
        `${name} is not permitted in a $changeStream pipeline`,
      )
    }
    const { changes } = op.services
    changes.start()
    this.#log = changes
    this.#events = new Events(changes, extent, spec)
    this.#last = openFlow(stages, this.#events)
    // What happened at the time that was reached is not of this stream; what comes is later.
    this.#tokenTime = tickAfter(changes.reached)
    this.#token = spec.start?.kind === 'token' ? spec.start.token : highWaterMark(this.#tokenTime)
  }

  /** Its last event was read, and there will be no more. */
  get hasEnded(): boolean {
    return this.#events.hasEnded
  }

  /**
   * The next event that comes out of the stages; nothing for now.
   *
   * @throws ServerError 280 where a stage changed its resume token; 286, 47
   */
  next(op: OperationContext): Document | undefined {
    if (this.hasEnded || this.#last.next(op) !== 'record') return undefined
    const { document } = this.#last
    const { token, time } = this.#events
    if (!equalValues(document['_id'], token)) throw tokenChanged(token, document['_id'])
    this.#token = token
    this.#tokenTime = time
    return document
  }

  /** Where a reader who has read everything so far can go on. */
  resumeTokenAtEnd(): Document {
    const { reached } = this.#log
    if (reached.compare(this.#tokenTime) > 0) return highWaterMark(reached)
    return this.#token
  }

  /** Where a reader can go on who has read up to the last event handed out. */
  get resumeToken(): Document {
    return this.#token
  }
}

/** The events themselves, as the first flow of the pipeline. */
class Events implements Flow {
  document: Document = {}
  token: Document = {}
  time: Timestamp
  hasEnded = false
  readonly #log: ChangeLog
  readonly #extent: ChangeExtent
  readonly #spec: ChangeStreamSpec
  /** Number of the next change to look at. */
  #at: number
  /** What there was to watch has just gone: the next event says so, and is the last. */
  #ending: LoggedChange | undefined = undefined

  constructor(log: ChangeLog, extent: ChangeExtent, spec: ChangeStreamSpec) {
    this.#log = log
    this.#extent = extent
    this.#spec = spec
    this.time = log.reached
    this.#at = this.#start()
  }

  next(op: OperationContext): 'record' | 'end' {
    const at = this.#log.onFrom(this.#at)
    if (at !== this.#at) this.#ending = undefined
    this.#at = at
    if (this.#ending !== undefined) return this.#end(this.#ending)
    for (;;) {
      const logged = this.#log.at(this.#at)
      if (logged === undefined) return 'end'
      this.#at++
      if (!isWithin(this.#extent, logged.change)) continue
      if (invalidates(this.#extent, logged)) this.#ending = logged
      if (!isShown(logged, this.#spec)) continue
      this.#standOn(logged, eventToken(logged, false))
      this.document = eventOf(logged, this.token, this.#spec, lookUpIn(op))
      return 'record'
    }
  }

  #end(logged: LoggedChange): 'record' {
    this.#standOn(logged, eventToken(logged, true))
    this.document = invalidateEvent(logged, this.token, this.#spec)
    this.hasEnded = true
    return 'record'
  }

  #standOn({ time }: LoggedChange, token: Document): void {
    this.time = time
    this.token = token
  }

  /** @throws ServerError 280, 286 */
  #start(): number {
    const { start } = this.#spec
    if (start === undefined) return this.#log.end
    if (start.kind === 'time') return this.#log.from(start.time)
    const { time, index, isInvalidate } = start.place
    if (index === undefined) return this.#log.from(time)
    const found = this.#log.find(time, index)
    if (found === undefined) throw tokenNotFound(start.token)
    const logged = this.#log.at(found)!
    if (!isInvalidate && isWithin(this.#extent, logged.change) && invalidates(this.#extent, logged))
      this.#ending = logged
    return found + 1
  }
}

/** The document as a snapshot of now has it. */
function lookUpIn(op: OperationContext): LookUp {
  return ({ after, ...change }) => {
    if (!('collection' in change)) return null
    const now = op.services.catalog.findByUuid(change.collection.uuid)
    if (now === undefined) return null
    const recordId = op.storage.get(now.idIndex.table, encodeIdKey(after['_id']))
    if (recordId === undefined) return null
    return op.storage.get(now.records, recordId) ?? null
  }
}

/** Source: `ensureResumeTokenPresent`, document_source_change_stream_ensure_resume_token.cpp */
function tokenNotFound(token: Document): ServerError {
  return new ServerError(
    'ChangeStreamFatalError',
    `cannot resume stream; the resume token was not found. ${canonicalText(token)}`,
  )
}

/** Source: `validateResumeToken`, plan_executor_pipeline.cpp */
function tokenChanged(expected: Document, found: unknown): ServerError {
  return new ServerError(
    'ChangeStreamFatalError',
    'Encountered an event whose _id field, which contains the resume token, was modified by the ' +
      'pipeline. Modifying the _id field of an event makes it impossible to resume the stream from ' +
      'that point. Only transformations that retain the unmodified _id field are allowed. Expected: ' +
      `${canonicalText({ _id: expected })} but found: ${canonicalText(found === undefined ? {} : { _id: found })}`,
  )
}
