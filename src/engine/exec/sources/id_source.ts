import { type Document, encodeIdKey } from '../../../bson/index.ts'
import type { Collection } from '../../catalog/collection.ts'
import type { OperationContext } from '../../operation_context.ts'
import { NO_DOCUMENT, type RecordSource } from './record_source.ts'

/** The one record with an `_id`. */
export class IdSource implements RecordSource {
  recordId = 0
  document: Document = NO_DOCUMENT
  keysExamined = 0
  readonly #collection: Collection
  readonly #key: string
  #done = false

  constructor(collection: Collection, id: unknown) {
    this.#collection = collection
    this.#key = encodeIdKey(id)
  }

  get docsExamined(): number {
    return this.keysExamined
  }

  next(op: OperationContext): boolean {
    if (this.#done) return false
    this.#done = true
    const recordId = op.storage.get(this.#collection.idIndex.table, this.#key)
    if (recordId === undefined) return false
    op.debug.keysExamined++
    op.debug.docsExamined++
    this.keysExamined++
    this.recordId = recordId
    this.document = op.storage.get(this.#collection.records, recordId)!
    return true
  }

  restore(): void {}
}
