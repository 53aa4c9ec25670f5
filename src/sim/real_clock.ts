import { type Clock, type ClockHost, sleepOn } from './clock.ts'
import type { WakeKind } from './operation.ts'
import { afterRealMs, type RealTimer, wallClockUs } from './real.ts'
import { type Timer, TimerQueue } from './timers.ts'

/**
 * Time as the machine has it. One timer of the event loop stands for the earliest wake-up; it keeps
 * the process alive only while somebody really waits (a driving wake-up is pending).
 */
export class RealClock implements Clock {
  readonly mode = 'real'
  readonly #startUs = wallClockUs()
  readonly #timers = new TimerQueue()
  #host: ClockHost | undefined
  #armed:
    | { readonly atUs: number; readonly keepAlive: boolean; readonly timer: RealTimer }
    | undefined
  #stopped = false

  nowUs(): number {
    return wallClockUs()
  }

  now(): number {
    return this.nowUs() / 1000
  }

  elapsed(): number {
    return (this.nowUs() - this.#startUs) / 1000
  }

  sleep(ms: number, options?: { readonly signal?: AbortSignal }): Promise<void> {
    return sleepOn(this, ms, options?.signal)
  }

  advance(_ms: number): Promise<void> {
    return Promise.reject(
      new Error(
        "A real clock can't be advanced: create the simulator with time: 'manual' or 'auto'.",
      ),
    )
  }

  schedule(delayUs: number, kind: WakeKind, fire: () => void): Timer {
    const timer = this.#timers.add(this.nowUs() + delayUs, kind, fire)
    this.#arm()
    return timer
  }

  noteOutside(): void {}

  noteIdle(): void {
    this.#arm()
  }

  nextDrivingUs(): undefined {
    return undefined
  }

  passToNextDriving(): boolean {
    return false
  }

  attach(host: ClockHost): void {
    this.#host = host
  }

  stop(): void {
    this.#stopped = true
    this.#armed?.timer.cancel()
    this.#armed = undefined
  }

  #arm(): void {
    const atUs = this.#timers.nextUs()
    const keepAlive = this.#timers.drivingCount > 0
    if (atUs === undefined || this.#stopped) return
    if (this.#armed !== undefined) {
      if (this.#armed.atUs <= atUs && this.#armed.keepAlive === keepAlive) return
      this.#armed.timer.cancel()
    }
    // setTimeout takes at most 2^31 - 1 ms; an early turn finds nothing due and arms again.
    const ms = Math.min(Math.max(0, Math.ceil((atUs - this.nowUs()) / 1000)), 0x7fff_ffff)
    const timer = afterRealMs(ms, () => this.#turn(), { keepAlive })
    this.#armed = { atUs, keepAlive, timer }
  }

  #turn(): void {
    this.#armed = undefined
    for (;;) {
      const fire = this.#timers.takeDue(this.nowUs())
      if (fire === undefined) break
      fire()
      this.#host?.runReady()
    }
    this.#arm()
  }
}
