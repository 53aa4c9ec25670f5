import type { Timestamp } from 'bson'
import type { Document } from '../../bson/index.ts'
import type { Clock, Random } from '../../sim/index.ts'
import type { Namespace } from '../catalog/namespace.ts'
import type { ChangeStream } from '../changes/index.ts'
import { ERROR_CODES } from '../error_codes.ts'
import { ServerError } from '../errors.ts'
import type { Metrics } from '../metrics.ts'
import type { OperationContext } from '../operation_context.ts'
import type { ResultSource } from './result_source.ts'

/** Where a cursor was opened: it may be read on only from there. */
export interface CursorOrigin {
  /** The session's key, or undefined for none. */
  readonly session: string | undefined
  /** The transaction's number, or undefined outside of one. */
  readonly txnNumber: number | undefined
  /** Whose it is; empty where nobody has to log in. */
  readonly owner: string
}

/** A query under way between two batches: its plan, without locks and without a snapshot. */
export interface EngineCursor {
  readonly id: number
  readonly ns: Namespace
  readonly origin: CursorOrigin
  readonly source: CursorSource
  readonly noTimeout: boolean
  readonly originatingCommand: Document
  lastUsedUs: number
  /** The cluster time that it reads at, whenever it is read. */
  readonly readAt: Timestamp | undefined
  /** The getMore that is reading it now. */
  reader: OperationContext | undefined
  killed: boolean
}

/** What a cursor is opened with. */
export type CursorParts = Omit<
  EngineCursor,
  'id' | 'lastUsedUs' | 'reader' | 'readAt' | 'killed'
> & {
  readonly readAt?: Timestamp | undefined
}

/**
 * What a cursor reads from: a plan over records, documents that were made beforehand, or changes as
 * they happen.
 */
export type CursorSource =
  | { readonly kind: 'plan'; readonly executor: ResultSource }
  | { readonly kind: 'documents'; readonly documents: readonly Document[]; at: number }
  | { readonly kind: 'changes'; readonly stream: ChangeStream }

/** The open cursors of one simulator. */
export class CursorRegistry {
  readonly #cursors = new Map<number, EngineCursor>()
  readonly #clock: Clock
  readonly #random: Random
  readonly #metrics: Metrics

  constructor(clock: Clock, random: Random, metrics: Metrics) {
    this.#clock = clock
    this.#random = random
    this.#metrics = metrics
  }

  register(parts: CursorParts): EngineCursor {
    const cursor: EngineCursor = {
      ...parts,
      readAt: parts.readAt,
      id: this.#newId(),
      lastUsedUs: this.#clock.nowUs(),
      reader: undefined,
      killed: false,
    }
    this.#cursors.set(cursor.id, cursor)
    this.#metrics.cursor.totalOpened++
    this.#metrics.cursor.open = this.#cursors.size
    return cursor
  }

  get(id: number): EngineCursor | undefined {
    return this.#cursors.get(id)
  }

  /** As serverStatus shows them. Source: `ClientCursor` metrics, cursor_manager.cpp */
  openCounts(): { noTimeout: number; pinned: number; total: number } {
    const counts = { noTimeout: 0, pinned: 0, total: this.#cursors.size }
    for (const { noTimeout, reader } of this.#cursors.values()) {
      if (noTimeout) counts.noTimeout++
      if (reader !== undefined) counts.pinned++
    }
    return counts
  }

  all(): IterableIterator<EngineCursor> {
    return this.#cursors.values()
  }

  /**
   * Ends a cursor, and interrupts the getMore that reads it now. False if there is none. Source:
   * `CursorManager::killCursor` (8.0). Wakes, and runs nobody.
   */
  kill(id: number): boolean {
    const cursor = this.#cursors.get(id)
    if (cursor === undefined) return false
    cursor.killed = true
    cursor.reader?.kill(ERROR_CODES.CursorKilled, 'operation was interrupted')
    this.#cursors.delete(id)
    this.#metrics.cursor.open = this.#cursors.size
    return true
  }

  killWhere(condition: (cursor: EngineCursor) => boolean): number {
    const doomed = [...this.#cursors.values()].filter(condition)
    for (const cursor of doomed) this.kill(cursor.id)
    return doomed.length
  }

  /**
   * Those that nobody used for so long. Passive: called when time has passed, never making it pass.
   */
  killIdle(timeoutMs: number): void {
    const limitUs = this.#clock.nowUs() - timeoutMs * 1000
    const isIdle = (cursor: EngineCursor) =>
      cursor.reader === undefined &&
      !cursor.noTimeout &&
      cursor.lastUsedUs < limitUs &&
      cursor.origin.txnNumber === undefined
    this.#metrics.cursor.timedOut += this.killWhere(isIdle)
  }

  /** Positive, of 53 bits, so that it survives as a number and as a 64-bit integer alike. */
  #newId(): number {
    for (;;) {
      const id = Math.floor(this.#random.next() * Number.MAX_SAFE_INTEGER)
      if (id > 0 && !this.#cursors.has(id)) return id
    }
  }
}

/** Source: cursor_manager.cpp. */
export function cursorNotFound(id: number): ServerError {
  return new ServerError('CursorNotFound', `cursor id ${id} not found`)
}
