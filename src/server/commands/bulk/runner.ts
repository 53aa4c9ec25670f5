import type { Document } from '../../../bson/index.ts'
import type {
  DeleteOutcome,
  InsertOutcome,
  Namespace,
  StatementEntry,
  UpdateOutcome,
} from '../../../engine/index.ts'
import type { MaybeOperation } from '../../../sim/index.ts'
import type { Invocation } from '../../invocation.ts'
import type { StatementRunner } from '../../write_batch.ts'
import { checkWasUpdate } from '../update.ts'
import { type BulkOutcome, executeOperation } from './execute.ts'
import type { BulkOperation } from './operations.ts'

/** What all operations together did. */
export interface BulkCounts {
  nInserted: number
  nMatched: number
  nModified: number
  nUpserted: number
  nDeleted: number
}

/** Makes the reply of what was done, and of what went wrong. */
export type Finish = (
  done: BulkRunner,
  writeErrors: readonly Document[],
  retriedStmtIds: readonly number[] | undefined,
) => Document

/** Runs the operations of a bulkWrite and keeps what came of each. */
export class BulkRunner implements StatementRunner<BulkOutcome> {
  /** Whatever it does. Source: `setCurOpInfoAndEnsureStarted`, bulk_write.cpp (8.0) */
  readonly profiledAs = 'bulkWrite'
  readonly statements: readonly Document[]
  readonly counts: BulkCounts = {
    nInserted: 0,
    nMatched: 0,
    nModified: 0,
    nUpserted: 0,
    nDeleted: 0,
  }
  /** One for each operation that succeeded, in their order. */
  readonly results: Document[] = []
  readonly #invocation: Invocation
  readonly #operations: readonly BulkOperation[]
  readonly #finish: Finish
  #at = 0

  constructor(invocation: Invocation, operations: readonly BulkOperation[], finish: Finish) {
    this.#invocation = invocation
    this.#operations = operations
    this.#finish = finish
    this.statements = operations.map(({ given }) => given)
  }

  get ns(): Namespace {
    return this.#operations[this.#at]!.ns
  }

  kindOf(index: number): BulkOperation['kind'] {
    return this.#operations[index]!.kind
  }

  describe(index: number): Document {
    return this.statements[index]!
  }

  execute(index: number): MaybeOperation<BulkOutcome> {
    this.#at = index
    return executeOperation(this.#invocation, this.#operations[index]!)
  }

  accept(index: number, outcome: BulkOutcome): boolean {
    switch (this.kindOf(index)) {
      case 'insert':
        return this.#inserted(index, (outcome as InsertOutcome).inserted)
      case 'update':
        return this.#updated(index, outcome as UpdateOutcome)
      case 'delete':
        return this.#deleted(index, (outcome as DeleteOutcome).deleted)
    }
  }

  replay(index: number, done: StatementEntry): void {
    switch (this.kindOf(index)) {
      case 'insert':
        this.#inserted(index, 1)
        break
      case 'update':
        this.#replayUpdate(index, done)
        break
      case 'delete':
        this.#deleted(index, 1)
    }
  }

  reply(writeErrors: Document[] | undefined, retriedStmtIds: number[] | undefined): Document {
    return this.#finish(this, writeErrors ?? [], retriedStmtIds)
  }

  #replayUpdate(index: number, done: StatementEntry): void {
    const { inserted } = done
    if (inserted !== undefined) {
      this.#upserted(index, inserted['_id'])
      return
    }
    checkWasUpdate(done)
    this.#updated(index, { matched: 1, modified: 1 })
  }

  #inserted(idx: number, n: number): boolean {
    this.counts.nInserted += n
    this.results.push({ ok: 1, idx, n })
    return true
  }

  #updated(
    idx: number,
    { matched, modified, upserted }: Pick<UpdateOutcome, 'matched' | 'modified' | 'upserted'>,
  ): boolean {
    if (upserted !== undefined) return this.#upserted(idx, upserted.id)
    this.counts.nMatched += matched
    this.counts.nModified += modified
    this.results.push({ ok: 1, idx, n: matched, nModified: modified })
    return modified > 0
  }

  #upserted(idx: number, _id: unknown): boolean {
    this.counts.nUpserted++
    this.results.push({ ok: 1, idx, n: 1, nModified: 0, upserted: { _id } })
    return true
  }

  #deleted(idx: number, n: number): boolean {
    this.counts.nDeleted += n
    this.results.push({ ok: 1, idx, n })
    return n > 0
  }
}
