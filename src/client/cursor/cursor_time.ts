/**
 * What `timeoutMS` means to a cursor: one budget for all of its life, or one for each call that may
 * ask the server. Source: specifications, client-side-operations-timeout, "Cursors".
 */
import type { ClientCore } from '../core.ts'
import type { CursorOptions, FindOptions } from '../options.ts'
import { budgetOf, type InternalOptions, type TimeBudget } from '../time_budget.ts'

/** How a cursor goes on when it has nothing more to give for now. */
export type Follows = 'nothing' | 'tailable' | 'awaitData'

export class CursorTime {
  readonly #options: CursorOptions
  readonly #isIteration: boolean
  readonly #omitMaxTime: boolean
  #budget: TimeBudget

  /** @throws MongoInvalidArgumentError for options that contradict each other */
  constructor(core: ClientCore, options: CursorOptions, budget: TimeBudget, follows: Follows) {
    check(core, options, follows)
    this.#options = options
    this.#budget = budget
    this.#isIteration = options.timeoutMode === 'iteration' || follows !== 'nothing'
    // A server would end the cursor with the time of the command that opened it.
    this.#omitMaxTime = this.#isIteration && follows !== 'awaitData'
  }

  /** The caller asks for more. */
  beginCall(): void {
    if (this.#isIteration) this.#budget = this.#budget.renewed()
  }

  /** A close has its time, whatever the cursor has used up. */
  beginClose(): void {
    this.#budget = this.#budget.renewed()
  }

  get remainingMs(): number {
    return Math.max(1, Math.floor(this.#budget.remainingMs))
  }

  /** The options of a command of the cursor's. */
  get options(): CursorOptions & InternalOptions {
    return { ...this.#options, budget: this.#budget, omitMaxTime: this.#omitMaxTime }
  }
}

/** Undefined where time is not limited. @throws MongoInvalidArgumentError */
export function cursorTime(
  core: ClientCore,
  options: CursorOptions & InternalOptions,
  follows: Follows = followsOf(options),
): CursorTime | undefined {
  const budget = budgetOf(core, options)
  if (budget !== undefined) return new CursorTime(core, options, budget, follows)
  if (options.timeoutMode === undefined) return undefined
  throw new core.errors.MongoInvalidArgumentError('Option "timeoutMode" requires "timeoutMS"')
}

function followsOf({ tailable, awaitData }: FindOptions): Follows {
  if (tailable !== true) return 'nothing'
  return awaitData === true ? 'awaitData' : 'tailable'
}

function check(core: ClientCore, options: CursorOptions, follows: Follows): void {
  const { timeoutMode, timeoutMS = 0, maxAwaitTimeMS } = options
  const refuse = (what: string) => new core.errors.MongoInvalidArgumentError(what)
  if (follows !== 'nothing' && timeoutMode === 'cursorLifetime') {
    throw refuse('Cannot set tailable cursor\'s timeoutMode to "cursorLifetime"')
  }
  if (timeoutMS > 0 && maxAwaitTimeMS !== undefined && maxAwaitTimeMS >= timeoutMS) {
    throw refuse('Cannot specify maxAwaitTimeMS >= timeoutMS')
  }
}
