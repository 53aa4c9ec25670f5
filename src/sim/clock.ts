import type { Timer, WakeKind } from './timers.ts'

export type TimeMode = 'auto' | 'manual' | 'real'

/** What a clock asks of the scheduler: who could run now, and what the sleepers wait for. */
export interface ClockHost {
  /** Whether somebody is ready; time does not move under them. */
  readonly busy: boolean
  /** Runs those who are ready; under a strategy only as far as outside code need not run first. */
  runReady(): void
  /** One sentence for each operation that waits for time to pass. */
  describeSleepers(): string[]
}

/**
 * The one source of time. Everything that reads the time, sleeps or sets a timer does it here.
 *
 * Resolution is a microsecond; `...Us` values are microseconds, the public `now`, `elapsed`,
 * `sleep` and `advance` speak milliseconds.
 */
export interface Clock {
  readonly mode: TimeMode
  /** Microseconds since the Unix epoch. */
  nowUs(): number
  /** Milliseconds since the Unix epoch; virtual unless the mode is `real`. */
  now(): number
  /** Microseconds since this clock was made. */
  elapsedUs(): number
  /** Milliseconds since this clock was made, which is where the phase of the sweeps starts. */
  elapsed(): number
  /**
   * An application's own delay on this clock. A driving wait: in `auto` it makes time pass.
   *
   * @throws the signal's reason when it aborts, `StoppedError` when the simulator stops,
   *   `RangeError` for a time that is none
   */
  sleep(ms: number, options?: { readonly signal?: AbortSignal }): Promise<void>
  /**
   * Moves virtual time, running everything that falls due, in order. The promises that settle on
   * the way have their continuations run at the time when they settled.
   *
   * @throws on a real clock, whose time can't be moved
   */
  advance(ms: number): Promise<void>

  /**
   * Sets a wake-up `delayUs` from now. A `fire` that settles a promise calls `noteOutside` too.
   *
   * @param kind whether it may make virtual time pass
   */
  schedule(delayUs: number, kind: WakeKind, fire: () => void): Timer
  /** Runs `then` after one macrotask, when every promise continuation due by now has run. */
  afterTurn(then: () => void): void
  /** Moves whenever outside code may go on: an operation was admitted, a promise settled. */
  readonly outsideMoves: number
  noteOutside(): void
  /**
   * From now on, until the function that it returns is called, a program outside of this process
   * may have a part in what happens: the client at the other end of a socket.
   *
   * Code of this process that has something to do at this moment does it within one macrotask.
   * A program outside can't be waited for like that: nobody knows whether its next command is on
   * the way. So with such a program *idle* means: every admitted operation sleeps, **and** for
   * `quietMs` of real time no command came in and none was answered (`noteOutside`). Only then
   * virtual time jumps, in as many jumps as it takes until somebody is answered. `advance` holds
   * still in the same way, first and after everyone it answers. A real clock has nothing to hold.
   * Where a test installs fake timers, the quiet time is theirs.
   */
  admitOutsider(quietMs: number): () => void
  /** The scheduler reports: nobody is ready. Sleepers may exist. */
  noteIdle(): void
  /** When the next driving wake-up is due; nothing on a real clock, whose time can't be moved. */
  nextDrivingUs(): number | undefined
  /**
   * Moves virtual time towards the next driving wake-up: fires the first wake-up of either kind on
   * the way, and runs whom it woke. False where no driving wake-up is pending.
   */
  passToNextDriving(): boolean
  /** Fires every wake-up that is due at this very moment, and runs nobody. */
  fireDueNow(): void
  /** An independent clock that shows the same time; the wake-ups pending here stay here. */
  fork(): Clock
  /** Binds the scheduler that this clock serves. */
  attach(host: ClockHost): void
  /**
   * No timer fires any more; whoever sleeps on the clock, or comes later, gets a `StoppedError`.
   */
  stop(): void
}
