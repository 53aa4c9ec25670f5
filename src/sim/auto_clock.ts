import { VirtualClock } from './virtual_clock.ts'

/**
 * Time jumps by itself to the next driving wake-up, once everybody who was admitted sleeps and
 * outside code had its turn, or, where programs outside of the process take part, was quiet for a
 * while. Without a driving wake-up it stays where it is: an idle simulator does not age.
 */
export class AutoClock extends VirtualClock {
  override readonly mode = 'auto'
  #turnPending = false

  fork(): AutoClock {
    return new AutoClock(this.startUs, this.nowUs())
  }

  noteIdle(): void {
    if (this.#turnPending || this.stopped || this.timers.drivingCount === 0) return
    this.#turnPending = true
    this.afterOutside(() => {
      this.#turnPending = false
      this.host?.runReady()
      // Whoever advances by hand, and a scheduler with work left, come back here when they are
      // done.
      if (this.advancing || this.host?.busy === true) return
      this.fireWhile(() => this.passToNextDriving())
      this.noteIdle()
    })
  }
}
