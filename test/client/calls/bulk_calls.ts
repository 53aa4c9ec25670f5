import { Long } from 'bson'
import { type Call, conflict, duplicate, id, type Thing, unmet } from './call.ts'

export const BULK: readonly Call[] = [
  [
    'bulkWrite, in batches of a kind',
    ({ things }) =>
      things.bulkWrite([
        { insertOne: { document: { _id: id } } },
        { insertOne: { document: { _id: 2 } } },
        { updateOne: { filter: { a: 1 }, update: { $set: { b: 1 } }, upsert: true } },
        { updateMany: { filter: {}, update: [{ $unset: 'c' }], hint: 'x' } },
        { replaceOne: { filter: { a: 2 }, replacement: { z: 1 }, sort: { a: 1 } } },
        { deleteOne: { filter: { _id: id }, collation: { locale: 'sv' } } },
        { deleteMany: { filter: {} } },
        { insertOne: { document: { _id: 3 } } },
      ]),
    [
      { ok: 1, n: 2 },
      { ok: 1, n: 4, nModified: 2, upserted: [{ index: 0, _id: 'u' }] },
      { ok: 1, n: 3 },
      { ok: 1, n: 1 },
    ],
  ],
  [
    'bulkWrite unordered, with failures',
    ({ things }) =>
      things.bulkWrite(
        [
          { deleteOne: { filter: { _id: id } } },
          { insertOne: { document: { _id: 1 } } },
          { updateOne: { filter: { a: 1 }, update: { $set: { b: 1 } } } },
          { insertOne: { document: { _id: 2 } } },
        ],
        { ordered: false, comment: 'c', let: { a: 1 }, writeConcern: { w: 1 } },
      ),
    [
      { ok: 1, n: 1, writeErrors: [duplicate] },
      { ok: 1, n: 0, nModified: 0, writeErrors: [{ index: 0, code: 9, errmsg: 'no' }] },
      { ok: 1, n: 1 },
    ],
  ],
  [
    'bulkWrite, write concern not met',
    ({ things }) =>
      things.bulkWrite([{ insertOne: { document: { _id: 1 } } }, { deleteOne: { filter: {} } }]),
    [{ ok: 1, n: 1, ...unmet }],
  ],
  [
    'bulkWrite, second batch refused as a whole',
    ({ things }) =>
      things.bulkWrite([{ insertOne: { document: { _id: 1 } } }, { deleteOne: { filter: {} } }]),
    [{ ok: 1, n: 1 }, conflict],
  ],
  ['bulkWrite of nothing', ({ things }) => things.bulkWrite([]), []],
  ['bulkWrite of no list', ({ things }) => things.bulkWrite({} as never), []],
  ['bulkWrite of something else', ({ things }) => things.bulkWrite([{ x: 1 } as never]), []],
  ['bulkWrite of null', ({ things }) => things.bulkWrite([null as never]), []],
  [
    'bulkWrite of a raw operation',
    ({ things }) => things.bulkWrite([{ updateOne: { q: {}, u: {} } } as never]),
    [],
  ],
  [
    'client.bulkWrite',
    ({ client }) =>
      client.bulkWrite<Record<string, Thing>>(
        [
          { namespace: 'shop.a', name: 'insertOne', document: { _id: 1 } },
          { namespace: 'shop.b', name: 'updateOne', filter: { a: 1 }, update: { $inc: { b: 1 } } },
          {
            namespace: 'shop.a',
            name: 'updateMany',
            filter: {},
            update: [{ $set: { c: 1 } }],
            upsert: true,
            hint: 'h',
          },
          {
            namespace: 'shop.a',
            name: 'replaceOne',
            filter: { _id: 1 },
            replacement: { z: 1 },
            collation: { locale: 'sv' },
          },
          { namespace: 'shop.b', name: 'deleteOne', filter: { _id: 1 } },
          { namespace: 'shop.b', name: 'deleteMany', filter: {} },
        ],
        { verboseResults: true, comment: 'c', let: { v: 1 } },
      ),
    [
      {
        ...{ ok: 1, nErrors: 0, nInserted: 1, nUpserted: 1, nMatched: 2, nModified: 2 },
        nDeleted: 4,
        cursor: {
          id: Long.fromNumber(5),
          ns: 'admin.$cmd.bulkWrite',
          firstBatch: [
            { ok: 1, idx: 0, n: 1 },
            { ok: 1, idx: 1, n: 1, nModified: 1 },
            { ok: 1, idx: 2, n: 1, nModified: 0, upserted: { _id: id } },
          ],
        },
      },
      {
        ok: 1,
        cursor: {
          id: Long.ZERO,
          ns: 'admin.$cmd.bulkWrite',
          nextBatch: [
            { ok: 1, idx: 3, n: 1, nModified: 1 },
            { ok: 1, idx: 4, n: 1 },
            { ok: 1, idx: 5, n: 3 },
          ],
        },
      },
    ],
  ],
  [
    'client.bulkWrite, unordered with an error',
    ({ client }) =>
      client.bulkWrite<Record<string, Thing>>(
        [
          { namespace: 'shop.a', name: 'insertOne', document: { _id: 1 } },
          { namespace: 'shop.a', name: 'insertOne', document: { _id: 2 } },
        ],
        { ordered: false },
      ),
    [
      {
        ...{ ok: 1, nErrors: 1, nInserted: 1, nUpserted: 0, nMatched: 0, nModified: 0 },
        nDeleted: 0,
        cursor: {
          id: Long.ZERO,
          ns: 'admin.$cmd.bulkWrite',
          firstBatch: [{ ok: 0, idx: 0, n: 0, code: 11000, errmsg: 'dup' }],
        },
      },
    ],
  ],
  [
    'client.bulkWrite, ordered with an error',
    ({ client }) =>
      client.bulkWrite<Record<string, Thing>>([
        { namespace: 'shop.a', name: 'insertOne', document: { _id: 1 } },
        { namespace: 'shop.a', name: 'insertOne', document: { _id: 2 } },
      ]),
    [
      {
        ...{ ok: 1, nErrors: 1, nInserted: 0, nUpserted: 0, nMatched: 0, nModified: 0 },
        nDeleted: 0,
        cursor: {
          id: Long.ZERO,
          ns: 'admin.$cmd.bulkWrite',
          firstBatch: [{ ok: 0, idx: 0, n: 0, code: 11000, errmsg: 'dup' }],
        },
      },
    ],
  ],
  [
    'client.bulkWrite, refused',
    ({ client }) =>
      client.bulkWrite<Record<string, Thing>>([
        { namespace: 'shop.a', name: 'insertOne', document: { _id: 1 } },
      ]),
    [conflict],
  ],
  ['client.bulkWrite of nothing', ({ client }) => client.bulkWrite<Record<string, Thing>>([]), []],
  [
    'client.bulkWrite, update without operators',
    ({ client }) =>
      client.bulkWrite<Record<string, Thing>>([
        { namespace: 'shop.a', name: 'updateOne', filter: {}, update: { a: 1 } as never },
      ]),
    [],
  ],
]
