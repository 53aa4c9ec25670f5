import { Double } from 'bson'
import { afterAll, describe, expect, it } from 'vitest'
import type { Document } from '../../src/bson/index.ts'
import { makeBench } from './harness.ts'

const bench = makeBench()
afterAll(() => bench.stop())

/** Messages: server, idl_parser.cpp and the commands' IDL files (8.0). */
const REFUSED: readonly [Document, number, string][] = [
  [{ nosuch: 1 }, 59, "no such command: 'nosuch'"],
  [{ Insert: 'c', documents: [{}] }, 59, "no such command: 'Insert'"],
  [{ insert: 'c', documents: [{}], foo: 1 }, 40415, "BSON field 'insert.foo' is an unknown field."],
  [{ insert: 'c' }, 40414, "BSON field 'insert.documents' is missing but a required field"],
  [
    { insert: 'c', documents: null },
    40414,
    "BSON field 'insert.documents' is missing but a required field",
  ],
  [
    { insert: 'c', documents: {} },
    14,
    "BSON field 'insert.documents' is the wrong type 'object', expected type 'array'",
  ],
  [
    { insert: 'c', documents: [{}, 5] },
    14,
    "BSON field 'insert.documents.1' is the wrong type 'int', expected type 'object'",
  ],
  [
    { insert: 'c', documents: [{}], ordered: 1 },
    14,
    "BSON field 'insert.ordered' is the wrong type 'int', expected type 'bool'",
  ],
  [
    { find: 'c', limit: 'x' },
    14,
    "BSON field 'find.limit' is the wrong type 'string', expected types '[long, int, decimal, double]'",
  ],
  [{ find: 'c', limit: -1 }, 51024, "BSON field 'limit' value must be >= 0, actual value '-1'"],
  [{ find: 'c', filter: 5 }, 14, 'Expected field filterto be of type object'],
  [{ find: 'c', hint: 5 }, 9, 'Hint must be a string or an object'],
  [
    { find: 'c', singleBatch: 'x' },
    14,
    "BSON field 'find.singleBatch' is the wrong type 'string', expected types '[bool, long, int, decimal, double]'",
  ],
  [{ find: 5 }, 2, 'collection name has invalid type int'],
  [{ find: '' }, 73, "Invalid namespace specified 'test.'"],
  [
    { update: 'c', updates: [{ u: { $set: { a: 1 } } }] },
    40414,
    "BSON field 'update.updates.q' is missing but a required field",
  ],
  [
    { update: 'c', updates: [{ q: {}, u: { $set: { a: 1 } }, foo: 1 }] },
    40415,
    "BSON field 'update.updates.foo' is an unknown field.",
  ],
  [
    { update: 'c', updates: [{ q: {}, u: 5 }] },
    9,
    'Update argument must be either an object or an array',
  ],
  [
    { delete: 'c', deletes: [{ q: {} }] },
    40414,
    "BSON field 'delete.deletes.limit' is missing but a required field",
  ],
  [
    { delete: 'c', deletes: [{ q: {}, limit: 2 }] },
    9,
    'The limit field in delete objects must be 0 or 1. Got 2',
  ],
  [
    { insert: 'c', documents: [] },
    16,
    'Write batch sizes must be between 1 and 100000. Got 0 operations.',
  ],
  [
    { getMore: 5, collection: 'c' },
    14,
    "BSON field 'getMore.getMore' is the wrong type 'int', expected type 'long'",
  ],
  [
    { find: 'c', lsid: 'x' },
    14,
    "BSON field 'find.lsid' is the wrong type 'string', expected type 'object'",
  ],
  [{ find: 'c', lsid: {} }, 40414, "BSON field 'find.lsid.id' is missing but a required field"],
  [{ find: 'c', maxTimeMS: 'x' }, 2, 'maxTimeMS must be a number'],
  [{ find: 'c', maxTimeMS: -1 }, 2, '-1 value for maxTimeMS is out of range [0, 2147483647]'],
  [{ find: 'c', maxTimeMS: 1.5 }, 2, 'maxTimeMS has non-integral value'],
  [{ find: 'c', apiVersion: '3' }, 322, 'API version must be "1"'],
  [
    { find: 'c', apiStrict: true },
    4886600,
    'Provided apiStrict and/or apiDeprecationErrors without passing apiVersion',
  ],
  [
    { collStats: 'c', apiVersion: '1', apiStrict: true },
    323,
    'Provided apiStrict:true, but the command collStats is not in API Version 1. Information on supported commands and migrations in API Version 1 can be found at https://dochub.mongodb.org/core/manual-versioned-api.',
  ],
  [{ listDatabases: 1 }, 13, 'listDatabases may only be run against the admin database.'],
  [{ ping: 1, $db: '' }, 73, "Invalid database name: ''"],
]

describe('a command that is not well-formed', () => {
  it.each(REFUSED)('%j is refused with %i', async (command, code, errmsg) => {
    expect(await bench.run(command)).toMatchObject({ ok: 0, code, errmsg })
  })

  it('names the database, or nothing is known', async () => {
    const reply = await bench.run({ ping: 1, $db: undefined })
    expect(reply).toMatchObject({ ok: 0, code: 40571 })
  })

  it('replies with ok, errmsg, code and codeName, in this order', async () => {
    const reply = await bench.run({ nosuch: 1 })
    expect(Object.keys(reply)).toEqual(['ok', 'errmsg', 'code', 'codeName'])
  })
})

/** Source: as above; null counts as absent, numbers of any type count as whole numbers. */
const ACCEPTED: readonly Document[] = [
  { find: 'c', limit: null },
  { find: 'c', limit: new Double(2), batchSize: 2.5 },
  { find: 'c', comment: { any: 'thing' } },
  { find: 'c', $readPreference: { mode: 'primaryPreferred' } },
  { find: 'c', apiVersion: '1', apiStrict: true, apiDeprecationErrors: true },
  { insert: 'c', documents: [{}], ordered: null },
  { update: 'c', updates: [{ q: {}, u: { $set: { a: 1 } }, arrayFilters: null, sort: null }] },
  { ping: 1, anything: 'goes' },
]

it.each(ACCEPTED)('%j is accepted', async (command) => {
  expect(await bench.run(command)).toMatchObject({ ok: 1 })
})

it('options that are not built are refused, not ignored', async () => {
  const series = { create: 'v', timeseries: { timeField: 'at' } }
  expect(await bench.run(series)).toMatchObject({ ok: 0, code: 238 })
  expect(await bench.run({ validate: 'c', metadata: true })).toMatchObject({ ok: 0, code: 238 })
  expect(await bench.run({ find: 'c', collation: { locale: 'simple' } })).toMatchObject({ ok: 1 })
})
