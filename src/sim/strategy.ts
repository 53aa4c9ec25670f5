import type { Task } from './task.ts'

/** What may happen next. `time` stands for letting virtual time pass to the next driving wake-up. */
export type Choice =
  | { readonly kind: 'task'; readonly task: Task }
  | { readonly kind: 'time'; readonly atUs: number }

/**
 * Picks who goes next. Under a strategy every named yield point suspends, and each step is one
 * choice; without one the scheduler runs first come, first served and skips yield points.
 */
export interface Strategy {
  /** Whether time may pass while somebody is still ready to run. */
  readonly offersTime: boolean
  /**
   * @param choices what can go next, at least one, in a stable order: tasks by age, time last
   * @returns an index into `choices`
   */
  choose(choices: readonly Choice[]): number
}
