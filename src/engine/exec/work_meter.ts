import type { OperationContext } from '../operation_context.ts'

/** How many units of work go by between two looks at the clock. */
const LOOK_AT_CLOCK_EVERY = 128

/**
 * When a plan yields: after `internalQueryExecYieldIterations` units of work or
 * `internalQueryExecYieldPeriodMS`, whichever comes first. In virtual time work takes none, so
 * there it is always the first. A transaction keeps its snapshot and never yields. Source:
 * PlanYieldPolicy, plan_yield_policy.cpp (8.0).
 */
export class WorkMeter {
  works = 0
  #lastYieldWorks = 0
  #lastYieldUs: number | undefined = undefined

  count(): void {
    this.works++
  }

  /** Whether it is time; if so, the next period begins. */
  isYieldDue(op: OperationContext): boolean {
    const since = this.works - this.#lastYieldWorks
    if (since === 0 || op.inTransaction) return false
    const { parameters } = op
    const iterations = parameters.get('internalQueryExecYieldIterations')
    if (since < iterations && !this.#isPeriodOver(op, since)) return false
    this.#lastYieldWorks = this.works
    this.#lastYieldUs = op.clock.nowUs()
    return true
  }

  #isPeriodOver(op: OperationContext, since: number): boolean {
    if (since % LOOK_AT_CLOCK_EVERY !== 0) return false
    const periodMs = op.parameters.get('internalQueryExecYieldPeriodMS')
    const startUs = this.#lastYieldUs ?? op.startedUs
    return op.clock.nowUs() - startUs > periodMs * 1000
  }
}
