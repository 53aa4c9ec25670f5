/**
 * What happened, in order, in virtual time. A trace is data: one flat event a line when written as
 * JSON, so that two runs of the same seed can be compared byte for byte.
 */
export interface TraceEvent {
  /** Microseconds since the simulator was created. */
  readonly atUs: number
  /** Whose doing: the name of a task, or of a background job. */
  readonly who: string
  /** What: `start`, `sleep`, `conflict`, `commit`, `abort`, ... */
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

  clear(): void {
    this.events.length = 0
  }

  /** JSON, one event a line. */
  toString(): string {
    return this.events.map((event) => JSON.stringify(event)).join('\n')
  }
}
