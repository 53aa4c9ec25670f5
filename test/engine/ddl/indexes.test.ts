import { describe, expect, test } from 'vitest'
import { documentsOf, expectIndexesToMatchRecords, expectQuiet } from '../consistency.ts'
import { Database, refusal, refusalCode } from '../harness.ts'

function namesOf(db: Database): string[] {
  return db.engine.services.catalog.latest('test', 'demo')?.indexes.map(({ name }) => name) ?? []
}

describe('createIndexes', () => {
  test('builds over what is there, and is kept up afterwards', async () => {
    const db = new Database()
    await db.insert({ _id: 1, a: 2 }, { _id: 2, a: [1, 3] }, { _id: 3 })
    expect(await db.createIndex({ a: 1 })).toEqual({
      before: 1,
      after: 2,
      createdAutomatically: false,
    })
    await db.update({ q: { _id: 3 }, u: { $set: { a: 9 } } })
    expect(await db.find({ filter: { a: { $gt: 2 } } })).toEqual([
      { _id: 2, a: [1, 3] },
      { _id: 3, a: 9 },
    ])
    expectIndexesToMatchRecords(db.engine)
    expectQuiet(db.engine)
  })

  test('makes a collection that is not there', async () => {
    const db = new Database()
    expect(await db.createIndex({ a: 1 })).toMatchObject({ createdAutomatically: true })
    expect(namesOf(db)).toEqual(['_id_', 'a_1'])
  })

  test('that fails leaves nothing, neither entries nor a table', async () => {
    const db = new Database()
    await db.insert({ _id: 1, a: 1 }, { _id: 2, a: 1 })
    const before = db.engine.services.store.statistics()
    expect(await refusalCode(db.createIndex({ a: 1 }, { unique: true }))).toBe('11000 DuplicateKey')
    const after = db.engine.services.store.statistics()
    expect(namesOf(db)).toEqual(['_id_'])
    expect(after.rows).toBe(before.rows)
    expectQuiet(db.engine)
  })

  test('that is refused does not make the collection either', async () => {
    const db = new Database()
    const specs = [
      { key: { a: 1 }, name: 'x' },
      { key: { b: 1 }, name: 'x' },
    ]
    expect(await refusalCode(db.run(db.statements.createIndexes(...specs)))).toBe(
      '86 IndexKeySpecsConflict',
    )
    expect(db.engine.services.catalog.databases()).toEqual([])
  })

  // Source: IndexCatalogImpl::_doesSpecConflictWithExisting (index_catalog_impl.cpp, 8.0).
  test.each([
    [{ name: 'a_1' }, 'fine'],
    [{ name: 'a_1', unique: true }, '86 IndexKeySpecsConflict'],
    [{ name: 'a_1', key: { b: 1 } }, '86 IndexKeySpecsConflict'],
    [{ name: 'a_1', expireAfterSeconds: 5 }, '85 IndexOptionsConflict'],
    [{ name: 'other' }, '85 IndexOptionsConflict'],
    [{ name: 'other', expireAfterSeconds: 5 }, '85 IndexOptionsConflict'],
    [{ name: 'other', unique: true }, 'built'],
    [{ name: 'other', sparse: true }, 'built'],
    [{ name: 'other', key: { a: -1 } }, 'built'],
  ])('beside { a: 1 } named a_1: %j is %s', async (spec, expected) => {
    const db = new Database()
    await db.createIndex({ a: 1 })
    const creating = db.run(db.statements.createIndexes({ key: { a: 1 }, ...spec }))
    if (expected === 'fine') expect((await creating).after).toBe(2)
    else if (expected === 'built') expect((await creating).after).toBe(3)
    else expect(await refusalCode(creating)).toBe(expected)
  })

  test('allows 64 indexes', async () => {
    const db = new Database()
    const specs = Array.from({ length: 64 }, (_, i) => ({ key: { [`f${i}`]: 1 }, name: `f${i}` }))
    await db.run(db.statements.createIndexes(...specs.slice(0, 63)))
    const error = await refusal(db.run(db.statements.createIndexes(specs[63]!)))
    expect(error.message).toBe('add index fails, too many indexes for test.demo key:{ f63: 1 }')
  })

  test('waits for an open transaction, and sees what it committed', async () => {
    const db = new Database()
    await db.insert({ _id: 1, a: 1 })
    const t = db.begin()
    await t.insert({ _id: 2, a: 2 })
    const built = db.createIndex({ a: 1 })
    await db.clock.sleep(900)
    await t.update({ q: { _id: 1 }, u: { $set: { a: 5 } } })
    t.commit()
    await built
    expect(namesOf(db)).toEqual(['_id_', 'a_1'])
    expectIndexesToMatchRecords(db.engine)
    expectQuiet(db.engine)
  })

  test('is not waited for by a transaction that touched nothing here, and not used by it', async () => {
    const db = new Database()
    await db.insert({ _id: 1, a: 1 })
    const t = db.begin()
    await db.update({ q: { _id: 1 }, u: { $set: { a: 2 } } })
    await db.createIndex({ a: 1 })
    // The index has no entry for the version that this snapshot sees.
    expect(await t.find({ filter: { a: 1 } })).toEqual([{ _id: 1, a: 1 }])
    expect(await refusalCode(t.find({ hint: 'a_1' }))).toBe('2 BadValue')
  })

  test('writes that came while it waited go to the new index as well', async () => {
    const db = new Database()
    await db.insert({ _id: 1, a: 1 })
    const t = db.begin()
    await t.find()
    const built = db.createIndex({ a: 1 })
    const writes = [
      db.insert({ _id: 2, a: 2 }),
      db.update({ q: { _id: 1 }, u: { $set: { a: 3 } } }),
    ]
    t.commit()
    await Promise.all([built, ...writes])
    expectIndexesToMatchRecords(db.engine)
    expect(await db.find({ filter: { a: { $gte: 0 } }, hint: 'a_1' })).toHaveLength(2)
  })
})

describe('in a transaction', () => {
  test('indexes go on a collection made in it, while it is empty', async () => {
    const db = new Database()
    const t = db.begin()
    await db.run(t.statements.create())
    await db.run(t.statements.createIndexes({ key: { a: 1 }, name: 'a_1', unique: true }))
    await t.insert({ _id: 1, a: 1 })
    expect(
      await refusal(db.run(t.statements.createIndexes({ key: { b: 1 }, name: 'b_1' }))),
    ).toMatchObject({
      code: 263,
      message:
        'Cannot create new indexes on non-empty collection test.demo in a multi-document transaction.',
    })
  })

  test('and are there once it commits', async () => {
    const db = new Database()
    const t = db.begin()
    await db.run(t.statements.createIndexes({ key: { a: 1 }, name: 'a_1' }))
    await t.insert({ _id: 1, a: 1 })
    expect(namesOf(db)).toEqual([])
    t.commit()
    expect(namesOf(db)).toEqual(['_id_', 'a_1'])
    expectIndexesToMatchRecords(db.engine)
    expectQuiet(db.engine)
  })

  test('an existing collection gets none', async () => {
    const db = new Database()
    await db.insert({ _id: 1 })
    const t = db.begin()
    expect(
      await refusal(db.run(t.statements.createIndexes({ key: { a: 1 }, name: 'a_1' }))),
    ).toMatchObject({
      code: 263,
      message:
        'Cannot create new indexes on existing collection test.demo in a multi-document transaction.',
    })
  })

  // Server: a namespace created by somebody else since the snapshot makes the commit conflict.
  test('a collection that others made since the snapshot makes the commit fail', async () => {
    const db = new Database()
    const t = db.begin()
    await db.insert({ _id: 1 })
    await t.insert({ _id: 2 })
    expect(() => t.commit()).toThrow('due to catalog changes')
    expect(documentsOf(db.engine)).toEqual([{ _id: 1 }])
    expectQuiet(db.engine)
  })

  test('what an aborted one made is gone, its tables included', async () => {
    const db = new Database()
    const before = db.engine.services.store.statistics().rows
    const t = db.begin()
    await db.run(t.statements.createIndexes({ key: { a: 1 }, name: 'a_1' }))
    await t.insert({ _id: 1, a: 1 })
    t.abort()
    expect(db.engine.services.store.statistics().rows).toBe(before)
    expect(db.engine.services.catalog.databases()).toEqual([])
  })
})

describe('dropIndexes', () => {
  test('drops those named, or all but _id_', async () => {
    const db = new Database()
    await db.createIndex({ a: 1 })
    await db.createIndex({ b: 1 })
    expect(await db.run(db.statements.dropIndexes('a_1'))).toEqual({ nIndexesWas: 3 })
    expect(namesOf(db)).toEqual(['_id_', 'b_1'])
    expect(await db.run(db.statements.dropIndexes())).toEqual({ nIndexesWas: 2 })
    expect(namesOf(db)).toEqual(['_id_'])
  })

  test('of a collection that is not there is 26', async () => {
    const db = new Database()
    expect(await refusalCode(db.run(db.statements.dropIndexes()))).toBe('26 NamespaceNotFound')
  })

  // Source: requires_index_stage.cpp (8.0).
  test('ends a cursor that reads the index', async () => {
    const db = new Database()
    await db.createIndex({ a: 1 })
    await db.insert({ _id: 1, a: 1 }, { _id: 2, a: 2 }, { _id: 3, a: 3 })
    const statement = db.statements.find({ filter: { a: { $gt: 0 } }, batchSize: 1 })
    const { rest } = await db.run(statement)
    const cursor = db.engine.cursors.register({
      ns: db.statements.ns,
      origin: { session: undefined, txnNumber: undefined, owner: '' },
      source: rest!,
      noTimeout: false,
      originatingCommand: {},
    })
    expect((await db.run(db.statements.getMore(cursor, 1))).documents).toEqual([{ _id: 2, a: 2 }])
    await db.run(db.statements.dropIndexes('a_1'))
    expect(await refusal(db.run(db.statements.getMore(cursor, 1)))).toMatchObject({
      code: 175,
      message: "query plan killed :: index 'a_1' dropped",
    })
  })

  test('ends a multi-update that waits in the middle of it', async () => {
    const db = new Database()
    await db.createIndex({ a: 1 })
    await db.insert({ _id: 1, a: 1 }, { _id: 2, a: 2 })
    const t = db.begin()
    await t.update({ q: { _id: 2 }, u: { $set: { b: 1 } } })
    const waiting = refusal(db.update({ q: { a: { $gt: 0 } }, u: { $set: { c: 1 } }, multi: true }))
    await db.clock.sleep(20)
    const dropped = db.run(db.statements.dropIndexes('a_1'))
    t.commit()
    await dropped
    expect(await waiting).toMatchObject({ message: "query plan killed :: index 'a_1' dropped" })
    expect(documentsOf(db.engine)).toEqual([
      { _id: 1, a: 1, c: 1 },
      { _id: 2, a: 2, b: 1 },
    ])
    expectQuiet(db.engine)
  })
})
