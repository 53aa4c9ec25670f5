/** Histories of a store without any isolation, in which every anomaly comes up sooner or later. */
import fc from 'fast-check'
import type { HistoryEvent, MicroOperation } from '../../../src/check/index.ts'

/** Steps of concurrent transactions in the order in which they ran: whose, of what kind, on what. */
const steps = fc.array(
  fc.record({
    transaction: fc.nat({ max: 3 }),
    isAppend: fc.boolean(),
    key: fc.constantFrom('x', 'y', 'z'),
  }),
  { minLength: 4, maxLength: 14 },
)

/** List-append; each step sees whatever was appended before, and each transaction commits. */
export const chaos: fc.Arbitrary<HistoryEvent[]> = steps.map((ran) => {
  const lists: Record<string, number[]> = { x: [], y: [], z: [] }
  const done = new Map<number, MicroOperation[]>()
  for (const [at, { transaction, isAppend, key }] of ran.entries()) {
    const own = done.get(transaction) ?? []
    done.set(transaction, own)
    if (isAppend) lists[key]!.push(at)
    own.push(isAppend ? ['append', key, at] : ['r', key, [...lists[key]!]])
  }
  const completions = [...done].map(
    ([process, value]) => ({ type: 'ok', process, f: 'txn', value }) as const,
  )
  return [...completions.map((event) => ({ ...event, type: 'invoke' }) as const), ...completions]
})
