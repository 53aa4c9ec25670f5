import { Long } from 'bson'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Document } from '../../../src/bson/index.ts'
import { expectIndexesToMatchRecords, expectQuiet } from '../../engine/consistency.ts'
import {
  type Bench,
  commit,
  continuing,
  documentsOf,
  findAll,
  insertOne,
  makeBench,
  retryable,
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

const NS_INFO = [{ ns: 'test.demo' }, { ns: 'other.demo' }]

const bulk = (ops: Document[], fields: Document = {}): Document => ({
  bulkWrite: 1,
  ops,
  nsInfo: NS_INFO,
  ...fields,
  $db: 'admin',
})

const OPS: Document[] = [
  { insert: 0, document: { _id: 1, a: 1 } },
  { insert: 1, document: { _id: 1 } },
  { update: 0, filter: { _id: 1 }, updateMods: { $inc: { a: 1 } } },
  { update: 0, filter: { _id: 1 }, updateMods: { $set: { a: 2 } } },
  { update: 1, filter: { _id: 5 }, updateMods: { b: 1 }, upsert: true },
  { update: 0, filter: {}, updateMods: { $set: { c: 1 } }, multi: true },
  { delete: 1, filter: {}, multi: true },
  { delete: 0, filter: { _id: 9 } },
]

it('writes to several collections, each operation in its turn', async () => {
  expect(await bench.run(bulk(OPS))).toEqual({
    cursor: {
      id: Long.ZERO,
      firstBatch: [
        { ok: 1, idx: 0, n: 1 },
        { ok: 1, idx: 1, n: 1 },
        { ok: 1, idx: 2, n: 1, nModified: 1 },
        { ok: 1, idx: 3, n: 1, nModified: 0 },
        { ok: 1, idx: 4, n: 1, nModified: 0, upserted: { _id: 5 } },
        { ok: 1, idx: 5, n: 1, nModified: 1 },
        { ok: 1, idx: 6, n: 2 },
        { ok: 1, idx: 7, n: 0 },
      ],
      ns: 'admin.$cmd.bulkWrite',
    },
    nErrors: 0,
    nInserted: 2,
    nMatched: 3,
    nModified: 2,
    nUpserted: 1,
    nDeleted: 2,
    ok: 1,
  })
  expect(documentsOf(await bench.run(findAll()))).toEqual([{ _id: 1, a: 2, c: 1 }])
})

const FAILING: Document[] = [
  { insert: 0, document: { _id: 1 } },
  { insert: 0, document: { _id: 1 } },
  { update: 0, filter: { _id: 1 }, updateMods: { $inc: { _id: 1 } } },
  { delete: 0, filter: { _id: 1 } },
]

it('ordered, it ends with the first failure', async () => {
  expect(await bench.run(bulk(FAILING))).toMatchObject({
    cursor: {
      firstBatch: [
        { ok: 1, idx: 0, n: 1 },
        { ok: 0, idx: 1, code: 11000, keyPattern: { _id: 1 }, keyValue: { _id: 1 }, n: 0 },
      ],
    },
    nErrors: 1,
    nInserted: 1,
    nDeleted: 0,
    ok: 1,
  })
})

it('unordered, it goes on; errorsOnly leaves out what went well', async () => {
  const reply = await bench.run(bulk(FAILING, { ordered: false, errorsOnly: true }))
  expect(reply).toMatchObject({
    cursor: {
      firstBatch: [
        { ok: 0, idx: 1, code: 11000, n: 0 },
        { ok: 0, idx: 2, code: 66, n: 0, nModified: 0 },
      ],
    },
    nErrors: 2,
    nInserted: 1,
    nDeleted: 1,
    ok: 1,
  })
})

it('its results are read in batches', async () => {
  const opened = await bench.run(bulk(OPS, { cursor: { batchSize: 3 } }))
  expect(documentsOf(opened)).toHaveLength(3)
  const { id } = opened['cursor'] as Document
  const more = await bench.run({ getMore: id, collection: '$cmd.bulkWrite', $db: 'admin' })
  expect(documentsOf(more).map(({ idx }) => idx)).toEqual([3, 4, 5, 6, 7])
})

it('a retry does nothing twice, and answers the same', async () => {
  const once = OPS.filter(({ multi }) => multi !== true)
  const first = await bench.run(retryable(1, 1, bulk(once)))
  const second = await bench.run(retryable(1, 1, bulk(once)))
  // What changed nothing has no history: its outcome is worked out anew.
  expect(second).toEqual({ ...first, retriedStmtIds: [0, 1, 2, 4] })
  expect(documentsOf(await bench.run(findAll()))).toEqual([{ _id: 1, a: 2 }])
})

it('with a transaction number, one document each', async () => {
  const many = [{ update: 0, filter: {}, updateMods: { $set: { a: 1 } }, multi: true }]
  expect(documentsOf(await bench.run(retryable(1, 1, bulk(many))))).toMatchObject([
    { ok: 0, code: 72, errmsg: 'Cannot use (or request) retryable writes with multi=true' },
  ])
})

it('in a transaction: all or nothing', async () => {
  await bench.run(insertOne({ _id: 0 }))
  await bench.run(insertOne({ _id: 0 }, 'else'))
  await bench.run(starting(1, 1, bulk([{ insert: 0, document: { _id: 1 } }])))
  expect(documentsOf(await bench.run(findAll()))).toHaveLength(1)
  await bench.run(continuing(1, 1, bulk([{ insert: 1, document: { _id: 1 } }])))
  expect(await bench.run(commit(1, 1))).toMatchObject({ ok: 1 })
  expect(documentsOf(await bench.run(findAll()))).toHaveLength(2)

  const failing = await bench.run(starting(1, 2, bulk([{ insert: 0, document: { _id: 1 } }])))
  expect(failing).toMatchObject({ nErrors: 1, ok: 1 })
  expect(await bench.run(commit(1, 2))).toMatchObject({ ok: 0, code: 251 })
})

it('in a transaction, a conflict is the command’s own', async () => {
  await bench.run(insertOne({ _id: 1, a: 0 }))
  const increment = bulk([{ update: 0, filter: { _id: 1 }, updateMods: { $inc: { a: 1 } } }])
  await bench.run(starting(1, 1, increment))
  expect(await bench.run(starting(2, 1, increment))).toMatchObject({
    ok: 0,
    code: 112,
    errorLabels: ['TransientTransactionError'],
  })
  await bench.run(commit(1, 1))
})

// Source: bulk_write.cpp (8.0): counters by what is done, profiled as a part of a bulkWrite
it('counts each operation as what it is, and profiles it where it is', async () => {
  const { opcounters } = bench.engine.services.metrics
  await bench.run({ profile: 2 })
  await bench.run({ profile: 2, $db: 'other' })
  const before = { ...opcounters }
  await bench.run(bulk(OPS))
  expect(opcounters.insert - before.insert).toBe(2)
  expect(opcounters.update - before.update).toBe(4)
  expect(opcounters.delete - before.delete).toBe(2)
  expect(opcounters.command).toBe(before.command)
  const profiled = async ($db: string): Promise<Document[]> =>
    documentsOf(await bench.run({ find: 'system.profile', filter: { ns: /demo/ }, $db }))
  expect((await profiled('test')).map(({ op, ns }) => `${op} ${ns}`)).toEqual([
    'bulkWrite test.demo',
    'bulkWrite test.demo',
    'bulkWrite test.demo',
    'bulkWrite test.demo',
    'bulkWrite test.demo',
  ])
  expect(await profiled('other')).toHaveLength(3)
  // Its documents have no _id, so its index is no match for them.
  for (const $db of ['test', 'other']) {
    await bench.run({ profile: 0, $db })
    await bench.run({ drop: 'system.profile', $db })
  }
})

it('without acknowledgement the reply is short', async () => {
  const reply = await bench.run(bulk(OPS, { writeConcern: { w: 0 } }))
  expect(reply).toEqual({ ok: 1 })
})

// Source: bulk_write.idl, bulk_write_common.cpp (8.0)
it.each<[Document, number, string]>([
  [{ ops: [] }, 16, 'Write batch sizes must be between 1 and 100000. Got 0 operations.'],
  [{ nsInfo: [] }, 2, 'BulkWrite ops entry 0 has an invalid nsInfo index.'],
  [{ nsInfo: [{ ns: 'nodot' }] }, 73, "Invalid namespace specified 'nodot'"],
  [{ nsInfo: [{ x: 1 }] }, 40415, "BSON field 'bulkWrite.nsInfo.x' is an unknown field."],
  [{ nsInfo: [{}] }, 40414, "BSON field 'bulkWrite.nsInfo.ns' is missing but a required field"],
  [{ ops: [{ foo: 0 }] }, 40415, "BSON field 'bulkWrite.ops.foo' is an unknown field."],
  [{ ops: [{ insert: 0 }] }, 40414, "BSON field 'bulkWrite.ops.document' is missing"],
  [{ ops: [{ delete: 0, filter: {}, limit: 1 }] }, 40415, "'bulkWrite.ops.limit' is an unknown"],
  [{ ops: [{ insert: -1, document: {} }] }, 51024, 'value must be >= 0'],
  [{ let: { a: '$b' } }, 4890500, 'Command let Expression tried to access a field'],
  [{ $db: 'test' }, 13, 'bulkWrite may only be run against the admin database.'],
])('%j is refused', async (fields, code, errmsg) => {
  const reply = await bench.run(bulk(OPS, {}))
  expect(reply).toMatchObject({ ok: 1 })
  const refused = await bench.run({ ...bulk(OPS), ...fields })
  expect(refused).toMatchObject({ ok: 0, code })
  expect(refused['errmsg']).toContain(errmsg)
})
