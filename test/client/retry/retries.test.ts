/**
 * Which attempts follow a failed one, and which error is left when none comes to anything.
 * Sources: specifications, retryable-writes, retryable-reads, client-backpressure.
 */
import type { Document } from 'bson'
import { describe, expect, test } from 'vitest'
import type { ClientOptions } from '../../../src/client/index.ts'
import { type Reply, scripted } from '../scripted.ts'

const ok = { ok: 1, n: 1 }
const found = { ok: 1, cursor: { id: 0, ns: 'shop.t', firstBatch: [{ _id: 1 }] } }

const failed = (code: number, ...errorLabels: string[]): Document => ({
  ...{ ok: 0, code, errmsg: `error ${code}` },
  errorLabels,
})
const retryable = failed(189, 'RetryableWriteError')
const overloaded = failed(462, 'SystemOverloadedError', 'RetryableError')

/** No reply comes. */
const lost: Reply = () => {
  const error = new Error('closed')
  error.name = 'ConnectionClosedError'
  throw error
}

function client(replies: readonly Reply[], options: ClientOptions = {}) {
  const all = scripted(replies, options)
  return { ...all, t: all.client.db('shop').collection<{ _id: number; n?: number }>('t') }
}

const numbers = (commands: readonly Document[]) =>
  commands.map(({ txnNumber }) => (txnNumber === undefined ? 'none' : Number(txnNumber)))

describe('a retryable write', () => {
  test.each<[string, Reply]>([
    ['with the label', retryable],
    ['without a reply', lost],
  ])('that fails %s is sent again, under the same number', async (_, failure) => {
    const { t, transport } = client([failure, ok, ok])
    expect(await t.insertOne({ _id: 1 })).toMatchObject({ insertedId: 1 })
    await t.insertOne({ _id: 2 })
    expect(numbers(transport.commands.slice(0, 2))).toEqual([1, 1])
    const [first, second] = transport.commands
    expect(second?.['lsid']).toEqual(first?.['lsid'])
    expect(second?.['documents']).toEqual([{ _id: 1 }])
  })

  test('that lost its reply leaves its session to nobody', async () => {
    const { t, transport } = client([lost, ok, ok, retryable, ok, ok])
    for (const _id of [1, 2, 3, 4]) await t.insertOne({ _id }).catch(() => undefined)
    const ids = transport.commands.map(({ lsid }) => String(lsid.id))
    expect(ids[1]).toBe(ids[0])
    expect(ids[2]).not.toBe(ids[0])
    expect(new Set(ids.slice(2)).size).toBe(1)
  })

  test('is sent twice, and no more', async () => {
    const { t, transport } = client([retryable, retryable])
    await expect(t.insertOne({ _id: 1 })).rejects.toMatchObject({ code: 189 })
    expect(transport.commands).toHaveLength(2)
  })

  test('takes a new number for each command of a bulk write that may have one', async () => {
    const { t, transport } = client([ok, retryable, ok, ok])
    await t.bulkWrite([
      { insertOne: { document: { _id: 1 } } },
      { deleteOne: { filter: { _id: 1 } } },
      { updateOne: { filter: { _id: 1 }, update: { $set: { n: 1 } } } },
      { updateMany: { filter: {}, update: { $set: { n: 1 } } } },
    ])
    expect(numbers(transport.commands)).toEqual([1, 2, 2, 'none'])
  })

  test('is not retried without the label', async () => {
    const { t, transport } = client([failed(189)])
    await expect(t.insertOne({ _id: 1 })).rejects.toMatchObject({ code: 189 })
    expect(transport.commands).toHaveLength(1)
  })

  test('whose write concern failed with the label is retried', async () => {
    const unmet = { ...ok, errorLabels: ['RetryableWriteError'] }
    const { t, transport } = client([{ ...unmet, writeConcernError: { code: 91 } }, ok])
    await t.insertOne({ _id: 1 })
    expect(numbers(transport.commands)).toEqual([1, 1])
  })
})

describe('what is no retryable write', () => {
  test.each<[string, (t: ReturnType<typeof client>['t']) => Promise<unknown>]>([
    ['updateMany', (t) => t.updateMany({}, { $set: { n: 1 } })],
    ['deleteMany', (t) => t.deleteMany({})],
    ['createIndex', (t) => t.createIndex({ n: 1 })],
    ['aggregate with $out', (t) => t.aggregate([{ $out: 'there' }]).toArray()],
  ])('%s: sent once, without a number', async (_, call) => {
    const { t, transport } = client([lost])
    await expect(call(t)).rejects.toMatchObject({ name: 'MongoNetworkError' })
    expect(numbers(transport.commands)).toEqual(['none'])
  })

  test('w: 0: sent once, and nobody hears of its loss', async () => {
    const { t, transport } = client([lost])
    const written = await t.insertOne({ _id: 1 }, { writeConcern: { w: 0 } })
    expect(written.acknowledged).toBe(false)
    expect(numbers(transport.commands)).toEqual(['none'])
  })

  test("a command of the caller's own: as it is", async () => {
    const { client: own, transport } = client([retryable, lost])
    for (const name of ['code', 'name']) {
      const running = own.db('shop').command({ insert: 't', documents: [{ _id: 1 }] })
      await expect(running).rejects.toHaveProperty(name)
    }
    expect(numbers(transport.commands)).toEqual(['none', 'none'])
  })

  test('a write in a transaction: the transaction is to be tried again', async () => {
    const { client: own, t, transport } = client([lost, ok])
    const session = own.startSession()
    session.startTransaction()
    const error = await t.insertOne({ _id: 1 }, { session }).catch((caught) => caught)
    expect(error.errorLabels).toEqual(['TransientTransactionError'])
    await session.abortTransaction()
    expect(transport.commands.map(({ insert }) => insert)).toEqual(['t', undefined])
  })

  test('a transaction number where the deployment has none', async () => {
    const message = 'Transaction numbers are only allowed on a replica set member or mongos'
    const { client: own, t } = client([{ ok: 0, code: 20, errmsg: message }])
    const session = own.startSession()
    session.startTransaction()
    const error = await t.insertOne({ _id: 1 }, { session }).catch((caught) => caught)
    expect(error.message).toMatch(/^This MongoDB deployment does not support retryable writes/)
    expect(error.originalError.message).toBe(message)
  })
})

describe('a read', () => {
  test.each<[string, Reply]>([
    ['of 134', failed(134)],
    ['of 11600', failed(11600)],
    ['without a reply', lost],
  ])('is tried again after an error %s', async (_, failure) => {
    const { t, transport } = client([failure, found])
    expect(await t.findOne({})).toEqual({ _id: 1 })
    expect(transport.commands).toHaveLength(2)
  })

  test('is not, with retryReads off, or in a transaction, or for a getMore', async () => {
    const off = client([failed(11600)], { retryReads: false })
    await expect(off.t.findOne({})).rejects.toMatchObject({ code: 11600 })

    const inside = client([failed(11600)])
    const session = inside.client.startSession()
    session.startTransaction()
    await expect(inside.t.findOne({}, { session })).rejects.toMatchObject({ code: 11600 })

    const open = { ok: 1, cursor: { id: 5, ns: 'shop.t', firstBatch: [{ _id: 1 }] } }
    const more = client([open, failed(11600), ok])
    await expect(more.t.find().toArray()).rejects.toMatchObject({ code: 11600 })
    expect(more.transport.commands.map((command) => Object.keys(command)[0])).toEqual([
      'find',
      'getMore',
      'killCursors',
    ])
  })
})

// Source: specifications, retryable-writes, "Executing Retryable Write Commands".
describe('two failed attempts', () => {
  const noWrites = (code: number) => failed(code, 'RetryableWriteError', 'NoWritesPerformed')
  test.each<[string, Reply, Reply, number]>([
    ['both may have written: the second', retryable, failed(91, 'RetryableWriteError'), 91],
    ['neither has: the first', noWrites(189), noWrites(91), 189],
    ['the first may have: the first', retryable, noWrites(91), 189],
    ['the second may have: the second', noWrites(189), failed(91, 'RetryableWriteError'), 91],
    ['the second is no matter of retries: the second', retryable, failed(11000), 11000],
  ])('%s', async (_, first, second, code) => {
    const { t } = client([first, second])
    await expect(t.insertOne({ _id: 1 })).rejects.toMatchObject({ code })
  })

  test('with nobody to send the second to: the first', async () => {
    const { t, transport, clock } = client([retryable], { serverSelectionTimeoutMS: 1200 })
    transport.hello = () => ({ ok: 1, isWritablePrimary: false, secondary: true })
    await expect(t.insertOne({ _id: 1 })).rejects.toMatchObject({ code: 189 })
    expect(clock.sleepsMs).toEqual([500, 500, 200])
    const next = t.insertOne({ _id: 2 })
    await expect(next).rejects.toThrow('Server selection timed out after 1200 ms')
    expect(transport.commands).toHaveLength(1)
  })
})

describe('a server without a primary', () => {
  test('is asked every half a second, and then sent to', async () => {
    const { t, transport, clock } = client([retryable, ok])
    let asked = 0
    transport.hello = () => ({ ok: 1, isWritablePrimary: ++asked > 3 })
    await t.insertOne({ _id: 1 })
    expect(clock.sleepsMs).toEqual([500, 500, 500])
    expect(transport.commands).toHaveLength(2)
  })

  test('serves reads that are content with a secondary', async () => {
    const { t, transport, clock } = client([failed(11600), found])
    transport.hello = () => ({ ok: 1, isWritablePrimary: false, secondary: true })
    await t.findOne({}, { readPreference: 'secondaryPreferred' })
    expect(clock.sleepsMs).toEqual([])
  })

  test('leaves a transaction with the label', async () => {
    const { client: own, t, transport } = client([lost], { serverSelectionTimeoutMS: 100 })
    transport.hello = () => ({ ok: 1, isWritablePrimary: false })
    await t.updateMany({}, { $set: { n: 1 } }).catch(() => undefined)
    const session = own.startSession()
    session.startTransaction()
    const error = await t.insertOne({ _id: 1 }, { session }).catch((caught) => caught)
    expect(error.name).toBe('MongoServerSelectionError')
    expect(error.errorLabels).toEqual(['TransientTransactionError'])
  })
})

// Source: specifications, client-backpressure: jitter * min(10 s, 100 ms * 2^retry).
describe('an overloaded server', () => {
  test('is left alone, longer each time, and asked three times', async () => {
    const ceilings = new Set<number>()
    for (let run = 0; run < 20; run++) {
      const { t, transport, clock } = client([overloaded, overloaded, overloaded])
      await expect(t.updateMany({}, { $set: { n: 1 } })).rejects.toMatchObject({ code: 462 })
      expect(transport.commands).toHaveLength(3)
      const [first = 0, second = 0, ...rest] = clock.sleepsMs
      expect(rest).toEqual([])
      expect(first).toBeLessThan(200)
      expect(second).toBeLessThan(400)
      ceilings.add(first)
    }
    // One seed, and one way.
    expect(ceilings.size).toBe(1)
  })

  test('may say for how long itself', async () => {
    const { t, clock } = client([{ ...overloaded, baseBackoffMS: 10_000 }, found])
    await t.findOne({})
    expect(clock.sleepsMs[0]).toBeGreaterThan(400)
    expect(clock.sleepsMs[0]).toBeLessThan(10_000)
  })

  test('is asked as often as maxAdaptiveRetries says', async () => {
    const { t, transport } = client([overloaded, found], { maxAdaptiveRetries: 0 })
    await expect(t.findOne({})).rejects.toMatchObject({ code: 462 })
    expect(transport.commands).toHaveLength(1)
  })

  test.each<[string, ClientOptions, boolean]>([
    ['retryReads off', { retryReads: false }, true],
    ['retryWrites off', { retryWrites: false }, true],
    ['both on', {}, false],
  ])('a command of the caller, %s', async (_, options, isFinal) => {
    const { client: own, transport } = client([overloaded, ok], options)
    const outcome = await own
      .db('shop')
      .command({ x: 1 })
      .catch((caught) => caught)
    expect([outcome.code, transport.commands.length]).toEqual(isFinal ? [462, 1] : [undefined, 2])
  })

  test('is told again that a transaction begins', async () => {
    const { client: own, t, transport } = client([overloaded, ok, ok])
    const session = own.startSession()
    session.startTransaction()
    await t.insertOne({ _id: 1 }, { session })
    await t.insertOne({ _id: 2 }, { session })
    const starts = transport.commands.map(({ startTransaction }) => startTransaction)
    expect(starts).toEqual([true, true, undefined])
  })

  // Source: specifications, transactions, "Interaction with Client Backpressure".
  test.each<[string, Reply[], unknown[]]>([
    ['overload alone', [overloaded, ok], [undefined, undefined]],
    ['something else first', [retryable, overloaded, ok], [undefined, 'majority', 'majority']],
    ['something else later', [overloaded, retryable, ok], [undefined, undefined, 'majority']],
  ])('and the write concern of commits: %s', async (_, replies, concerns) => {
    const { client: own, t, transport } = client([ok, ...replies])
    const session = own.startSession()
    session.startTransaction()
    await t.insertOne({ _id: 1 }, { session })
    await session.commitTransaction()
    expect(transport.commands.slice(1).map(({ writeConcern }) => writeConcern?.w)).toEqual(concerns)
  })
})

describe('a write without a number, over a reliable transport', () => {
  const interrupted = () => Promise.resolve(failed(11602))

  test('gets one when it was interrupted', async () => {
    const { client: own, transport } = scripted([interrupted, ok], {}, { isReliable: true })
    await own
      .db('shop')
      .collection('t')
      .updateOne({ _id: 1 as never }, { $inc: { n: 1 } })
    expect(numbers(transport.commands)).toEqual(['none', 1])
  })

  test('has one from the start where a part of it may be done', async () => {
    const { client: own, transport } = scripted([ok, ok], {}, { isReliable: true })
    const t = own.db('shop').collection<{ _id: number }>('t')
    await t.insertMany([{ _id: 1 }, { _id: 2 }])
    await t.insertMany([{ _id: 3 }])
    expect(numbers(transport.commands)).toEqual([1, 'none'])
  })
})
