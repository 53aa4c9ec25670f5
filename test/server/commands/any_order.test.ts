import { afterEach, describe, expect, it } from 'vitest'
import type { Document } from '../../../src/bson/index.ts'
import { Engine } from '../../../src/engine/index.ts'
import { CommandServer } from '../../../src/server/index.ts'
import { AutoClock, type Choice, Random, type Strategy } from '../../../src/sim/index.ts'
import { expectIndexesToMatchRecords, expectQuiet } from '../../engine/consistency.ts'
import { commit, documentsOf, findAll, starting } from '../harness.ts'

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

/** A server whose plans yield after every record. */
function serverFor(seed: number): (command: Document) => Promise<Document> {
  const random = new Random(seed)
  engine = new Engine({
    clock: new AutoClock(0),
    random,
    strategy: new AnyOne(seed),
    parameters: { internalQueryExecYieldIterations: 1 },
  })
  const transport = new CommandServer(engine).transport()
  return async (command) => transport.send({ ...command, $db: command['$db'] ?? 'test' })
}

const ACCOUNTS = [0, 1, 2, 3].map((_id) => ({ _id, value: 10 }))
const TOTAL = {
  aggregate: 'demo',
  pipeline: [{ $group: { _id: null, total: { $sum: '$value' } } }],
  cursor: {},
}

const totalOf = (reply: Document): unknown => documentsOf(reply)[0]?.['total']

/** From the first account to the last: a reader who is in between sees the money twice. */
const transfer = (ordered = true): Document => ({
  bulkWrite: 1,
  ops: [
    { update: 0, filter: { _id: 0 }, updateMods: { $inc: { value: -5 } } },
    { update: 0, filter: { _id: 3 }, updateMods: { $inc: { value: 5 } } },
  ],
  nsInfo: [{ ns: 'test.demo' }],
  ordered,
  $db: 'admin',
})

describe('in any order', () => {
  it('a total is right in a transaction, and not always outside of one', async () => {
    let wrong = 0
    for (let seed = 1; seed <= 60; seed++) {
      const run = serverFor(seed)
      await run({ insert: 'demo', documents: ACCOUNTS })
      const [inside, outside] = await Promise.all([
        run(starting(1, 1, TOTAL)),
        run(TOTAL),
        run(starting(2, 1, transfer())).then(() => run(commit(2, 1))),
      ])
      expect(totalOf(inside)).toBe(40)
      if (totalOf(outside) !== 40) wrong++
      await run(commit(1, 1))
      expect(totalOf(await run(TOTAL))).toBe(40)
      expectQuiet(engine)
      engine.services.scheduler.stop()
    }
    expect(wrong).toBeGreaterThan(0)
  })

  it('bulk writes that conflict lose nothing', async () => {
    for (let seed = 1; seed <= 40; seed++) {
      const run = serverFor(seed)
      await run({ insert: 'demo', documents: ACCOUNTS })
      await Promise.all([run(transfer()), run(transfer(false)), run(transfer())])
      const accounts = documentsOf(await run(findAll()))
      expect(accounts.map(({ value }) => value)).toEqual([-5, 10, 10, 25])
      expectQuiet(engine)
      engine.services.scheduler.stop()
    }
  })

  it('reads beside a rename end as they should, or say that the collection is gone', async () => {
    const seen = new Set<unknown>()
    for (let seed = 1; seed <= 60; seed++) {
      const run = serverFor(seed)
      await run({ insert: 'demo', documents: ACCOUNTS })
      const query = { value: { $gte: 0 } }
      const [counted, values, renamed] = await Promise.all([
        run({ count: 'demo', query }),
        run({ distinct: 'demo', key: '_id', query }),
        run({ renameCollection: 'test.demo', to: 'test.other', $db: 'admin' }),
      ])
      expect(renamed).toEqual({ ok: 1 })
      seen.add(counted['n'] ?? counted['code'])
      expect([4, 0, 175]).toContain(counted['n'] ?? counted['code'])
      const found = values['values'] as unknown[] | undefined
      expect([4, 0, 175]).toContain(found?.length ?? values['code'])
      expect(documentsOf(await run(findAll('other')))).toHaveLength(4)
      expectQuiet(engine)
      expectIndexesToMatchRecords(engine)
      engine.services.scheduler.stop()
    }
    // Before it, after it, and in the middle.
    expect(seen).toEqual(new Set([4, 0, 175]))
  })
})
