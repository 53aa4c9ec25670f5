import { invariant } from '../invariant.ts'

/** What an update costs beside its value: WiredTiger's `WT_UPDATE_SIZE`, rounded to a word. */
const UPDATE_OVERHEAD_BYTES = 48

export interface CacheOptions {
  /**
   * How many bytes the values in all chains may hold together, old versions included. At the limit,
   * inserts and updates answer `WT_CACHE_FULL`; removes do not. Default: no limit.
   */
  readonly cacheSizeBytes?: number
  /**
   * From how many bytes in use on the transaction that pins the oldest versions is rolled back,
   * at its next operation, once it has written (`WT_ROLLBACK`, sub-level
   * `WT_OLDEST_FOR_EVICTION`). Default: never.
   */
  readonly evictionTriggerBytes?: number
  /** The size of a value. Default: the length of a string, 0 for anything else. */
  readonly sizeOf?: (value: unknown) => number
}

/** Bytes in use against bytes allowed. It exists only where one of the limits was asked for. */
export class CacheAccount {
  readonly sizeBytes: number
  readonly evictionTriggerBytes: number
  readonly #sizeOf: (value: unknown) => number
  inUseBytes = 0

  constructor(options: CacheOptions) {
    this.sizeBytes = options.cacheSizeBytes ?? Number.POSITIVE_INFINITY
    this.evictionTriggerBytes = options.evictionTriggerBytes ?? Number.POSITIVE_INFINITY
    this.#sizeOf = options.sizeOf ?? stringLength
  }

  get isFull(): boolean {
    return this.inUseBytes >= this.sizeBytes
  }

  get needsEviction(): boolean {
    return this.inUseBytes >= this.evictionTriggerBytes
  }

  costBytes(value: unknown): number {
    const size = value === undefined ? 0 : this.#sizeOf(value)
    invariant(size >= 0, 'a size is not negative')
    return UPDATE_OVERHEAD_BYTES + size
  }

  add(value: unknown): number {
    const cost = this.costBytes(value)
    this.inUseBytes += cost
    return cost
  }

  /** A value goes while its update stays: the overhead remains. */
  shrink(value: unknown): void {
    this.inUseBytes -= this.costBytes(value) - UPDATE_OVERHEAD_BYTES
  }

  remove(value: unknown): void {
    this.inUseBytes -= this.costBytes(value)
    invariant(this.inUseBytes >= 0, 'no more bytes leave the cache than entered it')
  }
}

function stringLength(value: unknown): number {
  return typeof value === 'string' ? value.length : 0
}

/** An account where a limit was asked for, nothing where none was. */
export function cacheAccount(options: CacheOptions): CacheAccount | undefined {
  const limited = options.cacheSizeBytes !== undefined || options.evictionTriggerBytes !== undefined
  return limited ? new CacheAccount(options) : undefined
}
