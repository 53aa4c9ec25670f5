import type { MicroOperation } from '../check/index.ts'
import type { WorkloadEvent } from './workload.ts'

/** Takes down a history as it happens: one clock, one order of events. */
export class EventLog {
  readonly events: WorkloadEvent[] = []
  readonly #nowMs: () => number
  readonly #startedMs: number

  /** @param nowMs a clock that never goes back */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs
    this.#startedMs = nowMs()
  }

  add(
    type: WorkloadEvent['type'],
    process: number,
    value: readonly MicroOperation[],
    more: Pick<WorkloadEvent, 'numbers' | 'error'> = {},
  ): void {
    const time = Math.round((this.#nowMs() - this.#startedMs) * 1e6)
    this.events.push({ index: this.events.length, time, type, process, f: 'txn', value, ...more })
  }
}
