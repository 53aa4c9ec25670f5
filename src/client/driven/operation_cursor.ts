/** What a find or an aggregation gives: all of it at once, batch after batch. */
import type { Document, Long } from 'bson'
import { copyOut } from '../../bson/index.ts'
import type { Operation } from '../../sim/index.ts'
import { executeOperation } from '../execute_operation.ts'
import type { OperationOptions } from '../options.ts'
import type { Scope } from '../scope.ts'
import { inTurn } from './turn.ts'

interface Batch {
  readonly id: Long | bigint | number
  readonly documents: readonly Document[]
}

export class OperationCursor<T> {
  readonly #scope: Scope
  readonly #command: () => Document
  readonly #options: OperationOptions

  /** @param command builds the command that opens the cursor */
  constructor(scope: Scope, command: () => Document, options: OperationOptions) {
    this.#scope = scope
    this.#command = command
    this.#options = options
  }

  *toArray(): Operation<T[]> {
    const { core, db, collection } = this.#scope
    const options = this.#options
    let batch: Batch = yield* inTurn(() =>
      executeOperation(core, db, this.#command(), options, batchOf, undefined),
    )
    const documents: T[] = []
    for (;;) {
      for (const document of batch.documents) documents.push(copyOut(document) as T)
      const { id } = batch
      if (typeof id === 'object' ? id.isZero() : Number(id) === 0) return documents
      const getMore: Document = { getMore: id, collection }
      batch = yield* inTurn(() => executeOperation(core, db, getMore, options, batchOf, undefined))
    }
  }
}

function batchOf(reply: Document): Batch {
  const { id, firstBatch, nextBatch } = reply['cursor']
  return { id, documents: firstBatch ?? nextBatch }
}
