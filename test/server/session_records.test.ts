/** What sessions leave in config.transactions and config.image_collection, and what it is good for. */
import { Binary, Long, Timestamp } from 'bson'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Document } from '../../src/bson/index.ts'
import { CommandServer } from '../../src/server/index.ts'
import { Random } from '../../src/sim/index.ts'
import {
  abort,
  type Bench,
  commit,
  continuing,
  documentsOf,
  findAll,
  increment,
  insertOne,
  lsid,
  makeBench,
  remove,
  retryable,
  starting,
} from './harness.ts'

let bench: Bench
beforeEach(async () => {
  bench = makeBench({ manual: true })
  await bench.run({ insert: 'demo', documents: [1, 2].map((_id) => ({ _id, value: 0 })) })
})
afterEach(() => bench.stop())

/** SHA-256 of the empty string: nobody has logged in. */
const NOBODY = Binary.createFromBase64('47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=')

const stored = async (coll = 'transactions'): Promise<Document[]> =>
  documentsOf(await bench.run({ find: coll, filter: {}, $db: 'config' }))
const values = async (from: Bench | { run: Bench['run'] } = bench): Promise<unknown[]> =>
  documentsOf(await from.run(findAll())).map(({ value }) => value)
const again = { n: 1, retriedStmtIds: [0], nModified: 1, ok: 1 }

// Source: session_txn_record.idl, image_collection_entry.idl (8.0)
describe('the records of a session', () => {
  it('have the fields of the server, in its order', async () => {
    await bench.clock.advance(5_000)
    await bench.run(retryable(1, 7, increment(1, 5)))
    const _id = { ...lsid(1), uid: NOBODY }
    const time = bench.engine.services.timestamps.lastWrite()
    expect(await stored()).toEqual([
      {
        _id,
        txnNum: Long.fromNumber(7),
        lastWriteOpTime: { ts: time, t: Long.ONE },
        lastWriteDate: new Date(5_000),
      },
    ])
    const fields = Object.keys((await stored())[0]!)
    expect(fields).toEqual(['_id', 'txnNum', 'lastWriteOpTime', 'lastWriteDate'])
    const modify = { findAndModify: 'demo', query: { _id: 1 }, update: { $inc: { value: 1 } } }
    await bench.run(retryable(1, 8, modify))
    expect(await stored('image_collection')).toEqual([
      {
        _id,
        txnNum: Long.fromNumber(8),
        ts: bench.engine.services.timestamps.lastWrite(),
        imageKind: 'preImage',
        image: { _id: 1, value: 5 },
        invalidated: false,
      },
    ])
  })

  it('a transaction leaves one when it commits what it wrote', async () => {
    await bench.run(starting(1, 1, findAll()))
    await bench.run(commit(1, 1))
    await bench.run(starting(1, 2, increment(1, 5)))
    await bench.run(abort(1, 2))
    expect(await stored()).toEqual([])
    await bench.run(starting(1, 3, increment(1, 5)))
    expect(await stored()).toEqual([])
    await bench.run(commit(1, 3))
    const [record] = await stored()
    expect(record).toMatchObject({ txnNum: Long.fromNumber(3), state: 'committed' })
    expect(bench.engine.services.metrics.transactions.transactionsCollectionWriteCount).toBe(1)
  })

  it('are written once for each unit of work: a group of inserts has one', async () => {
    const documents = Array.from({ length: 100 }, (_, i) => ({ _id: 10 + i }))
    await bench.run(retryable(1, 1, { insert: 'demo', documents }))
    const { transactions } = bench.engine.services.metrics
    expect(transactions.transactionsCollectionWriteCount).toBe(2)
    const retried = await bench.run(retryable(1, 1, { insert: 'demo', documents }))
    expect(retried['n']).toBe(100)
    expect((retried['retriedStmtIds'] as number[]).length).toBe(100)
    expect(transactions).toMatchObject({ retriedCommandsCount: 1, retriedStatementsCount: 100 })
  })

  it('know each statement of a batch by its id, however many there are', async () => {
    const statement = (_id: number): Document => ({ q: { _id }, u: { $inc: { value: 1 } } })
    const updates = [1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2].map(statement)
    const stmtIds = updates.map((_, i) => 100 - i)
    const command = { update: 'demo', updates, stmtIds }
    await bench.run(retryable(1, 1, command))
    expect(await values()).toEqual([6, 6])
    const half = { ...command, updates: [...updates.slice(0, 6), statement(1)] }
    const reply = await bench.run(
      retryable(1, 1, { ...half, stmtIds: [...stmtIds.slice(0, 6), 7] }),
    )
    expect(reply).toMatchObject({ n: 7, nModified: 7, retriedStmtIds: stmtIds.slice(0, 6) })
    expect(await values()).toEqual([7, 6])
  })

  it('keep what an ordered batch had done before it failed, by its own index', async () => {
    const documents = [{ _id: 5 }, { _id: 1 }, { _id: 6 }]
    const command = { insert: 'demo', documents, ordered: false }
    expect(await bench.run(retryable(1, 1, command))).toMatchObject({ n: 2 })
    await bench.run(remove(1))
    expect(await bench.run(retryable(1, 1, command))).toEqual({
      n: 3,
      retriedStmtIds: [0, 2],
      ok: 1,
    })
  })
})

describe('a retry is known', () => {
  it('after the store went back to a save, if the write was before it', async () => {
    await bench.run(retryable(1, 1, increment(1, 5)))
    const save = bench.engine.save()
    await bench.run(retryable(1, 2, increment(1, 5)))
    bench.engine.restore(save)
    expect(await bench.run(retryable(1, 1, increment(1, 5)))).toEqual(again)
    expect(await bench.run(retryable(1, 2, increment(1, 5)))).toMatchObject({ nModified: 1 })
    expect(await values()).toEqual([10, 0])
  })

  it('in a fork, and what each of them does then is its own', async () => {
    await bench.run(retryable(1, 1, increment(1, 5)))
    await bench.run(starting(2, 4, increment(2, 7)))
    await bench.run(commit(2, 4))
    const engine = bench.engine.fork({ clock: bench.clock.fork(), random: new Random(2) })
    const server = new CommandServer(engine, {})
    const transport = server.transport()
    const fork = { run: async (command: Document) => transport.send({ $db: 'test', ...command }) }
    const send = (command: Document) =>
      transport.send({ ...command, $db: command['$db'] ?? 'test' })
    expect(await send(retryable(1, 1, increment(1, 5)))).toEqual(again)
    expect(await send(commit(2, 4))).toEqual({ ok: 1 })
    expect(await send(abort(2, 4))).toMatchObject({ ok: 0, code: 256 })
    expect(await send(retryable(2, 4, increment(2, 7)))).toMatchObject({ ok: 0, code: 217 })
    expect(await send(retryable(1, 2, increment(1, 5)))).toMatchObject({ nModified: 1 })
    expect(await bench.run(retryable(1, 2, increment(1, 5)))).toMatchObject({ nModified: 1 })
    expect(await bench.run(retryable(1, 2, increment(1, 5)))).toEqual(again)
    expect(fork).toBeDefined()
    expect(await values()).toEqual([10, 7])
    engine.services.scheduler.stop()
  })

  it('with the image of then, whatever `fields` says', async () => {
    const modify = {
      findAndModify: 'demo',
      query: { _id: 1 },
      update: { $inc: { value: 5 } },
      fields: { _id: 0 },
    }
    expect(await bench.run(retryable(1, 1, modify))).toMatchObject({ value: { value: 0 } })
    expect(await bench.run(retryable(1, 1, modify))).toEqual({
      lastErrorObject: { n: 1, updatedExisting: true },
      value: { _id: 1, value: 0 },
      retriedStmtId: 0,
      ok: 1,
    })
  })

  it('of an upsert that findAndModify made of it', async () => {
    const upsert = {
      findAndModify: 'demo',
      query: { _id: 7 },
      update: { $set: { value: 1 } },
      upsert: true,
    }
    const lastErrorObject = { n: 1, updatedExisting: false, upserted: 7 }
    const first = await bench.run(retryable(1, 1, upsert))
    expect(first).toEqual({ lastErrorObject, value: null, ok: 1 })
    const replayed = await bench.run(retryable(1, 1, upsert))
    expect(replayed).toEqual({ lastErrorObject, value: null, retriedStmtId: 0, ok: 1 })
    expect(await bench.run(retryable(1, 1, { ...upsert, new: true }))).toMatchObject({
      value: { _id: 7, value: 1 },
    })
  })

  it('half an hour after the session was ended, since its record stays as long', async () => {
    await bench.run(retryable(1, 1, increment(1, 5)))
    await bench.run({ endSessions: [lsid(1)] })
    await bench.clock.advance(20 * 60_000)
    expect(bench.server.sessions.size).toBe(0)
    expect(await bench.run(retryable(1, 1, increment(1, 5)))).toEqual(again)
    await bench.clock.advance(60 * 60_000)
    expect(await stored()).toEqual([])
    expect(await stored('image_collection')).toEqual([])
    expect(await bench.run(retryable(1, 1, increment(1, 5)))).toMatchObject({ nModified: 1 })
  })
})

describe('what is done to the collections by hand', () => {
  const change = (update: Document): Promise<Document> =>
    bench.run({ update: 'transactions', updates: [{ q: {}, u: update }], $db: 'config' })

  it('a record that is gone is forgotten, and the write applied again', async () => {
    await bench.run(retryable(1, 1, increment(1, 5)))
    await bench.run({
      delete: 'transactions',
      deletes: [{ q: {}, limit: 0 }],
      $db: 'config',
    })
    expect(await bench.run(retryable(1, 1, increment(1, 5)))).toMatchObject({ nModified: 1 })
    expect(await values()).toEqual([10, 0])
  })

  // Source: `_checkStatementExecuted`, transaction_participant.cpp
  it('one with another time has lost its statements', async () => {
    await bench.run(retryable(1, 1, increment(1, 5)))
    await change({ $set: { 'lastWriteOpTime.ts': new Timestamp({ t: 9, i: 9 }) } })
    const reply = await bench.run(retryable(1, 1, increment(1, 5)))
    expect(reply).toMatchObject({ ok: 0, code: 217 })
    expect(reply['errmsg']).toMatch(/^Incomplete history detected for transaction 1 on session /)
    expect(await bench.run(retryable(1, 2, increment(1, 5)))).toMatchObject({ nModified: 1 })
    expect(await bench.run(retryable(1, 2, increment(1, 5)))).toEqual(again)
  })

  it('one with another number is where the session stands', async () => {
    await bench.run(retryable(1, 1, increment(1, 5)))
    await change({ $set: { txnNum: Long.fromNumber(50) } })
    expect(await bench.run(retryable(1, 2, increment(1, 5)))).toMatchObject({ ok: 0, code: 225 })
    expect(await bench.run(retryable(1, 51, increment(1, 5)))).toMatchObject({ nModified: 1 })
  })

  it('ends a transaction that is in progress', async () => {
    await bench.run(retryable(1, 1, increment(1, 5)))
    await bench.run(starting(1, 2, increment(1, 5)))
    await change({ $set: { txnNum: Long.fromNumber(5) } })
    expect(await bench.run(continuing(1, 2, increment(1, 5)))).toMatchObject({ ok: 0, code: 225 })
    expect(bench.engine.services.openTransactions.size).toBe(0)
  })

  it('an image that is gone can not be answered', async () => {
    const modify = { findAndModify: 'demo', query: { _id: 1 }, remove: true }
    await bench.run(retryable(1, 1, modify))
    const images = { $db: 'config' }
    await bench.run({
      update: 'image_collection',
      updates: [{ q: {}, u: { $set: { ts: new Timestamp({ t: 9, i: 9 }) } } }],
      ...images,
    })
    expect(await bench.run(retryable(1, 1, modify))).toMatchObject({ ok: 0, code: 5637602 })
    await bench.run({ delete: 'image_collection', deletes: [{ q: {}, limit: 0 }], ...images })
    expect(await bench.run(retryable(1, 1, modify))).toMatchObject({ ok: 0, code: 5637601 })
  })

  it('where the collection is missing, a commit fails as well', async () => {
    await bench.run(starting(1, 1, increment(1, 5)))
    await bench.run({ drop: 'transactions', $db: 'config' })
    expect(await bench.run(commit(1, 1))).toMatchObject({ ok: 0, code: 40527 })
    expect(await bench.run(commit(1, 1))).toMatchObject({ ok: 0, code: 251 })
    expect(await values()).toEqual([0, 0])
  })
})

// Source: `logOp`, oplog.cpp
it.each([[insertOne({ _id: 9 }, 'notes')], [increment(1, 5, 'notes')], [remove(1, 'notes')]])(
  'what is not replicated can not be retried: %j',
  async (command) => {
    await bench.run({ ...insertOne({ _id: 1, value: 0 }, 'notes'), $db: 'local' })
    const message = 'retryable writes is not supported for unreplicated ns: local.notes'
    expect(await bench.run({ ...retryable(1, 1, command), $db: 'local' })).toMatchObject({
      n: 0,
      writeErrors: [{ index: 0, code: 20, errmsg: expect.stringContaining(message) }],
      ok: 1,
    })
    const kept = { ...findAll('notes'), $db: 'local' }
    expect(documentsOf(await bench.run(kept))).toEqual([{ _id: 1, value: 0 }])
  },
)

it('they have one index', async () => {
  const indexes = [{ key: { txnNum: 1 }, name: 'txnNum_1' }]
  const command = { createIndexes: 'transactions', indexes, $db: 'config' }
  expect(await bench.run(command)).toMatchObject({ ok: 0, code: 238 })
  await bench.run(retryable(1, 1, increment(1, 5)))
  expect(await bench.run({ validate: 'transactions', $db: 'config' })).toMatchObject({
    valid: true,
    nrecords: 1,
  })
})

it('a server by itself keeps no records', async () => {
  const alone = makeBench({ persona: 'standalone' })
  await alone.run(insertOne({ _id: 1 }))
  const reply = await alone.run({ listDatabases: 1, nameOnly: true, $db: 'admin' })
  expect(reply['databases']).toEqual([{ name: 'test' }])
  alone.stop()
})
