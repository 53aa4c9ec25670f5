import type { Operation, Resumption, Suspension } from '../../src/sim/index.ts'

/** Suspends once and answers how that ended. */
export function* once(suspension: Suspension): Operation<Resumption> {
  return yield suspension
}

/** Does its work in one step and never suspends. */
export function* doing<T>(work: () => T): Operation<T> {
  return work()
}

/** For jobs that must not fail. */
export function fail(error: unknown): void {
  throw error
}
