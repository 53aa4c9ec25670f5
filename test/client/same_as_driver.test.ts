/**
 * Our client and the official driver, given the same calls and the same replies, send the same
 * commands and come to the same results and errors.
 *
 * What differs on purpose is taken out before comparing: the driver's implicit sessions (`lsid`) and
 * its gossip, since the server here is in the same process.
 */
import { type Document, EJSON, Long, ObjectId } from 'bson'
import type { Collection, Db, MongoClient } from 'mongodb'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DriverStub } from './driver_stub.ts'
import { asReceived, scripted } from './scripted.ts'

type Thing = { _id: ObjectId | number } & Document

interface Handles {
  readonly client: MongoClient
  readonly db: Db
  readonly things: Collection<Thing>
}

type Call = [what: string, call: (given: Handles) => unknown, replies: Document[]]

const ok = { ok: 1 }
const id = new ObjectId('0123456789abcdef01234567')

/** A reply with one batch, and no cursor left open. */
const batch = (...firstBatch: Document[]) => ({
  ok: 1,
  cursor: { id: Long.ZERO, ns: 'shop.things', firstBatch },
})
const openBatch = (...firstBatch: Document[]) => ({
  ok: 1,
  cursor: { id: Long.fromNumber(77), ns: 'shop.things', firstBatch },
})
const nextBatch = (cursorId: number, ...documents: Document[]) => ({
  ok: 1,
  cursor: { id: Long.fromNumber(cursorId), ns: 'shop.things', nextBatch: documents },
})

const duplicate = {
  index: 0,
  code: 11000,
  errmsg: 'E11000 duplicate key error collection: shop.things index: _id_ dup key: { _id: 1 }',
  keyPattern: { _id: 1 },
  keyValue: { _id: 1 },
}
const conflict = {
  ok: 0,
  code: 112,
  codeName: 'WriteConflict',
  errmsg: 'Write conflict',
  errorLabels: ['TransientTransactionError'],
}
const unmet = {
  writeConcernError: {
    code: 64,
    codeName: 'WriteConcernTimeout',
    errmsg: 'waiting for replication timed out',
    errInfo: { wtimeout: true },
  },
}

const WRITES: Call[] = [
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
  [
    'deleteOne, refused',
    ({ things }) => things.deleteOne({}),
    [{ ok: 1, n: 0, writeErrors: [{ index: 0, code: 2, errmsg: 'bad' }] }],
  ],
]

const FIND_AND_MODIFY: Call[] = [
  [
    'findOneAndUpdate',
    ({ things }) => things.findOneAndUpdate({ _id: id }, { $inc: { n: 1 } }),
    [{ ok: 1, value: { _id: id, n: 0 }, lastErrorObject: { n: 1, updatedExisting: true } }],
  ],
  [
    'findOneAndUpdate with options',
    ({ things }) =>
      things.findOneAndUpdate(
        { a: 1 },
        { $set: { b: 1 } },
        {
          sort: [['a', -1]],
          projection: { a: 1 },
          returnDocument: 'after',
          upsert: true,
          arrayFilters: [{ x: 1 }],
          hint: { a: 1 },
          collation: { locale: 'sv' },
          let: { y: 1 },
          comment: 'c',
          maxTimeMS: 3,
          bypassDocumentValidation: true,
          writeConcern: { w: 'majority' },
          includeResultMetadata: true,
        },
      ),
    [{ ok: 1, value: null, lastErrorObject: { n: 1, updatedExisting: false, upserted: id } }],
  ],
  ['findOneAndUpdate, none', ({ things }) => things.findOneAndUpdate({}, { $set: { a: 1 } }), [ok]],
  ['findOneAndUpdate, plain', ({ things }) => things.findOneAndUpdate({}, { a: 1 } as never), []],
  ['findOneAndUpdate, null', ({ things }) => things.findOneAndUpdate(null as never, {}), []],
  [
    'findOneAndReplace',
    ({ things }) => things.findOneAndReplace({ a: 1 }, { b: 1 }, { returnDocument: 'before' }),
    [{ ok: 1, value: { _id: id } }],
  ],
  ['findOneAndReplace, $', ({ things }) => things.findOneAndReplace({}, { $set: {} }), []],
  ['findOneAndReplace, null', ({ things }) => things.findOneAndReplace({}, null as never), []],
  [
    'findOneAndDelete',
    ({ things }) => things.findOneAndDelete({ a: 1 }, { sort: 'a', projection: { _id: 0 } }),
    [{ ok: 1, value: { a: 1 } }],
  ],
  ['findOneAndDelete, conflict', ({ things }) => things.findOneAndDelete({}), [conflict]],
]

const BULK: Call[] = [
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

const READS: Call[] = [
  ['findOne', ({ things }) => things.findOne({ _id: id }), [batch({ _id: id, n: Long.ONE })]],
  ['findOne by an id alone', ({ things }) => things.findOne(id as never), [batch()]],
  ['findOne of anything', ({ things }) => things.findOne(), [batch({ _id: 1, d: new Date(5) })]],
  [
    'findOne with options',
    ({ things }) =>
      things.findOne(
        { a: /x/i },
        {
          projection: { a: 1 },
          sort: { a: 'desc' },
          skip: 2,
          hint: { a: 1 },
          comment: 'c',
          maxTimeMS: 5,
          collation: { locale: 'sv' },
          readConcern: 'majority',
          promoteValues: false,
        },
      ),
    [batch({ _id: 1, a: 2.5 })],
  ],
  [
    'findOne, refused',
    ({ things }) => things.findOne({ $x: 1 }),
    [{ ok: 0, code: 2, errmsg: 'b' }],
  ],
  ['findOne with a bad filter', ({ things }) => things.findOne('x' as never), []],
  ['find', ({ things }) => things.find().toArray(), [batch({ a: 1 }, { a: 2 })]],
  [
    'find, in batches',
    ({ things }) => things.find({}, { batchSize: 2, comment: 'c' }).toArray(),
    [openBatch({ a: 1 }, { a: 2 }), nextBatch(77, { a: 3 }, { a: 4 }), nextBatch(0, { a: 5 })],
  ],
  [
    'find with a limit over batches',
    ({ things }) => things.find().limit(3).batchSize(2).toArray(),
    [openBatch({ a: 1 }, { a: 2 }), nextBatch(0, { a: 3 })],
  ],
  [
    'find with a limit that a batch fills',
    ({ things }) => things.find().limit(2).toArray(),
    [openBatch({ a: 1 }, { a: 2 }), ok],
  ],
  [
    'find, batch as limit',
    ({ things }) => things.find().limit(2).batchSize(2).toArray(),
    [batch()],
  ],
  ['find, negative limit', ({ things }) => things.find().limit(-2).toArray(), [batch({ a: 1 })]],
  [
    'find, chained',
    ({ things }) =>
      things
        .find({ a: 1 })
        .sort('a', -1)
        .skip(1)
        .limit(9)
        .project({ a: 1 })
        .hint('a_1')
        .min({ a: 1 })
        .max({ a: 2 })
        .returnKey(true)
        .showRecordId(false)
        .collation({ locale: 'sv' })
        .allowDiskUse()
        .comment('c')
        .maxTimeMS(7)
        .toArray(),
    [batch()],
  ],
  [
    'find with options',
    ({ things }) =>
      things
        .find(
          {},
          {
            sort: new Map([['a', 1]]),
            projection: ['a', 'b'] as never,
            let: { x: 1 },
            noCursorTimeout: true,
            allowPartialResults: true,
            readConcern: { level: 'snapshot' },
            readPreference: 'primaryPreferred',
            hint: ['a'] as never,
          },
        )
        .toArray(),
    [batch()],
  ],
  ['find, empty order', ({ things }) => things.find({}, { sort: {} }).toArray(), [batch()]],
  ['find, two fields', ({ things }) => things.find({}, { sort: ['a', 'b'] }).toArray(), [batch()]],
  ['find, one pair', ({ things }) => things.find({}, { sort: ['a', -1] }).toArray(), [batch()]],
  [
    'find, by score',
    ({ things }) => things.find({}, { sort: { s: { $meta: 'textScore' } } }).toArray(),
    [batch()],
  ],
  ['find, bad order', ({ things }) => things.find({}, { sort: { a: 3 } as never }).toArray(), []],
  [
    'find, explained',
    ({ things }) => things.find({ a: 1 }).explain('executionStats'),
    [{ ok: 1, queryPlanner: { x: 1 } }],
  ],
  [
    'find, next and close',
    async ({ things }) => {
      const cursor = things.find({}, { batchSize: 1 })
      const seen = [await cursor.hasNext(), await cursor.next(), cursor.closed, cursor.id]
      await cursor.close()
      return [...seen, cursor.closed, cursor.killed, await cursor.hasNext()]
    },
    [openBatch({ a: 1 }), ok],
  ],
  [
    'find, next after close',
    async ({ things }) => {
      const cursor = things.find()
      await cursor.next()
      await cursor.close()
      return await cursor.next()
    },
    [openBatch({ a: 1 }), ok],
  ],
  [
    'find, left early',
    async ({ things }) => {
      for await (const thing of things.find()) return thing
    },
    [openBatch({ a: 1 }, { a: 2 }), ok],
  ],
  [
    'find, mapped',
    ({ things }) =>
      things
        .find()
        .map((thing) => thing['a'])
        .map((a) => a + 1)
        .toArray(),
    [batch({ a: 1 }, { a: 2 })],
  ],
  [
    'find, mapped to null',
    ({ things }) =>
      things
        .find()
        .map(() => null)
        .toArray(),
    [batch({ a: 1 })],
  ],
  [
    'find, again after a rewind',
    async ({ things }) => {
      const cursor = things.find({ a: 1 })
      const first = await cursor.toArray()
      const none = await cursor.toArray()
      cursor.rewind()
      return [first, none, await cursor.toArray()]
    },
    [batch({ a: 1 }), batch({ a: 2 })],
  ],
  [
    'find, changed after it began',
    async ({ things }) => {
      const cursor = things.find()
      await cursor.next()
      return cursor.limit(1)
    },
    [batch({ a: 1 })],
  ],
  [
    'find, refused in the middle',
    ({ things }) => things.find().toArray(),
    [openBatch({ a: 1 }), { ok: 0, code: 43, codeName: 'CursorNotFound', errmsg: 'gone' }, ok],
  ],
  [
    'find, limit of no number',
    ({ things }) =>
      things
        .find()
        .limit('1' as never)
        .toArray(),
    [],
  ],
  [
    'aggregate',
    ({ things }) =>
      things
        .aggregate([{ $match: { a: 1 } }], {
          allowDiskUse: true,
          batchSize: 3,
          hint: 'a_1',
          let: { x: 1 },
          collation: { locale: 'sv' },
          comment: 'c',
          maxTimeMS: 4,
          readConcern: 'local',
        })
        .toArray(),
    [batch({ a: 1 })],
  ],
  [
    'aggregate, built up, writing',
    ({ things }) =>
      things
        .aggregate([], { writeConcern: { w: 1 }, batchSize: 3 })
        .match({ a: 1 })
        .group({ _id: '$a' })
        .sort({ a: 1 })
        .skip(1)
        .limit(2)
        .project({ a: 1 })
        .unwind('$a')
        .lookup({ from: 'x' })
        .out('o')
        .toArray(),
    [batch()],
  ],
  ['aggregate, explained', ({ things }) => things.aggregate([]).explain(), [{ ok: 1, stages: [] }]],
  ['aggregate of no list', ({ things }) => things.aggregate({} as never), []],
  ['db.aggregate', ({ db }) => db.aggregate([{ $currentOp: {} }]).toArray(), [batch()]],
  ['countDocuments', ({ things }) => things.countDocuments(), [batch({ _id: 1, n: 4 })]],
  [
    'countDocuments with options',
    ({ things }) => things.countDocuments({ a: 1 }, { skip: 1, limit: 2, hint: 'h', comment: 'c' }),
    [batch()],
  ],
  [
    'estimatedDocumentCount',
    ({ things }) => things.estimatedDocumentCount({ maxTimeMS: 1, comment: 'c' }),
    [{ ok: 1, n: 9 }],
  ],
  ['distinct', ({ things }) => things.distinct('a'), [{ ok: 1, values: [1, Long.MAX_VALUE, 'x'] }]],
  [
    'distinct with options',
    ({ things }) =>
      things.distinct(
        'a',
        { b: 1 },
        {
          collation: { locale: 'sv' },
          hint: 'h',
          comment: 'c',
          maxTimeMS: 5,
          readConcern: 'local',
        },
      ),
    [{ ok: 1, values: [] }],
  ],
]

const CATALOG: Call[] = [
  ['createIndex', ({ things }) => things.createIndex('a'), [ok]],
  [
    'createIndex of many fields',
    ({ things }) =>
      things.createIndex(
        ['a', ['b', -1], { c: 'text' }, new Map([['d', 1]])] as never,
        {
          unique: true,
          sparse: true,
          expireAfterSeconds: 5,
          partialFilterExpression: { a: 1 },
          collation: { locale: 'sv' },
          version: 2,
          comment: 'c',
          commitQuorum: 1,
          maxTimeMS: 4,
          nonsense: 1,
        } as never,
      ),
    [ok],
  ],
  ['createIndex of a pair', ({ things }) => things.createIndex(['a', -1]), [ok]],
  [
    'createIndexes',
    ({ things }) =>
      things.createIndexes(
        [
          { key: { a: 1, b: -1 }, name: 'mine', hidden: true },
          { key: new Map([['c', 1]]), unique: true },
        ],
        { maxTimeMS: 3, comment: 'c' },
      ),
    [ok],
  ],
  ['createIndex, refused', ({ things }) => things.createIndex({ a: 1 }), [{ ok: 0, code: 85 }]],
  ['dropIndex', ({ things }) => things.dropIndex('a_1'), [{ ok: 1, nIndexesWas: 2 }]],
  ['dropIndexes', ({ things }) => things.dropIndexes(), [ok]],
  ['dropIndexes of nothing', ({ things }) => things.dropIndexes(), [{ ok: 0, code: 26 }]],
  ['indexes', ({ things }) => things.indexes(), [batch({ v: 2, key: { _id: 1 }, name: '_id_' })]],
  [
    'indexExists',
    ({ things }) => things.indexExists(['_id_', 'b_1']),
    [batch({ v: 2, key: { _id: 1 }, name: '_id_' })],
  ],
  [
    'listIndexes',
    ({ things }) => things.listIndexes({ batchSize: 2, comment: 'c' }).toArray(),
    [batch({ name: '_id_' })],
  ],
  ['drop', ({ things }) => things.drop(), [ok]],
  ['drop of nothing', ({ things }) => things.drop(), [{ ok: 0, code: 26, errmsg: 'ns not found' }]],
  ['drop, refused', ({ things }) => things.drop(), [{ ok: 0, code: 13, errmsg: 'no' }]],
  [
    'rename',
    async ({ things }) => (await things.rename('others', { dropTarget: true })).namespace,
    [ok],
  ],
  [
    'createCollection',
    async ({ db }) =>
      (
        await db.createCollection('new', {
          capped: true,
          size: 10,
          max: 1,
          validator: { a: 1 },
          collation: { locale: 'sv' },
          comment: 'c',
          changeStreamPreAndPostImages: { enabled: true },
          writeConcern: { w: 1 },
        })
      ).namespace,
    [ok],
  ],
  ['dropCollection', ({ db }) => db.dropCollection('things', { comment: 'c' }), [ok]],
  ['dropDatabase', ({ db }) => db.dropDatabase(), [ok]],
  [
    'listCollections',
    ({ db }) => db.listCollections({ name: 'a' }, { batchSize: 3, comment: 'c' }).toArray(),
    [batch({ name: 'a', type: 'collection' })],
  ],
  [
    'collections',
    async ({ db }) => (await db.collections()).map((each) => each.namespace),
    [batch({ name: 'a' }, { name: 'b$' }, { name: 'c' })],
  ],
  ['command', ({ db }) => db.command({ ping1: 1, x: undefined }), [{ ok: 1, n: Long.ONE }]],
  [
    'command, refused',
    ({ db }) => db.command({ nonsense: 1 }),
    [{ ok: 0, code: 59, codeName: 'CommandNotFound', errmsg: "no such command: 'nonsense'" }],
  ],
  [
    'command, elsewhere',
    ({ db }) => db.command({ x: 1 }, { readPreference: 'nearest', promoteValues: false }),
    [{ ok: 1, n: 5 }],
  ],
  ['stats', ({ db }) => db.stats({ scale: 1024 }), [{ ok: 1, objects: 3 }]],
  ['profilingLevel', ({ db }) => db.profilingLevel(), [{ ok: 1, was: 1 }]],
  ['setProfilingLevel', ({ db }) => db.setProfilingLevel('all'), [ok]],
  ['admin.buildInfo', ({ db }) => db.admin().buildInfo(), [{ ok: 1, version: '8.0.0' }]],
  ['admin.serverStatus', ({ db }) => db.admin().serverStatus(), [ok]],
  [
    'admin.listDatabases',
    ({ db }) => db.admin().listDatabases({ nameOnly: true, filter: { name: 'a' } }),
    [{ ok: 1, databases: [{ name: 'a' }] }],
  ],
]

const SETTINGS: Call[] = [
  [
    "a collection's own settings",
    ({ db }) => {
      const things = db.collection<Thing>('things', {
        readConcern: { level: 'majority' },
        writeConcern: { w: 'majority', wtimeoutMS: 3, journal: false },
        readPreference: 'secondaryPreferred',
        ignoreUndefined: true,
        promoteLongs: false,
      })
      return Promise.all([
        things.insertOne({ _id: id, none: undefined }),
        things.findOne({ none: undefined }),
        things.aggregate([]).toArray(),
      ])
    },
    [ok, batch({ n: Long.ONE }), batch({ n: Long.ONE })],
  ],
  [
    "a database's settings, and an operation's own",
    ({ client }) => {
      const things = client
        .db('other', { writeConcern: { w: 1 }, readConcern: { level: 'local' } as never })
        .collection('things')
      return Promise.all([
        things.deleteMany({}, { writeConcern: { w: 2 } }),
        things.distinct('a', {}, { readConcern: 'available' }),
        things.countDocuments(),
      ])
    },
    [{ ok: 1, n: 1 }, { ok: 1, values: [] }, batch({ n: 1 })],
  ],
  ['a bad database name', ({ client }) => client.db('a.b'), []],
]

const stub = new DriverStub()
let driver: MongoClient

beforeAll(async () => {
  await stub.listen()
  driver = await stub.connect({ maxPoolSize: 1 })
})
afterAll(async () => {
  await driver.close()
  await stub.close()
})

describe.each([
  ['writes', WRITES],
  ['findAndModify', FIND_AND_MODIFY],
  ['bulk writes', BULK],
  ['reads', READS],
  ['the catalog', CATALOG],
  ['settings', SETTINGS],
])('%s', (_, calls) => {
  test.each(calls)('%s', async (_what, call, replies) => {
    stub.script(replies)
    const theirs = await outcomeOf(call, driver)
    // An unacknowledged write may still be on its way.
    await driver.db('admin').command({ ping: 1 })

    const { client, transport } = scripted(replies.length === 0 ? [ok] : replies)
    const ours = await outcomeOf(call, client as unknown as MongoClient)

    expect(transport.commands.map(comparable)).toEqual(stub.commands.map(comparable))
    expect(ours).toEqual(theirs)
  })
})

/** The result, or what an application would ask an error for. */
async function outcomeOf(call: Call[1], client: MongoClient): Promise<unknown> {
  const db = client.db('shop')
  try {
    return plain(await call({ client, db, things: db.collection('things') }))
  } catch (error) {
    const { name, message, code, codeName, errorLabels, errmsg } = error as Document
    const { writeErrors, result, keyValue, errInfo, writeConcernErrors, partialResult } =
      error as Document
    return plain({
      ...{ name, message, code, codeName, errorLabels, errmsg, keyValue, errInfo },
      writeErrors: writeErrors instanceof Map ? [...writeErrors] : writeErrors,
      ...{ result, writeConcernErrors, partialResult },
    })
  }
}

/** By value: the classes are two different packages'. */
function plain(value: unknown): unknown {
  if (value === undefined) return undefined
  const text = EJSON.stringify({ value }, (_, inner) =>
    inner instanceof Map ? { map: [...inner] } : inner,
  )
  return JSON.parse(text)
}

function comparable(command: Document): string {
  const { lsid: _, $clusterTime: __, ...rest } = asReceived(command)
  const [name] = Object.keys(rest)
  // Statements travel in a section of their own, so that their place says nothing.
  const fields = Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1))
  return EJSON.stringify({ name, fields }, undefined, 2, { relaxed: false })
}
