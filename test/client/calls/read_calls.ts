import { Long } from 'bson'
import { batch, type Call, id, nextBatch, ok, openBatch } from './call.ts'

const wrongType = { ok: 0, code: 14, codeName: 'TypeMismatch', errmsg: 'wrong type' }

export const READS: readonly Call[] = [
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
  ['findOne of null', ({ things }) => things.findOne(null as never), [wrongType]],
  ['find of null', ({ things }) => things.find(null as never).toArray(), [wrongType]],
  ['find of a list', ({ things }) => things.find([] as never).toArray(), []],
  ['distinct of null', ({ things }) => things.distinct('a', null as never), [wrongType]],
  ['countDocuments of null', ({ things }) => things.countDocuments(null as never), [wrongType]],
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
