import { type Document, encodeKeyString } from '../../bson/index.ts'
import type { Scan, StorageTransaction } from '../../storage/index.ts'
import type { Collection } from '../catalog/collection.ts'
import type { OperationContext } from '../operation_context.ts'
import { type CompiledFilter, type KeyRange, keyRanges } from '../query/index.ts'
import type { AccessPath } from './planner.ts'

/**
 * Gives the records of an access path one by one. Survives the loss of its snapshot: when the
 * operation has a new one, the scan opens again just behind the last key it gave.
 */
export interface RecordSource {
  recordId: number
  document: Document
  /** Steps to the next record; false at the end. */
  next(op: OperationContext): boolean
}

export function openSource(
  collection: Collection,
  access: AccessPath,
  filter: CompiledFilter,
): RecordSource {
  if (access.kind === 'collection') return new CollectionSource(collection, access.direction)
  if (access.byId) return new IdSource(collection, filter.analysis.equalityId!.value)
  const { index, bounds, direction } = access
  const ranges = bounds === undefined ? WHOLE_INDEX : keyRanges(bounds, index.directions)
  return new IndexSource(
    collection,
    index,
    direction === 1 ? ranges : ranges.toReversed(),
    direction,
  )
}

const WHOLE_INDEX: readonly KeyRange[] = [{ low: '', high: '\xff' }]
const NOTHING: Document = {}

/** Scans the record store in the order of record ids, or back. */
class CollectionSource implements RecordSource {
  recordId = 0
  document: Document = NOTHING
  readonly #collection: Collection
  readonly #direction: 1 | -1
  #storage: StorageTransaction | undefined
  #scan: Scan<number, Document> | undefined

  constructor(collection: Collection, direction: 1 | -1) {
    this.#collection = collection
    this.#direction = direction
  }

  next(op: OperationContext): boolean {
    const storage = op.storage
    if (this.#storage !== storage || this.#scan === undefined) {
      this.#storage = storage
      this.#scan = storage.scan(this.#collection.records, this.#rest())
    }
    const scan = this.#scan
    if (!scan.next()) return false
    op.debug.docsExamined++
    this.recordId = scan.key
    this.document = scan.value
    return true
  }

  #rest(): {
    reverse?: boolean
    lower?: number
    upper?: number
    lowerInclusive?: boolean
    upperInclusive?: boolean
  } {
    if (this.#direction === 1) return { lower: this.recordId, lowerInclusive: false }
    if (this.recordId === 0) return { reverse: true }
    return { reverse: true, upper: this.recordId, upperInclusive: false }
  }
}

/** The one record with an `_id`. */
class IdSource implements RecordSource {
  recordId = 0
  document: Document = NOTHING
  readonly #collection: Collection
  readonly #key: string
  #done = false

  constructor(collection: Collection, id: unknown) {
    this.#collection = collection
    this.#key = encodeKeyString([id], [1])
  }

  next(op: OperationContext): boolean {
    if (this.#done) return false
    this.#done = true
    const recordId = op.storage.get(this.#collection.idIndex.table, this.#key)
    if (recordId === undefined) return false
    op.debug.keysExamined++
    op.debug.docsExamined++
    this.recordId = recordId
    this.document = op.storage.get(this.#collection.records, recordId)!
    return true
  }
}

/** Scans ranges of an index, and fetches the record of each entry. */
class IndexSource implements RecordSource {
  recordId = 0
  document: Document = NOTHING
  readonly #collection: Collection
  readonly #table: Collection['idIndex']['table']
  readonly #ranges: readonly KeyRange[]
  readonly #direction: 1 | -1
  /** With several keys a document, the first entry met counts. */
  readonly #seen: Set<number> | undefined
  #range = 0
  #lastKey: string | undefined
  #storage: StorageTransaction | undefined
  #scan: Scan<string, number> | undefined

  constructor(
    collection: Collection,
    index: Collection['idIndex'],
    ranges: readonly KeyRange[],
    direction: 1 | -1,
  ) {
    this.#collection = collection
    this.#table = index.table
    this.#ranges = ranges
    this.#direction = direction
    this.#seen = index.multikey ? new Set() : undefined
  }

  next(op: OperationContext): boolean {
    const storage = op.storage
    if (this.#storage !== storage) {
      this.#storage = storage
      this.#scan = undefined
    }
    while (this.#range < this.#ranges.length) {
      this.#scan ??= this.#open(storage)
      const scan = this.#scan
      while (scan.next()) {
        this.#lastKey = scan.key
        op.debug.keysExamined++
        const recordId = scan.value
        if (this.#seen !== undefined) {
          if (this.#seen.has(recordId)) continue
          this.#seen.add(recordId)
        }
        op.debug.docsExamined++
        this.recordId = recordId
        this.document = storage.get(this.#collection.records, recordId)!
        return true
      }
      this.#range++
      this.#lastKey = undefined
      this.#scan = undefined
    }
    return false
  }

  #open(storage: StorageTransaction): Scan<string, number> {
    const { low, high } = this.#ranges[this.#range]!
    const last = this.#lastKey
    if (this.#direction === 1) {
      const lower = last ?? low
      return storage.scan(this.#table, {
        lower,
        lowerInclusive: last === undefined,
        upper: high,
        upperInclusive: false,
      })
    }
    return storage.scan(this.#table, {
      lower: low,
      lowerInclusive: true,
      upper: last ?? high,
      upperInclusive: false,
      reverse: true,
    })
  }
}
