import type { Resumption, Suspension } from './operation.ts'

/**
 * What happened, in order, in virtual time. A trace is data: one flat event a line when written as
 * JSON, so that two runs of the same seed can be compared byte for byte.
 */
export interface TraceEvent {
  /** Microseconds since the simulator was created. */
  readonly atUs: number
  /** Whose doing: the name of a task, or of a background job. */
  readonly who: string
  /** What: `run`, `sleep`, `wait`, `end`; the engine adds `conflict`, `commit`, `abort`, ... */
  readonly what: string
  readonly detail?: Readonly<Record<string, unknown>>
}

export class Trace {
  readonly events: TraceEvent[] = []

  record(
    atUs: number,
    who: string,
    what: string,
    detail?: Readonly<Record<string, unknown>>,
  ): void {
    this.events.push(detail === undefined ? { atUs, who, what } : { atUs, who, what, detail })
  }

  /** Records what an operation waits for. */
  suspended(atUs: number, who: string, suspension: Suspension): void {
    switch (suspension.kind) {
      case 'yieldPoint':
        this.record(atUs, who, 'yield', { at: suspension.name })
        break
      case 'sleep':
        this.record(atUs, who, 'sleep', {
          why: suspension.why,
          durationUs: suspension.durationUs,
        })
        break
      case 'wait':
        this.record(atUs, who, 'wait', { why: suspension.why, on: suspension.queue.name })
        break
    }
  }

  /** Records that an operation goes on, and what ended its suspension unless all went well. */
  resumed(atUs: number, who: string, how: Resumption): void {
    if (how === 'ok') this.record(atUs, who, 'run')
    else this.record(atUs, who, 'run', { after: how === 'timeout' ? how : how.code })
  }

  clear(): void {
    this.events.length = 0
  }

  /** JSON, one event a line. */
  toString(): string {
    return this.events.map((event) => JSON.stringify(event)).join('\n')
  }
}
