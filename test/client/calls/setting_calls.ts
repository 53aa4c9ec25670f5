import { Long } from 'bson'
import { batch, type Call, id, ok, type Thing } from './call.ts'

export const SETTINGS: readonly Call[] = [
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
