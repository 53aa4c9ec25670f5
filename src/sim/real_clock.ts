import { BaseClock } from './base_clock.ts'
import { afterRealMs, type RealTimer, wallClockUs } from './real.ts'
import type { Timer, WakeKind } from './timers.ts'

/** The longest time that `setTimeout` takes; asked for more it fires at once. */
const TIMEOUT_MS_MAX = 0x7fff_ffff

/** The one timer of the event loop that stands for the earliest wake-up. */
interface Armed {
  readonly atUs: number
  readonly keepAlive: boolean
  readonly timer: RealTimer
}

/**
 * Time as the machine has it. One timer of the event loop stands for the earliest wake-up; it keeps
 * the process alive only while somebody really waits (a driving wake-up is pending). A wake-up that
 * is due already takes a turn of the event loop instead, so that sockets are served between the
 * slices of a long operation.
 */
export class RealClock extends BaseClock {
  override readonly mode = 'real'
  #armed: Armed | undefined
  #turnPending = false

  /** @param startUs microseconds since the epoch where `elapsed` is zero; now, if left out */
  constructor(startUs: number = wallClockUs()) {
    super(startUs)
  }

  fork(): RealClock {
    return new RealClock(this.startUs)
  }

  nowUs(): number {
    return wallClockUs()
  }

  advance(_ms: number): Promise<void> {
    return Promise.reject(
      new Error(
        "A real clock can't be advanced: create the simulator with time: 'manual' or 'auto'.",
      ),
    )
  }

  override schedule(delayUs: number, kind: WakeKind, fire: () => void): Timer {
    const timer = super.schedule(delayUs, kind, fire)
    this.#arm()
    return timer
  }

  noteIdle(): void {
    this.#arm()
  }

  nextDrivingUs(): undefined {
    return undefined
  }

  passToNextDriving(): boolean {
    return false
  }

  override stop(): void {
    super.stop()
    this.#disarm()
  }

  #arm(): void {
    const atUs = this.timers.nextUs()
    if (atUs === undefined || this.stopped) {
      this.#disarm()
      return
    }
    const delayUs = atUs - this.nowUs()
    if (delayUs <= 0) {
      this.#requestTurn()
      return
    }
    const keepAlive = this.timers.drivingCount > 0
    const armed = this.#armed
    if (armed !== undefined && armed.atUs <= atUs && armed.keepAlive === keepAlive) return
    this.#disarm()
    const ms = Math.min(Math.ceil(delayUs / 1000), TIMEOUT_MS_MAX)
    const timer = afterRealMs(ms, () => this.#turn(), { keepAlive })
    this.#armed = { atUs, keepAlive, timer }
  }

  #disarm(): void {
    this.#armed?.timer.cancel()
    this.#armed = undefined
  }

  #requestTurn(): void {
    if (this.#turnPending) return
    this.#turnPending = true
    this.afterTurn(() => {
      this.#turnPending = false
      this.#turn()
    })
  }

  /** A timer of the event loop may come early: then nothing is due, and it is armed again. */
  #turn(): void {
    this.#disarm()
    const nowUs = this.nowUs()
    // What falls due at once, set by those who run now, takes its own turn.
    const beforeOrder = this.timers.nextOrder
    for (;;) {
      const fire = this.stopped ? undefined : this.timers.takeDue(nowUs, beforeOrder)
      if (fire === undefined) break
      fire()
      this.host?.runReady()
    }
    this.#arm()
  }
}
