import { Long, Timestamp } from 'bson'
import { batch, type Call, id, ok } from './call.ts'

const at = (t: number) => Timestamp.fromBits(1, t)

export const SESSIONS: readonly Call[] = [
  [
    'causal: reads and writes after what was seen',
    async ({ client, db, things }) => {
      const session = client.startSession()
      await things.findOne({}, { session, readConcern: 'majority' })
      await things.findOne({}, { session })
      await things.insertOne({ _id: id }, { session })
      await db.command({ ping1: 1 }, { session })
      session.startTransaction({ readConcern: { level: 'snapshot' } })
      await things.findOne({}, { session })
      await things.findOne({}, { session })
      return [session.operationTime, session.supports, session.explicit]
    },
    [5, 7, 6, 8, 9, 10].map((t) => ({ ...batch(), operationTime: at(t) })),
  ],
  [
    'not causal',
    async ({ client, things }) => {
      const session = client.startSession({ causalConsistency: false })
      await things.findOne({}, { session })
      await things.findOne({}, { session })
      return session.operationTime
    },
    [
      { ...batch(), operationTime: at(5) },
      { ...batch(), operationTime: at(7) },
    ],
  ],
  [
    'snapshot',
    async ({ client, things }) => {
      const session = client.startSession({ snapshot: true })
      await things.find({}, { session }).toArray()
      await things.distinct('a', {}, { session })
      await things.aggregate([], { session }).toArray()
    },
    [
      {
        ok: 1,
        cursor: { id: Long.ZERO, ns: 'shop.things', firstBatch: [], atClusterTime: at(4) },
      },
      { ok: 1, values: [], atClusterTime: at(4) },
      batch(),
    ],
  ],
  [
    'snapshot takes no transaction',
    ({ client }) => client.startSession({ snapshot: true }).startTransaction(),
    [],
  ],
  [
    'snapshot is not causal',
    ({ client }) => client.startSession({ snapshot: true, causalConsistency: true }),
    [],
  ],
  [
    'ended',
    async ({ client, things }) => {
      const session = client.startSession()
      await session.endSession()
      await session.endSession()
      await things.findOne({}, { session })
    },
    [],
  ],
  [
    'unacknowledged',
    ({ client, things }) =>
      things.insertOne({ _id: id }, { session: client.startSession(), writeConcern: { w: 0 } }),
    [],
  ],
  [
    'withSession returns, and ends it',
    ({ client }) =>
      client.withSession({ causalConsistency: true }, async (session) => !session.hasEnded),
    [],
  ],
  [
    'withSession of nothing',
    ({ client }) => client.withSession({} as never, undefined as never),
    [],
  ],
  [
    'a session in a document',
    ({ client, things }) => things.insertOne({ _id: id, session: client.startSession() }),
    [],
  ],
  [
    'equality',
    ({ client }) => {
      const [one, other] = [client.startSession(), client.startSession()]
      return [one.equals(one), one.equals(other), one.equals({} as never)]
    },
    [],
  ],
  [
    'advanced by hand',
    async ({ client, things }) => {
      const session = client.startSession()
      session.advanceOperationTime(at(9))
      session.advanceOperationTime(at(3))
      await things.findOne({}, { session })
    },
    [batch()],
  ],
  [
    'advanced to nothing',
    ({ client }) => client.startSession().advanceClusterTime(null as never),
    [],
  ],
  [
    'advanced to no timestamp',
    ({ client }) => client.startSession().advanceClusterTime({ clusterTime: 1 } as never),
    [],
  ],
  ['an error is not a reply to learn from', ({ things }) => things.findOne(), [{ ...ok, ok: 0 }]],
]
