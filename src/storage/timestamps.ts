import { EINVAL, OK, type ReturnCode } from './codes.ts'
import { NO_TIMESTAMP, type Timestamp } from './update.ts'

/** Timestamps of the whole store to set. Each is a positive safe integer. */
export interface GlobalTimestampOptions {
  /** No reader will ask for anything earlier: older versions may go. */
  readonly oldestTimestamp?: Timestamp
  /** No transaction will commit at or before this any more. */
  readonly stableTimestamp?: Timestamp
  readonly durableTimestamp?: Timestamp
  /** Skip the rule that oldest and stable never go backwards. */
  readonly force?: boolean
}

/**
 * Whether a number can be a timestamp. WiredTiger's have 64 bits, ours the 53 of a safe integer.
 */
export function isTimestamp(value: number): boolean {
  return Number.isSafeInteger(value) && value > NO_TIMESTAMP
}

/** How often each was asked for and taken, as WiredTiger counts it. */
export class TimestampCounters {
  set = 0
  setForce = 0
  setOldest = 0
  setOldestUpdated = 0
  setStable = 0
  setStableUpdated = 0
  setDurable = 0
}

/** The timestamps that belong to the store, and the readers that hold them back. */
export class GlobalTimestamps {
  oldest: Timestamp = NO_TIMESTAMP
  stable: Timestamp = NO_TIMESTAMP
  durable: Timestamp = NO_TIMESTAMP
  /** Whether any timestamp was ever used here; until then nobody pays for them. */
  inUse = false
  readonly counters: TimestampCounters = new TimestampCounters()
  readonly #readers: Set<{ readonly readTimestamp: Timestamp }> = new Set()

  /** `txn_timestamp.c:__wt_txn_global_set_timestamp`. All or nothing. */
  set(options: GlobalTimestampOptions): ReturnCode {
    const { oldestTimestamp: oldest, stableTimestamp: stable, durableTimestamp: durable } = options
    const counters = this.counters
    counters.set++
    if (durable !== undefined) counters.setDurable++
    if (oldest !== undefined) counters.setOldest++
    if (stable !== undefined) counters.setStable++
    for (const timestamp of [oldest, stable, durable]) {
      if (timestamp !== undefined && !isTimestamp(timestamp)) return EINVAL
    }
    if (options.force === true) counters.setForce++
    else if (!this.#mayMoveTo(oldest, stable)) return EINVAL
    this.inUse = true
    if (durable !== undefined) this.durable = durable
    if (oldest !== undefined && (options.force === true || oldest > this.oldest)) {
      this.oldest = oldest
      counters.setOldestUpdated++
    }
    if (stable !== undefined && (options.force === true || stable > this.stable)) {
      this.stable = stable
      counters.setStableUpdated++
    }
    return OK
  }

  #mayMoveTo(oldest: Timestamp | undefined, stable: Timestamp | undefined): boolean {
    if (oldest !== undefined && oldest < this.oldest) return false
    if (stable !== undefined && stable < this.stable) return false
    if (oldest === undefined && stable === undefined) return true
    const nextOldest = oldest ?? this.oldest
    const nextStable = stable ?? this.stable
    if (nextOldest === NO_TIMESTAMP || nextStable === NO_TIMESTAMP) return true
    return nextOldest <= nextStable
  }

  /** For a fork: its time goes on from the original's. */
  copyFrom(original: GlobalTimestamps): void {
    this.oldest = original.oldest
    this.stable = original.stable
    this.durable = original.durable
    this.inUse = original.inUse
  }

  addReader(reader: { readonly readTimestamp: Timestamp }): void {
    this.inUse = true
    this.#readers.add(reader)
  }

  removeReader(reader: { readonly readTimestamp: Timestamp }): void {
    this.#readers.delete(reader)
  }

  /** The least read timestamp in use, `NO_TIMESTAMP` where nobody reads at one. */
  oldestReader(): Timestamp {
    let least = NO_TIMESTAMP
    for (const { readTimestamp } of this.#readers) {
      if (least === NO_TIMESTAMP || readTimestamp < least) least = readTimestamp
    }
    return least
  }

  /**
   * What was durable at or before this is old to every reader. `NO_TIMESTAMP` until an oldest
   * timestamp was set, and then nothing that carries a timestamp is old
   * (`__wt_txn_pinned_timestamp`).
   */
  pinned(): Timestamp {
    if (this.oldest === NO_TIMESTAMP) return NO_TIMESTAMP
    const reader = this.oldestReader()
    return reader !== NO_TIMESTAMP && reader < this.oldest ? reader : this.oldest
  }
}
