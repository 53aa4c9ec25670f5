import { ObjectId, Timestamp } from 'bson'
import { describe, expect, test } from 'vitest'
import type { Document } from '../../../src/bson/index.ts'
import { documentsOf, expectIndexesToMatchRecords, expectQuiet } from '../consistency.ts'
import { Database, factsOf, refusal } from '../harness.ts'

function nested(levels: number): Document {
  let document: Document = { leaf: 1 }
  for (let i = 1; i < levels; i++) document = { d: document }
  return document
}

describe('a document on its way in', () => {
  test('gets an _id of the simulator where it has none, and the _id goes first', async () => {
    const db = new Database()
    await db.insert({ a: 1 }, { a: 2, _id: 7 })
    const [first, second] = documentsOf(db.engine)
    expect(Object.keys(first!)).toEqual(['_id', 'a'])
    expect(first!['_id']).toBeInstanceOf(ObjectId)
    expect((first!['_id'] as ObjectId).getTimestamp().getTime()).toBe(db.clock.now())
    expect(Object.keys(second!)).toEqual(['_id', 'a'])
  })

  test('has its empty timestamps filled', async () => {
    const db = new Database()
    await db.insert({ _id: 1, at: new Timestamp({ t: 0, i: 0 }) })
    const { at } = documentsOf(db.engine)[0] as { at: Timestamp }
    expect(at.t).toBe(Math.floor(db.clock.now() / 1000))
  })

  // Source: fixDocumentForInsert (insert.cpp), storage_validation.cpp (8.0).
  test.each<[string, Document, object]>([
    ['of 16 MiB', { _id: 1, a: 'x'.repeat(16_777_216) }, { code: 10334 }],
    [
      'of 181 levels',
      { _id: 1, ...nested(181), padding: 'x'.repeat(2_000) },
      { code: 15, message: 'cannot insert document because it exceeds 180 levels of nesting' },
    ],
    ['with an array for _id', { _id: [1] }, { code: 53 }],
    [
      "with a '$' in its _id",
      { _id: { $a: 1 } },
      {
        code: 52,
        message: "_id fields may not contain '$'-prefixed fields: $a is not valid for storage.",
      },
    ],
  ])('%s is refused', async (_name, document, expected) => {
    const db = new Database()
    const { inserted, failures } = await db.insert(document)
    expect(inserted).toBe(0)
    expect(failures[0]?.error).toMatchObject(expected)
  })

  test('may have 180 levels, however it is padded', async () => {
    const db = new Database()
    expect((await db.insert({ _id: 1, ...nested(180), padding: 'x'.repeat(2_000) })).inserted).toBe(
      1,
    )
  })
})

describe('a batch', () => {
  // Source: internalInsertMaxBatchSize (64 in 8.0), insertBatchAndHandleErrors
  // (write_ops_exec.cpp).
  test('goes in groups of 64, each one storage transaction', async () => {
    const db = new Database()
    await db.insert({ _id: -1 })
    const commits = () => db.engine.services.store.statistics().txnCommit
    const before = commits()
    await db.insert(...Array.from({ length: 130 }, (_, _id) => ({ _id })))
    expect(commits() - before).toBe(3)
  })

  test('whose group fails is inserted one by one', async () => {
    const db = new Database()
    await db.insert({ _id: 2 })
    const commits = () => db.engine.services.store.statistics().txnCommit
    const before = commits()
    const documents = Array.from({ length: 10 }, (_, _id) => ({ _id }))
    const { result, debug } = await factsOf(db, db.statements.insert(documents, false))
    expect(result).toMatchObject({ inserted: 9, failures: [{ index: 2 }] })
    expect(commits() - before).toBe(9)
    expect(debug.ninserted).toBe(9)
    expectIndexesToMatchRecords(db.engine)
    expectQuiet(db.engine)
  })

  test.each([
    [true, 2, [2]],
    [false, 4, [2, 5]],
  ])('ordered %s with two bad documents inserts %i', async (ordered, count, indexes) => {
    const db = new Database()
    const documents = [{ _id: 0 }, { _id: 1 }, { _id: [2] }, { _id: 3 }, { _id: 4 }, { _id: 0 }]
    const { inserted, failures } = await db.run(db.statements.insert(documents, ordered))
    expect(inserted).toBe(count)
    expect(failures.map(({ index }) => index)).toEqual(indexes)
  })

  test('in a transaction throws the first failure, which ends the transaction', async () => {
    const db = new Database()
    await db.insert({ _id: 1 })
    const t = db.begin()
    expect(await refusal(t.insert({ _id: 0 }, { _id: 1 }, { _id: 2 }))).toMatchObject({
      code: 11000,
    })
    expect(t.participant.isOpen).toBe(false)
    expect(documentsOf(db.engine)).toEqual([{ _id: 1 }])
    expectIndexesToMatchRecords(db.engine)
  })
})

describe('a capped collection', () => {
  async function capped(options: object): Promise<Database> {
    const db = new Database()
    await db.run(db.statements.create({ capped: true, size: 1_000_000, ...options }))
    await db.createIndex({ a: 1 })
    return db
  }

  test('keeps the newest, by number', async () => {
    const db = await capped({ max: 3 })
    await db.insert(...[1, 2, 3, 4, 5].map((_id) => ({ _id, a: _id })))
    expect(documentsOf(db.engine).map(({ _id }) => _id)).toEqual([3, 4, 5])
    expectIndexesToMatchRecords(db.engine)
  })

  test('and by size, whatever updates and deletes did to it', async () => {
    const db = await capped({ size: 4_000 })
    const text = 'x'.repeat(900)
    await db.insert(...[1, 2, 3, 4].map((_id) => ({ _id, a: text })))
    await db.update({ q: { _id: 4 }, u: { $set: { a: '' } } })
    await db.insert({ _id: 5, a: text })
    await db.delete({ q: { _id: 2 } })
    await db.insert({ _id: 6, a: text })
    expect(documentsOf(db.engine).map(({ _id }) => _id)).toEqual([1, 3, 4, 5, 6])
    await db.insert({ _id: 7, a: text })
    expect(documentsOf(db.engine).map(({ _id }) => _id)).toEqual([3, 4, 5, 6, 7])
    const { state } = db.engine.services.catalog.latest('test', 'demo')!
    expect(state.cappedCount).toBe(5)
    expectIndexesToMatchRecords(db.engine)
  })

  test('is not written in a transaction', async () => {
    const db = await capped({})
    await db.insert({ _id: 1 })
    const t = db.begin()
    expect(await refusal(t.update({ q: { _id: 1 }, u: { $set: { a: 1 } } }))).toMatchObject({
      code: 263,
      message:
        "Collection 'test.demo' is a capped collection. Writes in transactions are not allowed on capped collections.",
    })
  })

  test('whose oldest document is held waits, and its totals stay right', async () => {
    const db = await capped({ max: 2 })
    await db.insert({ _id: 1 }, { _id: 2 })
    let left = 3
    db.engine.services.hooks.forceConflict = () => left-- > 0 && left !== 2
    await db.insert({ _id: 3 })
    expect(documentsOf(db.engine)).toEqual([{ _id: 2 }, { _id: 3 }])
    expect(db.engine.services.catalog.latest('test', 'demo')!.state.cappedCount).toBe(2)
  })
})

test('a full cache refuses what would grow it, half of nothing done, and still deletes', async () => {
  const db = new Database({ cacheSizeBytes: 200_000 })
  await db.createIndex({ a: 1 })
  const large = 'x'.repeat(10_000)
  let refused: Document | undefined
  for (let _id = 0; _id < 30 && refused === undefined; _id++) {
    const { failures } = await db.insert({ _id, a: _id, large })
    refused = failures[0]?.error as Document | undefined
  }
  expect(refused).toMatchObject({ code: 146, codeName: 'ExceededMemoryLimit' })
  expectIndexesToMatchRecords(db.engine)
  expectQuiet(db.engine)
  expect(await refusal(db.update({ q: { _id: 0 }, u: { $set: { a: 1 } } }))).toMatchObject({
    code: 146,
  })
  await db.delete({ q: { _id: { $lt: 5 } }, multi: true })
  expect((await db.insert({ _id: 'new', large })).inserted).toBe(1)
  expectIndexesToMatchRecords(db.engine)
})
