import { invariant } from '../invariant.ts'

/**
 * Whether a pending wake-up may make virtual time pass. `driving`: backoff, `clock.sleep`, bounded
 * waits. `passive`: sweeps, TTL, awaitData, cursor and session time-outs, which run when time
 * passes them but never make it pass.
 */
export type WakeKind = 'driving' | 'passive'

/** A pending wake-up. */
export interface Timer {
  readonly atUs: number
  readonly kind: WakeKind
  /** Takes it back; harmless after it fired. */
  cancel(): void
}

class Entry implements Timer {
  readonly atUs: number
  readonly kind: WakeKind
  readonly order: number
  readonly fire: () => void
  readonly heap: TimerHeap
  cancelled = false

  constructor(atUs: number, kind: WakeKind, order: number, fire: () => void, heap: TimerHeap) {
    this.atUs = atUs
    this.kind = kind
    this.order = order
    this.fire = fire
    this.heap = heap
  }

  cancel(): void {
    if (this.cancelled) return
    this.cancelled = true
    this.heap.forget()
  }
}

/** So few entries are not worth cleaning up. */
const SWEPT_LENGTH_MIN = 64

/**
 * A binary heap by (time, order of arrival). A cancelled entry stays until it reaches the top, or
 * until most entries are cancelled: then all of them leave at once, so that bounded waits which end
 * well before their time leave nothing behind.
 */
class TimerHeap {
  #entries: Entry[] = []
  #live = 0

  get live(): number {
    return this.#live
  }

  push(entry: Entry): void {
    this.#live++
    this.#insert(entry)
  }

  /** An entry was cancelled. */
  forget(): void {
    this.#live--
    const length = this.#entries.length
    if (length < SWEPT_LENGTH_MIN || this.#live * 2 > length) return
    const live = this.#entries.filter((entry) => !entry.cancelled)
    invariant(live.length === this.#live, 'every entry of the heap is live or cancelled')
    this.#entries = []
    for (const entry of live) this.#insert(entry)
  }

  #insert(entry: Entry): void {
    const entries = this.#entries
    let hole = entries.push(entry) - 1
    while (hole > 0) {
      const parent = (hole - 1) >> 1
      if (!before(entry, entries[parent]!)) break
      entries[hole] = entries[parent]!
      hole = parent
    }
    entries[hole] = entry
  }

  peek(): Entry | undefined {
    while (this.#entries.length > 0 && this.#entries[0]!.cancelled) this.#removeTop()
    return this.#entries[0]
  }

  /** Takes out the top, which is then as good as cancelled: taking it back comes too late. */
  pop(): void {
    const top = this.peek()
    invariant(top !== undefined, 'only a heap with a live entry is popped')
    this.#removeTop()
    top.cancelled = true
    this.#live--
  }

  #removeTop(): void {
    const entries = this.#entries
    const last = entries.pop()!
    const length = entries.length
    if (length === 0) return
    let hole = 0
    for (;;) {
      let child = 2 * hole + 1
      if (child >= length) break
      if (child + 1 < length && before(entries[child + 1]!, entries[child]!)) child++
      if (!before(entries[child]!, last)) break
      entries[hole] = entries[child]!
      hole = child
    }
    entries[hole] = last
  }
}

function before(a: Entry, b: Entry): boolean {
  return a.atUs < b.atUs || (a.atUs === b.atUs && a.order < b.order)
}

/**
 * All pending wake-ups of one simulator. Driving and passive ones live in two heaps, because the
 * question asked most is "when is the next *driving* one": only that may make virtual time jump.
 */
export class TimerQueue {
  readonly #driving = new TimerHeap()
  readonly #passive = new TimerHeap()
  #order = 0

  add(atUs: number, kind: WakeKind, fire: () => void): Timer {
    invariant(Number.isFinite(atUs), () => `a timer needs a time, not ${atUs}`)
    const heap = kind === 'driving' ? this.#driving : this.#passive
    const entry = new Entry(atUs, kind, this.#order++, fire, heap)
    heap.push(entry)
    return entry
  }

  get drivingCount(): number {
    return this.#driving.live
  }

  nextDriving(): Timer | undefined {
    return this.#driving.peek()
  }

  /** The time of the next wake-up of either kind. */
  nextUs(): number | undefined {
    const driving = this.#driving.peek()
    const passive = this.#passive.peek()
    if (driving === undefined) return passive?.atUs
    if (passive === undefined) return driving.atUs
    return Math.min(driving.atUs, passive.atUs)
  }

  /** Wake-ups set from now on have this order or a later one; see `takeDue`. */
  get nextOrder(): number {
    return this.#order
  }

  /**
   * Takes out the first wake-up that is due by then; by time, then in the order they were set.
   *
   * @param beforeOrder leaves those alone that were set since `nextOrder` had this value
   */
  takeDue(untilUs: number, beforeOrder = Number.POSITIVE_INFINITY): (() => void) | undefined {
    const driving = this.#driving.peek()
    const passive = this.#passive.peek()
    const first =
      driving === undefined || (passive !== undefined && before(passive, driving))
        ? passive
        : driving
    if (first === undefined || first.atUs > untilUs || first.order >= beforeOrder) return undefined
    first.heap.pop()
    return first.fire
  }
}
