import type { WakeKind } from './operation.ts'
import type { Timer } from './timers.ts'

export type TimeMode = 'auto' | 'manual' | 'real'

/** What a clock asks of the scheduler: who could run now, and what the sleepers wait for. */
export interface ClockHost {
  /** Runs everything that is ready; returns when nobody is. */
  runReady(): void
  /** One sentence for each suspended operation. */
  describeSuspended(): string[]
}

/**
 * The one source of time. Everything that reads the time, sleeps or sets a timer does it here.
 *
 * Resolution is a microsecond; `...Us` values are microseconds, the public `now`, `elapsed`, `sleep`
 * and `advance` speak milliseconds.
 */
export interface Clock {
  readonly mode: TimeMode
  /** Microseconds since the Unix epoch. */
  nowUs(): number
  /** Milliseconds since the Unix epoch; virtual unless the mode is `real`. */
  now(): number
  /** Milliseconds since this clock was made, which is where the phase of the sweeps starts. */
  elapsed(): number
  /** An application's own delay on this clock. A driving wait: in `auto` it makes time pass. */
  sleep(ms: number, options?: { readonly signal?: AbortSignal }): Promise<void>
  /** Moves virtual time, running everything that falls due, in order. An error on a real clock. */
  advance(ms: number): Promise<void>

  /** Sets a wake-up `delayUs` from now. */
  schedule(delayUs: number, kind: WakeKind, fire: () => void): Timer
  /** The scheduler reports: outside code may go on (an operation was admitted, a promise settled). */
  noteOutside(): void
  /** The scheduler reports: nobody is ready. Sleepers may exist. */
  noteIdle(): void
  /** When the next driving wake-up is due; nothing on a real clock, whose time can't be moved. */
  nextDrivingUs(): number | undefined
  /** Moves virtual time to the next driving wake-up and runs what falls due; false if there is none. */
  passToNextDriving(): boolean
  /** Binds the scheduler that this clock serves. */
  attach(host: ClockHost): void
  /** No timer fires any more. */
  stop(): void
}

/** Resolves after `ms` on the clock; rejects with the signal's reason. Shared by all clocks. */
export function sleepOn(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  if (!Number.isFinite(ms) || ms < 0) {
    return Promise.reject(new RangeError(`sleep needs a time in milliseconds, not ${ms}`))
  }
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    const onAbort = () => {
      timer.cancel()
      clock.noteOutside()
      reject(signal?.reason)
    }
    const timer = clock.schedule(Math.round(ms * 1000), 'driving', () => {
      signal?.removeEventListener('abort', onAbort)
      clock.noteOutside()
      resolve()
    })
    signal?.addEventListener('abort', onAbort, { once: true })
    clock.noteOutside()
    clock.noteIdle()
  })
}
