/**
 * One suite, two doors: the same commands in process and over a socket, to two simulators of the
 * same seed and start, get the same replies.
 */
import { Double, EJSON, Int32, Long, UUID } from 'bson'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { copyIn, copyOut, type Document } from '../../../src/bson/index.ts'
import { Palimpsest } from '../../../src/index.ts'
import { RawClient } from './raw_client.ts'

interface Door {
  readonly sim: Palimpsest
  run(command: Document): Promise<Document>
  close(): Promise<void>
}

const ORIGIN = { time: 'auto', startAt: 0, seed: 5 } as const

async function inProcess(): Promise<Door> {
  const sim = await Palimpsest.create(ORIGIN)
  const transport = sim.server.transport()
  return {
    sim,
    run: async (command) =>
      copyOut(await transport.send(copyIn({ ...command, $db: command['$db'] ?? 'test' }))),
    close: () => sim.stop(),
  }
}

/** What replies tell of logical time, which in-process clients are spared. */
const TIMES = ['$clusterTime', 'operationTime', 'electionId', 'opTime']

async function overTheWire(): Promise<Door> {
  const sim = await Palimpsest.create(ORIGIN)
  const raw = await RawClient.connect(await sim.listen({ idleMs: 10 }))
  return {
    sim,
    run: async (command) => {
      const reply = await raw.run(command)
      for (const time of TIMES) delete reply[time]
      return reply
    },
    close: async () => {
      raw.close()
      await sim.stop()
    },
  }
}

const lsid = { id: new UUID('00112233-4455-6677-8899-aabbccddeeff') }
const transaction = (number: number) => ({
  lsid,
  txnNumber: Long.fromNumber(number),
  autocommit: false,
})
const documents = Array.from({ length: 12 }, (_, n) => ({ _id: n, n: n % 3, text: `t${n}` }))

const STORIES: Readonly<Record<string, readonly Document[]>> = {
  'writes and reads': [
    { insert: 'demo', documents },
    { insert: 'demo', documents: [{ _id: 1 }, { _id: 20 }], ordered: false },
    { find: 'demo', filter: { n: 1 }, sort: { _id: -1 }, projection: { text: 0 } },
    { update: 'demo', updates: [{ q: { n: 2 }, u: { $inc: { n: 1.5 } }, multi: true }] },
    { update: 'demo', updates: [{ q: { _id: 99 }, u: { $set: { a: 1 } }, upsert: true }] },
    { findAndModify: 'demo', query: { _id: 3 }, update: { $set: { b: 2 } }, new: true },
    { delete: 'demo', deletes: [{ q: { n: { $gt: 2 } }, limit: 0 }] },
    { find: 'demo', filter: {} },
  ],
  cursors: [
    { insert: 'demo', documents },
    { find: 'demo', batchSize: 5 },
    { find: 'demo', limit: 3, singleBatch: true },
    { killCursors: 'demo', cursors: [Long.fromNumber(7)] },
    { getMore: Long.fromNumber(7), collection: 'demo' },
  ],
  'number types': [
    {
      insert: 'demo',
      documents: [{ _id: 1, a: new Double(1), b: new Int32(1), c: Long.ONE, d: 0.5, e: -0 }],
    },
    ...['double', 'int', 'long'].map((type) => ({
      find: 'demo',
      filter: { a: { $type: type } },
    })),
    { update: 'demo', updates: [{ q: {}, u: { $inc: { a: 1, b: new Double(1), c: 1 } } }] },
    { find: 'demo' },
  ],
  'a transaction': [
    { insert: 'demo', documents: [{ _id: 'x', v: 0 }] },
    { insert: 'demo', documents: [{ _id: 'y' }], ...transaction(1), startTransaction: true },
    { update: 'demo', updates: [{ q: { _id: 'x' }, u: { $inc: { v: 2 } } }], ...transaction(1) },
    // Waits until the transaction is swept away, in virtual time.
    { update: 'demo', updates: [{ q: { _id: 'x' }, u: { $inc: { v: 8 } } }] },
    { commitTransaction: 1, ...transaction(1), $db: 'admin' },
    { find: 'demo' },
  ],
  indexes: [
    { createIndexes: 'demo', indexes: [{ key: { a: 1 }, name: 'a_1', unique: true }] },
    {
      insert: 'demo',
      documents: [
        { _id: 1, a: 1 },
        { _id: 2, a: 1 },
      ],
    },
    { listIndexes: 'demo' },
    { dropIndexes: 'demo', index: 'a_1' },
    { dropIndexes: 'demo', index: 'a_1' },
    { listCollections: 1, nameOnly: true },
  ],
  errors: [
    { nonsense: 1 },
    { find: 5 },
    { find: 'demo', filter: { $nonsense: 1 } },
    { find: 'demo', nonsense: 1 },
    { insert: 'demo' },
    { insert: 'demo', documents: [] },
    { ping: 1, maxTimeMS: -1 },
    { find: 'demo', readConcern: { level: 'nonsense' } },
    { update: 'demo', updates: [{ q: {}, u: { $nonsense: { a: 1 } } }] },
    { commitTransaction: 1, ...transaction(9), $db: 'admin' },
    { configureFailPoint: 'nonsense', mode: 'off' },
    { create: '' },
    { dropDatabase: 2 },
  ],
}

describe('the same replies through both doors', () => {
  test.each(Object.entries(STORIES))('%s', async (_, commands) => {
    const near = await inProcess()
    const far = await overTheWire()
    for (const command of commands) {
      expect(textOf(await far.run(command))).toBe(textOf(await near.run(command)))
    }
    expect(far.sim.clock.elapsed()).toBe(near.sim.clock.elapsed())
    await Promise.all([near.close(), far.close()])
  })
})

describe('the same conflicts through both doors at once', () => {
  let sim: Palimpsest
  let uri: string
  beforeAll(async () => {
    sim = await Palimpsest.create(ORIGIN)
    uri = await sim.listen({ idleMs: 10 })
  })
  afterAll(() => sim.stop())

  test('a client in process and one outside meet in one document', async () => {
    const demo = sim.client().db('test').collection<{ _id: string; v: number }>('demo')
    await demo.insertOne({ _id: 'x', v: 0 })
    const outside = await RawClient.connect(uri)
    const update = { update: 'demo', updates: [{ q: { _id: 'x' }, u: { $inc: { v: 1 } } }] }
    await outside.run({ ...update, ...transaction(1), startTransaction: true })
    const waiting = demo.updateOne({ _id: 'x' }, { $inc: { v: 10 } })
    const reply = await outside.run({ commitTransaction: 1, ...transaction(1), $db: 'admin' })
    expect(reply).toMatchObject({ ok: 1 })
    await waiting
    expect(await demo.findOne()).toEqual({ _id: 'x', v: 11 })
    expect(sim.clock.elapsed()).toBeLessThan(1_000)
    outside.close()
  })
})

/** With the order of fields and the types of numbers, but for `ok`, a double on the wire only. */
function textOf(reply: Document): string {
  return EJSON.stringify(reply, { relaxed: true })
}
