import type { Document } from '../../../bson/index.ts'
import type { Scan, StorageTransaction } from '../../../storage/index.ts'
import type { Collection } from '../../catalog/collection.ts'
import type { OperationContext } from '../../operation_context.ts'
import { NO_DOCUMENT, type RecordSource } from './record_source.ts'

/** Scans the record store in the order of record ids, or back. */
export class CollectionSource implements RecordSource {
  recordId = 0
  document: Document = NO_DOCUMENT
  readonly keysExamined = 0
  docsExamined = 0
  readonly #collection: Collection
  readonly #direction: 1 | -1
  #storage: StorageTransaction | undefined
  #scan: Scan<number, Document> | undefined

  constructor(collection: Collection, direction: 1 | -1) {
    this.#collection = collection
    this.#direction = direction
  }

  next(op: OperationContext): boolean {
    const scan = this.#scanIn(op.storage)
    if (!scan.next()) return false
    op.debug.docsExamined++
    this.docsExamined++
    this.recordId = scan.key
    this.document = scan.value
    return true
  }

  restore(): void {}

  #scanIn(storage: StorageTransaction): Scan<number, Document> {
    if (this.#storage !== storage || this.#scan === undefined) {
      this.#storage = storage
      this.#scan = this.#open(storage)
    }
    return this.#scan
  }

  /** Record ids start from 1: zero is where nothing was read yet. */
  #open(storage: StorageTransaction): Scan<number, Document> {
    const { records } = this.#collection
    const { recordId } = this
    if (this.#direction === 1) {
      return storage.scan(records, { lower: recordId, lowerInclusive: false })
    }
    if (recordId === 0) return storage.scan(records, { reverse: true })
    return storage.scan(records, { reverse: true, upper: recordId, upperInclusive: false })
  }
}
