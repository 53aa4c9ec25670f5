import type { Timestamp } from 'bson'
import type { Document } from '../../bson/index.ts'

/** What a statement did: inserted, updated, deleted; or a transaction that committed. */
export type LoggedOp = 'i' | 'u' | 'd' | 'c'

/** Which version of a document a findAndModify kept for its retry. */
export type ImageKind = 'preImage' | 'postImage'

/**
 * What a retry is answered from: one statement of a retryable write that changed something. The
 * server reads it off the oplog, whose entries of one session are linked in the same way
 * (oplog_entry.idl: stmtId, prevOpTime, needsRetryImage).
 */
export class StatementEntry {
  readonly stmtId: number
  readonly op: LoggedOp
  /** The document that was inserted; of anything else, nothing. */
  readonly inserted: Document | undefined
  /** Kept in `config.image_collection`, under the time of this entry. */
  readonly image: ImageKind | undefined
  /** When its unit of work was written. */
  readonly time: Timestamp
  /** The statement before it, of the same transaction number. */
  readonly previous: StatementEntry | undefined

  constructor(parts: {
    readonly stmtId: number
    readonly op: LoggedOp
    readonly inserted?: Document | undefined
    readonly image?: ImageKind | undefined
    readonly time: Timestamp
    readonly previous?: StatementEntry | undefined
  }) {
    this.stmtId = parts.stmtId
    this.op = parts.op
    this.inserted = parts.inserted
    this.image = parts.image
    this.time = parts.time
    this.previous = parts.previous
  }
}

/** More entries than this are looked up in a map. */
const WALK_MAX = 8

/** The statements of one transaction number, by their ids. */
export class StatementChain {
  newest: StatementEntry | undefined = undefined
  #size = 0
  #byId: Map<number, StatementEntry> | undefined = undefined

  /** Goes on from the newest one of a chain. */
  reset(newest: StatementEntry | undefined): void {
    this.newest = newest
    this.#byId = undefined
    this.#size = 0
    for (let entry = newest; entry !== undefined; entry = entry.previous) this.#size++
  }

  /** A unit of work has committed: everything from its newest entry on is part of the chain. */
  extend(newest: StatementEntry): void {
    for (let entry = newest; entry !== this.newest; entry = entry.previous!) {
      this.#size++
      this.#byId?.set(entry.stmtId, entry)
    }
    this.newest = newest
  }

  find(stmtId: number): StatementEntry | undefined {
    if (this.#size > WALK_MAX) return this.#index().get(stmtId)
    let entry = this.newest
    while (entry !== undefined && entry.stmtId !== stmtId) entry = entry.previous
    return entry
  }

  #index(): Map<number, StatementEntry> {
    if (this.#byId !== undefined) return this.#byId
    const byId = new Map<number, StatementEntry>()
    for (let entry = this.newest; entry !== undefined; entry = entry.previous) {
      byId.set(entry.stmtId, entry)
    }
    this.#byId = byId
    return byId
  }
}
