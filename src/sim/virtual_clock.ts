import { invariant } from '../invariant.ts'
import { type Clock, type ClockHost, sleepOn } from './clock.ts'
import type { WakeKind } from './operation.ts'
import { afterRealMs, MacrotaskTurns, type RealTimer } from './real.ts'
import { type Timer, TimerQueue } from './timers.ts'

/**
 * Virtual time: a number that moves only when somebody is due. This base holds the number, the
 * pending wake-ups and `advance`; `AutoClock` and `ManualClock` differ in what they do when nobody
 * is ready.
 *
 * **Outside code.** A promise that was settled, or an operation that was just admitted, means that
 * the caller's own code may be about to run and do more at *this* moment of virtual time. It runs in
 * microtasks, so time may move again only after one macrotask has gone by with nothing of the kind
 * happening. That rule needs no counting of microtasks, and costs nothing in a long wait: a thousand
 * backoff sleeps in a row settle no promise, so all their jumps happen in one turn.
 */
abstract class VirtualClock implements Clock {
  abstract readonly mode: 'auto' | 'manual'
  readonly #startUs: number
  #nowUs: number
  protected readonly timers: TimerQueue = new TimerQueue()
  protected readonly turns: MacrotaskTurns = new MacrotaskTurns()
  protected host: ClockHost | undefined
  /** Moves whenever outside code may run. */
  protected outsideMoves = 0
  protected stopped = false

  constructor(startUs: number) {
    this.#startUs = startUs
    this.#nowUs = startUs
  }

  nowUs(): number {
    return this.#nowUs
  }

  now(): number {
    return this.#nowUs / 1000
  }

  elapsed(): number {
    return (this.#nowUs - this.#startUs) / 1000
  }

  sleep(ms: number, options?: { readonly signal?: AbortSignal }): Promise<void> {
    return sleepOn(this, ms, options?.signal)
  }

  async advance(ms: number): Promise<void> {
    if (!Number.isFinite(ms) || ms < 0) {
      throw new RangeError(`advance needs a time in milliseconds, not ${ms}`)
    }
    const untilUs = this.#nowUs + Math.round(ms * 1000)
    await this.turns.next()
    for (;;) {
      const seen = this.outsideMoves
      const fire = this.takeNext(untilUs)
      if (fire === undefined) break
      this.fireDue(fire)
      if (this.outsideMoves !== seen) await this.turns.next()
    }
    if (untilUs > this.#nowUs) this.moveTo(untilUs)
    await this.turns.next()
  }

  schedule(delayUs: number, kind: WakeKind, fire: () => void): Timer {
    return this.timers.add(this.#nowUs + Math.max(0, delayUs), kind, fire)
  }

  noteOutside(): void {
    this.outsideMoves++
  }

  abstract noteIdle(): void

  nextDrivingUs(): number | undefined {
    return this.timers.nextDrivingUs()
  }

  passToNextDriving(): boolean {
    const untilUs = this.timers.nextDrivingUs()
    if (untilUs === undefined || this.stopped) return false
    const fire = this.takeNext(untilUs)
    invariant(fire !== undefined, 'a pending driving wake-up can be taken')
    this.fireDue(fire)
    return true
  }

  attach(host: ClockHost): void {
    this.host = host
  }

  stop(): void {
    this.stopped = true
    this.turns.close()
  }

  /** Takes the next wake-up due by then and moves time to it. */
  protected takeNext(untilUs: number): (() => void) | undefined {
    const atUs = this.timers.nextUs()
    if (atUs === undefined || atUs > untilUs || this.stopped) return undefined
    if (atUs > this.#nowUs) this.moveTo(atUs)
    return this.timers.takeDue(atUs)
  }

  protected fireDue(fire: () => void): void {
    fire()
    this.host?.runReady()
  }

  protected moveTo(atUs: number): void {
    invariant(atUs >= this.#nowUs, 'virtual time never goes backwards')
    this.#nowUs = atUs
  }
}

/** Time jumps by itself to the next driving wake-up, once everybody who was admitted sleeps. */
export class AutoClock extends VirtualClock {
  readonly mode = 'auto'
  #turnPending = false

  noteIdle(): void {
    if (this.#turnPending || this.stopped) return
    if (this.timers.drivingCount === 0) return
    this.#requestTurn()
  }

  #requestTurn(): void {
    this.#turnPending = true
    const seen = this.outsideMoves
    this.turns.request(() => {
      this.#turnPending = false
      if (this.outsideMoves === seen) this.#jump()
      else this.noteIdle()
    })
  }

  /** Jumps from wake-up to wake-up until outside code has something to do. */
  #jump(): void {
    const seen = this.outsideMoves
    while (this.passToNextDriving()) {
      if (this.outsideMoves !== seen) break
    }
    this.noteIdle()
  }
}

/** How long, in real milliseconds, a manual clock may stand still under somebody who waits on it. */
const FORGOTTEN_AFTER_REAL_MS = 1_000

/** Time moves by `advance` only. A clock that was forgotten says so, once. */
export class ManualClock extends VirtualClock {
  readonly mode = 'manual'
  readonly #warn: (message: string) => void
  #watch: RealTimer | undefined
  #warned = false

  constructor(startUs: number, warn: (message: string) => void) {
    super(startUs)
    this.#warn = warn
  }

  noteIdle(): void {
    if (this.#warned || this.#watch !== undefined || this.timers.drivingCount === 0) return
    const seen = this.outsideMoves
    const seenUs = this.nowUs()
    this.#watch = afterRealMs(
      FORGOTTEN_AFTER_REAL_MS,
      () => {
        this.#watch = undefined
        if (this.stopped || this.timers.drivingCount === 0) return
        if (this.outsideMoves === seen && this.nowUs() === seenUs) this.#report()
        else this.noteIdle()
      },
      { keepAlive: true },
    )
  }

  override stop(): void {
    super.stop()
    this.#watch?.cancel()
  }

  #report(): void {
    this.#warned = true
    const nextUs = this.timers.nextDrivingUs() ?? this.nowUs()
    const ms = Math.ceil((nextUs - this.nowUs()) / 1000)
    const waiting = this.host?.describeSuspended() ?? []
    const who =
      waiting.length > 0 ? waiting.map((line) => `  ${line}`).join('\n') : '  clock.sleep()'
    this.#warn(
      `The manual clock has stood still for a second while somebody waits on it:\n${who}\n` +
        `Move it: await sim.clock.advance(${ms}) reaches the next wake-up.`,
    )
  }
}
