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
