import { Long } from 'bson'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Document } from '../../../src/bson/index.ts'
import { expectIndexesToMatchRecords, expectQuiet } from '../../engine/consistency.ts'
import {
  abort,
  type Bench,
  continuing,
  documentsOf,
  findAll,
  insertOne,
  makeBench,
  starting,
} from '../harness.ts'

let bench: Bench
beforeEach(() => {
  bench = makeBench()
})
afterEach(() => {
  expectQuiet(bench.engine)
  expectIndexesToMatchRecords(bench.engine)
  bench.stop()
})

const AGE = { key: { age: 1 }, name: 'age_1' }

async function makeDemo(): Promise<void> {
  await bench.run({ createIndexes: 'demo', indexes: [AGE] })
  await bench.run({
    insert: 'demo',
    documents: [
      { _id: 1, age: 5 },
      { _id: 2, age: [6, 7] },
    ],
  })
}

describe('renameCollection', () => {
  const rename = (from: unknown, to: unknown, fields: Document = {}): Promise<Document> =>
    bench.run({ renameCollection: from, to, ...fields, $db: 'admin' })
  const uuidOf = async (db: string, name: string): Promise<unknown> => {
    const reply = await bench.run({ listCollections: 1, filter: { name }, $db: db })
    return (documentsOf(reply)[0]?.['info'] as Document | undefined)?.['uuid']
  }

  it('keeps documents, indexes and identity', async () => {
    await makeDemo()
    const uuid = await uuidOf('test', 'demo')
    expect(await rename('test.demo', 'test.other')).toEqual({ ok: 1 })
    expect(documentsOf(await bench.run(findAll('demo')))).toEqual([])
    expect(documentsOf(await bench.run(findAll('other')))).toHaveLength(2)
    expect(await uuidOf('test', 'other')).toEqual(uuid)
    await bench.run(insertOne({ _id: 3, age: 8 }, 'other'))
    const indexes = documentsOf(await bench.run({ listIndexes: 'other' }))
    expect(indexes.map(({ name }) => name)).toEqual(['_id_', 'age_1'])
    expect(await bench.run(insertOne({ _id: 1 }))).toEqual({ n: 1, ok: 1 })
    expect(documentsOf(await bench.run(findAll('other')))).toHaveLength(3)
  })

  it('into another database makes another collection', async () => {
    await makeDemo()
    const uuid = await uuidOf('test', 'demo')
    expect(await rename('test.demo', 'elsewhere.demo')).toEqual({ ok: 1 })
    const found = await bench.run({ find: 'demo', filter: { age: 6 }, $db: 'elsewhere' })
    expect(documentsOf(found)).toEqual([{ _id: 2, age: [6, 7] }])
    expect(await uuidOf('elsewhere', 'demo')).not.toEqual(uuid)
    expect(await uuidOf('test', 'demo')).toBeUndefined()
  })

  it('dropTarget makes room', async () => {
    await makeDemo()
    await bench.run(insertOne({ _id: 9 }, 'taken'))
    expect(await rename('test.demo', 'test.taken')).toMatchObject({
      ok: 0,
      code: 48,
      errmsg: 'target namespace exists',
    })
    expect(await rename('test.demo', 'test.taken', { dropTarget: true })).toEqual({ ok: 1 })
    expect(documentsOf(await bench.run(findAll('taken')))).toHaveLength(2)
  })

  // Source: rename_collection.cpp, rename_collection_cmd.cpp (8.0)
  it.each<[unknown, unknown, Document, number, string]>([
    ['test.demo', 'test.demo', {}, 20, "Can't rename a collection to itself"],
    ['test.nosuch', 'test.x', {}, 26, 'Source collection test.nosuch does not exist'],
    ['test', 'test.x', {}, 73, 'Invalid source namespace: test'],
    ['test.demo', 'x', {}, 73, 'Invalid target namespace: x'],
    ['test.demo', 'test.a$b', {}, 73, 'Invalid collection name: a$b'],
    ['test.demo', 1, {}, 14, "BSON field 'renameCollection.to' is the wrong type 'int'"],
    [1, 'test.x', {}, 14, "BSON field 'renameCollection.renameCollection' is the wrong type"],
    ['test.demo', 'test.x', { dropTarget: 1 }, 14, "expected types '[bool, binData]'"],
  ])('%j to %j %j', async (from, to, fields, code, errmsg) => {
    await makeDemo()
    const reply = await rename(from, to, fields)
    expect(reply).toMatchObject({ ok: 0, code })
    expect(reply['errmsg']).toContain(errmsg)
  })

  it('runs on admin only, and not in transactions', async () => {
    const command = { renameCollection: 'test.demo', to: 'test.x' }
    expect(await bench.run(command)).toMatchObject({ code: 13 })
    const inTransaction = starting(1, 1, { ...command, $db: 'admin' })
    expect(await bench.run(inTransaction)).toMatchObject({ code: 263 })
  })

  it('waits for a transaction that touched the collection', async () => {
    await makeDemo()
    await bench.run(starting(1, 1, insertOne({ _id: 3, age: 1 })))
    let isDone = false
    const renaming = rename('test.demo', 'test.other').then((reply) => {
      isDone = true
      return reply
    })
    await bench.run(continuing(1, 1, findAll()))
    expect(isDone).toBe(false)
    await bench.run(abort(1, 1))
    expect(await renaming).toEqual({ ok: 1 })
  })

  it('a transaction with an older snapshot sees the old name, and may not write to it', async () => {
    await makeDemo()
    await bench.run(insertOne({ _id: 1 }, 'else'))
    await bench.run(starting(1, 1, findAll('else')))
    await rename('test.demo', 'test.other')
    const inserted = await bench.run(continuing(1, 1, insertOne({ _id: 3 })))
    expect(inserted).toMatchObject({ ok: 0, code: 112 })
  })
})

describe('collMod', () => {
  const modify = (index: Document): Promise<Document> => bench.run({ collMod: 'demo', index })

  it('changes when documents expire', async () => {
    await makeDemo()
    expect(await modify({ name: 'age_1', expireAfterSeconds: 5 })).toEqual({
      expireAfterSeconds_new: Long.fromNumber(5),
      ok: 1,
    })
    expect(await modify({ keyPattern: { age: 1 }, expireAfterSeconds: 60 })).toEqual({
      expireAfterSeconds_old: Long.fromNumber(5),
      expireAfterSeconds_new: Long.fromNumber(60),
      ok: 1,
    })
    const indexes = documentsOf(await bench.run({ listIndexes: 'demo' }))
    expect(indexes[1]).toEqual({ v: 2, ...AGE, expireAfterSeconds: 60 })
    await bench.run(insertOne({ _id: 3, age: new Date(0) }))
    await bench.clock.advance(130_000)
    expect(documentsOf(await bench.run(findAll()))).toHaveLength(2)
  })

  it('without anything to change', async () => {
    await makeDemo()
    expect(await bench.run({ collMod: 'demo' })).toEqual({ ok: 1 })
    expect(await modify({ name: 'age_1', hidden: false })).toEqual({ ok: 1 })
  })

  // Source: coll_mod.cpp, coll_mod.idl (8.0)
  it.each<[Document, number, string]>([
    [{}, 72, 'Must specify either index name or key pattern.'],
    [{ name: 'a', keyPattern: {} }, 72, 'Cannot specify both key pattern and name.'],
    [{ name: 'age_1' }, 72, 'no expireAfterSeconds, hidden, unique, or prepareUnique field'],
    [{ name: 'age_1', foo: 1 }, 40415, "BSON field 'collMod.index.foo' is an unknown field."],
    [{ name: 'x', expireAfterSeconds: 1 }, 27, 'cannot find index x for ns test.demo'],
    [{ keyPattern: { x: 1 }, hidden: false }, 27, 'cannot find index { x: 1 } for ns test.demo'],
    [{ name: '_id_', expireAfterSeconds: 1 }, 72, 'the _id field does not support TTL indexes'],
    [{ name: 'age_1', expireAfterSeconds: -1 }, 72, 'cannot be less than 0'],
    [{ name: '_id_', hidden: true }, 2, "can't hide _id index"],
    [{ name: 'age_1', unique: false }, 2, 'Cannot make index non-unique'],
    [{ name: 'age_1', unique: true }, 72, "Cannot make index unique with 'prepareUnique=false'."],
    [
      { name: 'age_1', prepareUnique: true, hidden: true },
      72,
      'prepareUnique cannot be combined with any other modification.',
    ],
  ])('index: %j', async (index, code, errmsg) => {
    await makeDemo()
    const reply = await modify(index)
    expect(reply).toMatchObject({ ok: 0, code })
    expect(reply['errmsg']).toContain(errmsg)
  })

  const specOf = async (name: string): Promise<Document | undefined> =>
    documentsOf(await bench.run({ listIndexes: 'demo' })).find((spec) => spec['name'] === name)

  it('hides an index from queries, and shows it again', async () => {
    await makeDemo()
    const byAge = { explain: { find: 'demo', filter: { age: 1 } }, verbosity: 'queryPlanner' }
    const stage = async () => JSON.stringify((await bench.run(byAge))['queryPlanner'])
    expect(await modify({ name: 'age_1', hidden: true })).toEqual({
      hidden_old: false,
      hidden_new: true,
      ok: 1,
    })
    expect(await specOf('age_1')).toMatchObject({ hidden: true })
    expect(await stage()).toContain('COLLSCAN')
    expect(await modify({ name: 'age_1', hidden: false })).toMatchObject({ hidden_new: false })
    expect(await specOf('age_1')).toEqual({ v: 2, ...AGE })
    expect(await stage()).toContain('IXSCAN')
  })

  // Source: coll_mod_index.cpp (8.0)
  it('makes an index unique, in two steps', async () => {
    await makeDemo()
    await bench.run({ insert: 'demo', documents: [10, 11, 12].map((_id) => ({ _id, age: 99 })) })
    expect(await modify({ name: 'age_1', prepareUnique: true })).toEqual({
      prepareUnique_old: false,
      prepareUnique_new: true,
      ok: 1,
    })
    expect(await specOf('age_1')).toMatchObject({ prepareUnique: true })
    const reply = await bench.run(insertOne({ _id: 13, age: 99 }))
    expect(reply['writeErrors']).toMatchObject([{ code: 11000 }])
    expect(await modify({ name: 'age_1', unique: true })).toMatchObject({
      ok: 0,
      code: 359,
      codeName: 'CannotConvertIndexToUnique',
      violations: [{ ids: [10, 11, 12] }],
    })
    await bench.run({ delete: 'demo', deletes: [{ q: { _id: { $gt: 10 } }, limit: 0 }] })
    expect(await modify({ name: 'age_1', unique: true })).toEqual({ unique_new: true, ok: 1 })
    expect(await specOf('age_1')).toEqual({ v: 2, ...AGE, unique: true })
  })

  it('a cursor goes on over an index whose options changed', async () => {
    await makeDemo()
    const find = { find: 'demo', filter: { age: { $gte: 0 } }, batchSize: 1 }
    const { id } = (await bench.run(find))['cursor'] as Document
    await modify({ name: 'age_1', expireAfterSeconds: 5 })
    expect(await bench.run({ getMore: id, collection: 'demo' })).toMatchObject({ ok: 1 })
  })

  it('resizes a capped collection', async () => {
    await bench.run({ create: 'c', capped: true, size: 256 })
    expect(await bench.run({ collMod: 'c', cappedSize: 1000, cappedMax: 5 })).toEqual({ ok: 1 })
    const [listed] = documentsOf(await bench.run({ listCollections: 1, filter: { name: 'c' } }))
    expect(listed).toMatchObject({ options: { capped: true, size: 1024, max: 5 } })
    await makeDemo()
    expect(await bench.run({ collMod: 'demo', cappedMax: 5 })).toMatchObject({ code: 72 })
  })

  it('gives a view another pipeline, or another foundation', async () => {
    await makeDemo()
    await bench.run({ create: 'v', viewOn: 'demo', pipeline: [{ $limit: 1 }] })
    expect(await bench.run({ collMod: 'v', pipeline: [{ $match: { _id: 0 } }] })).toEqual({ ok: 1 })
    expect(documentsOf(await bench.run(findAll('v')))).toEqual([])
    await bench.run({ collMod: 'v', viewOn: 'other', pipeline: [] })
    await bench.run(insertOne({ _id: 1 }, 'other'))
    expect(documentsOf(await bench.run(findAll('v')))).toEqual([{ _id: 1 }])
    expect(await bench.run({ collMod: 'v', viewOn: 'v' })).toMatchObject({ code: 5 })
    const index = { name: '_id_', hidden: false }
    expect(await bench.run({ collMod: 'v', index })).toMatchObject({
      code: 72,
      errmsg: 'option not supported on a view: index',
    })
    expect(await bench.run({ collMod: 'demo', viewOn: 'x' })).toMatchObject({
      code: 72,
      errmsg: "'viewOn' option only supported on a view",
    })
  })

  it('what is not there, or not known', async () => {
    expect(await bench.run({ collMod: 'demo' })).toMatchObject({ code: 26 })
    await makeDemo()
    expect(await bench.run({ collMod: 'demo', nosuch: 1 })).toMatchObject({ code: 40415 })
  })
})

describe('validate', () => {
  it('finds everything in its place', async () => {
    await makeDemo()
    expect(await bench.run({ validate: 'demo', full: true })).toMatchObject({
      ns: 'test.demo',
      nInvalidDocuments: 0,
      nrecords: 2,
      nIndexes: 2,
      keysPerIndex: { _id_: 2, age_1: 3 },
      indexDetails: { _id_: { valid: true }, age_1: { valid: true } },
      valid: true,
      repaired: false,
      warnings: [],
      errors: [],
      ok: 1,
    })
  })

  it('finds what is wrong', async () => {
    await makeDemo()
    const { store, catalog } = bench.engine.services
    const index = catalog.latest('test', 'demo')!.indexes[1]!
    const storage = store.begin()
    const scan = storage.scan(index.table)
    scan.next()
    const { key, value } = scan
    storage.remove(index.table, key)
    storage.commit()
    expect(await bench.run({ validate: 'demo' })).toMatchObject({
      keysPerIndex: { age_1: 2 },
      indexDetails: { _id_: { valid: true }, age_1: { valid: false } },
      valid: false,
      errors: ['index age_1 lacks 1 entries, has 0 too many'],
    })
    const repair = store.begin()
    repair.put(index.table, key, value)
    repair.commit()
  })

  it('what the profiler writes is in no index', async () => {
    await bench.run({ profile: 2 })
    await makeDemo()
    await bench.run({ profile: 0 })
    expect(await bench.run({ validate: 'system.profile' })).toMatchObject({
      nIndexes: 0,
      valid: true,
    })
    await bench.run({ drop: 'system.profile' })
  })

  it.each<[Document, number, string]>([
    [{ validate: 'nosuch' }, 26, "Collection 'test.nosuch' does not exist to validate."],
    [{ validate: 'demo', repair: true }, 72, 'can only be performed in standalone mode'],
    [{ validate: 'demo', background: true, full: true }, 72, 'is not supported'],
    [{ validate: 'demo', nosuch: 1 }, 40415, "BSON field 'validate.nosuch' is an unknown field."],
  ])('%j', async (command, code, errmsg) => {
    const reply = await bench.run(command)
    expect(reply).toMatchObject({ ok: 0, code })
    expect(reply['errmsg']).toContain(errmsg)
  })
})
