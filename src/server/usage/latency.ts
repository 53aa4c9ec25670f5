import type { Document } from '../../bson/index.ts'
import { int64 } from '../count.ts'

/** From this power of two on, and below the next, buckets are half as wide. */
const SPLIT_FROM = 11
const SPLIT_BELOW = 21
/** The last bucket holds whatever took longer than two weeks. */
const LAST_POWER = 40

/**
 * How long operations of one kind took, as a sum and by buckets.
 * Source: operation_latency_histogram.cpp (8.0).
 */
export class Latency {
  ops = 0
  totalUs = 0
  /** Counts by the lower bound of the bucket in microseconds; the first has a field of its own. */
  readonly #buckets = new Map<number, number>()
  #shortest = 0

  add(durationUs: number): void {
    this.ops++
    if (durationUs < 2) {
      this.#shortest++
      this.totalUs += durationUs
      return
    }
    this.totalUs += durationUs
    const bucket = lowerBoundUs(durationUs)
    this.#buckets.set(bucket, (this.#buckets.get(bucket) ?? 0) + 1)
  }

  /** As `serverStatus` and `$collStats` have it. */
  report({ histograms }: { readonly histograms: boolean }): Document {
    const sums = {
      latency: int64(Math.floor(this.totalUs)),
      ops: int64(this.ops),
      queryableEncryptionLatencyMicros: 0,
    }
    return histograms ? { histogram: this.#histogram(), ...sums } : sums
  }

  #histogram(): Document[] {
    const buckets: [number, number][] = [...this.#buckets].sort(([a], [b]) => a - b)
    if (this.#shortest > 0) buckets.unshift([0, this.#shortest])
    return buckets.map(([micros, count]) => ({ micros: int64(micros), count: int64(count) }))
  }
}

/** Where the bucket of a duration of 2 us or more begins: at a power of two, or half-way on. */
function lowerBoundUs(durationUs: number): number {
  const power = Math.min(Math.floor(Math.log2(durationUs)), LAST_POWER)
  const bound = 2 ** power
  if (power < SPLIT_FROM || power >= SPLIT_BELOW) return bound
  const half = bound * 1.5
  return durationUs >= half ? half : bound
}
