import fc from 'fast-check'
import type { Interleaving } from '../workloads/index.ts'

/** How large things get; counterexamples are smaller. */
export interface Limits {
  /** Default: 3. */
  readonly sessionsMax?: number
  /** Of one transaction. Default: 4. */
  readonly statementsMax?: number
}

/**
 * Transactions over operations of your own: one of each session. They shrink to fewer sessions,
 * fewer statements, smaller operations.
 */
export function transactions<Op>(
  operation: fc.Arbitrary<Op>,
  { sessionsMax = 3, statementsMax = 4 }: Limits = {},
): fc.Arbitrary<Op[][]> {
  const statements = fc.array(operation, { minLength: 1, maxLength: statementsMax })
  return fc.array(statements, { minLength: 1, maxLength: sessionsMax })
}

/**
 * Who takes the next turn, as runs of turns: a schedule shrinks to fewer and shorter runs, that is
 * to fewer switches from one session to another. Without any, one goes after the other.
 */
export function schedules({
  sessionsMax = 3,
  statementsMax = 4,
}: Limits = {}): fc.Arbitrary<number[]> {
  const run = fc.tuple(fc.nat(sessionsMax - 1), fc.integer({ min: 1, max: statementsMax + 1 }))
  return fc
    .array(run, { maxLength: sessionsMax * (statementsMax + 1) })
    .map((runs) => runs.flatMap(([session, times]) => Array<number>(times).fill(session)))
}

/** Both, which shrink together. */
export function interleavings<Op>(
  operation: fc.Arbitrary<Op>,
  limits: Limits = {},
): fc.Arbitrary<Interleaving<Op>> {
  return fc.record({ sessions: transactions(operation, limits), order: schedules(limits) })
}
