import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Document } from '../../src/bson/index.ts'
import { Random, Trace } from '../../src/sim/index.ts'
import { documentsOf, expectIndexesToMatchRecords, expectQuiet } from './consistency.ts'
import { Database, refusalCode, Statements } from './harness.ts'

/** A copy of a database, with doors of its own. */
function forkOf(db: Database): Database {
  const clock = db.clock.fork()
  const engine = db.engine.fork({ clock, random: new Random(2) })
  return new Database({}, { engine, clock })
}

const indexNames = (db: Database): string[] =>
  db.engine.services.catalog.latest('test', 'demo')?.indexes.map(({ name }) => name) ?? []

describe('save and restore', () => {
  test('bring everything back, as often as one likes', async () => {
    const db = new Database()
    await db.createIndex({ a: 1 }, { unique: true })
    await db.insert({ _id: 1, a: 1 }, { _id: 2, a: 2 })
    const saved = db.engine.save()
    for (let round = 0; round < 5; round++) {
      await db.insert({ _id: 3, a: 3 })
      await db.update({ q: { _id: 1 }, u: { $set: { a: 10 + round } } })
      await db.delete({ q: { _id: 2 } })
      db.engine.restore(saved)
      expect(documentsOf(db.engine)).toEqual([
        { _id: 1, a: 1 },
        { _id: 2, a: 2 },
      ])
      expectIndexesToMatchRecords(db.engine)
      expectQuiet(db.engine)
    }
  })

  test('bring back a collection that was dropped, made, or given other indexes since', async () => {
    const db = new Database()
    const other = new Statements(db.engine, undefined, { db: 'test', coll: 'other' })
    await db.createIndex({ a: 1 })
    await db.insert({ _id: 1, a: 1 })
    const saved = db.engine.save()
    const { rows } = db.engine.services.store.statistics()
    const changes: (() => Promise<unknown>)[] = [
      () => db.run(db.statements.drop()),
      () => db.run(db.statements.dropIndexes()),
      () => db.createIndex({ b: 1 }),
      () => db.run(other.insert([{ _id: 1 }])),
      async () => {
        await db.run(db.statements.drop())
        await db.insert({ _id: 7 })
        await db.createIndex({ c: 1 })
      },
    ]
    for (const change of changes) {
      await change()
      db.engine.restore(saved)
      expect(db.engine.services.catalog.collections('test').map(({ text }) => text)).toEqual([
        'test.demo',
      ])
      expect(indexNames(db)).toEqual(['_id_', 'a_1'])
      expect(await db.find({ filter: { a: 1 }, hint: 'a_1' })).toEqual([{ _id: 1, a: 1 }])
      expectIndexesToMatchRecords(db.engine)
    }
    // Nothing piles up: what a round made and restore took away is let go.
    expect(db.engine.services.store.statistics().rows).toBe(rows)
  })

  test('abort what is open, kill cursors, and leave time and ids where they are', async () => {
    const db = new Database()
    await db.insert({ _id: 1 })
    const saved = db.engine.save()
    const before = db.engine.services.ids.mint().toString('hex')
    await db.clock.sleep(5_000)
    const t = db.begin()
    await t.insert({ _id: 2 })
    const { rest } = await db.run(db.statements.find({ batchSize: 0 }))
    const cursor = db.engine.cursors.register({
      ns: db.statements.ns,
      origin: { session: undefined, txnNumber: undefined, owner: '' },
      source: rest!,
      noTimeout: false,
      originatingCommand: {},
    })
    db.engine.restore(saved)
    expect(t.participant.state).toBe('AbortedWithoutPrepare')
    expect(db.engine.cursors.get(cursor.id)).toBeUndefined()
    expect(cursor.killed).toBe(true)
    expect(db.clock.elapsed()).toBe(5_000)
    expect(db.engine.services.ids.mint().toString('hex') > before).toBe(true)
    await db.insert({ _id: 9 })
    expect(db.engine.services.catalog.latest('test', 'demo')!.state.lastRecordId).toBe(3)
    expectQuiet(db.engine)
  })

  test('know what a capped collection holds', async () => {
    const db = new Database()
    await db.run(db.statements.create({ capped: true, size: 4096, max: 3 }))
    await db.insert({ _id: 1 }, { _id: 2 })
    const saved = db.engine.save()
    await db.insert({ _id: 3 }, { _id: 4 }, { _id: 5 })
    db.engine.restore(saved)
    await db.insert({ _id: 6 })
    expect(documentsOf(db.engine)).toEqual([{ _id: 1 }, { _id: 2 }, { _id: 6 }])
  })

  test('are refused while something is in flight, and for the save of another', async () => {
    const db = new Database()
    await db.insert({ _id: 1 })
    const saved = db.engine.save()
    const t = db.begin()
    expect(() => db.engine.save()).toThrow(
      /can't be saved while .* the transaction \d+ of session s1/,
    )
    await t.update({ q: { _id: 1 }, u: { $set: { a: 1 } } })
    const waiting = db.update({ q: { _id: 1 }, u: { $set: { a: 2 } } })
    expect(() => db.engine.restore(saved)).toThrow(/can't be restored while .* update/)
    t.commit()
    await waiting
    expect(() => new Database().engine.restore(saved)).toThrow('the simulator that made it')
  })

  test('undo any changes', async () => {
    const change = fc.oneof(
      fc.nat(5).map((_id) => (db: Database) => db.insert({ _id, a: _id })),
      fc.nat(5).map((_id) => (db: Database) => db.update({ q: { _id }, u: { $inc: { a: 1 } } })),
      fc.nat(5).map((_id) => (db: Database) => db.delete({ q: { _id } })),
      fc.constant((db: Database) => db.run(db.statements.drop())),
      fc.constant((db: Database) => db.createIndex({ a: 1 })),
    )
    const changes = fc.array(change, { maxLength: 6 })
    await fc.assert(
      fc.asyncProperty(changes, changes, changes, async (first, second, third) => {
        const db = new Database()
        const apply = async (all: typeof first) => {
          for (const one of all) await one(db)
          return [documentsOf(db.engine), indexNames(db)]
        }
        const seen = [await apply(first)]
        const saves = [db.engine.save()]
        seen.push(await apply(second))
        saves.push(db.engine.save())
        await apply(third)
        for (const i of [0, 1, 1, 0]) {
          db.engine.restore(saves[i]!)
          expect([documentsOf(db.engine), indexNames(db)]).toEqual(seen[i])
          expectIndexesToMatchRecords(db.engine)
          await apply(third)
        }
      }),
      { numRuns: 60 },
    )
  })
})

describe('a fork', () => {
  test('goes its own way, and the original too', async () => {
    const db = new Database()
    await db.createIndex({ a: 1 }, { unique: true })
    await db.insert({ _id: 1, a: [1, 2] })
    const fork = forkOf(db)
    await fork.insert({ _id: 2, a: 5 })
    await db.update({ q: { _id: 1 }, u: { $set: { a: 9 } } })
    await fork.run(fork.statements.dropIndexes())
    expect(documentsOf(db.engine)).toEqual([{ _id: 1, a: 9 }])
    expect(documentsOf(fork.engine)).toEqual([
      { _id: 1, a: [1, 2] },
      { _id: 2, a: 5 },
    ])
    expect(indexNames(db)).toEqual(['_id_', 'a_1'])
    for (const each of [db, fork]) expectIndexesToMatchRecords(each.engine)
  })

  test('has locks and transactions of its own', async () => {
    const db = new Database()
    await db.insert({ _id: 1, a: 1 })
    const fork = forkOf(db)
    const t = fork.begin()
    await t.update({ q: { _id: 1 }, u: { $inc: { a: 1 } } })
    await db.update({ q: { _id: 1 }, u: { $inc: { a: 1 } } })
    expect(db.clock.elapsed()).toBe(0)
    await db.run(db.statements.drop())
    t.commit()
    expect(documentsOf(fork.engine)).toEqual([{ _id: 1, a: 2 }])
  })

  test('shares the documents', async () => {
    const db = new Database()
    await db.insert({ _id: 1, large: 'x'.repeat(10) })
    const fork = forkOf(db)
    expect(documentsOf(fork.engine)[0]).toBe(documentsOf(db.engine)[0])
  })

  test('keeps parameters, and hears of no later change', async () => {
    const db = new Database({ parameters: { internalInsertMaxBatchSize: 2 } })
    const fork = forkOf(db)
    db.engine.services.parameters.set('internalInsertMaxBatchSize', 9)
    expect(fork.engine.services.parameters.get('internalInsertMaxBatchSize')).toBe(2)
  })

  test('of a save, a fork of a fork: each knows its own past', async () => {
    const db = new Database()
    await db.insert({ _id: 1 })
    const fork = forkOf(db)
    const saved = fork.engine.save()
    await fork.insert({ _id: 2 })
    const second = forkOf(fork)
    fork.engine.restore(saved)
    expect(documentsOf(fork.engine)).toEqual([{ _id: 1 }])
    expect(documentsOf(second.engine)).toEqual([{ _id: 1 }, { _id: 2 }])
  })

  test('is refused while a transaction is open', () => {
    const db = new Database()
    db.begin()
    expect(() => forkOf(db)).toThrow("can't be forked")
  })
})

describe('determinism', () => {
  /** A little of everything that draws numbers, waits and conflicts. */
  async function traceOf(seed: number): Promise<string> {
    const trace = new Trace()
    const db = new Database({ trace, seed })
    await db.insert({ a: 1 }, { a: 2 })
    await db.insert({ _id: 'x' })
    const t = db.begin('fixed')
    await t.update({ q: { _id: 'x' }, u: { $set: { a: 1 } } })
    db.clock.schedule(3_000_000, 'passive', () => t.participant.abort('expired'))
    await db.update({ q: { _id: 'x' }, u: { $set: { a: 2 } } })
    const found = (await db.find()).map((document: Document) => String(document['_id']))
    // The number of a transaction goes on from test to test; nothing else may differ.
    return trace.toString().replaceAll(/"txnNumber":\d+/g, '"txnNumber":0') + found.join()
  }

  test('the same seed gives the same trace, byte for byte', async () => {
    const [first, second] = [await traceOf(7), await traceOf(7)]
    expect(first.length).toBeGreaterThan(1_000)
    expect(second).toBe(first)
    expect(await traceOf(8)).not.toBe(first)
  })
})

test('statements on a stopped engine are refused', async () => {
  const db = new Database()
  db.engine.services.scheduler.stop()
  await expect(db.insert({ _id: 1 })).rejects.toThrow('stopped')
})

test('an error code that a statement raises reaches its caller as it is', async () => {
  const db = new Database()
  await db.insert({ _id: 1 })
  expect(await refusalCode(db.update({ q: { _id: 1 }, u: { $set: { _id: 2 } } }))).toBe(
    '66 ImmutableField',
  )
})
