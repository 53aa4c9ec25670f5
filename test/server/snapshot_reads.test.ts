/** readConcern snapshot, in and outside of transactions: reads at a cluster time of the past. */
import { Long, Timestamp } from 'bson'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Document } from '../../src/bson/index.ts'
import {
  type Bench,
  commit,
  continuing,
  documentsOf,
  increment,
  insertOne,
  lsid,
  makeBench,
  remove,
  starting,
} from './harness.ts'

let bench: Bench
beforeEach(async () => {
  bench = makeBench({ manual: true })
  await bench.run({ insert: 'demo', documents: [1, 2, 3].map((_id) => ({ _id, value: 0 })) })
})
afterEach(() => bench.stop())

const find = { find: 'demo', filter: {} }
const at = (atClusterTime?: unknown): Document => ({
  readConcern: { level: 'snapshot', ...(atClusterTime === undefined ? {} : { atClusterTime }) },
})
const timeOf = (reply: Document): Timestamp =>
  (reply['cursor'] as Document)['atClusterTime'] as Timestamp
const values = (reply: Document): unknown[] => documentsOf(reply).map(({ value }) => value)
const holding = (): number => bench.engine.services.snapshots.size

describe('a read of a snapshot', () => {
  // Source: cursor_response.cpp, distinct.cpp (8.0)
  it('tells its time, and can be repeated at it', async () => {
    const first = await bench.run({ ...find, ...at() })
    expect(Object.keys(first['cursor'] as Document)).toEqual([
      'firstBatch',
      'id',
      'ns',
      'atClusterTime',
    ])
    const time = timeOf(first)
    await bench.run(increment(1, 5))
    await bench.run(remove(2))
    await bench.run(insertOne({ _id: 4, value: 4 }))
    expect(values(await bench.run({ ...find, ...at(time) }))).toEqual([0, 0, 0])
    const pipeline = [{ $match: {} }, { $count: 'n' }]
    const counted = await bench.run({ aggregate: 'demo', pipeline, cursor: {}, ...at(time) })
    expect(counted).toMatchObject({ cursor: { firstBatch: [{ n: 3 }], atClusterTime: time } })
    const distinct = await bench.run({ distinct: 'demo', key: 'value', ...at(time) })
    expect(distinct).toEqual({ values: [0], atClusterTime: time, ok: 1 })
    expect(values(await bench.run(find))).toEqual([5, 0, 4])
  })

  it('goes on in its getMores', async () => {
    const first = await bench.run({ ...find, batchSize: 1, ...at() })
    const { id } = first['cursor'] as Document
    await bench.run(increment(2, 5))
    const more = await bench.run({ getMore: id, collection: 'demo' })
    expect(values(more)).toEqual([0, 0])
    expect(timeOf(more)).toEqual(timeOf(first))
  })

  it('sees the moment of any write since the first one', async () => {
    await bench.run({ ...find, ...at() })
    const transport = bench.server.transport({ gossip: true })
    const times: unknown[] = []
    for (let i = 1; i <= 3; i++) {
      await bench.run(increment(1, 1))
      await bench.run(increment(1, 1))
      times.push((await transport.send({ ping: 1, $db: 'test' }))['operationTime'])
    }
    const seen = []
    for (const time of times) {
      seen.push(values(await bench.run({ ...find, filter: { _id: 1 }, ...at(time) })))
    }
    expect(seen).toEqual([[2], [4], [6]])
  })

  it('knows the indexes and the collections of then', async () => {
    const time = timeOf(await bench.run({ ...find, ...at() }))
    const key = { value: 1 }
    await bench.run({ createIndexes: 'demo', indexes: [{ key, name: 'value_1' }] })
    await bench.run(increment(1, 5))
    const byValue = { find: 'demo', filter: { value: 0 } }
    expect(documentsOf(await bench.run({ ...byValue, ...at(time) })).length).toBe(3)
    await bench.run({ drop: 'demo' })
    await bench.run(insertOne({ _id: 9 }))
    expect(documentsOf(await bench.run({ ...find, ...at(time) })).length).toBe(3)
    expect(documentsOf(await bench.run(find))).toEqual([{ _id: 9 }])
  })

  it('sees nothing of a transaction that had not committed', async () => {
    await bench.run(starting(1, 1, increment(1, 5)))
    const time = timeOf(await bench.run({ ...find, ...at() }))
    await bench.run(commit(1, 1))
    expect(values(await bench.run({ ...find, ...at(time) }))).toEqual([0, 0, 0])
  })

  it('sees its own writes where it comes after them', async () => {
    const transport = bench.server.transport({ gossip: true })
    const written = await transport.send({ ...increment(1, 5), $db: 'test' })
    const reply = await bench.run({ ...find, ...at(written['operationTime']) })
    expect(values(reply)).toEqual([5, 0, 0])
    const after = { level: 'snapshot', afterClusterTime: written['operationTime'] }
    expect(values(await bench.run({ ...find, readConcern: after }))).toEqual([5, 0, 0])
  })
})

// Source: storage_parameters.idl, wiredtiger_recovery_unit.cpp (8.0)
describe('the window of the past', () => {
  it('is five minutes', async () => {
    const time = timeOf(await bench.run({ ...find, ...at() }))
    await bench.run(increment(1, 5))
    await bench.clock.advance(299_000)
    expect(values(await bench.run({ ...find, ...at(time) }))).toEqual([0, 0, 0])
    // It is counted from the last write, or from what the node wrote to have its time go on.
    await bench.clock.advance(11_000)
    expect(await bench.run({ ...find, ...at(time) })).toMatchObject({
      ok: 0,
      code: 239,
      codeName: 'SnapshotTooOld',
      errmsg: `Read timestamp Timestamp(${time.t}, ${time.i}) is older than the oldest available timestamp.`,
    })
  })

  it('is a parameter', async () => {
    await bench.run({ setParameter: 1, minSnapshotHistoryWindowInSeconds: 5, $db: 'admin' })
    const time = timeOf(await bench.run({ ...find, ...at() }))
    await bench.run(increment(1, 5))
    await bench.clock.advance(6_000)
    expect(await bench.run({ ...find, ...at(time) })).toMatchObject({ ok: 1 })
    await bench.run(increment(1, 5))
    expect(await bench.run({ ...find, ...at(time) })).toMatchObject({ ok: 0, code: 239 })
  })

  it('ends the cursors that read beyond it', async () => {
    const first = await bench.run({ ...find, batchSize: 1, noCursorTimeout: true, ...at() })
    await bench.run(increment(1, 5))
    await bench.clock.advance(301_000)
    const { id } = first['cursor'] as Document
    expect(await bench.run({ getMore: id, collection: 'demo' })).toMatchObject({
      ok: 0,
      code: 239,
    })
  })

  it('what nobody has written over can be read at any time in it', async () => {
    const time = timeOf(await bench.run({ ...find, ...at() }))
    await bench.clock.advance(290_000)
    expect(values(await bench.run({ ...find, ...at(time) }))).toEqual([0, 0, 0])
  })

  it('nobody pays for who does not read in it', async () => {
    const { store } = bench.engine.services
    for (let i = 0; i < 50; i++) await bench.run(increment(1, 1))
    expect([holding(), store.statistics().pinnedUpdates]).toEqual([0, 0])
    await bench.run({ ...find, ...at() })
    for (let i = 0; i < 50; i++) await bench.run(increment(1, 1))
    expect(holding()).toBe(51)
    await bench.clock.advance(600_000)
    expect([holding(), store.statistics().pinnedUpdates]).toEqual([0, 0])
  })

  it('slides: old moments go while others are read', async () => {
    await bench.run({ ...find, ...at() })
    for (let i = 0; i < 40; i++) {
      await bench.clock.advance(20_000)
      await bench.run(increment(1, 1))
      await bench.run({ ...find, ...at() })
    }
    expect(holding()).toBeLessThan(20)
  })

  it('is gone where the store went back to a save', async () => {
    const save = bench.engine.save()
    await bench.run(increment(1, 5))
    const time = timeOf(await bench.run({ ...find, ...at() }))
    bench.engine.restore(save)
    expect(await bench.run({ ...find, ...at(time) })).toMatchObject({ ok: 0, code: 239 })
    expect(values(await bench.run({ ...find, ...at() }))).toEqual([0, 0, 0])
  })
})

describe('a transaction', () => {
  const started = (command: Document, readConcern: Document): Document =>
    starting(1, 1, { ...command, readConcern })

  it('reads at the cluster time that it names', async () => {
    const time = timeOf(await bench.run({ ...find, ...at() }))
    await bench.run(increment(1, 5))
    const readConcern = { level: 'snapshot', atClusterTime: time }
    const reply = await bench.run(started(find, readConcern))
    expect(values(reply)).toEqual([0, 0, 0])
    expect(timeOf(reply)).toBeUndefined()
    expect(values(await bench.run(continuing(1, 1, find)))).toEqual([0, 0, 0])
    await bench.run(continuing(1, 1, increment(2, 1)))
    expect(await bench.run(commit(1, 1))).toMatchObject({ ok: 1 })
    expect(values(await bench.run(find))).toEqual([5, 1, 0])
  })

  it('conflicts with what was written since', async () => {
    const time = timeOf(await bench.run({ ...find, ...at() }))
    await bench.run(increment(1, 5))
    const readConcern = { level: 'snapshot', atClusterTime: time }
    expect(await bench.run(started(increment(1, 1), readConcern))).toMatchObject({
      ok: 0,
      code: 112,
      errorLabels: ['TransientTransactionError'],
    })
  })

  it('whose time is past is worth another try', async () => {
    const transport = bench.server.transport({ gossip: true })
    const { operationTime } = await transport.send({ ping: 1, $db: 'test' })
    await bench.run(increment(1, 5))
    const readConcern = { level: 'snapshot', atClusterTime: operationTime }
    expect(await bench.run(started(find, readConcern))).toMatchObject({
      ok: 0,
      code: 239,
      errorLabels: ['TransientTransactionError'],
    })
  })
})

/** Source: shard_role.cpp, read_concern_args.cpp, service_entry_point_shard_role.cpp (8.0) */
const REFUSALS: readonly [string, Document, number][] = [
  ['a write', { ...insertOne({ _id: 9 }), ...at() }, 72],
  ['count', { count: 'demo', ...at() }, 72],
  ['listCollections', { listCollections: 1, ...at() }, 72],
  ['a time of the future', { ...find, ...at(new Timestamp({ t: 99_999, i: 1 })) }, 72],
  ['no time', { ...find, ...at(new Timestamp({ t: 0, i: 0 })) }, 72],
  ['config.transactions', { find: 'transactions', $db: 'config', ...at() }, 5557800],
]

it.each(REFUSALS)('%s at level snapshot is refused', async (_what, command, code) => {
  expect(await bench.run(command)).toMatchObject({ ok: 0, code })
})

it('capped collections have no past, nor has a server by itself', async () => {
  await bench.run({ create: 'log', capped: true, size: 4096 })
  const message = 'Reading from capped collections with readConcern snapshot is not supported'
  const capped = { find: 'log', ...at() }
  expect(await bench.run(capped)).toMatchObject({ ok: 0, code: 246, errmsg: message })
  expect(await bench.run(starting(1, 1, capped))).toMatchObject({ ok: 0, code: 246 })
  const alone = makeBench({ persona: 'standalone' })
  expect(await alone.run({ ...find, ...at() })).toMatchObject({
    ok: 0,
    code: 123,
    errmsg: 'node needs to be a replica set member to use readConcern: snapshot',
  })
  alone.stop()
})

it('a session of snapshots is one of plain reads to the server', async () => {
  const fields = { lsid: lsid(1) }
  const time = timeOf(await bench.run({ ...find, ...at(), ...fields }))
  await bench.run(increment(1, 5))
  expect(values(await bench.run({ ...find, ...at(time), ...fields }))).toEqual([0, 0, 0])
  const numbered = { ...find, ...at(time), ...fields, txnNumber: Long.ONE }
  expect(await bench.run(numbered)).toMatchObject({ ok: 0, code: 50768 })
})
