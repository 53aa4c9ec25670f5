import { invariant } from '../invariant.ts'
import type { WakeKind } from './operation.ts'

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
    this.heap.live--
  }
}

/** A binary heap by (time, order of arrival). Cancelled entries leave when they reach the top. */
class TimerHeap {
  readonly #entries: Entry[] = []
  live = 0

  push(entry: Entry): void {
    const entries = this.#entries
    this.live++
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

  pop(): Entry | undefined {
    const top = this.peek()
    if (top === undefined) return undefined
    this.#removeTop()
    top.cancel()
    return top
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

  nextDrivingUs(): number | undefined {
    return this.#driving.peek()?.atUs
  }

  /** The time of the next wake-up of either kind. */
  nextUs(): number | undefined {
    const driving = this.#driving.peek()
    const passive = this.#passive.peek()
    if (driving === undefined) return passive?.atUs
    if (passive === undefined) return driving.atUs
    return Math.min(driving.atUs, passive.atUs)
  }

  /** Takes out the first wake-up that is due by then; by time, then in the order they were set. */
  takeDue(untilUs: number): (() => void) | undefined {
    const driving = this.#driving.peek()
    const passive = this.#passive.peek()
    const first =
      driving === undefined || (passive !== undefined && before(passive, driving))
        ? passive
        : driving
    if (first === undefined || first.atUs > untilUs) return undefined
    first.heap.pop()
    return first.fire
  }
}
