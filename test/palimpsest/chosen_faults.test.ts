/**
 * Faults where a strategy picks who goes next: what may go wrong is among its choices, and what may
 * go wrong can be played again.
 */
import { describe, expect, test } from 'vitest'
import type { ChaosOptions, Strategy } from '../../src/index.ts'
import { Palimpsest } from '../../src/index.ts'
import { everyInterleavingAsync } from '../sim/enumerate.ts'

interface Item {
  _id: number
  value: number
}

const inc = { $inc: { value: 1 } }

/** One write of a client that does not retry, under a chaos of so many strikes. */
async function oneWrite(picks: Strategy, chaos: Omit<ChaosOptions, 'probability'>) {
  const strategy: Strategy = {
    offersTime: false,
    granularity: 'statement',
    choose: (choices) => picks.choose(choices),
  }
  const sim = await Palimpsest.create({ seed: 1, startAt: 0, strategy })
  const items = sim.client({ retryWrites: false }).db('test').collection<Item>('items')
  await items.insertOne({ _id: 1, value: 0 })
  sim.faults.chaos({ probability: 0, command: 'update', times: 1, seed: 1, ...chaos })
  const outcome = await items.updateOne({ _id: 1 }, inc).then(
    () => 'acknowledged',
    (error: Error) => error.name,
  )
  sim.faults.clear()
  const found = await items.findOne({ _id: 1 })
  await sim.stop()
  return `${outcome}, applied ${found?.value} times`
}

describe('chaos', () => {
  test('strikes or does not: the strategy picks, whatever the probability', async () => {
    const seen = await everyInterleavingAsync((strategy) =>
      oneWrite(strategy, { kinds: ['loseReply'] }),
    )
    expect(seen.length).toBeLessThan(20)
    expect(new Set(seen)).toEqual(
      new Set(['acknowledged, applied 1 times', 'MongoNetworkError, applied 1 times']),
    )
  })

  test('which of its kinds strikes is a choice as well', async () => {
    const seen = await everyInterleavingAsync((strategy) =>
      oneWrite(strategy, { kinds: ['loseReply', 'loseRequest', 'fail', 'stepDown'] }),
    )
    expect(new Set(seen)).toEqual(
      new Set([
        'acknowledged, applied 1 times',
        'MongoNetworkError, applied 1 times',
        'MongoNetworkError, applied 0 times',
        'MongoServerError, applied 0 times',
      ]),
    )
  })
})

test('the moment of a step-down is a choice', async () => {
  const seen = await everyInterleavingAsync(async (strategy) => {
    const sim = await Palimpsest.create({ seed: 1, startAt: 0, strategy })
    const items = sim.client({ retryWrites: false }).db('test').collection<Item>('items')
    await items.insertOne({ _id: 1, value: 0 })
    sim.faults.stepDown({ forMs: 1_000 })
    const outcome = await items.updateOne({ _id: 1 }, inc).then(
      () => 'acknowledged',
      (error: Error) => error.message,
    )
    await sim.stop()
    return outcome
  })
  const before = 'not primary'
  const meanwhile = 'operation was interrupted'
  expect(new Set(seen)).toEqual(new Set([before, meanwhile, 'acknowledged']))
})

describe('faults in time', () => {
  const setUp = async () => {
    const sim = await Palimpsest.create({ seed: 1, startAt: 0 })
    const items = sim.client({ retryWrites: false }).db('test').collection<Item>('items')
    await items.insertOne({ _id: 1, value: 0 })
    return sim
  }

  const outcomesOf = async (sim: Palimpsest): Promise<string[]> => {
    const items = sim.client({ retryWrites: false }).db('test').collection<Item>('items')
    const outcomes: string[] = []
    for (let n = 0; n < 20; n++) {
      outcomes.push(
        await items.updateOne({ _id: 1 }, inc).then(
          () => 'done',
          (error: Error) => error.message.replace(/\d+/, 'n'),
        ),
      )
    }
    return outcomes
  }

  test('a rewind brings them back, with their chance', async () => {
    const sim = await setUp()
    const once = sim.faults.fail({ command: 'update', code: 91 })
    const kinds = ['loseReply', 'fail', 'conflict'] as const
    sim.faults.chaos({ probability: 0.4, kinds })
    const save = sim.save()
    // Conflicts are slept on, which takes time: then there is no way back.
    sim.faults.conflict()
    const later = sim.faults.loseRequest({ command: 'find' })
    expect(sim.rewind(save)).toBe(true)
    expect(later.left).toBe(0)
    const first = await outcomesOf(sim)
    expect(once.fired).toBe(1)
    expect(first).toContain('ShutdownInProgress, on purpose')
    expect(new Set(first).size).toBeGreaterThan(2)
    expect(sim.rewind(save)).toBe(true)
    expect(once).toMatchObject({ fired: 0, left: 1 })
    expect(await outcomesOf(sim)).toEqual(first)
    await sim.stop()
  })

  test('a fork has them, too, and they are its own', async () => {
    const sim = await setUp()
    const once = sim.faults.fail({ command: 'update', code: 91 })
    sim.faults.chaos({ probability: 0.4, kinds: ['loseReply', 'fail'] })
    const fork = sim.fork()
    const there = await outcomesOf(fork)
    expect(once.fired).toBe(0)
    expect(sim.stats().faults).toMatchObject({ fail: 0, loseReply: 0 })
    expect(fork.stats().faults.fail).toBeGreaterThan(0)
    expect(await outcomesOf(sim)).toEqual(there)
    expect(sim.stats().faults).toEqual(fork.stats().faults)
    await Promise.all([sim.stop(), fork.stop()])
  })
})
