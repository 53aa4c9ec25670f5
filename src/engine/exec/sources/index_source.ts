import type { Document } from '../../../bson/index.ts'
import type { Scan, StorageTransaction } from '../../../storage/index.ts'
import type { Collection } from '../../catalog/collection.ts'
import { boundIn } from '../../index/keys.ts'
import type { OperationContext } from '../../operation_context.ts'
import { type KeyRange, keyRanges } from '../../query/index.ts'
import type { IndexAccess } from '../planner.ts'
import { NO_DOCUMENT, type RecordSource } from './record_source.ts'

const WHOLE_INDEX: readonly KeyRange[] = [{ low: '', high: '\xff' }]

/** Scans ranges of an index, and fetches the record of each entry. */
export class IndexSource implements RecordSource {
  recordId = 0
  document: Document = NO_DOCUMENT
  keysExamined = 0
  docsExamined = 0
  readonly #collection: Collection
  readonly #access: IndexAccess
  readonly #ranges: readonly KeyRange[]
  /** With several keys a document, the first entry met counts. */
  readonly #seen: Set<number> | undefined
  #range = 0
  #lastKey: string | undefined
  #storage: StorageTransaction | undefined
  #scan: Scan<string, number> | undefined

  constructor(collection: Collection, access: IndexAccess) {
    const { index, bounds, direction } = access
    const ranges = bounds === undefined ? WHOLE_INDEX : keyRanges(bounds, index.directions)
    this.#collection = collection
    this.#access = access
    this.#ranges = direction === 1 ? ranges : ranges.toReversed()
    this.#seen = index.multikey ? new Set() : undefined
  }

  next(op: OperationContext): boolean {
    const { storage } = op
    if (this.#storage !== storage) {
      this.#storage = storage
      this.#scan = undefined
    }
    while (this.#range < this.#ranges.length) {
      this.#scan ??= this.#open(storage)
      if (this.#nextInRange(op, this.#scan)) {
        op.debug.docsExamined++
        this.docsExamined++
        this.document = storage.get(this.#collection.records, this.recordId)!
        return true
      }
      this.#range++
      this.#lastKey = undefined
      this.#scan = undefined
    }
    return false
  }

  #nextInRange(op: OperationContext, scan: Scan<string, number>): boolean {
    const seen = this.#seen
    while (scan.next()) {
      op.debug.keysExamined++
      this.keysExamined++
      this.#lastKey = scan.key
      this.recordId = scan.value
      if (seen === undefined) return true
      if (seen.has(scan.value)) continue
      seen.add(scan.value)
      return true
    }
    return false
  }

  #open(storage: StorageTransaction): Scan<string, number> {
    const { index, direction } = this.#access
    const bounds = this.#ranges[this.#range]!
    const low = boundIn(index, bounds.low)
    const high = boundIn(index, bounds.high)
    const last = this.#lastKey
    const range =
      direction === 1
        ? { lower: last ?? low, lowerInclusive: last === undefined, upper: high }
        : { lower: low, upper: last ?? high, reverse: true }
    return storage.scan(index.table, { ...range, upperInclusive: false })
  }
}
