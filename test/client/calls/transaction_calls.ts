import type { ClientSession } from 'mongodb'
import {
  batch,
  type Call,
  conflict,
  duplicate,
  type Handles,
  nextBatch,
  ok,
  openBatch,
  unmet,
} from './call.ts'

/** Runs `body` with a session in a transaction. */
function inTransaction(
  body: (given: Handles, session: ClientSession) => unknown,
  options?: Parameters<ClientSession['startTransaction']>[0],
): (given: Handles) => Promise<unknown> {
  return async (given) => {
    const session = given.client.startSession()
    session.startTransaction(options)
    return await body(given, session)
  }
}

/** What `body` came to, and what state it left the session in. */
function thenState(
  body: (given: Handles, session: ClientSession) => Promise<unknown>,
): (given: Handles, session: ClientSession) => Promise<unknown> {
  return async (given, session) => {
    let outcome: unknown
    try {
      outcome = await body(given, session)
    } catch (error) {
      const { name, message, errorLabels } = error as Error & { errorLabels: string[] }
      outcome = { name, message, errorLabels }
    }
    return { outcome, active: session.inTransaction() }
  }
}

const insert = async ({ things }: Handles, session: ClientSession) =>
  await things.insertOne({ _id: 1 }, { session })

const retryable = (code: number) => ({
  ...{ ok: 0, code, codeName: 'Retryable', errmsg: 'not now' },
  errorLabels: ['RetryableWriteError'],
})
const tooLate = { ok: 0, code: 50, codeName: 'MaxTimeMSExpired', errmsg: 'too late' }
const gone = {
  ...{ ok: 0, code: 251, codeName: 'NoSuchTransaction', errmsg: 'gone' },
  errorLabels: ['TransientTransactionError'],
}
const unmetBy = (code: number, codeName: string) => ({
  ok: 1,
  writeConcernError: { code, codeName, errmsg: 'unmet' },
})

/** A commit that is answered like this, after an insert that went well. */
const commit = (what: string, ...replies: object[]): Call => [
  `commit, ${what}`,
  inTransaction(
    thenState(async (given, session) => {
      await insert(given, session)
      await session.commitTransaction()
    }),
  ),
  [ok, ...replies],
]

export const TRANSACTIONS: readonly Call[] = [
  [
    'writes and reads, then commit',
    inTransaction(async (given, session) => {
      const { things } = given
      await things.insertOne({ _id: 1 }, { session, comment: 'c' })
      await things.findOne({ _id: 1 }, { session })
      await things.updateOne({ _id: 1 }, { $set: { a: 1 } }, { session, writeConcern: { w: 1 } })
      await things.find({}, { session, batchSize: 1, readConcern: 'local' }).toArray()
      await things.countDocuments({}, { session })
      await things.findOneAndDelete({ _id: 1 }, { session })
      await things.bulkWrite([{ deleteMany: { filter: {} } }], { session })
      await things.distinct('a', {}, { session })
      await session.commitTransaction()
    }),
    [ok, batch(), ok, openBatch({ a: 1 }), nextBatch(0), batch({ n: 1 }), ok, ok, ok, ok],
  ],
  [
    'with options of its own',
    inTransaction(
      async (given, session) => {
        await insert(given, session)
        await insert(given, session)
        await session.commitTransaction()
      },
      {
        readConcern: { level: 'snapshot' },
        writeConcern: { w: 'majority', wtimeoutMS: 7, journal: true } as never,
        maxCommitTimeMS: 9,
      },
    ),
    [ok, ok, ok],
  ],
  [
    'with options of its session',
    async (given) => {
      const session = given.client.startSession({
        defaultTransactionOptions: {
          readConcern: { level: 'majority' },
          writeConcern: { w: 1 } as never,
          maxCommitTimeMS: 8,
        },
      })
      session.startTransaction({ maxCommitTimeMS: 4 })
      await insert(given, session)
      await session.abortTransaction()
      session.startTransaction()
      await insert(given, session)
      await session.commitTransaction()
    },
    [ok, ok, ok, ok],
  ],
  [
    'abort',
    inTransaction(thenState(async (g, s) => [await insert(g, s), await s.abortTransaction()])),
    [ok, ok],
  ],
  [
    'abort, refused',
    inTransaction(thenState(async (g, s) => [await insert(g, s), await s.abortTransaction()])),
    [ok, gone],
  ],
  [
    'abort, refused for a moment',
    inTransaction(thenState(async (g, s) => [await insert(g, s), await s.abortTransaction()])),
    [ok, retryable(262), ok],
  ],
  ['commit of nothing', inTransaction((_, session) => session.commitTransaction()), []],
  ['abort of nothing', inTransaction((_, session) => session.abortTransaction()), []],
  [
    'commit of nothing, twice',
    inTransaction(async (_, session) => {
      await session.commitTransaction()
      await session.commitTransaction()
    }),
    [],
  ],
  [
    'abort of nothing, then the next takes another number',
    inTransaction(async (given, session) => {
      await session.abortTransaction()
      session.startTransaction()
      await insert(given, session)
    }),
    [ok],
  ],
  [
    'commit twice',
    inTransaction(async (given, session) => {
      await insert(given, session)
      await session.commitTransaction()
      await session.commitTransaction()
    }),
    [ok, ok, ok],
  ],
  [
    'abort twice',
    inTransaction(async (_, session) => {
      await session.abortTransaction()
      await session.abortTransaction()
    }),
    [],
  ],
  [
    'commit after abort',
    inTransaction(async (_, session) => {
      await session.abortTransaction()
      await session.commitTransaction()
    }),
    [],
  ],
  [
    'abort after commit',
    inTransaction(async (_, session) => {
      await session.commitTransaction()
      await session.abortTransaction()
    }),
    [],
  ],
  ['commit without start', ({ client }) => client.startSession().commitTransaction(), []],
  ['abort without start', ({ client }) => client.startSession().abortTransaction(), []],
  ['start twice', inTransaction((_, session) => session.startTransaction()), []],
  [
    'start without acknowledgement',
    ({ client }) => client.startSession().startTransaction({ writeConcern: { w: 0 } as never }),
    [],
  ],
  [
    'an operation after commit is outside',
    inTransaction(async (given, session) => {
      await insert(given, session)
      await session.commitTransaction()
      await insert(given, session)
      await session.commitTransaction()
    }),
    [ok, ok, ok],
  ],
  commit('not now, then done', retryable(262), ok),
  commit('not now, twice', retryable(262), retryable(6)),
  commit('not now, then gone', retryable(262), gone),
  commit('too late', tooLate),
  commit('gone', gone),
  commit('write concern timed out', { ok: 1, ...unmet }),
  commit('write concern never met', unmetBy(100, 'UnsatisfiableWriteConcern')),
  commit('write concern unknown', unmetBy(79, 'UnknownReplWriteConcern')),
  commit('write concern too late', unmetBy(50, 'MaxTimeMSExpired')),
  [
    'a failed commit again',
    inTransaction(
      thenState(async (given, session) => {
        await insert(given, session)
        await session.commitTransaction().catch(() => undefined)
        await session.commitTransaction()
      }),
    ),
    [ok, tooLate, ok],
  ],
  [
    'commit again, not now, then done',
    inTransaction(async (given, session) => {
      await insert(given, session)
      await session.commitTransaction()
      await session.commitTransaction()
    }),
    [ok, ok, retryable(262), ok],
  ],
  ['conflict', inTransaction(thenState(insert)), [conflict]],
  [
    'conflict, then abort',
    inTransaction(async (given, session) => {
      await insert(given, session).catch(() => undefined)
      await session.abortTransaction()
    }),
    [conflict, gone],
  ],
  ['duplicate', inTransaction(thenState(insert)), [{ ok: 1, n: 0, writeErrors: [duplicate] }]],
  [
    'overloaded at its first command, which begins it again',
    inTransaction(async (given, session) => {
      await insert(given, session).catch(() => undefined)
      await insert(given, session)
    }),
    [{ ok: 0, code: 462, errmsg: 'busy', errorLabels: ['RetryableError'] }, ok],
  ],
  [
    'bulk write, conflict',
    inTransaction(thenState(({ things }, session) => things.insertMany([{ _id: 1 }], { session }))),
    [conflict],
  ],
  [
    'read preference',
    inTransaction(({ things }, session) =>
      things.findOne({}, { session, readPreference: 'nearest' }),
    ),
    [],
  ],
  [
    'read preference of the transaction',
    inTransaction(({ things }, session) => things.findOne({}, { session }), {
      readPreference: 'secondary',
    }),
    [],
  ],
  [
    'read preference of the collection, which a transaction overrides',
    inTransaction(({ db }, session) =>
      db.collection('things', { readPreference: 'nearest' }).findOne({}, { session }),
    ),
    [batch()],
  ],
  [
    'a command of its own',
    inTransaction(async ({ db }, session) => {
      await db.command({ find: 'things' }, { session })
      await db.admin().command({ commitTransaction: 1 }, { session })
    }),
    [batch(), ok],
  ],
  [
    'ending the session aborts',
    inTransaction(async (given, session) => {
      await insert(given, session)
      await session.endSession()
      return [session.hasEnded, session.inTransaction()]
    }),
    [ok, ok],
  ],
  [
    'withTransaction',
    ({ client, things }) =>
      client.withSession((session) =>
        session.withTransaction(
          async () => (await things.insertOne({ _id: 1 }, { session })).insertedId,
          { readConcern: 'local' },
        ),
      ),
    [ok, ok],
  ],
  [
    'withTransaction, conflicts, a doubtful commit, and a commit that is gone',
    ({ client, things }) =>
      client.withSession(async (session) => {
        let attempts = 0
        const result = await session.withTransaction(async (same) => {
          attempts += 1
          await things.insertOne({ _id: attempts }, { session: same })
          return 'done'
        })
        return { attempts, result }
      }),
    [...[conflict, gone], ...[ok, { ok: 1, ...unmet }, gone], ...[ok, ok]],
  ],
  [
    'withTransaction, commit too late',
    ({ client, things }) =>
      client.withSession((session) =>
        session.withTransaction(() => things.insertOne({ _id: 1 }, { session })),
      ),
    [ok, tooLate],
  ],
  [
    'withTransaction, duplicate',
    ({ client, things }) =>
      client.withSession((session) =>
        session.withTransaction(() => things.insertOne({ _id: 1 }, { session })),
      ),
    [{ ok: 1, n: 0, writeErrors: [duplicate] }, ok],
  ],
  [
    'withTransaction, an error of the callback',
    ({ client, things }) =>
      client.withSession((session) =>
        session.withTransaction(async () => {
          await things.insertOne({ _id: 1 }, { session })
          throw new RangeError('mine')
        }),
      ),
    [ok, ok],
  ],
  [
    'withTransaction, no promise',
    ({ client }) => client.withSession((session) => session.withTransaction((() => 1) as never)),
    [],
  ],
  [
    'withTransaction, ended by the callback',
    ({ client, things }) =>
      client.withSession((session) =>
        session.withTransaction(async () => {
          await things.insertOne({ _id: 1 }, { session })
          await session.abortTransaction()
          return 'aborted'
        }),
      ),
    [ok, ok],
  ],
  [
    'withTransaction, nothing done',
    ({ client }) => client.withSession((session) => session.withTransaction(async () => 'nothing')),
    [],
  ],
]
