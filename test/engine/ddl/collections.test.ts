import { describe, expect, test } from 'vitest'
import { documentsOf, expectQuiet } from '../consistency.ts'
import { Database, refusal, refusalCode, Statements } from '../harness.ts'

async function withDocument(): Promise<Database> {
  const db = new Database()
  await db.insert({ _id: 1 })
  return db
}

describe('create', () => {
  test('of what is there is fine with the same options, and 48 with others', async () => {
    const db = new Database()
    await db.run(db.statements.create({ capped: true, size: 4096 }))
    await db.run(db.statements.create({ capped: true, size: 4096 }))
    expect(await refusalCode(db.run(db.statements.create()))).toBe('48 NamespaceExists')
  })
})

describe('drop', () => {
  test('waits for a transaction that wrote the collection, and goes on when it ends', async () => {
    const db = await withDocument()
    const t = db.begin()
    await t.insert({ _id: 2 })
    const dropped = db.run(db.statements.drop())
    const committed = db.clock.sleep(700).then(() => t.commit())
    expect(await dropped).toEqual({ nIndexesWas: 1 })
    await committed
    expect(db.clock.elapsed()).toBeLessThanOrEqual(700)
    expect(documentsOf(db.engine)).toEqual([])
    expectQuiet(db.engine)
  })

  test('waits for one that only read it', async () => {
    const db = await withDocument()
    const t = db.begin()
    await t.find()
    const dropped = db.run(db.statements.drop())
    await db.clock.sleep(2_000).then(() => t.abort())
    await dropped
    expectQuiet(db.engine)
  })

  test('is freed by the expiry of a forgotten one', async () => {
    const db = await withDocument()
    const t = db.begin()
    await t.insert({ _id: 2 })
    db.clock.schedule(60_000_000, 'passive', () => t.participant.abort('expired'))
    expect(await db.run(db.statements.drop())).toEqual({ nIndexesWas: 1 })
    expect(db.clock.elapsed()).toBe(60_000)
  })

  test('ends at its deadline, and lets those behind it go on', async () => {
    const db = await withDocument()
    const t = db.begin()
    await t.find()
    db.statements.setup = (op) => {
      op.deadlineUs = op.startedUs + 250_000
    }
    expect(await refusalCode(db.run(db.statements.drop()))).toBe('50 MaxTimeMSExpired')
    expect(db.clock.elapsed()).toBe(250)
    db.statements.setup = () => {}
    expect((await db.insert({ _id: 2 })).inserted).toBe(1)
    t.commit()
    expectQuiet(db.engine)
  })

  test('makes newcomers wait behind it; what they find then is gone, and made anew by an insert', async () => {
    const db = await withDocument()
    const t = db.begin()
    await t.find()
    const dropped = db.run(db.statements.drop())
    const found = db.find({ batchSize: 5 })
    const updated = db.update({ q: { _id: 1 }, u: { $set: { a: 1 } } })
    const inserted = db.insert({ _id: 7 })
    t.commit()
    await dropped
    expect(await found).toEqual([])
    expect((await updated).matched).toBe(0)
    expect((await inserted).inserted).toBe(1)
    expect(documentsOf(db.engine)).toEqual([{ _id: 7 }])
    expectQuiet(db.engine)
  })

  // Source: lock_manager.cpp; maxTransactionLockRequestTimeoutMillis, 5 by default.
  test('makes a statement of a transaction behind it fail after 5 ms', async () => {
    const db = await withDocument()
    const [holder, late] = [db.begin('a'), db.begin('b')]
    await holder.find()
    const dropped = db.run(db.statements.drop())
    const error = await refusal(late.insert({ _id: 2 }))
    expect(error).toMatchObject({
      code: 24,
      codeName: 'LockTimeout',
      message: "Unable to acquire IX lock on '{Collection, test.demo}' within 5ms.",
    })
    expect(db.clock.elapsed()).toBe(5)
    // One that holds the intent already does not wait for it again.
    expect((await holder.insert({ _id: 3 })).inserted).toBe(1)
    holder.commit()
    await dropped
    expectQuiet(db.engine)
  })

  test('a transaction with an older snapshot still reads the collection, and may not write it', async () => {
    const db = await withDocument()
    const t = db.begin()
    await db.run(db.statements.drop())
    expect(await t.find()).toEqual([{ _id: 1 }])
    const error = await refusal(t.insert({ _id: 2 }))
    expect(error.message).toContain(
      "Unable to write to collection 'test.demo' due to catalog changes; please retry the operation",
    )
    expect(error.code).toBe(112)
    expectQuiet(db.engine)
  })

  test('an update that waits on a conflict ends when the collection goes', async () => {
    const db = await withDocument()
    const t = db.begin()
    await t.update({ q: { _id: 1 }, u: { $set: { a: 1 } } })
    const waiting = refusal(db.update({ q: { _id: 1 }, u: { $set: { a: 2 } } }))
    const multi = refusal(db.update({ q: {}, u: { $set: { a: 2 } }, multi: true }))
    await db.clock.sleep(20)
    const dropped = db.run(db.statements.drop())
    t.abort()
    await dropped
    for (const error of [await waiting, await multi]) {
      expect(error.codeName).toBe('QueryPlanKilled')
      expect(error.message).toMatch(/^collection dropped\. UUID [0-9a-f-]{36}$/)
    }
    expectQuiet(db.engine)
  })
})

describe('dropDatabase', () => {
  test('waits for every transaction in it, and takes all collections', async () => {
    const db = await withDocument()
    const other = new Statements(db.engine, undefined, { db: 'test', coll: 'other' })
    await db.run(other.insert([{ _id: 1 }]))
    const t = db.begin()
    await t.find()
    const dropped = db.run(db.statements.dropDatabase())
    // The database is held already, through the other collection: no wait behind the drop.
    const elsewhere = new Statements(db.engine, t.participant, other.ns)
    expect((await db.run(elsewhere.find())).documents).toEqual([{ _id: 1 }])
    t.commit()
    expect(await dropped).toBe(true)
    expect(db.engine.services.catalog.databases()).toEqual([])
    expect(await db.run(db.statements.dropDatabase())).toBe(false)
    expectQuiet(db.engine)
  })
})

test('what is dropped gives its tables back', async () => {
  const db = await withDocument()
  await db.createIndex({ a: 1 })
  await db.run(db.statements.drop())
  expect(db.engine.services.store.statistics().rows).toBeLessThanOrEqual(1)
  await db.insert({ _id: 1, a: 1 })
  await db.createIndex({ a: 1 })
  const { rows } = db.engine.services.store.statistics()
  await db.run(db.statements.dropIndexes('a_1'))
  expect(db.engine.services.store.statistics().rows).toBe(rows - 1)
})
