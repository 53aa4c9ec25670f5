import { invariant } from '../invariant.ts'
import { BaseClock } from './base_clock.ts'
import { StoppedError } from './errors.ts'
import { afterRealMs } from './real.ts'

/**
 * So many wake-ups fire in one go before the event loop gets a turn: a wait that never ends in
 * virtual time must not freeze the process, whose own timers, signals and sockets have to be heard.
 */
const WAKE_UPS_PER_TURN = 10_000

/**
 * A quiet time is over after so many timers, each of which found that it was quiet. One timer would
 * prove nothing on a busy machine: a process that did not get the processor for the whole of it
 * finds the timer due before it has read what its sockets hold. Between two timers the event loop
 * turns, so that a process which was stopped, for however long, has heard everything by the last.
 */
const LOOKS_PER_QUIET_TIME = 8

/**
 * Virtual time: a number that moves only when somebody is due. This base holds the number and
 * `advance`; `AutoClock` and `ManualClock` differ in what they do when nobody is ready.
 *
 * **Outside code.** A promise that was settled, or an operation that was just admitted, means that
 * the caller's own code may be about to run and do more at *this* moment of virtual time. It runs
 * in microtasks, so time may move again only after a macrotask has gone by, before which the engine
 * of the language runs every one of them. That rule needs no counting of microtasks, and costs
 * nothing in a long wait: a thousand backoff sleeps in a row settle no promise, so all their jumps
 * happen in one turn. Programs outside of the process get a quiet time instead of a macrotask: see
 * `Clock.admitOutsider`.
 */
export abstract class VirtualClock extends BaseClock {
  abstract override readonly mode: 'auto' | 'manual'
  #nowUs: number
  #advancing = 0
  /** What `outsideMoves` was when it had been quiet for long enough. */
  #quietSince = -1

  /**
   * @param startUs microseconds since the epoch where `elapsed` is zero
   * @param nowUs what the clock shows first, where that is later: a fork goes on from there
   */
  constructor(startUs: number, nowUs: number = startUs) {
    super(startUs)
    invariant(nowUs >= startUs, 'virtual time never goes backwards')
    this.#nowUs = nowUs
  }

  nowUs(): number {
    return this.#nowUs
  }

  async advance(ms: number): Promise<void> {
    if (!Number.isFinite(ms) || ms < 0) {
      throw new RangeError(`advance needs a time in milliseconds, not ${ms}`)
    }
    const untilUs = this.#nowUs + Math.round(ms * 1000)
    this.#advancing++
    // A command may be on its way to us, sent just before whoever advances said so.
    if (this.quietMs > 0) this.noteOutside()
    try {
      await this.#runDueUntil(untilUs)
    } finally {
      this.#advancing--
    }
    if (this.stopped) throw new StoppedError('The simulator was stopped while time advanced.')
    if (untilUs > this.#nowUs) this.#moveTo(untilUs)
    this.noteIdle()
  }

  nextDrivingUs(): number | undefined {
    return this.timers.nextDriving()?.atUs
  }

  passToNextDriving(): boolean {
    const untilUs = this.timers.nextDriving()?.atUs
    if (untilUs === undefined || this.stopped) return false
    const passed = this.#fireNext(untilUs)
    invariant(passed, 'a pending driving wake-up can be taken')
    return true
  }

  /** Whether somebody moves time by hand; it moves by itself only afterwards. */
  protected get advancing(): boolean {
    return this.#advancing > 0
  }

  /**
   * Fires wake-ups while `next` finds any, until outside code has something to do, or for a turn.
   */
  protected fireWhile(next: () => boolean): 'exhausted' | 'outside' {
    const seen = this.outsideMoves
    for (let fired = 0; fired < WAKE_UPS_PER_TURN; fired++) {
      if (!next()) return 'exhausted'
      if (this.outsideMoves !== seen || this.host?.busy === true) return 'outside'
    }
    this.turns.letEventLoopGoOn()
    return 'outside'
  }

  /**
   * Runs `then` when everybody outside of the scheduler had the chance to do more. A quiet time
   * that was none begins anew at the next look.
   */
  protected afterOutside(then: () => void): void {
    const { quietMs } = this
    if (quietMs === 0 || this.stopped) {
      this.afterTurn(then)
      return
    }
    const seen = this.outsideMoves
    const goOn = () => {
      if (this.outsideMoves === seen) then()
      else this.afterOutside(then)
    }
    if (seen === this.#quietSince) {
      this.afterTurn(goOn)
      return
    }
    // Timers of the event loop know whole milliseconds.
    const stepMs = Math.ceil(quietMs / LOOKS_PER_QUIET_TIME)
    let leftMs = quietMs
    const waitOn = () => {
      const waitMs = Math.min(stepMs, leftMs)
      leftMs -= waitMs
      afterRealMs(waitMs, look, { keepAlive: true })
    }
    const look = () => {
      if (this.outsideMoves !== seen || this.stopped) {
        this.afterOutside(then)
      } else if (leftMs > 0) {
        waitOn()
      } else {
        this.#quietSince = seen
        this.afterTurn(goOn)
      }
    }
    waitOn()
  }

  async #runDueUntil(untilUs: number): Promise<void> {
    do await this.#outsideRuns()
    while (this.fireWhile(() => this.#fireNext(untilUs)) === 'outside')
  }

  /** Lets outside code run, and under a strategy every step that is ready. */
  async #outsideRuns(): Promise<void> {
    do {
      await new Promise<void>((resolve) => this.afterOutside(resolve))
      this.host?.runReady()
    } while (this.host?.busy === true && !this.stopped)
  }

  /** Moves time to the next wake-up due by then, fires it, and runs whom it woke. */
  #fireNext(untilUs: number): boolean {
    const atUs = this.timers.nextUs()
    if (atUs === undefined || atUs > untilUs || this.stopped) return false
    if (atUs > this.#nowUs) this.#moveTo(atUs)
    const fire = this.timers.takeDue(atUs)
    invariant(fire !== undefined, 'the next wake-up is due when time has come to it')
    fire()
    this.host?.runReady()
    return true
  }

  #moveTo(atUs: number): void {
    invariant(atUs >= this.#nowUs, 'virtual time never goes backwards')
    this.#nowUs = atUs
  }
}
