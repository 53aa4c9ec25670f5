/** Logical time in requests and replies, and what a set tells with its writes. */
import { Long, ObjectId, Timestamp } from 'bson'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Document } from '../../src/bson/index.ts'
import type { ServerTransport } from '../../src/server/index.ts'
import {
  type Bench,
  commit,
  findAll,
  increment,
  insertOne,
  lsid,
  makeBench,
  remove,
  starting,
} from './harness.ts'

let bench: Bench
let gossiping: ServerTransport
beforeEach(() => {
  bench = makeBench({ manual: true })
  gossiping = bench.server.transport({ gossip: true })
})
afterEach(() => bench.stop())

const run = async (command: Document): Promise<Document> =>
  gossiping.send({ ...command, $db: command['$db'] ?? 'test' })

const clusterTimeOf = (reply: Document): Timestamp =>
  (reply['$clusterTime'] as Document)['clusterTime'] as Timestamp

const later = (time: Timestamp, seconds: number): Timestamp =>
  new Timestamp({ t: time.t + seconds, i: 1 })

const gossip = (clusterTime: unknown): Document => ({
  $clusterTime: {
    clusterTime,
    signature: { hash: ObjectId.createFromTime(0), keyId: Long.ZERO },
  },
})

describe('the cluster time of a client', () => {
  it('is taken over; operationTime follows with the next write', async () => {
    const before = await run(insertOne({ _id: 1 }))
    const heard = later(clusterTimeOf(before), 100)
    const reply = await run({ ping: 1, $clusterTime: { clusterTime: heard } })
    expect(clusterTimeOf(reply)).toEqual(heard)
    expect(reply['operationTime']).toEqual(before['operationTime'])
    const after = await run(insertOne({ _id: 2 }))
    expect((after['operationTime'] as Timestamp).greaterThan(heard)).toBe(true)
    expect(clusterTimeOf(after)).toEqual(after['operationTime'])
  })

  it('can be read after: the node writes nothing, at a later time', async () => {
    const heard = later(clusterTimeOf(await run(insertOne({ _id: 1 }))), 100)
    const readConcern = { afterClusterTime: heard }
    const reply = await run({ ...findAll(), readConcern, $clusterTime: { clusterTime: heard } })
    expect(reply).toMatchObject({ ok: 1 })
    expect((reply['operationTime'] as Timestamp).greaterThanOrEqual(heard)).toBe(true)
  })

  it('must not be far from the clock', async () => {
    const clusterTime = new Timestamp({ t: 31_536_001, i: 1 })
    expect(await run({ ping: 1, $clusterTime: { clusterTime } })).toMatchObject({
      ok: 0,
      code: 205,
      codeName: 'ClusterTimeFailsRateLimiter',
      errmsg: "New $clusterTime, 31536001, is too far from this node's wall clock time, 0.",
    })
  })

  it.each([
    [{ $clusterTime: {} }, 40414, "BSON field 'ping.$clusterTime.clusterTime' is missing"],
    [
      { $clusterTime: { clusterTime: 5 } },
      14,
      "BSON field 'ping.$clusterTime.clusterTime' is the wrong type 'int', expected type 'timestamp'",
    ],
    [
      gossip(new Timestamp({ t: 1, i: 1 })),
      14,
      "BSON field 'ping.$clusterTime.signature.hash' is the wrong type 'objectId', expected type 'binData'",
    ],
  ])('%j is refused', async (fields, code, errmsg) => {
    const reply = await run({ ping: 1, ...fields })
    expect(reply).toMatchObject({ ok: 0, code })
    expect(reply['errmsg']).toContain(errmsg)
  })

  it('is nothing to a server by itself', async () => {
    const alone = makeBench({ persona: 'standalone' })
    const transport = alone.server.transport({ gossip: true })
    const clusterTime = new Timestamp({ t: 31_536_001, i: 1 })
    const reply = await transport.send({ ping: 1, $db: 'test', $clusterTime: { clusterTime } })
    expect(reply).toEqual({ ok: 1 })
    alone.stop()
  })
})

/** Source: read_concern_args.cpp, read_concern_mongod.cpp (8.0) */
const REFUSED_CONCERNS: readonly [Document, number, string][] = [
  [
    { level: 'available', afterClusterTime: new Timestamp({ t: 0, i: 1 }) },
    72,
    "afterClusterTime field can be set only if level is equal to 'majority', 'local', or 'snapshot'",
  ],
  [
    { afterClusterTime: new Timestamp({ t: 0, i: 0 }) },
    72,
    'afterClusterTime cannot be a null timestamp',
  ],
  [
    { level: 'local', atClusterTime: new Timestamp({ t: 0, i: 1 }) },
    72,
    "atClusterTime field can be set only if level is equal to 'snapshot'",
  ],
]

it.each(REFUSED_CONCERNS)('read concern %j is refused', async (readConcern, code, errmsg) => {
  expect(await run({ ...findAll(), readConcern })).toMatchObject({ ok: 0, code, errmsg })
})

it.each([
  [{ level: 'linearizable' }, 123, 'node needs to be a replica set member to use read concern'],
  [
    { afterClusterTime: new Timestamp({ t: 0, i: 1 }) },
    20,
    'Cannot specify afterClusterTime readConcern without replication enabled',
  ],
])('a server by itself refuses %j', async (readConcern, code, errmsg) => {
  const alone = makeBench({ persona: 'standalone' })
  expect(await alone.run({ ...findAll(), readConcern })).toMatchObject({ ok: 0, code, errmsg })
  alone.stop()
})

// Source: `populateReply`, write_commands.cpp; field order: write_ops.idl (8.0)
describe('a write tells its election and its time', () => {
  const electionId = new ObjectId('7fffffff0000000000000001')

  it('in the order of the server', async () => {
    const reply = await run(insertOne({ _id: 1 }))
    expect(Object.keys(reply)).toEqual([
      'n',
      'electionId',
      'opTime',
      'ok',
      'operationTime',
      '$clusterTime',
    ])
    expect(reply).toMatchObject({
      electionId,
      opTime: { ts: reply['operationTime'], t: Long.ONE },
    })
    const update = { ...increment(1, 1), lsid: lsid(1), txnNumber: Long.ONE }
    await run(update)
    expect(Object.keys(await run(update)).slice(0, 5)).toEqual([
      'n',
      'electionId',
      'opTime',
      'retriedStmtIds',
      'nModified',
    ])
    expect(Object.keys(await run(remove(1))).slice(0, 3)).toEqual(['n', 'electionId', 'opTime'])
    const ops = [{ insert: 0, document: { _id: 9 } }]
    const bulk = { bulkWrite: 1, ops, nsInfo: [{ ns: 'test.demo' }], $db: 'admin' }
    expect(await run(bulk)).toMatchObject({ nInserted: 1, electionId })
  })

  it('and one that changed nothing the time of the last one', async () => {
    const first = await run(insertOne({ _id: 1 }))
    expect((await run(increment(7, 1)))['opTime']).toEqual(first['opTime'])
  })

  it('within a transaction there is no time of its own before the commit', async () => {
    const inside = await run(starting(1, 1, insertOne({ _id: 1 })))
    expect(inside['opTime']).toEqual({ ts: new Timestamp({ t: 0, i: 0 }), t: Long.NEG_ONE })
    const committed = await run(commit(1, 1))
    const next = await run(starting(1, 2, insertOne({ _id: 2 })))
    expect(next['opTime']).toEqual({ ts: committed['operationTime'], t: Long.ONE })
  })

  it('a server by itself tells neither, and nobody who does not gossip hears of it', async () => {
    expect(await bench.run(insertOne({ _id: 1 }))).toEqual({ n: 1, ok: 1 })
    const alone = makeBench({ persona: 'standalone' })
    const transport = alone.server.transport({ gossip: true })
    expect(await transport.send({ ...insertOne({ _id: 1 }), $db: 'test' })).toEqual({ n: 1, ok: 1 })
    alone.stop()
  })
})
