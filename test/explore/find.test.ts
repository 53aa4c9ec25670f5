import { describe, expect, test } from 'vitest'
import type { PalimpsestClient } from '../../src/client/index.ts'
import { assertExplore, ExplorationError, explore } from '../../src/explore/index.ts'
import {
  adding,
  addingAsync,
  goingOffCall,
  type Item,
  summing,
  threeItems,
  twoOnCall,
} from './programs.ts'

const seeds = Array.from({ length: 21 }, (_, at) => at + 1)

const median = (numbers: readonly number[]) =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]!

describe('a lost update in read-modify-write code without a transaction', () => {
  const options = { setup: threeItems, isolation: 'serializable', unit: 'actor' } as const

  test('is found by PCT in at most 20 schedules (median)', async () => {
    const explored: number[] = []
    for (const seed of seeds) {
      const report = await explore({ ...options, seed, actors: { a: adding(1), b: adding(2) } })
      expect(report.counterexample?.kind).toBe('anomaly')
      explored.push(report.explored)
    }
    expect(median(explored)).toBeLessThanOrEqual(20)
  })

  test('is named, explained, and played again by its schedule', async () => {
    const program = { ...options, actors: { alice: addingAsync(1), bob: addingAsync(2) } }
    const error = await assertExplore(program).then(
      () => undefined,
      (thrown: unknown) => thrown as ExplorationError,
    )
    expect(error).toBeInstanceOf(ExplorationError)
    const { counterexample, message } = error!
    expect(counterexample.anomalies.map(({ type }) => type)).toContain('lost-update')
    expect(message).toContain('both read items/"x"')
    expect(message).toContain(`replay: '${counterexample.schedule}'`)
    const again = await explore({ ...program, replay: counterexample.schedule })
    expect(again.explored).toBe(1)
    expect(again.counterexample?.trace).toBe(counterexample.trace)
    expect(counterexample.toHtml()).toContain('<svg')
  })

  test('is none where one statement reads and writes', async () => {
    const increment = async (client: PalimpsestClient) => {
      const items = client.db().collection<Item>('items')
      await items.updateOne({ _id: 'x' }, { $inc: { value: 1 } })
    }
    const report = await explore({
      ...options,
      schedules: 200,
      actors: { a: increment, b: increment },
    })
    expect(report.counterexample?.explanation).toBeUndefined()
    expect(report.ok).toBe(true)
  })
})

describe('write skew in transactions', () => {
  test('is found by PCT in at most 20 schedules (median)', async () => {
    const explored: number[] = []
    for (const seed of seeds) {
      const actors = { a: summing('x', 'y'), b: summing('y', 'x') }
      const report = await explore({ setup: threeItems, isolation: 'serializable', seed, actors })
      expect(report.counterexample?.anomalies[0]?.type).toBe('G2-item')
      explored.push(report.explored)
    }
    expect(median(explored)).toBeLessThanOrEqual(20)
  })

  test('of two doctors is found with its schedule, and is snapshot-isolated', async () => {
    const actors = { alice: goingOffCall('alice'), bob: goingOffCall('bob') }
    const program = { setup: twoOnCall, actors, isolation: 'serializable' } as const
    const { counterexample } = await explore(program)
    expect(counterexample?.verdict?.levels).toMatchObject({
      serializable: false,
      'snapshot-isolation': true,
    })
    expect(counterexample?.schedule.length).toBeLessThanOrEqual(8)
    expect(
      (await explore({ ...program, isolation: 'snapshot-isolation', schedules: 200 })).ok,
    ).toBe(true)
  })

  test('is left with the two actors that it takes', async () => {
    const actors = { a: summing('x', 'y'), idle: summing('z', 'z'), b: summing('y', 'x') }
    const report = await explore({ setup: threeItems, isolation: 'serializable', actors })
    expect(report.counterexample?.schedule).toMatch(/^-b\//)
    expect(report.counterexample?.timeline.actors).toEqual(['a', 'b'])
  })
})
