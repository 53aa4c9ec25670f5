import type { Document } from '../../../bson/index.ts'
import type { Scan, StorageTransaction } from '../../../storage/index.ts'
import type { Collection } from '../../catalog/collection.ts'
import type { OperationContext } from '../../operation_context.ts'
import { NO_DOCUMENT, type RecordSource } from './record_source.ts'

/**
 * Scans a clustered collection in the order of its `_id`, or back. The server keeps the records
 * themselves in that order; here the `_id` index stands for it.
 */
export class ClusteredSource implements RecordSource {
  recordId = 0
  document: Document = NO_DOCUMENT
  readonly keysExamined = 0
  docsExamined = 0
  readonly #collection: Collection
  readonly #direction: 1 | -1
  #lastKey: string | undefined
  #storage: StorageTransaction | undefined
  #scan: Scan<string, number> | undefined

  constructor(collection: Collection, direction: 1 | -1) {
    this.#collection = collection
    this.#direction = direction
  }

  next(op: OperationContext): boolean {
    const { storage } = op
    if (this.#storage !== storage || this.#scan === undefined) {
      this.#storage = storage
      this.#scan = this.#open(storage)
    }
    const scan = this.#scan
    if (!scan.next()) return false
    op.debug.docsExamined++
    this.docsExamined++
    this.#lastKey = scan.key
    this.recordId = scan.value
    this.document = storage.get(this.#collection.records, scan.value)!
    return true
  }

  restore(): void {}

  #open(storage: StorageTransaction): Scan<string, number> {
    const { table } = this.#collection.idIndex
    const last = this.#lastKey
    if (this.#direction === 1) {
      return last === undefined
        ? storage.scan(table)
        : storage.scan(table, { lower: last, lowerInclusive: false })
    }
    if (last === undefined) return storage.scan(table, { reverse: true })
    return storage.scan(table, { reverse: true, upper: last, upperInclusive: false })
  }
}
