import { Long } from 'bson'
import { batch, type Call, ok } from './call.ts'

export const CATALOG: readonly Call[] = [
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
