import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { explore } from '../../src/explore/index.ts'
import {
  actorsOf,
  documentOperations,
  judgeRun,
  performDocument,
  playInterleaving,
  transactions,
  turnsOf,
  WORKLOADS,
  workloads,
} from '../../src/fast_check/index.ts'
import { Palimpsest } from '../../src/palimpsest.ts'
import { WORKLOAD_NAMES } from '../../src/workloads/index.ts'

test('everybody takes all turns, whatever the order says', () => {
  fc.assert(
    fc.property(workloads('list-append'), ({ sessions, order }) => {
      const turns = [...turnsOf({ sessions, order })]
      for (const [at, statements] of sessions.entries()) {
        expect(turns.filter((turn) => turn === at)).toHaveLength(statements.length + 1)
      }
    }),
  )
})

test('the order is kept, but for turns of who has ended', () => {
  const turns = (order: number[]) => [...turnsOf({ sessions: [['x'], ['y']], order })].join('')
  expect(turns([])).toBe('0011')
  expect(turns([1])).toBe('1001')
  expect(turns([1, 0, 1, 1, 7])).toBe('1010')
})

describe.each(WORKLOAD_NAMES)('%s', (name) => {
  test('snapshot isolation holds, whatever the order', async () => {
    const sim = await Palimpsest.create({ seed: 1 })
    await fc.assert(
      fc.asyncProperty(workloads(name), async (interleaving) => {
        const run = await playInterleaving(WORKLOADS[name], sim.client(), interleaving)
        expect(judgeRun(run, 'strong-snapshot-isolation').ok).toBe(true)
      }),
      { numRuns: 40 },
    )
    await sim.stop()
  })
})

test('write skew is found, and shrunk to two transactions of two statements', async () => {
  const sim = await Palimpsest.create({ seed: 1 })
  const property = fc.asyncProperty(workloads('list-append'), async (interleaving) => {
    const run = await playInterleaving(WORKLOADS['list-append'], sim.client(), interleaving)
    return judgeRun(run, 'serializable').ok
  })
  const { failed, counterexample, seed, counterexamplePath } = await fc.check(property, {
    seed: 4,
    numRuns: 2_000,
  })
  expect(failed).toBe(true)
  const [{ sessions, order }] = counterexample!
  expect(sessions.map((steps) => steps.map(([kind]) => kind).sort())).toEqual([
    ['append', 'r'],
    ['append', 'r'],
  ])
  const switches = order.filter((turn, at) => at > 0 && turn !== order[at - 1]).length
  expect(switches).toBeLessThanOrEqual(2)
  const again = await fc.check(property, { seed, path: counterexamplePath!, endOnFailure: true })
  expect(again.counterexample).toEqual(counterexample)
  await sim.stop()
})

test('documents with predicates, explored: programs by fast-check, schedules by explore', async () => {
  await fc.assert(
    fc.asyncProperty(transactions(documentOperations()), async (sessions) => {
      const report = await explore({
        setup: (client) =>
          client
            .db()
            .collection<{ _id: number; group: number; n: number }>('documents')
            .insertMany([
              { _id: 0, group: 0, n: 0 },
              { _id: 1, group: 1, n: 0 },
            ]),
        actors: actorsOf(sessions, performDocument),
        isolation: 'strong-snapshot-isolation',
        schedules: 10,
      })
      expect(report.counterexample?.explanation).toBeUndefined()
    }),
    { numRuns: 25 },
  )
})
