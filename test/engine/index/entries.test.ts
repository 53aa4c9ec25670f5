import { describe, expect, test } from 'vitest'
import { documentsOf, expectIndexesToMatchRecords } from '../consistency.ts'
import { Database, refusal, refusalCode } from '../harness.ts'

async function uniqueOn(...documents: object[]): Promise<Database> {
  const db = new Database()
  await db.createIndex({ x: 1 }, { unique: true })
  if (documents.length > 0) await db.insert(...documents.map((document) => ({ ...document })))
  return db
}

describe('a unique index', () => {
  test('refuses a value that is there, naming pattern and value', async () => {
    const db = await uniqueOn({ _id: 1, x: 7 })
    const { failures } = await db.insert({ _id: 2, x: 7 })
    expect(failures[0]?.error).toMatchObject({
      code: 11000,
      message: 'E11000 duplicate key error collection: test.demo index: x_1 dup key: { x: 7 }',
      extra: { keyPattern: { x: 1 }, keyValue: { x: 7 } },
    })
    expectIndexesToMatchRecords(db.engine)
  })

  test('refuses it inside one batch too, and keeps what came before', async () => {
    const db = await uniqueOn()
    const documents = Array.from({ length: 64 }, (_, i) => ({ _id: i, x: i === 40 ? 3 : i }))
    const { inserted, failures } = await db.insert(...documents)
    expect(inserted).toBe(40)
    expect(failures.map(({ index }) => index)).toEqual([40])
    expect(documentsOf(db.engine)).toHaveLength(40)
    expectIndexesToMatchRecords(db.engine)
  })

  test('goes on behind it where the batch is not ordered', async () => {
    const db = await uniqueOn()
    const documents = Array.from({ length: 100 }, (_, i) => ({ _id: i, x: i % 70 }))
    const outcome = await db.run(db.statements.insert(documents, false))
    expect(outcome.inserted).toBe(70)
    expect(outcome.failures.map(({ index }) => index)).toEqual(
      Array.from({ length: 30 }, (_, i) => 70 + i),
    )
    expectIndexesToMatchRecords(db.engine)
  })

  test('holds missing fields as null, once', async () => {
    const db = await uniqueOn({ _id: 1 })
    const { failures } = await db.insert({ _id: 2, x: null })
    expect(failures[0]?.error.extra).toEqual({ keyPattern: { x: 1 }, keyValue: { x: null } })
  })

  test('lets a value go to another document once it is free', async () => {
    const db = await uniqueOn({ _id: 1, x: 1 }, { _id: 2, x: 2 })
    const claim = () => db.update({ q: { _id: 2 }, u: { $set: { x: 1 } } })
    expect(await refusalCode(claim())).toBe('11000 DuplicateKey')
    await db.update({ q: { _id: 1 }, u: { $set: { x: 3 } } })
    await claim()
    expectIndexesToMatchRecords(db.engine)
  })

  test('lets two documents exchange values in one transaction', async () => {
    const db = await uniqueOn({ _id: 1, x: 1 }, { _id: 2, x: 2 })
    const t = db.begin()
    await t.update({ q: { _id: 1 }, u: { $set: { x: 0 } } })
    await t.update({ q: { _id: 2 }, u: { $set: { x: 1 } } })
    await t.update({ q: { _id: 1 }, u: { $set: { x: 2 } } })
    t.commit()
    expect(documentsOf(db.engine)).toEqual([
      { _id: 1, x: 2 },
      { _id: 2, x: 1 },
    ])
    expectIndexesToMatchRecords(db.engine)
  })

  // Source: WiredTigerIndex::_checkDups and the row store's insert (bt_cursor.c): conflict first,
  // then the visible duplicate.
  test('makes the second of two open inserters of a value conflict', async () => {
    const db = await uniqueOn()
    const [a, b] = [db.begin('a'), db.begin('b')]
    await a.insert({ _id: 1, x: 1 })
    const error = await refusal(b.insert({ _id: 2, x: 1 }))
    expect(error.code).toBe(112)
    expect(error.message).toMatch(
      /^Caused by :: WiredTigerIndex::_insert: insert: x_1; uri: table:.* :: Please retry your operation or multi-document transaction\.$/,
    )
  })

  test('makes an inserter conflict with one who committed after its snapshot', async () => {
    const db = await uniqueOn()
    const t = db.begin()
    await t.find()
    await db.insert({ _id: 1, x: 1 })
    expect(await refusalCode(t.insert({ _id: 2, x: 1 }))).toBe('112 WriteConflict')
  })

  test('refuses a value whose deletion is not visible', async () => {
    const db = await uniqueOn({ _id: 1, x: 1 })
    const t = db.begin()
    await t.delete({ q: { _id: 1 } })
    const { failures } = await db.insert({ _id: 2, x: 1 })
    expect(failures[0]?.error.code).toBe(11000)
    t.commit()
    expect((await db.insert({ _id: 2, x: 1 })).inserted).toBe(1)
  })

  test('does not mind a value whose inserter gave up', async () => {
    const db = await uniqueOn()
    const t = db.begin()
    await t.insert({ _id: 1, x: 1 })
    t.abort()
    expect((await db.insert({ _id: 2, x: 1 })).inserted).toBe(1)
    expectIndexesToMatchRecords(db.engine)
  })

  test('with arrays: an element that another document has is refused', async () => {
    const db = await uniqueOn({ _id: 1, x: [1, 2] })
    expect((await db.insert({ _id: 2, x: [3, 2] })).failures[0]?.error.code).toBe(11000)
    expect((await db.insert({ _id: 3, x: [3, 3] })).inserted).toBe(1)
    await db.update({ q: { _id: 1 }, u: { $set: { x: [2, 4] } } })
    expectIndexesToMatchRecords(db.engine)
  })

  test('sparse, it does not see documents without the field', async () => {
    const db = new Database()
    await db.createIndex({ x: 1 }, { unique: true, sparse: true })
    expect((await db.insert({ _id: 1 }, { _id: 2 })).inserted).toBe(2)
    expectIndexesToMatchRecords(db.engine)
  })
})

describe('the _id index', () => {
  // Source: bt_cursor.c, __wt_btcur_insert: a visible duplicate is looked for before the conflict.
  test('refuses at once an _id that is visible, though its deletion is under way', async () => {
    const db = new Database()
    await db.insert({ _id: 1 })
    const t = db.begin()
    await t.delete({ q: { _id: 1 } })
    const { failures } = await db.insert({ _id: 1 })
    expect(failures[0]?.error.code).toBe(11000)
    expect(db.clock.elapsed()).toBe(0)
  })

  test('conflicts with an inserter that it cannot see', async () => {
    const db = new Database()
    await db.insert({ _id: 0 })
    const [a, b] = [db.begin('a'), db.begin('b')]
    await a.insert({ _id: 1 })
    const error = await refusal(b.insert({ _id: 1 }))
    expect(error.code).toBe(112)
    expect(error.message).toMatch(
      /^Caused by :: WiredTigerIdIndex::_insert: index: _id_; uri: table:/,
    )
  })

  test('allows to delete and insert again, and to insert and delete, in one transaction', async () => {
    const db = new Database()
    await db.createIndex({ x: 1 }, { unique: true })
    await db.insert({ _id: 1, x: 1 })
    const t = db.begin()
    await t.delete({ q: { _id: 1 } })
    await t.insert({ _id: 1, x: 1, again: true })
    await t.insert({ _id: 2, x: 2 })
    await t.delete({ q: { _id: 2 } })
    await t.update({ q: { _id: 1 }, u: { $set: { x: 5 } } })
    await t.update({ q: { _id: 1 }, u: { $set: { x: 6 } } })
    expect(await t.find()).toEqual([{ _id: 1, x: 6, again: true }])
    t.commit()
    expect(documentsOf(db.engine)).toEqual([{ _id: 1, x: 6, again: true }])
    expectIndexesToMatchRecords(db.engine)
  })

  test('never gives a record id twice', async () => {
    const db = new Database()
    await db.insert({ _id: 1 }, { _id: 2 })
    await db.delete({ q: {}, multi: true })
    await db.insert({ _id: 3 })
    const collection = db.engine.services.catalog.latest('test', 'demo')!
    expect(collection.state.lastRecordId).toBe(3)
    const storage = db.engine.services.store.begin()
    const scan = storage.scan(collection.records)
    expect(scan.next() && scan.key).toBe(3)
    storage.rollback()
  })
})

test('an update that leaves the indexed fields alone writes no entry', async () => {
  const db = new Database()
  await db.createIndex({ x: 1 })
  await db.insert({ _id: 1, x: 1, y: 1 })
  const before = db.engine.services.store.statistics().updates
  await db.update({ q: { _id: 1 }, u: { $set: { y: 2 } } })
  expect(db.engine.services.store.statistics().updates).toBe(before)
})

test('updates of long arrays move the elements that changed', async () => {
  const db = new Database()
  await db.createIndex({ x: 1 })
  const numbers = Array.from({ length: 2_000 }, (_, i) => i)
  await db.insert({ _id: 1, x: numbers })
  let counted = 0
  db.statements.setup = (op) => {
    Object.defineProperty(op.debug, 'keysInserted', {
      get: () => counted,
      set: (n) => (counted = n),
    })
  }
  await db.update({ q: { _id: 1 }, u: { $set: { x: [...numbers.slice(1), 9_999] } } })
  expect(counted).toBe(1)
  expectIndexesToMatchRecords(db.engine)
})
