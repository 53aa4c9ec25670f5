import { type Document, sizeOf } from '../../bson/index.ts'
import type { MaybeOperation, Operation } from '../../sim/index.ts'
import type { OperationContext } from '../operation_context.ts'
import { acquire, findCollection } from './acquire.ts'
import type { CursorSource } from './cursor.ts'
import type { ResultSource } from './result_source.ts'

/** A batch, and what is left to read after it; nothing once the query is exhausted. */
export interface Batch {
  readonly documents: Document[]
  readonly rest: CursorSource | undefined
  /** Of a change stream: where one can go on who has read this. */
  readonly resumeToken?: Document
}

/**
 * A reply holds at most this, and at least one document; server:
 * FindCommon::kMaxBytesToReturnToClientAtOnce.
 */
export const BATCH_BYTES_MAX = 16_777_216

/** A batch in the making. */
export class Reading {
  readonly executor: ResultSource
  readonly #countMax: number
  readonly #keepsRest: boolean
  readonly #documents: Document[] = []
  /** Of the first so many documents together. */
  #sizeBytes = 0
  #measured = 0

  readonly #bytesMax: number

  /** @param bytesMax more than this only for a batch that is no reply */
  constructor(
    executor: ResultSource,
    countMax: number,
    keepsRest: boolean,
    bytesMax: number = BATCH_BYTES_MAX,
  ) {
    this.#bytesMax = bytesMax
    this.executor = executor
    this.#countMax = countMax
    this.#keepsRest = keepsRest
  }

  /** Reads until the batch is full, or the plan at its end; nothing where it must yield before. */
  fill(op: OperationContext): Batch | undefined {
    const { executor } = this
    const documents = this.#documents
    while (documents.length < this.#countMax) {
      const pulled = executor.next(op)
      if (pulled === 'yield') return undefined
      if (pulled === 'end') return { documents, rest: this.#restAtEnd() }
      const document = executor.result
      if (!this.#hasRoomFor(document)) {
        executor.putBack()
        break
      }
      documents.push(document)
    }
    const isOver = !this.#keepsRest || executor.isSpent
    return { documents, rest: isOver ? undefined : { kind: 'plan', executor } }
  }

  /** A tailable cursor is kept, unless nothing was there yet that it could go on from. */
  #restAtEnd(): CursorSource | undefined {
    const { executor } = this
    if (executor.tail === undefined || !this.#keepsRest) return undefined
    return executor.collection.state.cappedCount === 0 ? undefined : { kind: 'plan', executor }
  }

  /** Documents are measured only where so many of the largest would be too much. */
  #hasRoomFor(document: Document): boolean {
    const documents = this.#documents
    const bound = this.executor.resultBytesMax
    if (this.#bytesMax === Number.POSITIVE_INFINITY) return true
    if (bound !== undefined && bound * (documents.length + 1) <= this.#bytesMax) return true
    for (; this.#measured < documents.length; this.#measured++) {
      this.#sizeBytes += sizeOf(documents[this.#measured]!)
    }
    return documents.length === 0 || this.#sizeBytes + sizeOf(document) <= this.#bytesMax
  }
}

/** Becomes an operation only where the plan yields on the way. */
export function readPlan(op: OperationContext, reading: Reading): MaybeOperation<Batch> {
  return reading.fill(op) ?? readYielding(op, reading)
}

function* readYielding(op: OperationContext, reading: Reading): Operation<Batch> {
  const { executor } = reading
  const { ns } = executor.collection
  for (;;) {
    op.yieldResources()
    yield op.yieldSuspension
    op.checkForInterrupt()
    executor.restore(yield* acquire(op, ns, 'read', findCollection))
    const batch = reading.fill(op)
    if (batch !== undefined) return batch
  }
}

/** The next batch of documents that were made beforehand. */
export function readDocuments(
  source: Extract<CursorSource, { kind: 'documents' }>,
  countMax: number,
): Batch {
  const documents: Document[] = []
  let sizeBytes = 0
  while (documents.length < countMax && sizeBytes < BATCH_BYTES_MAX) {
    const document = source.documents[source.at]
    if (document === undefined) break
    source.at++
    documents.push(document)
    sizeBytes += sizeOf(document)
  }
  return { documents, rest: source.at < source.documents.length ? source : undefined }
}
