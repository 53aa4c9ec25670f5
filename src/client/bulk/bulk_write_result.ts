import { type Document, EJSON } from 'bson'
import { WriteConcernError, type WriteError } from './write_error.ts'

/** A minted, given or upserted `_id`, and the statement it belongs to. */
export interface IndexedId {
  readonly index: number
  readonly _id: unknown
}

/** What the batches of a bulk write add up to, in the driver's names. */
export interface BulkTally {
  ok: number
  writeErrors: WriteError[]
  writeConcernErrors: WriteConcernError[]
  /** Of every insert that was to be done; which of them were done follows from the errors. */
  insertedIds: IndexedId[]
  nInserted: number
  nUpserted: number
  nMatched: number
  nModified: number
  nRemoved: number
  upserted: IndexedId[]
}

export function emptyTally(): BulkTally {
  return {
    ok: 1,
    writeErrors: [],
    writeConcernErrors: [],
    insertedIds: [],
    nInserted: 0,
    nUpserted: 0,
    nMatched: 0,
    nModified: 0,
    nRemoved: 0,
    upserted: [],
  }
}

/** `WriteConcernFailed`: what several failed write concerns are reported as. */
const WRITE_CONCERN_FAILED = 64

/** The result of `bulkWrite`; also what was done when a bulk write fails. */
export class BulkWriteResult {
  readonly insertedCount: number
  readonly matchedCount: number
  readonly modifiedCount: number
  readonly deletedCount: number
  readonly upsertedCount: number
  /** By the index of the statement. */
  readonly upsertedIds: { [index: number]: Document[string] }
  readonly insertedIds: { [index: number]: Document[string] }
  readonly #tally: BulkTally

  constructor(tally: BulkTally, options: { readonly ordered: boolean }) {
    this.#tally = tally
    this.insertedCount = tally.nInserted
    this.matchedCount = tally.nMatched
    this.modifiedCount = tally.nModified
    this.deletedCount = tally.nRemoved
    this.upsertedCount = tally.upserted.length
    this.upsertedIds = byIndex(tally.upserted)
    this.insertedIds = byIndex(insertedOf(tally, options.ordered))
  }

  /** 1 unless a batch failed as a whole. */
  get ok(): number {
    return this.#tally.ok
  }

  isOk(): boolean {
    return this.#tally.ok === 1
  }

  getUpsertedIdAt(index: number): Document | undefined {
    return this.#tally.upserted[index]
  }

  getRawResponse(): Document {
    return this.#tally
  }

  hasWriteErrors(): boolean {
    return this.#tally.writeErrors.length > 0
  }

  getWriteErrorCount(): number {
    return this.#tally.writeErrors.length
  }

  getWriteErrorAt(index: number): WriteError | undefined {
    return this.#tally.writeErrors[index]
  }

  getWriteErrors(): WriteError[] {
    return this.#tally.writeErrors
  }

  getWriteConcernError(): WriteConcernError | undefined {
    const failures = this.#tally.writeConcernErrors
    if (failures.length < 2) return failures[0]
    const errmsg = failures.map((failure) => failure.errmsg).join(' and ')
    return new WriteConcernError({ errmsg, code: WRITE_CONCERN_FAILED })
  }

  toString(): string {
    return `BulkWriteResult(${EJSON.stringify(this.#tally)})`
  }
}

function byIndex(ids: readonly IndexedId[]): { [index: number]: Document[string] } {
  const map: { [index: number]: unknown } = {}
  for (const { index, _id } of ids) map[index] = _id
  return map
}

/** An ordered bulk write stops at its first error; an unordered one leaves out what failed. */
function insertedOf(tally: BulkTally, ordered: boolean): readonly IndexedId[] {
  const first = tally.writeErrors[0]
  if (first === undefined) return tally.insertedIds
  if (ordered) return tally.insertedIds.filter(({ index }) => index < first.index)
  const failed = new Set(tally.writeErrors.map((error) => error.index))
  return tally.insertedIds.filter(({ index }) => !failed.has(index))
}
