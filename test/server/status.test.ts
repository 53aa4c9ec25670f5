import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Document } from '../../src/bson/index.ts'
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
  starting,
} from './harness.ts'

let bench: Bench
beforeEach(async () => {
  bench = makeBench({ manual: true })
  await bench.run(insertOne({ _id: 'x', value: 0 }))
})
afterEach(() => bench.stop())

async function status(): Promise<Record<string, Document>> {
  return (await bench.run({ serverStatus: 1 })) as Record<string, Document>
}

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0))

describe('serverStatus', () => {
  it('counts operations when they begin', async () => {
    await bench.run({ insert: 'demo', documents: [{ _id: 1 }, { _id: 2 }] })
    await bench.run(increment(1, 1))
    await bench.run({
      delete: 'demo',
      deletes: [
        { q: { _id: 1 }, limit: 1 },
        { q: { _id: 9 }, limit: 1 },
      ],
    })
    await bench.run(findAll())
    await bench.run({ ping: 1 })
    const { opcounters } = await status()
    expect(opcounters).toMatchObject({ insert: 3, update: 1, delete: 2, query: 1, getmore: 0 })
    expect(opcounters!['command']).toBe(2)
  })

  it('counts documents by what matched, not by what changed', async () => {
    await bench.run({ update: 'demo', updates: [{ q: { _id: 'x' }, u: { $set: { value: 0 } } }] })
    await bench.run(findAll())
    await bench.run(remove('x'))
    const { metrics } = await status()
    expect(metrics!['document']).toEqual({ deleted: 1, inserted: 1, returned: 1, updated: 1 })
  })

  // Source: curop_metrics.cpp; why mongostat shows one spike at the end of a long wait
  it('counts write conflicts when the statement ends, while currentOp shows them grow', async () => {
    await bench.run(starting(1, 1, increment('x', 1)))
    const waiting = bench.run(increment('x', 8))
    const seen: unknown[] = []
    for (let i = 0; i < 3; i++) {
      await bench.clock.advance(100)
      const { metrics } = await status()
      expect((metrics!['operation'] as Document)['writeConflicts']).toBe(0)
      const reply = await bench.run({ currentOp: 1, op: 'update', $db: 'admin' })
      const [op] = reply['inprog'] as Document[]
      expect(op!['numYields']).toBe((op!['writeConflicts'] as number) - 1)
      seen.push(op!['writeConflicts'])
    }
    // 4 at once, 6 each ms, then each 5 ms: log_and_backoff.cpp
    expect(seen).toEqual([29, 49, 69])
    // Both updates were counted when they began.
    expect((await status())['opcounters']).toMatchObject({ update: 2 })
    await bench.run(commit(1, 1))
    await bench.clock.advance(10)
    await waiting
    expect((await status())['metrics']!['operation']).toMatchObject({ writeConflicts: 69 })
  })

  it('counts a conflict in a transaction too', async () => {
    await bench.run(starting(1, 1, findAll('nothing')))
    await bench.run(increment('x', 1))
    expect(await bench.run(continuing(1, 1, increment('x', 1)))).toMatchObject({ code: 112 })
    expect((await status())['metrics']!['operation']).toMatchObject({ writeConflicts: 1 })
  })

  it('counts commands, failed ones among them; write errors are no failure', async () => {
    await bench.run(insertOne({ _id: 'x' }))
    await bench.run({ find: 'demo', filter: { a: { $nosuch: 1 } } })
    await bench.run({ find: 'demo', nosuch: 1 })
    const { metrics } = await status()
    expect(metrics!['commands']).toMatchObject({
      insert: { total: 2, failed: 0 },
      find: { total: 1, failed: 1 },
    })
  })

  it('counts transactions by what became of them', async () => {
    await bench.run(starting(1, 1, findAll()))
    await bench.run(commit(1, 1))
    await bench.run(starting(1, 2, findAll()))
    await bench.run(abort(1, 2))
    await bench.run(starting(1, 3, findAll()))
    expect((await status())['transactions']).toMatchObject({
      totalStarted: 3,
      totalCommitted: 1,
      totalAborted: 1,
      currentOpen: 1,
      currentInactive: 1,
      currentActive: 0,
    })
    const dropping = bench.run({ drop: 'demo' })
    await bench.run({ setParameter: 1, maxTransactionLockRequestTimeoutMillis: -1, $db: 'admin' })
    const statement = bench.run(starting(2, 1, findAll()))
    await turn()
    expect((await status())['transactions']).toMatchObject({ currentActive: 1, currentOpen: 2 })
    await bench.run(commit(1, 3))
    await Promise.all([dropping, statement])
  })

  it('leaves out what is not wanted', async () => {
    const reply = await bench.run({ serverStatus: 1, metrics: 0 })
    expect(reply).not.toHaveProperty('metrics')
    expect(reply).toHaveProperty('opcounters')
    const { asserts, ...rest } = await bench.run({ serverStatus: 1, none: 1, asserts: 1 })
    expect(asserts).toMatchObject({ user: 0 })
    expect(rest).not.toHaveProperty('opcounters')
  })

  it('counts errors, conflicts in storage, and how long operations took', async () => {
    await bench.run({ nonsense: 1 })
    await bench.run({ find: 'demo', filter: { a: { $nosuch: 1 } } })
    await bench.run(starting(1, 1, increment('x', 1)))
    const waiting = bench.run(increment('x', 1))
    await bench.clock.advance(2_000)
    await bench.run(commit(1, 1))
    await bench.clock.advance(100)
    await waiting
    const reply = await bench.run({ serverStatus: 1, opLatencies: { histograms: true } })
    const { asserts, opLatencies, wiredTiger, repl } = reply as Record<string, Document>
    expect(asserts).toMatchObject({ user: 2 })
    expect(repl).toMatchObject({ setName: 'rs0', isWritablePrimary: true, rbid: 1 })
    const conflicts = (wiredTiger!['transaction'] as Document)['update conflicts']
    expect(conflicts).toBe(
      ((reply['metrics'] as Document)['operation'] as Document)['writeConflicts'],
    )
    // Three writes: at once, at once, and after it waited. Source: histogram of powers of two
    const { writes } = opLatencies as Record<string, Document>
    expect(writes).toMatchObject({ ops: 3, queryableEncryptionLatencyMicros: 0 })
    expect(Number(writes!['latency'])).toBeGreaterThanOrEqual(2_000_000)
    expect(writes!['histogram']).toEqual([
      { micros: 0, count: 2 },
      { micros: 1_572_864, count: 1 },
    ])
  })

  it('shows who waits for a lock', async () => {
    await bench.run(starting(1, 1, increment('x', 1)))
    const dropping = bench.run({ drop: 'demo' })
    await turn()
    expect((await status())['globalLock']).toMatchObject({
      currentQueue: { total: 1, readers: 0, writers: 1 },
    })
    const { inprog } = await bench.run({ currentOp: 1, ns: 'test.demo', $db: 'admin' })
    expect(inprog).toMatchObject([{ waitingForLock: true }])
    await bench.run(commit(1, 1))
    await dropping
  })
})

describe('currentOp', () => {
  it('shows itself, what waits, and transactions that are idle', async () => {
    await bench.run(starting(1, 7, increment('x', 1)))
    const waiting = bench.run(increment('x', 1))
    await bench.clock.advance(2_500)
    const { inprog } = await bench.run({ currentOp: 1, $db: 'admin' })
    expect(inprog).toMatchObject([
      {
        type: 'op',
        active: true,
        op: 'update',
        ns: 'test.demo',
        secs_running: 2,
        microsecs_running: 2_500_000,
        planSummary: 'EXPRESS_IXSCAN { _id: 1 },EXPRESS_UPDATE',
      },
      { type: 'op', active: true, op: 'command', command: { currentOp: 1 } },
      {
        type: 'idleSession',
        desc: 'inactive transaction',
        active: false,
        lsid: { id: lsid(1)['id'] },
        transaction: {
          parameters: {
            txnNumber: 7,
            autocommit: false,
            readConcern: { level: 'local', provenance: 'implicitDefault' },
          },
          timeOpenMicros: 2_500_000,
          timeActiveMicros: 0,
          timeInactiveMicros: 2_500_000,
          expiryTime: '1970-01-01T00:01:00.000+00:00',
        },
      },
    ])
    await bench.run(commit(1, 7))
    await bench.clock.advance(100)
    await waiting
  })

  it('takes a filter', async () => {
    await bench.run(starting(1, 7, increment('x', 1)))
    const { inprog } = await bench.run({ currentOp: true, type: 'idleSession', $db: 'admin' })
    expect((inprog as Document[]).length).toBe(1)
  })
})

describe('currentOp of idle ones', () => {
  it('connections and cursors', async () => {
    await bench.run({ insert: 'demo', documents: [{ _id: 1 }, { _id: 2 }] })
    await bench.run({ find: 'demo', filter: {}, batchSize: 1 })
    bench.server.connect({ appName: 'other' })
    const { inprog } = await bench.run({ currentOp: 1, $all: true, $db: 'admin' })
    expect(inprog).toMatchObject([
      { type: 'op', active: true },
      { type: 'op', active: false, appName: 'other' },
    ])
    const pipeline = [{ $currentOp: { idleCursors: true } }, { $match: { type: 'idleCursor' } }]
    const reply = await bench.run({ aggregate: 1, pipeline, cursor: {}, $db: 'admin' })
    expect(documentsOf(reply)).toMatchObject([
      { ns: 'test.demo', cursor: { originatingCommand: { find: 'demo' } } },
    ])
  })

  it('long commands are cut, where asked for', async () => {
    const comment = 'why'
    const others = Array.from({ length: 200 }, (_, n) => ({ opid: -n }))
    const command = { currentOp: 1, comment, $or: [{ active: true }, ...others], $db: 'admin' }
    const { inprog } = await bench.run(command)
    const { $truncated, ...rest } = (inprog as Document[])[0]!['command'] as Document
    expect(rest).toEqual({ comment })
    expect(($truncated as string).length).toBe(1_000)
    expect($truncated).toMatch(/^\{ currentOp: 1, .*\.\.\.$/)
  })
})

describe('killOp', () => {
  // Source: kill_op_cmd_base.cpp
  it.each([
    [{ killOp: 1 }, 4, 'Missing expected field "op"'],
    [{ killOp: 1, op: 'x' }, 14, 'Expected field "op" to have numeric type, but found string'],
    [
      { killOp: 1, op: 1e12 },
      26823,
      'invalid op : 1000000000000. Op ID cannot be represented with 32 bits',
    ],
  ])('%j', async (command, code, errmsg) => {
    expect(await bench.run({ ...command, $db: 'admin' })).toMatchObject({ ok: 0, code, errmsg })
  })

  it('of nobody is no error', async () => {
    expect(await bench.run({ killOp: 1, op: 12345, $db: 'admin' })).toMatchObject({ ok: 1 })
  })

  // Source: the ladder sleeps uninterruptibly; the kill is seen at the next turn
  it('ends a write that waits, after the sleep it is in', async () => {
    await bench.run(starting(1, 1, increment('x', 1)))
    const waiting = bench.run(increment('x', 1))
    await bench.clock.advance(2_000)
    const { inprog } = await bench.run({ currentOp: 1, op: 'update', $db: 'admin' })
    const { opid } = (inprog as Document[])[0]!
    await bench.run({ killOp: 1, op: opid, $db: 'admin' })
    await turn()
    expect(bench.engine.operations.size).toBe(1)
    await bench.clock.advance(100)
    expect(await waiting).toMatchObject({ ok: 0, code: 11601, errmsg: 'operation was interrupted' })
  })
})
