import fc from 'fast-check'
import type { Interleaving, Step, WorkloadName } from '../workloads/index.ts'
import { interleavings, type Limits } from './arbitraries.ts'

/** So few that transactions meet. */
const key = fc.nat(1)

/** The last part of a write is filled in later: it is unique, which is nothing to shrink. */
const STEPS: Readonly<Record<WorkloadName, fc.Arbitrary<Step>>> = {
  'list-append': fc.oneof(read(), write('append')),
  'rw-register': fc.oneof(read(), write('w')),
  bank: fc.oneof(
    read(),
    fc
      .tuple(key, fc.integer({ min: 1, max: 20 }))
      .map(([from, amount]): Step => ['transfer', from, 1 - from, amount, 0]),
  ),
  counter: fc.oneof(
    fc.constant<Step>(['r', 'counter']),
    fc.constant<Step>(['increment', 'counter', 0]),
  ),
}

/**
 * Transactions of a workload and an order of their statements, for `playInterleaving`.
 */
export function workloads(
  name: WorkloadName,
  limits: Limits = {},
): fc.Arbitrary<Interleaving<Step>> {
  return interleavings(STEPS[name], limits).map(({ sessions, order }) => {
    let value = 0
    const stamped = (step: Step): Step =>
      step[0] === 'r' ? step : ([...step.slice(0, -1), ++value] as unknown as Step)
    return { sessions: sessions.map((steps) => steps.map(stamped)), order }
  })
}

function read(): fc.Arbitrary<Step> {
  return key.map((of): Step => ['r', of])
}

function write(name: 'append' | 'w'): fc.Arbitrary<Step> {
  return key.map((of): Step => [name, of, 0])
}
