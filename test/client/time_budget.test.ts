/**
 * `timeoutMS`, in virtual time. Source: specifications, client-side-operations-timeout.
 */
import type { Document } from 'bson'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { MongoOperationTimeoutError, MongoServerError } from '../../src/client/index.ts'
import { type ClientOptions, Palimpsest } from '../../src/index.ts'
import { scripted } from './scripted.ts'

interface Thing {
  _id: number
  n?: number
}

let sim: Palimpsest
beforeEach(async () => {
  sim = await Palimpsest.create({ seed: 1 })
})
afterEach(() => sim.stop())

const things = (options: ClientOptions = {}) =>
  sim.client(options).db('shop').collection<Thing>('things')

/** Each of these commands takes so long, and then goes on. */
const delayed = (commands: readonly string[], ms: number) =>
  sim
    .client()
    .db('admin')
    .command({
      configureFailPoint: 'failCommand',
      mode: 'alwaysOn',
      data: { failCommands: commands, blockConnection: true, blockTimeMS: ms },
    })

const expired = async (running: Promise<unknown>) => {
  const startedMs = sim.clock.now()
  const error: Document = await running.then(
    () => ({}),
    (caught) => caught,
  )
  expect(error).toBeInstanceOf(MongoOperationTimeoutError)
  return { error, afterMs: sim.clock.now() - startedMs }
}

describe('an operation that takes too long', () => {
  test.each<[string, (ms: number) => Promise<unknown>]>([
    ['given', (timeoutMS) => things().findOne({}, { timeoutMS })],
    ['its client', (timeoutMS) => things({ timeoutMS }).findOne({})],
    ['a write', (timeoutMS) => things({ timeoutMS }).insertOne({ _id: 1 })],
    ['a cursor', (timeoutMS) => things({ timeoutMS }).find().toArray()],
    ['a command', (timeoutMS) => sim.client({ timeoutMS }).db('x').command({ find: 'things' })],
  ])('ends in time: %s', async (_, call) => {
    await delayed(['find', 'insert'], 5_000)
    const { afterMs } = await expired(call(300))
    expect(afterMs).toBe(300)
  })

  test('does not, without a limit', async () => {
    await delayed(['find'], 50_000)
    expect(await things({ timeoutMS: 300 }).findOne({}, { timeoutMS: 0 })).toBeNull()
    expect(await things().findOne({})).toBeNull()
  })

  // A write that backs off after a conflict can't be interrupted, not even by its own deadline.
  test('leaves a write that still waits to itself', async () => {
    await things().insertOne({ _id: 1, n: 0 })
    const holder = sim.client().startSession()
    const held = holder.client.db('shop').collection<Thing>('things')
    holder.startTransaction()
    await held.updateOne({ _id: 1 }, { $inc: { n: 1 } }, { session: holder })
    const writing = things().updateOne({ _id: 1 }, { $inc: { n: 1 } }, { timeoutMS: 700 })
    const { error, afterMs } = await expired(writing)
    expect(error.message).toBe('Timed out during socket read (700ms)')
    expect(afterMs).toBe(700)
    await holder.abortTransaction()
  })

  test.each<[string, Document]>([
    ['all of it', { ok: 0, code: 50, errmsg: 'operation exceeded time limit' }],
    ['a statement', { ok: 1, n: 0, writeErrors: [{ index: 0, code: 50, errmsg: 'too late' }] }],
    ['the write concern', { ok: 1, n: 1, writeConcernError: { code: 50, errmsg: 'too late' } }],
  ])('tells what the server said of %s', async (_, reply) => {
    const { client } = scripted([reply], { timeoutMS: 500 })
    const error = await client
      .db('shop')
      .collection('t')
      .insertOne({})
      .catch((caught) => caught)
    expect(error).toBeInstanceOf(MongoOperationTimeoutError)
    expect(error.message).toBe('Server reported a timeout error')
    expect(error.cause).toBeInstanceOf(MongoServerError)
  })
})

describe('retries', () => {
  const retryable = { ok: 0, code: 91, errmsg: 'no', errorLabels: ['RetryableWriteError'] }

  test('go on for as long as there is time', async () => {
    const { client, transport, clock } = scripted(
      Array.from({ length: 7 }, (_, i) => (i < 6 ? retryable : { ok: 1, n: 1 })),
      { timeoutMS: 10_000 },
    )
    let asked = 0
    transport.hello = () => ({ ok: 1, isWritablePrimary: ++asked % 2 === 0 })
    await client.db('shop').collection('t').insertOne({})
    expect(clock.sleepsMs).toEqual(Array.from({ length: 6 }, () => 500))
    const left = transport.commands.map(({ maxTimeMS }) => maxTimeMS)
    expect(left).toEqual([10_000, 9_500, 9_000, 8_500, 8_000, 7_500, 7_000])
  })

  test('end with the time, while a primary is waited for', async () => {
    const { client, transport, clock } = scripted([retryable], { timeoutMS: 1_700 })
    transport.hello = () => ({ ok: 1, isWritablePrimary: false })
    const error = await client
      .db('shop')
      .collection('t')
      .insertOne({})
      .catch((caught) => caught)
    expect(error.message).toBe('Timed out during server selection')
    expect(error.cause.name).toBe('MongoServerSelectionError')
    expect(clock.sleepsMs).toEqual([500, 500, 500, 200])
  })
})

describe('commands carry what is left', () => {
  const sent = async (
    call: (given: ReturnType<typeof scripted>) => Promise<unknown>,
    options: ClientOptions,
    replies: Document[] = [{ ok: 1, n: 1 }],
  ) => {
    const given = scripted(replies, options)
    await call(given)
    return given.transport.commands
  }
  const t = ({ client }: ReturnType<typeof scripted>) => client.db('shop').collection('t')

  test('in place of the older options', async () => {
    const options = { timeoutMS: 500, writeConcern: { w: 'majority', wtimeoutMS: 9 } } as const
    const [command] = await sent((given) => t(given).insertOne({}, { maxTimeMS: 3 }), options)
    expect(command).toMatchObject({ maxTimeMS: 500, writeConcern: { w: 'majority' } })
    expect(Object.keys(command?.['writeConcern'])).toEqual(['w'])
  })

  test('one budget for all commands of a bulk write', async () => {
    const given = scripted(
      [
        () => {
          given.clock.pass(200)
          return { ok: 1, n: 1 }
        },
        { ok: 1, n: 1 },
      ],
      { timeoutMS: 500 },
    )
    await t(given).bulkWrite([{ insertOne: { document: {} } }, { deleteOne: { filter: {} } }])
    expect(given.transport.commands.map(({ maxTimeMS }) => maxTimeMS)).toEqual([500, 300])
  })

  const batches = [
    { ok: 1, cursor: { id: 5, ns: 'shop.t', firstBatch: [{ a: 1 }] } },
    { ok: 1, cursor: { id: 0, ns: 'shop.t', nextBatch: [{ a: 2 }] } },
  ]

  test.each<[string, Document, (number | undefined)[]]>([
    ['all of its life', {}, [500, undefined]],
    ['each call', { timeoutMode: 'iteration' }, [undefined, undefined]],
  ])('a cursor limited for %s', async (_, options, expected) => {
    const commands = await sent(
      (given) =>
        t(given)
          .find({}, { timeoutMS: 500, ...options })
          .toArray(),
      {},
      batches,
    )
    expect(commands.map(({ maxTimeMS }) => maxTimeMS)).toEqual(expected)
  })

  test('a cursor that has used up its life, but not one of another mode', async () => {
    for (const [timeoutMode, isOver] of [
      ['cursorLifetime', true],
      ['iteration', false],
    ] as const) {
      const given = scripted([...batches, { ok: 1 }])
      const cursor = t(given).find({}, { timeoutMS: 500, timeoutMode })
      await cursor.next()
      given.clock.pass(600)
      const next = await cursor.next().catch((caught) => caught)
      expect(next instanceof MongoOperationTimeoutError).toBe(isOver)
      const [, second] = given.transport.commands
      expect(Object.keys(second as Document)[0]).toBe(isOver ? 'killCursors' : 'getMore')
    }
  })

  test.each<[string, Document, string]>([
    ['a mode without a time', { timeoutMode: 'iteration' }, 'requires "timeoutMS"'],
    [
      'a tailable life',
      { tailable: true, timeoutMS: 5, timeoutMode: 'cursorLifetime' },
      'tailable',
    ],
    ['waits beyond it', { tailable: true, timeoutMS: 5, maxAwaitTimeMS: 5 }, 'maxAwaitTimeMS'],
    ['no time', { timeoutMS: -1 }, 'non-negative integer'],
  ])('%s is refused', async (_, options, text) => {
    await expect(t(scripted()).find({}, options).toArray()).rejects.toThrow(text)
  })
})

describe('withTransaction', () => {
  test('has one budget for everything, and a new one for the abort', async () => {
    const given = scripted(
      [
        () => {
          given.clock.pass(400)
          return { ok: 1, n: 1 }
        },
        { ok: 1, n: 1 },
        { ok: 1 },
        { ok: 1 },
      ],
      { timeoutMS: 9_000 },
    )
    const t = given.client.db('shop').collection('t')
    const session = given.client.startSession({ defaultTimeoutMS: 1_000 })
    const running = session.withTransaction(async () => {
      await t.insertOne({}, { session })
      await t.insertOne({}, { session })
      given.clock.pass(300)
      throw new Error('mine')
    })
    await expect(running).rejects.toThrow('mine')
    const sent = given.transport.commands.map(({ maxTimeMS }) => maxTimeMS)
    expect(sent).toEqual([1_000, 600, 1_000])
    expect(session.budget).toBeUndefined()
  })

  test('ends in time', async () => {
    await things().insertOne({ _id: 1, n: 0 })
    const session = sim.client().startSession()
    const t = session.client.db('shop').collection<Thing>('things')
    const holder = session.client.startSession()
    holder.startTransaction()
    await t.updateOne({ _id: 1 }, { $inc: { n: 1 } }, { session: holder })
    const running = session.withTransaction(
      () => t.updateOne({ _id: 1 }, { $inc: { n: 1 } }, { session }),
      { timeoutMS: 2_000 },
    )
    const { error, afterMs } = await expired(running)
    expect(error.message).toBe('Timed out during withTransaction')
    expect(error.cause.code).toBe(112)
    expect(error.errorLabels).toEqual(['TransientTransactionError'])
    expect(afterMs).toBeLessThanOrEqual(2_000)
    await holder.abortTransaction()
  })

  test('leaves no operation within it a budget of its own', async () => {
    const { client } = scripted([{ ok: 1 }])
    const session = client.startSession()
    const running = session.withTransaction(
      () => client.db('shop').collection('t').insertOne({}, { session, timeoutMS: 5 }),
      { timeoutMS: 500 },
    )
    await expect(running).rejects.toThrow('Cannot use timeoutMS on an operation within')
  })
})
