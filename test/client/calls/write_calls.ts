import { Long } from 'bson'
import { type Call, conflict, duplicate, id, unmet } from './call.ts'

// Whatever is no filter goes out as it is: it must never pass for one that finds everything.
const wrongType = { ok: 0, code: 14, codeName: 'TypeMismatch', errmsg: 'wrong type' }

export const WRITES: readonly Call[] = [
  ['insertOne', ({ things }) => things.insertOne({ _id: id, a: 1 }), [{ ok: 1, n: 1 }]],
  [
    'insertOne with a comment',
    ({ things }) => things.insertOne({ _id: 7, a: 1 }, { comment: { why: 1 } }),
    [{ ok: 1, n: 1 }],
  ],
  [
    'insertOne with options',
    ({ things }) =>
      things.insertOne(
        { _id: id, n: Long.fromNumber(3), none: undefined },
        {
          writeConcern: { w: 'majority', wtimeoutMS: 5 },
          maxTimeMS: 9,
          bypassDocumentValidation: true,
        },
      ),
    [{ ok: 1, n: 1 }],
  ],
  [
    'insertOne of a duplicate',
    ({ things }) => things.insertOne({ _id: 1 }),
    [{ ok: 1, n: 0, writeErrors: [duplicate] }],
  ],
  [
    'insertOne, write concern not met',
    ({ things }) => things.insertOne({ _id: id }),
    [{ ok: 1, n: 1, ...unmet }],
  ],
  ['insertOne, conflict', ({ things }) => things.insertOne({ _id: id }), [conflict]],
  [
    'insertOne without waiting',
    ({ things }) => things.insertOne({ _id: id }, { writeConcern: { w: 0 } }),
    [],
  ],
  [
    'insertMany',
    ({ things }) => things.insertMany([{ _id: id }, { _id: 2, a: [1, 2.5] }]),
    [{ ok: 1, n: 2 }],
  ],
  [
    'insertMany, one fails',
    ({ things }) => things.insertMany([{ _id: 1 }, { _id: 2 }]),
    [{ ok: 1, n: 0, writeErrors: [duplicate] }],
  ],
  [
    'insertMany unordered, one fails',
    ({ things }) => things.insertMany([{ _id: 1 }, { _id: 2 }], { ordered: false }),
    [{ ok: 1, n: 1, writeErrors: [duplicate] }],
  ],
  [
    'insertMany, refused as a whole',
    ({ things }) => things.insertMany([{ _id: 1 }, { _id: 2 }]),
    [conflict],
  ],
  ['insertMany of no list', ({ things }) => things.insertMany({} as never), []],
  ['insertMany of nothing', ({ things }) => things.insertMany([]), []],
  [
    'updateOne',
    ({ things }) => things.updateOne({ _id: id }, { $set: { a: 1 } }),
    [{ ok: 1, n: 1, nModified: 1 }],
  ],
  [
    'updateOne, upserting',
    ({ things }) => things.updateOne({ a: 1 }, { $inc: { n: 1 } }, { upsert: true }),
    [{ ok: 1, n: 1, nModified: 0, upserted: [{ index: 0, _id: id }] }],
  ],
  [
    'updateOne with options',
    ({ things }) =>
      things.updateOne(
        { a: 1 },
        { $set: { 'b.$[x]': 2 } },
        {
          arrayFilters: [{ x: 1 }],
          hint: { a: 1 },
          collation: { locale: 'sv' },
          let: { y: 1 },
          sort: { c: -1 },
          comment: 'c',
          maxTimeMS: 3,
          bypassDocumentValidation: false,
          writeConcern: { w: 1, journal: true },
        },
      ),
    [{ ok: 1, n: 0, nModified: 0 }],
  ],
  [
    'updateOne with a pipeline',
    ({ things }) => things.updateOne({}, [{ $set: { a: '$b' } }]),
    [{ ok: 1, n: 1, nModified: 1 }],
  ],
  ['updateOne without operators', ({ things }) => things.updateOne({}, { a: 1 } as never), []],
  ['updateOne with nothing', ({ things }) => things.updateOne({}, {}), []],
  ['updateOne with null', ({ things }) => things.updateOne({}, null as never), []],
  ['updateOne without a filter', ({ things }) => things.updateOne(null as never, {}), []],
  [
    'updateOne, refused',
    ({ things }) => things.updateOne({}, { $set: { a: 1 } }),
    [{ ok: 1, n: 0, nModified: 0, writeErrors: [duplicate] }],
  ],
  [
    'updateOne of undefined alone',
    ({ things }) => things.updateOne({}, { $set: undefined } as never, { ignoreUndefined: true }),
    [],
  ],
  [
    'updateOne without waiting',
    ({ things }) => things.updateOne({}, { $set: { a: 1 } }, { writeConcern: { w: 0 } }),
    [],
  ],
  [
    'updateMany',
    ({ things }) => things.updateMany({ a: 1 }, { $set: { a: 2 } }, { upsert: false }),
    [{ ok: 1, n: 3, nModified: 2 }],
  ],
  [
    'replaceOne',
    ({ things }) => things.replaceOne({ _id: id }, { b: 1 }, { upsert: true }),
    [{ ok: 1, n: 1, nModified: 1 }],
  ],
  ['replaceOne with operators', ({ things }) => things.replaceOne({}, { $set: {} }), []],
  ['deleteOne', ({ things }) => things.deleteOne({ _id: id }), [{ ok: 1, n: 1 }]],
  ['deleteOne of anything', ({ things }) => things.deleteOne(), [{ ok: 1, n: 1 }]],
  [
    'deleteMany with options',
    ({ things }) =>
      things.deleteMany(
        { a: { $gt: 1 } },
        { hint: 'a_1', collation: { locale: 'sv' }, let: { x: 1 }, comment: 0, maxTimeMS: 5 },
      ),
    [{ ok: 1, n: 5 }],
  ],
  ['deleteMany of null', ({ things }) => things.deleteMany(null as never), [wrongType]],
  ['deleteOne of a string', ({ things }) => things.deleteOne('x' as never), [wrongType]],
  ['deleteOne of a list', ({ things }) => things.deleteOne([] as never), [wrongType]],
  ['updateOne of a list', ({ things }) => things.updateOne([] as never, { $set: {} }), [wrongType]],
  [
    'deleteOne, refused',
    ({ things }) => things.deleteOne({}),
    [{ ok: 1, n: 0, writeErrors: [{ index: 0, code: 2, errmsg: 'bad' }] }],
  ],
]
