import type { Document } from '../../../bson/index.ts'
import type { Scan, StorageTransaction } from '../../../storage/index.ts'
import type { Collection } from '../../catalog/collection.ts'
import { boundIn } from '../../index/keys.ts'
import type { OperationContext } from '../../operation_context.ts'
import { type KeyRange, keyRanges } from '../../query/index.ts'
import type { IndexAccess } from '../planner.ts'
import { NO_DOCUMENT, type RecordSource } from './record_source.ts'

const WHOLE_INDEX: readonly KeyRange[] = [{ low: '', high: '\xff' }]

/** As many records are fetched at once, at most, as a first batch holds. */
const AHEAD_MAX = 101

/** What is read of an index, in the order of its keys. */
export function rangesOf({ index, bounds, range }: IndexAccess): readonly KeyRange[] {
  if (range !== undefined) return [range]
  return bounds === undefined ? WHOLE_INDEX : keyRanges(bounds, index.directions)
}

/**
 * Scans ranges of an index, and fetches the record of each entry.
 *
 * A query reads entries and records ahead, some at a time: a hundred records scattered in memory
 * come twice as fast so. A plan that writes must not, since in a transaction its scan sees what it
 * writes itself.
 */
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
  readonly #ahead: number
  #range = 0
  #lastKey: string | undefined
  #storage: StorageTransaction | undefined
  #scan: Scan<string, number> | undefined
  /** What was read ahead, of one range, and how much of it was given. */
  #keys: string[] = []
  #recordIds: number[] = []
  #documents: (Document | undefined)[] = []
  #given = 0

  /** @param ahead how many records may be fetched at once; 1: each when it is asked for */
  constructor(collection: Collection, access: IndexAccess, ahead: number) {
    const { index, direction } = access
    const ranges = rangesOf(access)
    this.#collection = collection
    this.#access = access
    this.#ranges = direction === 1 ? ranges : ranges.toReversed()
    this.#seen = index.multikey ? new Set() : undefined
    this.#ahead = Math.min(ahead, AHEAD_MAX)
  }

  next(op: OperationContext): boolean {
    const { storage, debug } = op
    if (this.#storage !== storage) {
      this.#storage = storage
      this.restore()
    }
    for (;;) {
      if (this.#given === this.#recordIds.length && !this.#readAhead(storage)) return false
      const at = this.#given++
      const recordId = this.#recordIds[at]!
      debug.keysExamined++
      this.keysExamined++
      this.#lastKey = this.#keys[at]
      if (this.#isRepeated(recordId)) continue
      debug.docsExamined++
      this.docsExamined++
      this.recordId = recordId
      this.document = this.#documents[at]!
      return true
    }
  }

  restore(): void {
    this.#scan = undefined
    this.#keys = []
    this.#recordIds = []
    this.#documents = []
    this.#given = 0
  }

  #isRepeated(recordId: number): boolean {
    const seen = this.#seen
    if (seen === undefined) return false
    if (seen.has(recordId)) return true
    seen.add(recordId)
    return false
  }

  #readAhead(storage: StorageTransaction): boolean {
    const keys: string[] = []
    const recordIds: number[] = []
    while (this.#range < this.#ranges.length) {
      this.#scan ??= this.#open(storage)
      if (this.#scan.take(this.#ahead, keys, recordIds) > 0) {
        this.#keys = keys
        this.#recordIds = recordIds
        this.#documents = storage.getAll(this.#collection.records, recordIds)
        this.#given = 0
        return true
      }
      this.#range++
      this.#lastKey = undefined
      this.#scan = undefined
    }
    return false
  }

  #open(storage: StorageTransaction): Scan<string, number> {
    const { index, direction } = this.#access
    const bounds = this.#ranges[this.#range]!
    const low = boundIn(index, bounds.low)
    const high = boundIn(index, bounds.high)
    const last = this.#lastKey
    const isForward = direction === 1
    return storage.scan(index.table, {
      lower: isForward ? (last ?? low) : low,
      lowerInclusive: !isForward || last === undefined,
      upper: isForward ? high : (last ?? high),
      upperInclusive: false,
      reverse: !isForward,
    })
  }
}
