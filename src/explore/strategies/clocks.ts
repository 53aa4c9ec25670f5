/**
 * What happened before what, in one schedule: the order of each thread's own steps, and of any two
 * that depend on each other, and what follows from both. Everything else might as well have
 * happened in the other order.
 */
import type { Thread } from '../schedule_text.ts'

/** What there is to know of a schedule's steps. */
export interface Steps {
  readonly length: number
  threadAt(step: number): Thread
  /** Whether the order of two steps of different threads can be told. */
  depend(earlier: number, later: number): boolean
  /** Whether the thread could have gone at this step. */
  isReady(thread: Thread, step: number): boolean
}

/** Two steps of different threads that depend on each other and have nothing between them. */
export interface Race {
  readonly earlier: number
  readonly later: number
}

/** For each step, which earlier ones happened before it: one bit each, itself included. */
export type Past = readonly boolean[]

export class HappensBefore {
  readonly #pasts: boolean[][] = []
  readonly races: Race[] = []
  readonly #steps: Steps

  constructor(steps: Steps) {
    this.#steps = steps
    for (let step = 0; step < steps.length; step++) this.#add(step)
  }

  isBefore(earlier: number, later: number): boolean {
    return this.#pasts[later]![earlier] === true
  }

  /** From the latest step back: what is already known to be before it, is no race. */
  #add(step: number): void {
    const steps = this.#steps
    const thread = steps.threadAt(step)
    const past: boolean[] = new Array(step + 1).fill(false)
    past[step] = true
    const previous = this.#previousOf(thread, step)
    if (previous !== undefined) join(past, this.#pasts[previous]!)
    const woken = this.#wokenBy(thread, step)
    if (woken !== undefined) join(past, this.#pasts[woken]!)
    for (let earlier = step - 1; earlier >= 0; earlier--) {
      if (past[earlier] || steps.threadAt(earlier) === thread) continue
      if (!steps.depend(earlier, step)) continue
      this.races.push({ earlier, later: step })
      join(past, this.#pasts[earlier]!)
    }
    this.#pasts.push(past)
  }

  #previousOf(thread: Thread, step: number): number | undefined {
    for (let at = step - 1; at >= 0; at--) if (this.#steps.threadAt(at) === thread) return at
    return undefined
  }

  /** The step that made a thread ready which had waited, if it had. */
  #wokenBy(thread: Thread, step: number): number | undefined {
    for (let at = step - 1; at >= 0; at--) {
      if (this.#steps.threadAt(at) === thread) return undefined
      if (!this.#steps.isReady(thread, at)) return at
    }
    return undefined
  }
}

function join(into: boolean[], from: readonly boolean[]): void {
  for (let i = 0; i < from.length; i++) if (from[i]) into[i] = true
}
