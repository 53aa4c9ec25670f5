import { invariant } from '../invariant.ts'
import type { Clock, ClockHost, TimeMode } from './clock.ts'
import { StoppedError } from './errors.ts'
import { MacrotaskTurns } from './real.ts'
import { type Timer, TimerQueue, type WakeKind } from './timers.ts'

/** What clocks have in common: pending wake-ups, sleeping applications, turns of the event loop. */
export abstract class BaseClock implements Clock {
  abstract readonly mode: TimeMode
  /** Where `elapsed` counts from. */
  protected readonly startUs: number
  protected readonly timers: TimerQueue = new TimerQueue()
  protected readonly turns: MacrotaskTurns = new MacrotaskTurns()
  protected host: ClockHost | undefined
  protected stopped = false
  /** How to refuse each application that is asleep. */
  readonly #sleepers = new Set<(reason: StoppedError) => void>()
  #outsideMoves = 0
  /** What each program outside of this process asks for, in real milliseconds. */
  readonly #outsiders = new Set<{ readonly quietMs: number }>()

  constructor(startUs: number) {
    this.startUs = startUs
  }

  abstract nowUs(): number
  abstract advance(ms: number): Promise<void>
  abstract fork(): Clock
  abstract noteIdle(): void
  abstract nextDrivingUs(): number | undefined
  abstract passToNextDriving(): boolean

  now(): number {
    return this.nowUs() / 1000
  }

  elapsedUs(): number {
    return this.nowUs() - this.startUs
  }

  elapsed(): number {
    return this.elapsedUs() / 1000
  }

  sleep(ms: number, options?: { readonly signal?: AbortSignal }): Promise<void> {
    if (!Number.isFinite(ms) || ms < 0) {
      return Promise.reject(new RangeError(`sleep needs a time in milliseconds, not ${ms}`))
    }
    if (this.stopped) return Promise.reject(new StoppedError('The simulator was stopped.'))
    const signal = options?.signal
    if (signal?.aborted) return Promise.reject(signal.reason)
    return new Promise((resolve, reject) => {
      const end = () => {
        timer.cancel()
        this.#sleepers.delete(refuse)
        signal?.removeEventListener('abort', onAbort)
        this.noteOutside()
      }
      const refuse = (reason: unknown) => {
        end()
        reject(reason)
      }
      const onAbort = () => {
        refuse(signal?.reason)
        this.noteIdle()
      }
      const timer = this.schedule(Math.round(ms * 1000), 'driving', () => {
        end()
        resolve()
      })
      this.#sleepers.add(refuse)
      signal?.addEventListener('abort', onAbort, { once: true })
      this.noteOutside()
      this.noteIdle()
    })
  }

  schedule(delayUs: number, kind: WakeKind, fire: () => void): Timer {
    return this.timers.add(this.nowUs() + Math.max(0, delayUs), kind, fire)
  }

  afterTurn(then: () => void): void {
    this.turns.request(then)
  }

  get outsideMoves(): number {
    return this.#outsideMoves
  }

  noteOutside(): void {
    this.#outsideMoves++
  }

  admitOutsider(quietMs: number): () => void {
    const outsider = { quietMs }
    this.#outsiders.add(outsider)
    return () => {
      this.#outsiders.delete(outsider)
    }
  }

  /** How long it must have been quiet outside of this process; 0 where nobody is there. */
  protected get quietMs(): number {
    let longest = 0
    for (const { quietMs } of this.#outsiders) longest = Math.max(longest, quietMs)
    return longest
  }

  fireDueNow(): void {
    const nowUs = this.nowUs()
    for (;;) {
      const fire = this.stopped ? undefined : this.timers.takeDue(nowUs)
      if (fire === undefined) return
      fire()
    }
  }

  attach(host: ClockHost): void {
    invariant(this.host === undefined, 'a clock serves one scheduler')
    this.host = host
  }

  stop(): void {
    this.stopped = true
    for (const refuse of [...this.#sleepers]) {
      refuse(new StoppedError('The simulator was stopped during a sleep on its clock.'))
    }
    this.turns.close()
  }

  /** How many applications sleep on the clock itself, not through an operation. */
  protected get sleeperCount(): number {
    return this.#sleepers.size
  }
}
