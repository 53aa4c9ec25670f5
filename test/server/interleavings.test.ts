import { afterEach, describe, expect, it } from 'vitest'
import type { Document } from '../../src/bson/index.ts'
import { Engine } from '../../src/engine/index.ts'
import { CommandServer } from '../../src/server/index.ts'
import { AutoClock, type Choice, Random, type Strategy } from '../../src/sim/index.ts'
import {
  commit,
  continuing,
  documentsOf,
  findAll,
  increment,
  insertOne,
  retryable,
  starting,
} from './harness.ts'

/** Picks anybody, by the seed. */
class AnyOne implements Strategy {
  readonly offersTime = false
  readonly #random: Random

  constructor(seed: number) {
    this.#random = new Random(seed)
  }

  choose(choices: readonly Choice[]): number {
    return this.#random.below(choices.length)
  }
}

let engine: Engine
afterEach(() => engine.services.scheduler.stop())

function serverFor(seed: number): (command: Document) => Promise<Document> {
  const random = new Random(seed)
  engine = new Engine({ clock: new AutoClock(0), random, strategy: new AnyOne(seed) })
  const transport = new CommandServer(engine).transport()
  return async (command) => transport.send({ ...command, $db: command['$db'] ?? 'test' })
}

type Run = (command: Document) => Promise<Document>

/** Reads, adds and writes in a transaction, again and again until it goes through. */
async function deposit(run: Run, session: number, amount: number): Promise<number> {
  for (let txnNumber = 1; ; txnNumber++) {
    const [account] = documentsOf(await run(starting(session, txnNumber, findAll())))
    const value = (account!['value'] as number) + amount
    const updates = [{ q: { _id: 1 }, u: { $set: { value } } }]
    const written = await run(continuing(session, txnNumber, { update: 'demo', updates }))
    const ended = written['ok'] === 1 ? await run(commit(session, txnNumber)) : written
    if (ended['ok'] === 1) return txnNumber
    expect(ended['errorLabels']).toEqual(['TransientTransactionError'])
  }
}

describe('in any order', () => {
  it('no deposit is lost, in transactions or out of them', async () => {
    let attempts = 0
    for (let seed = 1; seed <= 60; seed++) {
      const run = serverFor(seed)
      await run(insertOne({ _id: 1, value: 0 }))
      const done = await Promise.all([
        deposit(run, 1, 1),
        deposit(run, 2, 10),
        run(increment(1, 100)),
        run(increment(1, 1000)),
      ])
      attempts += done[0] + done[1]
      expect(documentsOf(await run(findAll()))).toEqual([{ _id: 1, value: 1111 }])
      expect(engine.services.openTransactions.size).toBe(0)
      expect(engine.operations.size).toBe(0)
      engine.services.scheduler.stop()
    }
    // Some of those orders conflict, or this shows nothing.
    expect(attempts).toBeGreaterThan(130)
  })

  it('two that upsert the same unique value end with one document and no error', async () => {
    const winners = new Set<number>()
    let conflicts = 0
    for (let seed = 1; seed <= 60; seed++) {
      const run = serverFor(seed)
      const indexes = [{ key: { k: 1 }, name: 'k_1', unique: true }]
      await run({ createIndexes: 'demo', indexes })
      const updates = [{ q: { k: 5 }, u: { $inc: { value: 1 } }, upsert: true }]
      const upsert = { update: 'demo', updates }
      const replies = await Promise.all([run(upsert), run(retryable(1, 1, upsert)), run(upsert)])
      for (const reply of replies) expect(reply).toMatchObject({ n: 1, ok: 1 })
      for (const reply of replies) expect(reply).not.toHaveProperty('writeErrors')
      const inserted = replies.map((reply) => 'upserted' in reply)
      expect(inserted.filter(Boolean).length).toBe(1)
      winners.add(inserted.indexOf(true))
      conflicts += engine.services.metrics.operation.writeConflicts
      const [document, ...others] = documentsOf(await run(findAll()))
      expect(document).toMatchObject({ k: 5, value: 3 })
      expect(others).toEqual([])
      engine.services.scheduler.stop()
    }
    // Some of those orders race, or this shows nothing.
    expect(winners.size).toBe(3)
    expect(conflicts).toBeGreaterThan(20)
  })

  it('one retryable write, sent twice at once, is done once', async () => {
    for (let seed = 1; seed <= 40; seed++) {
      const run = serverFor(seed)
      await run(insertOne({ _id: 1, value: 0 }))
      const command = retryable(1, 1, increment(1, 5))
      const replies = await Promise.all([run(command), run(command), run(increment(1, 100))])
      const retried = replies.filter((reply) => 'retriedStmtIds' in reply)
      expect(retried.length).toBe(1)
      expect(documentsOf(await run(findAll()))).toEqual([{ _id: 1, value: 105 }])
      engine.services.scheduler.stop()
    }
  })
})
