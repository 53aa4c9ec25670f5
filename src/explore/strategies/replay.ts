import { type Thread, threadsText } from '../schedule_text.ts'
import type { Picker } from './picker.ts'

/**
 * A schedule that a program does not follow: it is of another program, or that one is no longer.
 */
export class ScheduleMismatchError extends Error {
  override readonly name = 'ScheduleMismatchError'
}

/**
 * Plays one schedule, and behind its end lets whoever went last go on while it can, then the first.
 *
 * `strict` refuses a program that does not follow it; otherwise steps that nobody can take are
 * passed over, which is how a schedule is tried that was made shorter.
 */
export class ReplayPicker implements Picker {
  readonly offersTime: boolean
  readonly #schedule: readonly Thread[]
  readonly #strict: boolean
  #begun = false
  #at = 0
  #last: Thread = 0

  constructor(schedule: readonly Thread[], options: { readonly strict: boolean }) {
    this.#schedule = schedule
    this.#strict = options.strict
    this.offersTime = true
  }

  begin(): boolean {
    this.#at = 0
    this.#last = 0
    if (this.#begun) return false
    this.#begun = true
    return true
  }

  pick(ready: readonly Thread[], count: number, step: number): number {
    while (this.#at < this.#schedule.length) {
      const wanted = this.#schedule[this.#at++]!
      const found = indexOf(ready, count, wanted)
      if (found !== -1) {
        this.#last = wanted
        return found
      }
      if (this.#strict) throw this.#mismatch(ready.slice(0, count), wanted, step)
    }
    const goesOn = indexOf(ready, count, this.#last)
    const index = goesOn === -1 ? 0 : goesOn
    this.#last = ready[index]!
    return index
  }

  end(): void {}

  #mismatch(ready: readonly Thread[], wanted: Thread, step: number): ScheduleMismatchError {
    const text = threadsText(this.#schedule)
    const able = ready.map((thread) => threadsText([thread])).join(', ')
    return new ScheduleMismatchError(
      `The schedule ${text} does not fit: at step ${step + 1}, '${threadsText([wanted])}' was to go next, but only ${able} can.`,
    )
  }
}

function indexOf(ready: readonly Thread[], count: number, thread: Thread): number {
  for (let i = 0; i < count; i++) if (ready[i] === thread) return i
  return -1
}
