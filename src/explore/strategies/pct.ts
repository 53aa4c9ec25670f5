import type { Random } from '../../sim/index.ts'
import type { Thread } from '../schedule_text.ts'
import type { Picker } from './picker.ts'

/**
 * Probabilistic concurrency testing. Everybody gets a priority by chance, and whoever has the
 * highest of those who are ready goes next; at `depth - 1` steps chosen by chance, whoever would go
 * falls below all others.
 *
 * A bug that shows when `depth` steps come in one certain order is found by one schedule with a
 * probability of at least 1 / (n k^(depth-1)), n being the number of threads and k that of steps.
 * Source: Burckhardt, Kothari, Musuvathi, Nagarakatte: A Randomized Scheduler with Probabilistic
 * Guarantees of Finding Bugs (ASPLOS 2010), which takes k as known; here it is the longest schedule
 * so far.
 */
export class PctPicker implements Picker {
  readonly offersTime = true
  readonly #random: Random
  readonly #depth: number
  readonly #priorities = new Map<Thread, number>()
  /** The steps at which somebody falls. */
  readonly #changes: number[] = []
  #stepsMax = 0
  #threadsMax = 1

  /** @param depth from 1 on: so many steps must come in order */
  constructor(random: Random, depth: number) {
    this.#random = random
    this.#depth = depth
  }

  begin(): boolean {
    this.#priorities.clear()
    this.#changes.length = 0
    const steps = this.#stepsMax === 0 ? FIRST_GUESS : this.#stepsMax
    for (let i = 1; i < this.#depth; i++) this.#changes.push(this.#random.below(steps))
    return true
  }

  pick(ready: readonly Thread[], count: number, step: number): number {
    let best = this.#highest(ready, count)
    for (let i = 0; i < this.#changes.length; i++) {
      if (this.#changes[i] !== step) continue
      // Below everybody's first priority, and below whoever falls later in the list.
      this.#priorities.set(ready[best]!, -1 - i)
      best = this.#highest(ready, count)
    }
    return best
  }

  end(picks: readonly Thread[]): void {
    if (picks.length > this.#stepsMax) this.#stepsMax = picks.length
    if (this.#priorities.size > this.#threadsMax) this.#threadsMax = this.#priorities.size
  }

  get bound(): { readonly depth: number; readonly probability: number } | undefined {
    if (this.#stepsMax === 0) return undefined
    const depth = this.#depth
    return { depth, probability: 1 / (this.#threadsMax * this.#stepsMax ** (depth - 1)) }
  }

  #highest(ready: readonly Thread[], count: number): number {
    let best = 0
    let highest = this.#priorityOf(ready[0]!)
    for (let i = 1; i < count; i++) {
      const priority = this.#priorityOf(ready[i]!)
      if (priority > highest) {
        highest = priority
        best = i
      }
    }
    return best
  }

  #priorityOf(thread: Thread): number {
    const known = this.#priorities.get(thread)
    if (known !== undefined) return known
    const priority = this.#random.next()
    this.#priorities.set(thread, priority)
    return priority
  }
}

/** Steps of a schedule before any was seen. */
const FIRST_GUESS = 20
