import { Binary, Long, ObjectId } from 'bson'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Document } from '../../src/bson/index.ts'
import { type Bench, documentsOf, findAll, insertOne, makeBench } from './harness.ts'

let bench: Bench
beforeEach(() => {
  bench = makeBench()
})
afterEach(() => bench.stop())

/** Runs commands one after the other and answers the last reply. */
async function lastOf(...commands: Document[]): Promise<Document> {
  let reply: Document = {}
  for (const command of commands) reply = await bench.run(command)
  return reply
}

const keysOf = (reply: Document): string[] => Object.keys(reply)

describe('write replies', () => {
  it('insert', async () => {
    expect(await bench.run({ insert: 'demo', documents: [{ a: 1 }, { a: 2 }] })).toEqual({
      n: 2,
      ok: 1,
    })
  })

  it('insert that fails, ordered and unordered', async () => {
    await bench.run(insertOne({ _id: 1 }))
    const documents = [{ _id: 1 }, { _id: 2 }, { _id: 1 }]
    const error = (index: number): Document => ({
      index,
      code: 11000,
      keyPattern: { _id: 1 },
      keyValue: { _id: 1 },
      errmsg: 'E11000 duplicate key error collection: test.demo index: _id_ dup key: { _id: 1 }',
    })
    const ordered = await bench.run({ insert: 'demo', documents })
    expect(ordered).toEqual({ n: 0, writeErrors: [error(0)], ok: 1 })
    expect(keysOf((ordered['writeErrors'] as Document[])[0]!)).toEqual(keysOf(error(0)))
    expect(await bench.run({ insert: 'demo', documents, ordered: false })).toEqual({
      n: 1,
      writeErrors: [error(0), error(2)],
      ok: 1,
    })
  })

  it('update: n, upserted, nModified', async () => {
    const reply = await bench.run({
      update: 'demo',
      updates: [
        { q: { _id: 1 }, u: { $set: { a: 1 } }, upsert: true },
        { q: { _id: 1 }, u: { $set: { a: 1 } } },
        { q: { _id: 1 }, u: { $set: { a: 2 } } },
        { q: { _id: 1 }, u: { $nosuch: 1 } },
        { q: { _id: 1 }, u: { $set: { a: 3 } } },
      ],
    })
    expect(reply).toMatchObject({
      n: 3,
      writeErrors: [{ index: 3, code: 9 }],
      upserted: [{ index: 0, _id: 1 }],
      nModified: 1,
      ok: 1,
    })
    expect(keysOf(reply)).toEqual(['n', 'writeErrors', 'upserted', 'nModified', 'ok'])
  })

  it('an upsert mints an _id where none is given', async () => {
    const reply = await bench.run({
      update: 'demo',
      updates: [{ q: { a: 1 }, u: { $set: { b: 1 } }, upsert: true }],
    })
    const [{ _id }] = reply['upserted'] as [Document]
    expect(_id).toBeInstanceOf(ObjectId)
  })

  it('delete: one or all', async () => {
    await bench.run({ insert: 'demo', documents: [{ a: 1 }, { a: 1 }, { a: 1 }] })
    const remove = (limit: number) =>
      bench.run({ delete: 'demo', deletes: [{ q: { a: 1 }, limit }] })
    expect(await remove(1)).toEqual({ n: 1, ok: 1 })
    expect(await remove(0)).toEqual({ n: 2, ok: 1 })
  })

  /** Source: find_and_modify_result.cpp (8.0) */
  it.each<[Document, Document]>([
    [
      { query: { _id: 1 }, update: { $set: { a: 2 } } },
      { lastErrorObject: { n: 1, updatedExisting: true }, value: { _id: 1, a: 1 }, ok: 1 },
    ],
    [
      { query: { _id: 1 }, update: { $set: { a: 2 } }, new: true, fields: { _id: 0 } },
      { lastErrorObject: { n: 1, updatedExisting: true }, value: { a: 2 }, ok: 1 },
    ],
    [
      { query: { _id: 9 }, update: { $set: { a: 2 } } },
      { lastErrorObject: { n: 0, updatedExisting: false }, value: null, ok: 1 },
    ],
    [
      { query: { _id: 9 }, update: { $set: { a: 2 } }, upsert: true, new: true },
      {
        lastErrorObject: { n: 1, updatedExisting: false, upserted: 9 },
        value: { _id: 9, a: 2 },
        ok: 1,
      },
    ],
    [
      { query: { _id: 1 }, remove: true },
      { lastErrorObject: { n: 1 }, value: { _id: 1, a: 1 }, ok: 1 },
    ],
    [
      { query: { _id: 9 }, remove: 1 },
      { lastErrorObject: { n: 0 }, value: null, ok: 1 },
    ],
  ])('findAndModify %j', async (fields, expected) => {
    await bench.run(insertOne({ _id: 1, a: 1 }))
    expect(await bench.run({ findAndModify: 'demo', ...fields })).toEqual(expected)
  })

  it('findAndModify that fails is an error of its own', async () => {
    await bench.run(insertOne({ _id: 1 }))
    const reply = await bench.run({
      findandmodify: 'demo',
      query: { _id: 1 },
      update: { $set: { _id: 2 } },
    })
    expect(reply).toMatchObject({ ok: 0, code: 66 })
  })
})

describe('collections', () => {
  it('create', async () => {
    expect(await bench.run({ create: 'made' })).toEqual({ ok: 1 })
    expect(await bench.run({ create: 'made' })).toMatchObject({ ok: 1 })
    expect(await bench.run({ create: 'made', capped: true, size: 4096 })).toMatchObject({
      ok: 0,
      code: 48,
    })
  })

  // Source: create_command.cpp
  it.each([
    [{ create: 'c', capped: true }, 72, "the 'size' field is required when 'capped' is true"],
    [
      { create: 'c', size: 10 },
      72,
      "the 'capped' field needs to be true when either the 'size' or 'max' fields are present",
    ],
    [
      { create: 'c', capped: true, size: 0 },
      51024,
      "BSON field 'size' value must be >= 1, actual value '0'",
    ],
    [{ create: 'a$b' }, 73, undefined],
    [{ create: 'system.nosuch' }, 73, undefined],
  ])('%j is refused', async (command, code, errmsg) => {
    const reply = await bench.run(command)
    expect(reply).toMatchObject({ ok: 0, code })
    if (errmsg !== undefined) expect(reply['errmsg']).toBe(errmsg)
  })

  it('a capped collection drops its oldest', async () => {
    await bench.run({ create: 'capped', capped: true, size: 100_000, max: 2 })
    for (const _id of [1, 2, 3]) await bench.run(insertOne({ _id }, 'capped'))
    expect(documentsOf(await bench.run(findAll('capped')))).toEqual([{ _id: 2 }, { _id: 3 }])
  })

  it('drop, also what is not there', async () => {
    await bench.run({ create: 'made' })
    expect(await bench.run({ drop: 'made' })).toEqual({ nIndexesWas: 1, ns: 'test.made', ok: 1 })
    expect(await bench.run({ drop: 'made' })).toEqual({ ok: 1 })
  })

  it('dropDatabase', async () => {
    await bench.run({ create: 'made' })
    expect(await bench.run({ dropDatabase: 1 })).toEqual({ dropped: 'test', ok: 1 })
    expect(await bench.run({ dropDatabase: 1 })).toEqual({ ok: 1 })
    expect(await bench.run({ dropDatabase: 1, $db: 'admin' })).toMatchObject({ ok: 0, code: 20 })
  })

  it('listCollections', async () => {
    await bench.run({ create: 'b', capped: true, size: 4096 })
    await bench.run({ create: 'a' })
    const all = await bench.run({ listCollections: 1 })
    expect((all['cursor'] as Document)['ns']).toBe('test.$cmd.listCollections')
    expect(documentsOf(all)).toMatchObject([
      {
        name: 'a',
        type: 'collection',
        options: {},
        info: { readOnly: false, uuid: expect.any(Binary) as Binary },
        idIndex: { v: 2, key: { _id: 1 }, name: '_id_' },
      },
      { name: 'b', options: { capped: true, size: 4096 } },
    ])
    const one = await bench.run({ listCollections: 1, nameOnly: true, filter: { name: 'b' } })
    expect(documentsOf(one)).toEqual([{ name: 'b', type: 'collection' }])
  })

  it('listDatabases', async () => {
    await bench.run(insertOne({ _id: 1 }))
    await bench.run({ create: 'c', $db: 'other' })
    const reply = await bench.run({ listDatabases: 1, $db: 'admin' })
    expect(reply).toEqual({
      databases: [
        // Where sessions leave their records.
        { name: 'config', sizeOnDisk: 0, empty: true },
        { name: 'other', sizeOnDisk: 0, empty: true },
        { name: 'test', sizeOnDisk: 14, empty: false },
      ],
      totalSize: 14,
      totalSizeMb: 0,
      ok: 1,
    })
    const names = await bench.run({
      listDatabases: 1,
      nameOnly: true,
      filter: { name: /^o/ },
      $db: 'admin',
    })
    expect(names['ok']).toBe(1)
  })
})

describe('indexes', () => {
  const create = (...indexes: Document[]): Document => ({ createIndexes: 'demo', indexes })
  const onA = { key: { a: 1 }, name: 'a_1' }

  it('createIndexes counts what was there and what is', async () => {
    expect(await bench.run(create(onA))).toEqual({
      numIndexesBefore: 1,
      numIndexesAfter: 2,
      createdCollectionAutomatically: true,
      ok: 1,
    })
    expect(await bench.run(create(onA))).toEqual({
      numIndexesBefore: 2,
      numIndexesAfter: 2,
      createdCollectionAutomatically: false,
      note: 'all indexes already exist',
      ok: 1,
    })
    expect(await bench.run(create({ key: { b: -1 }, name: 'b' }))).toEqual({
      numIndexesBefore: 2,
      numIndexesAfter: 3,
      createdCollectionAutomatically: false,
      commitQuorum: 'votingMembers',
      ok: 1,
    })
  })

  it('a unique index is refused over duplicates, and leaves nothing', async () => {
    await bench.run({ insert: 'demo', documents: [{ a: 1 }, { a: 1 }] })
    expect(await bench.run(create({ ...onA, unique: true }))).toMatchObject({ ok: 0, code: 11000 })
    expect(documentsOf(await bench.run({ listIndexes: 'demo' })).length).toBe(1)
  })

  it('listIndexes', async () => {
    await bench.run(create({ ...onA, unique: true }))
    const reply = await bench.run({ listIndexes: 'demo' })
    expect(reply['cursor']).toEqual({
      id: Long.ZERO,
      ns: 'test.demo',
      firstBatch: [
        { v: 2, key: { _id: 1 }, name: '_id_' },
        { v: 2, key: { a: 1 }, name: 'a_1', unique: true },
      ],
    })
    expect(await bench.run({ listIndexes: 'nosuch' })).toMatchObject({
      ok: 0,
      code: 26,
      errmsg: 'ns does not exist: test.nosuch',
    })
  })

  // Source: drop_indexes.cpp (8.0)
  it.each<[unknown, Document]>([
    ['a_1', { nIndexesWas: 3, ok: 1 }],
    [{ a: 1 }, { nIndexesWas: 3, ok: 1 }],
    [['a_1', 'b_1'], { nIndexesWas: 3, ok: 1 }],
    ['*', { nIndexesWas: 3, msg: 'non-_id indexes dropped for collection', ok: 1 }],
    ['nosuch', { ok: 0, code: 27, errmsg: 'index not found with name [nosuch]' }],
    [{ c: 1 }, { ok: 0, code: 27, errmsg: "can't find index with key: { c: 1 }" }],
    ['_id_', { ok: 0, code: 72, errmsg: 'cannot drop _id index' }],
  ])('dropIndexes %j', async (index, expected) => {
    const command = create(onA, { key: { b: 1 }, name: 'b_1' })
    expect(await lastOf(command, { dropIndexes: 'demo', index })).toMatchObject(expected)
  })
})

describe('statistics', () => {
  beforeEach(() => bench.run({ insert: 'demo', documents: [{ _id: 1 }, { _id: 2 }] }))

  it('collStats', async () => {
    expect(await bench.run({ collStats: 'demo' })).toMatchObject({
      ns: 'test.demo',
      size: 28,
      count: 2,
      avgObjSize: 14,
      capped: false,
      nindexes: 1,
      scaleFactor: 1,
      ok: 1,
    })
    expect(await bench.run({ collStats: 'demo', scale: 10 })).toMatchObject({ size: 2 })
    expect(await bench.run({ collStats: 'nosuch' })).toMatchObject({ count: 0, nindexes: 0 })
  })

  it('dbStats', async () => {
    expect(await bench.run({ dbStats: 1 })).toMatchObject({
      db: 'test',
      collections: 1,
      objects: 2,
      dataSize: 28,
      indexes: 1,
      ok: 1,
    })
  })

  it('dbStats with freeStorage', async () => {
    const reply = await bench.run({ dbStats: 1, freeStorage: 1 })
    expect(Object.keys(reply).slice(6, 12)).toEqual([
      'storageSize',
      'freeStorageSize',
      'indexes',
      'indexSize',
      'indexFreeStorageSize',
      'totalSize',
    ])
    expect(reply).toMatchObject({ totalFreeStorageSize: 0 })
  })
})

describe('the server itself', () => {
  it('ping', async () => {
    expect(await bench.run({ ping: 1 })).toEqual({ ok: 1 })
  })

  it('buildInfo is of 8.0', async () => {
    for (const name of ['buildInfo', 'buildinfo']) {
      const reply = await bench.run({ [name]: 1 })
      expect(reply['version']).toMatch(/^8\.0\./)
      expect((reply['versionArray'] as number[]).slice(0, 2)).toEqual([8, 0])
    }
  })

  it('hello, and under its old names', async () => {
    const expected = {
      hosts: ['localhost:27017'],
      setName: 'rs0',
      secondary: false,
      primary: 'localhost:27017',
      me: 'localhost:27017',
      maxBsonObjectSize: 16_777_216,
      maxMessageSizeBytes: 48_000_000,
      maxWriteBatchSize: 100_000,
      logicalSessionTimeoutMinutes: 30,
      minWireVersion: 0,
      maxWireVersion: 25,
      readOnly: false,
      ok: 1,
    }
    const reply = await bench.run({ hello: 1, backpressure: '2' })
    expect(reply).toMatchObject({ ...expected, isWritablePrimary: true })
    // Without it, no client streams: all of them poll.
    expect(reply).not.toHaveProperty('topologyVersion')
    for (const name of ['isMaster', 'ismaster']) {
      const old = await bench.run({ [name]: 1, helloOk: true })
      expect(old).toMatchObject({ ...expected, ismaster: true, helloOk: true })
    }
  })

  it('a standalone says so', async () => {
    const standalone = makeBench({ persona: 'standalone' })
    const reply = await standalone.run({ hello: 1 })
    expect(reply).toMatchObject({ isWritablePrimary: true, ok: 1 })
    for (const name of ['hosts', 'setName', 'me']) expect(reply).not.toHaveProperty(name)
    standalone.stop()
  })

  it('gossips cluster time to connections that ask for it, moving with each write', async () => {
    const transport = bench.server.transport({ gossip: true })
    const timeAfter = async (command: Document): Promise<bigint> => {
      const reply = await transport.send({ ...command, $db: 'test' })
      expect((reply['$clusterTime'] as Document)['clusterTime']).toEqual(reply['operationTime'])
      return (reply['operationTime'] as Long).toBigInt()
    }
    const first = await timeAfter(insertOne({ _id: 1 }))
    expect(await timeAfter(findAll())).toBe(first)
    expect(await timeAfter(insertOne({ _id: 1 }))).toBe(first)
    expect(await timeAfter(insertOne({ _id: 2 }))).toBeGreaterThan(first)
    expect(await bench.run({ ping: 1 })).toEqual({ ok: 1 })
  })
})

describe('parameters', () => {
  const admin = (command: Document): Promise<Document> => bench.run({ ...command, $db: 'admin' })

  it('are set one by one and together, and say what was', async () => {
    expect(await admin({ setParameter: 1, transactionLifetimeLimitSeconds: 30 })).toEqual({
      was: 60,
      ok: 1,
    })
    expect(await admin({ getParameter: 1, transactionLifetimeLimitSeconds: 1 })).toEqual({
      transactionLifetimeLimitSeconds: 30,
      ok: 1,
    })
  })

  it('are all shown on demand', async () => {
    const all = await admin({ getParameter: '*' })
    expect(all).toMatchObject({
      enableTestCommands: true,
      featureCompatibilityVersion: { version: '8.0' },
    })
    expect(await admin({ getParameter: { allParameters: true } })).toEqual(all)
    expect(await admin({ getParameter: { showDetails: true }, maxSessions: 1 })).toEqual({
      maxSessions: { value: 1_000_000, settableAtRuntime: false, settableAtStartup: true },
      ok: 1,
    })
  })

  // Source: parameters.cpp (8.0)
  it.each([
    [{ getParameter: 1, nosuch: 1 }, 72, 'no option found to get'],
    [{ getParameter: 'foo' }, 72, 'no option found to get'],
    [
      { setParameter: 1, nosuch: 1 },
      72,
      'attempted to set unrecognized parameter [nosuch], use help:true to see options ',
    ],
    [{ setParameter: 1 }, 72, 'no option found to set, use help:true to see options '],
    [{ setParameter: 1, maxSessions: 5 }, 20, 'not allowed to change [maxSessions] at runtime'],
    [{ setParameter: 1, transactionLifetimeLimitSeconds: 0 }, 2, undefined],
  ])('%j is refused', async (command, code, errmsg) => {
    const reply = await admin(command)
    expect(reply).toMatchObject({ ok: 0, code })
    if (errmsg !== undefined) expect(reply['errmsg']).toBe(errmsg)
  })
})
