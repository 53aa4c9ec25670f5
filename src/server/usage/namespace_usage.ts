import type { Document } from '../../bson/index.ts'
import type { ProfiledOp } from '../../engine/index.ts'
import { int64 } from '../count.ts'
import { Latency } from './latency.ts'

/** How often something was done, and for how long. */
class Tally {
  count = 0
  timeUs = 0

  add(durationUs: number): void {
    this.count++
    this.timeUs += durationUs
  }

  get document(): Document {
    return { time: int64(Math.floor(this.timeUs)), count: int64(this.count) }
  }
}

/** What operations come to in latency statistics. */
export type LatencyClass = 'reads' | 'writes' | 'commands' | 'transactions'

/**
 * What was done with one collection. Source: `Top::CollectionData`, top.h (8.0).
 */
export class NamespaceUsage {
  readonly #total = new Tally()
  readonly #readLock = new Tally()
  readonly #writeLock = new Tally()
  readonly #queries = new Tally()
  readonly #getmore = new Tally()
  readonly #insert = new Tally()
  readonly #update = new Tally()
  readonly #remove = new Tally()
  readonly #commands = new Tally()
  readonly latencies: Readonly<Record<LatencyClass, Latency>> = newLatencies()

  add(kind: ProfiledOp, isWrite: boolean, latency: LatencyClass, durationUs: number): void {
    this.#total.add(durationUs)
    if (isWrite) this.#writeLock.add(durationUs)
    else this.#readLock.add(durationUs)
    this.#tallyOf(kind)?.add(durationUs)
    this.latencies[latency].add(durationUs)
  }

  /** As the command `top` has it. */
  get document(): Document {
    return {
      total: this.#total.document,
      readLock: this.#readLock.document,
      writeLock: this.#writeLock.document,
      queries: this.#queries.document,
      getmore: this.#getmore.document,
      insert: this.#insert.document,
      update: this.#update.document,
      remove: this.#remove.document,
      commands: this.#commands.document,
    }
  }

  /** Nothing for a bulkWrite, which may do anything. */
  #tallyOf(kind: ProfiledOp): Tally | undefined {
    switch (kind) {
      case 'query':
        return this.#queries
      case 'getmore':
        return this.#getmore
      case 'insert':
        return this.#insert
      case 'update':
        return this.#update
      case 'remove':
        return this.#remove
      case 'command':
        return this.#commands
      case 'bulkWrite':
        return undefined
    }
  }
}

export function newLatencies(): Record<LatencyClass, Latency> {
  return {
    reads: new Latency(),
    writes: new Latency(),
    commands: new Latency(),
    transactions: new Latency(),
  }
}
