import { afterRealMs, type RealTimer } from './real.ts'
import type { Timer } from './timers.ts'
import { VirtualClock } from './virtual_clock.ts'

/**
 * How long, in real milliseconds, a manual clock may stand still under somebody who waits on it.
 */
const FORGOTTEN_AFTER_REAL_MS = 1_000

/** Time moves by `advance` only. A clock that was forgotten says so, once. */
export class ManualClock extends VirtualClock {
  override readonly mode = 'manual'
  readonly #warn: (message: string) => void
  #watch: RealTimer | undefined
  #warned = false

  /**
   * @param warn told, once, that somebody has waited a real second on a clock that nobody moves
   */
  constructor(startUs: number, warn: (message: string) => void, nowUs: number = startUs) {
    super(startUs, nowUs)
    this.#warn = warn
  }

  fork(): ManualClock {
    return new ManualClock(this.startUs, this.#warn, this.nowUs())
  }

  noteIdle(): void {
    if (this.#warned || this.stopped || this.#watch !== undefined) return
    const waited = this.timers.nextDriving()
    if (waited === undefined) return
    const seenUs = this.nowUs()
    const look = () => {
      this.#watch = undefined
      const moved = this.advancing || this.nowUs() !== seenUs
      if (!moved && this.timers.nextDriving() === waited) this.#report(waited)
      else this.noteIdle()
    }
    // Keeps the process alive: with nothing else to do it would end before a word is said.
    this.#watch = afterRealMs(FORGOTTEN_AFTER_REAL_MS, look, { keepAlive: true })
  }

  override stop(): void {
    super.stop()
    this.#watch?.cancel()
    this.#watch = undefined
  }

  #report(waited: Timer): void {
    this.#warned = true
    const ms = Math.ceil((waited.atUs - this.nowUs()) / 1000)
    const waiting = this.host?.describeSleepers() ?? []
    if (this.sleeperCount > 0) {
      waiting.push(`the application sleeps (clock.sleep, ${this.sleeperCount} at once)`)
    }
    this.#warn(
      'The manual clock has stood still for a second while somebody waits on it:\n' +
        `${waiting.map((line) => `  ${line}`).join('\n')}\n` +
        `Move it: await sim.clock.advance(${ms}) reaches the next wake-up.`,
    )
  }
}
