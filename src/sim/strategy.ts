import { invariant } from '../invariant.ts'
import type { Clock } from './clock.ts'
import type { RunQueue } from './run_queue.ts'
import type { Task } from './task.ts'

/** What may happen next. `time` stands for letting virtual time pass to the next wake-up. */
export type Choice =
  | { readonly kind: 'task'; readonly task: Task }
  | { readonly kind: 'time'; readonly atUs: number }

export type Granularity = 'yieldPoint' | 'statement'

/**
 * Picks who goes next. Under a strategy every named yield point suspends, and each step is one
 * choice; without one the scheduler runs first come, first served and skips yield points.
 *
 * Whoever falls due at the present moment is among the choices: waking at the same time is no
 * order.
 */
export interface Strategy {
  /** Whether time may pass while somebody is still ready to run. */
  readonly offersTime: boolean
  /**
   * Where an operation may be interrupted: at every named yield point, or only where it begins and
   * where it has to wait. Default: `yieldPoint`.
   */
  readonly granularity?: Granularity
  /**
   * @param choices what can go next, at least one, in a stable order: tasks by age, time last
   * @returns an index into `choices`
   * @throws to end the simulation: everybody under way is refused with the error
   */
  choose(choices: readonly Choice[]): number
}

/** Those who are ready, by age, and a strategy that picks among them. */
export class StrategyQueue implements RunQueue {
  readonly #strategy: Strategy
  readonly #clock: Clock
  #tasks: Task[] = []

  constructor(strategy: Strategy, clock: Clock) {
    this.#strategy = strategy
    this.#clock = clock
  }

  get size(): number {
    return this.#tasks.length
  }

  push(task: Task): void {
    const tasks = this.#tasks
    let at = tasks.push(task) - 1
    for (; at > 0 && tasks[at - 1]!.id > task.id; at--) tasks[at] = tasks[at - 1]!
    tasks[at] = task
  }

  gather(): void {
    this.#clock.fireDueNow()
  }

  take(): Task | undefined {
    if (this.#tasks.length === 0) return undefined
    const choices: Choice[] = this.#tasks.map((task) => task.choice)
    const atUs = this.#strategy.offersTime ? this.#clock.nextDrivingUs() : undefined
    if (atUs !== undefined) choices.push({ kind: 'time', atUs })
    const index = this.#strategy.choose(choices)
    const picked = choices[index]
    invariant(picked !== undefined, 'a strategy picks one of the choices that it was given')
    if (picked.kind === 'time') {
      this.#clock.passToNextDriving()
      return undefined
    }
    this.#tasks.splice(index, 1)
    return picked.task
  }

  clear(): Task[] {
    const tasks = this.#tasks
    this.#tasks = []
    return tasks
  }
}
