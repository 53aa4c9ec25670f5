import type { Clock, Timer } from '../../sim/index.ts'

/**
 * A job that runs at start and then once a period, counted from its last run. Its timer is passive:
 * it runs when time passes it and never makes time pass. Source: periodic_runner_impl.cpp (8.0).
 */
export class PassiveJob {
  readonly #clock: Clock
  readonly #periodUs: () => number
  readonly #work: () => void
  #lastRunUs = 0
  #timer: Timer | undefined = undefined

  constructor(clock: Clock, periodUs: () => number, work: () => void) {
    this.#clock = clock
    this.#periodUs = periodUs
    this.#work = work
    this.#run()
  }

  /** The period may have changed: the next run is due a new period after the last one. */
  reschedule(): void {
    this.#timer?.cancel()
    const dueUs = this.#lastRunUs + this.#periodUs()
    this.#timer = this.#clock.schedule(dueUs - this.#clock.nowUs(), 'passive', () => this.#run())
  }

  #run(): void {
    this.#lastRunUs = this.#clock.nowUs()
    this.#work()
    this.reschedule()
  }
}
