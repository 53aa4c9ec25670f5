import type { Document } from '../../../bson/index.ts'
import type { Scan, StorageTransaction } from '../../../storage/index.ts'
import type { Collection } from '../../catalog/collection.ts'
import { ServerError } from '../../errors.ts'
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
  /** A reader of a capped collection must not jump over what was overwritten under it. */
  readonly #mustKeepPlace: boolean
  #storage: StorageTransaction | undefined
  #scan: Scan<number, Document> | undefined

  constructor(collection: Collection, direction: 1 | -1, isRead: boolean) {
    this.#collection = collection
    this.#direction = direction
    this.#mustKeepPlace = isRead && collection.options.capped === true
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

  /**
   * Record ids start from 1: zero is where nothing was read yet.
   *
   * @throws ServerError 136. Source: collection_scan.cpp (8.0)
   */
  #open(storage: StorageTransaction): Scan<number, Document> {
    const { records } = this.#collection
    const { recordId } = this
    if (this.#mustKeepPlace && recordId > 0 && storage.get(records, recordId) === undefined) {
      throw new ServerError(
        'CappedPositionLost',
        `CollectionScan died due to position in capped collection being deleted. Last seen record id: RecordId(${recordId})`,
      )
    }
    if (this.#direction === 1) {
      return storage.scan(records, { lower: recordId, lowerInclusive: false })
    }
    if (recordId === 0) return storage.scan(records, { reverse: true })
    return storage.scan(records, { reverse: true, upper: recordId, upperInclusive: false })
  }
}
