/**
 * Small programs that use what transactions promise, each in its own way. Every mutant meets all of
 * them, in this order; none is made for one.
 */
import type { OperationClient, OperationSession } from '../../../src/client/index.ts'
import type { ExploreOptions } from '../../../src/explore/index.ts'
import type { Operation } from '../../../src/sim/index.ts'

interface Numbered {
  _id: string
  n: number
}

const accounts = (client: OperationClient) => client.db('bank').collection<Numbered>('accounts')

/** Does something in a transaction and commits it; errors are for the explorer to judge. */
function* transact(
  client: OperationClient,
  body: (session: OperationSession) => Operation<void>,
): Operation<void> {
  const session = client.startSession()
  session.startTransaction()
  yield* body(session)
  yield* session.commitTransaction()
}

function claim(holds: boolean, what: string): void {
  if (!holds) throw new Error(what)
}

type Program = Pick<ExploreOptions, 'setup' | 'actors' | 'invariant' | 'simulator'>

const twoAccounts: Program['setup'] = (client) =>
  client
    .db('bank')
    .collection<Numbered>('accounts')
    .insertMany([
      { _id: 'a', n: 10 },
      { _id: 'b', n: 10 },
    ])

const sameTotal: Program['invariant'] = async (client) => {
  const found = await client.db('bank').collection<Numbered>('accounts').find().toArray()
  const total = found.reduce((sum, { n }) => sum + n, 0)
  claim(total === 20, `there is ${total}, and there was 20`)
}

function* increment(client: OperationClient): Operation<void> {
  yield* transact(client, function* (session) {
    const found = yield* accounts(client).findOne({ _id: 'a' }, { session })
    yield* accounts(client).updateOne({ _id: 'a' }, { $set: { n: found!.n + 1 } }, { session })
  })
}

/** Two read a document and write what they made of it. */
const counting: Program = { setup: twoAccounts, actors: { alice: increment, bob: increment } }

/** Moves money, where there is any. */
function* mover(client: OperationClient): Operation<void> {
  yield* transact(client, function* (session) {
    const all = accounts(client)
    const taken = yield* all.updateOne({ _id: 'a' }, { $inc: { n: -5 } }, { session })
    if (taken.matchedCount === 0) return
    yield* all.updateOne({ _id: 'b' }, { $inc: { n: 5 } }, { session })
  })
}

/** One moves money, another adds it up, and a third opens an account meanwhile. */
const auditing: Program = {
  setup: twoAccounts,
  actors: {
    mover,
    *auditor(client: OperationClient) {
      yield* transact(client, function* (session) {
        const a = yield* accounts(client).findOne({ _id: 'a' }, { session })
        const b = yield* accounts(client).findOne({ _id: 'b' }, { session })
        claim(a!.n + b!.n === 20, `the auditor saw ${a!.n} and ${b!.n}`)
      })
    },
    *opener(client: OperationClient) {
      yield* accounts(client).insertOne({ _id: 'c', n: 0 })
    },
  },
  invariant: sameTotal,
}

/** One moves money, another empties an account; what was there last must have been counted. */
const closing: Program = {
  setup: twoAccounts,
  actors: {
    mover,
    *closer(client: OperationClient) {
      yield* transact(client, function* (session) {
        const a = yield* accounts(client).findOne({ _id: 'a' }, { session })
        yield* accounts(client).deleteOne({ _id: 'a' }, { session })
        yield* accounts(client).insertOne({ _id: 'c', n: a!.n }, { session })
        const again = yield* accounts(client).findOne({ _id: 'a' }, { session })
        claim(again === null, 'the closer still sees what it deleted')
      })
    },
  },
  invariant: sameTotal,
}

/** One goes on after an error, as if nothing had happened. */
function* stubborn(client: OperationClient, from: string, to: string): Operation<void> {
  yield* transact(client, function* (session) {
    for (const [_id, by] of [
      [from, -5],
      [to, 5],
    ] as const) {
      try {
        yield* accounts(client).updateOne({ _id }, { $inc: { n: by } }, { session })
      } catch {}
    }
  })
}

const goingOn: Program = {
  setup: twoAccounts,
  actors: {
    *alice(client: OperationClient) {
      yield* stubborn(client, 'a', 'b')
    },
    *bob(client: OperationClient) {
      yield* stubborn(client, 'b', 'a')
    },
  },
  invariant: sameTotal,
}

/** One changes its mind. */
const aborting: Program = {
  setup: twoAccounts,
  actors: {
    *alice(client: OperationClient) {
      const session = client.startSession()
      session.startTransaction()
      yield* accounts(client).updateOne({ _id: 'a' }, { $inc: { n: 1 } }, { session })
      const own = yield* accounts(client).findOne({ _id: 'a' }, { session })
      claim(own!.n > 10, 'alice does not see what she wrote')
      yield* session.abortTransaction()
    },
    *bob(client: OperationClient) {
      const found = yield* accounts(client).findOne({ _id: 'a' })
      claim(found!.n === 10, 'bob saw what alice undid')
    },
  },
  invariant: sameTotal,
}

/** One takes longer than a transaction may. */
const sleeping: Program = {
  setup: twoAccounts,
  simulator: { parameters: { transactionLifetimeLimitSeconds: 1 } },
  actors: {
    *alice(client: OperationClient) {
      yield* transact(client, function* (session) {
        yield* accounts(client).updateOne({ _id: 'a' }, { $inc: { n: -5 } }, { session })
        yield* client.sleep(5_000)
        yield* accounts(client).updateOne({ _id: 'b' }, { $inc: { n: 5 } }, { session })
      })
    },
    *bob(client: OperationClient) {
      yield* accounts(client).findOne({ _id: 'a' })
    },
  },
  invariant: sameTotal,
}

/** Two want the same name. */
const naming: Program = {
  setup: (client) =>
    client.db('bank').collection('users').createIndex({ name: 1 }, { unique: true }),
  actors: { alice: register, bob: register },
  invariant: async (client) => {
    const count = await client.db('bank').collection('users').countDocuments({})
    claim(count <= 1, `${count} users have one name`)
  },
}

function* register(client: OperationClient): Operation<void> {
  const users = client.db('bank').collection('users')
  try {
    yield* transact(client, function* (session) {
      yield* users.insertOne({ name: 'ann' }, { session })
    })
  } catch (error) {
    if (!isDuplicate(error)) throw error
  }
}

function isDuplicate(error: unknown): boolean {
  return (error as { code?: unknown }).code === 11000
}

/** One looks by an index, twice; another moves what it finds. */
const lookingTwice: Program = {
  setup: async (client) => {
    const jobs = client.db('bank').collection('jobs')
    await jobs.createIndex({ state: 1 })
    await jobs.insertMany([{ state: 'open' }, { state: 'open' }])
  },
  actors: {
    *worker(client: OperationClient) {
      const jobs = client.db('bank').collection('jobs')
      yield* jobs.updateOne({ state: 'open' }, { $set: { state: 'done' } })
    },
    *watcher(client: OperationClient) {
      const jobs = client.db('bank').collection('jobs')
      yield* transact(client, function* (session) {
        const first = yield* jobs.find({ state: 'open' }, { session }).toArray()
        const second = yield* jobs.find({ state: 'open' }, { session }).toArray()
        claim(first.length === second.length, 'a second look found something else')
      })
    },
  },
}

export const PROGRAMS: Readonly<Record<string, Program>> = {
  counting,
  auditing,
  closing,
  'going on': goingOn,
  aborting,
  sleeping,
  naming,
  'looking twice': lookingTwice,
}
