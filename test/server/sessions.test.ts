import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Document } from '../../src/bson/index.ts'
import {
  abort,
  type Bench,
  commit,
  continuing,
  findAll,
  increment,
  insertOne,
  lsid,
  makeBench,
  retryable,
  starting,
} from './harness.ts'

let bench: Bench
beforeEach(async () => {
  bench = makeBench({ manual: true })
  await bench.run(insertOne({ _id: 1, value: 0 }))
})
afterEach(() => bench.stop())

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0))

/** Keeps session 2 checked out: its retryable write waits for the document of session 1. */
async function holdSession(): Promise<{ readonly held: Promise<Document> }> {
  await bench.run(starting(1, 1, increment(1, 1)))
  const held = bench.run(retryable(2, 1, increment(1, 2)))
  await turn()
  // Some tests end before it does.
  held.catch((error: Error) => error.name === 'StoppedError' || Promise.reject(error))
  return { held }
}

describe('session check-out', () => {
  it('a second operation with a number waits its turn', async () => {
    const { held } = await holdSession()
    const order: string[] = []
    const first = held.then(() => order.push('first'))
    const second = bench.run(retryable(2, 2, increment(1, 4))).then(() => order.push('second'))
    await turn()
    expect(order).toEqual([])
    await bench.run(commit(1, 1))
    await bench.clock.advance(1000)
    await Promise.all([first, second])
    expect(order).toEqual(['first', 'second'])
  })

  it('honours maxTimeMS while it waits', async () => {
    await holdSession()
    const waiting = bench.run({ ...retryable(2, 2, increment(1, 4)), maxTimeMS: 100 })
    await bench.clock.advance(100)
    expect(await waiting).toMatchObject({ ok: 0, code: 50 })
  })

  it('those without a number do not wait', async () => {
    await holdSession()
    expect(await bench.run({ ...findAll(), lsid: lsid(2) })).toMatchObject({ ok: 1 })
  })

  it('passes the turn on when the next in line is interrupted as its turn comes', async () => {
    const { held } = await holdSession()
    const second = bench.run(retryable(2, 2, increment(1, 4)))
    const third = bench.run(retryable(2, 3, increment(1, 8)))
    await turn()
    const opid = [...bench.server.waiting.values()].find(({ options }) => options?.txnNumber === 2)!
      .op.opId
    await bench.run({ killOp: 1, op: opid, $db: 'admin' })
    await bench.run(commit(1, 1))
    await bench.clock.advance(1000)
    expect(await second).toMatchObject({ ok: 0, code: 11601 })
    expect(await held).toMatchObject({ ok: 1 })
    expect(await third).toMatchObject({ ok: 1 })
  })
})

describe('killing', () => {
  const KILLS: readonly Document[] = [
    { killSessions: [lsid(1)] },
    { killSessions: [] },
    { killAllSessions: [] },
    { killAllSessionsByPattern: [{ lsid: lsid(1) }] },
    { killAllSessionsByPattern: [] },
  ]

  it.each(KILLS)('%j aborts an idle transaction', async (kill) => {
    await bench.run(starting(1, 1, increment(1, 1)))
    expect(await bench.run(kill)).toEqual({ ok: 1 })
    expect(await bench.run(commit(1, 1))).toMatchObject({ ok: 0, code: 251 })
  })

  it('a session that is not named goes on', async () => {
    await bench.run(starting(1, 1, increment(1, 1)))
    await bench.run({ killSessions: [lsid(2)] })
    expect(await bench.run(commit(1, 1))).toMatchObject({ ok: 1 })
  })

  // Source: kill_sessions_local.cpp: transactions first, then operations, then cursors
  it('interrupts what runs under the session, and kills its cursors', async () => {
    await bench.run({ insert: 'many', documents: [{ _id: 1 }, { _id: 2 }] })
    await bench.run({ find: 'many', batchSize: 1, lsid: lsid(2) })
    expect([...bench.engine.cursors.all()].length).toBe(1)
    const { held } = await holdSession()
    await bench.run({ killSessions: [lsid(2)] })
    await bench.clock.advance(100)
    expect(await held).toMatchObject({ ok: 0, code: 11601, errmsg: 'operation was interrupted' })
    expect([...bench.engine.cursors.all()]).toEqual([])
  })

  it('killOp interrupts a wait that can be interrupted', async () => {
    await bench.run(starting(1, 1, increment(1, 1)))
    const dropping = bench.run({ drop: 'demo' })
    await turn()
    const [op] = (
      await bench.run({ currentOp: 1, op: 'command', 'command.drop': 'demo', $db: 'admin' })
    )['inprog'] as Document[]
    expect(await bench.run({ killOp: 1, op: op!['opid'], $db: 'admin' })).toEqual({
      info: 'attempting to kill op',
      ok: 1,
    })
    expect(await dropping).toMatchObject({ ok: 0, code: 11601 })
  })
})

describe('the life of a session', () => {
  const MINUTE_MS = 60_000

  it('ends when nobody used it for half an hour, and its transaction with it', async () => {
    bench.stop()
    bench = makeBench({ manual: true, parameters: { transactionLifetimeLimitSeconds: 100_000 } })
    await bench.run(starting(1, 1, insertOne({ _id: 2 })))
    await bench.clock.advance(30 * MINUTE_MS)
    expect(bench.server.sessions.size).toBe(1)
    await bench.clock.advance(6 * MINUTE_MS)
    expect(bench.server.sessions.size).toBe(0)
    expect(bench.engine.services.openTransactions.size).toBe(0)
  })

  it('is prolonged by every use, and by refreshSessions', async () => {
    await bench.run({ ...findAll(), lsid: lsid(1) })
    for (let i = 0; i < 4; i++) {
      await bench.clock.advance(20 * MINUTE_MS)
      await bench.run({ refreshSessions: [lsid(1)] })
    }
    expect(bench.server.sessions.size).toBe(1)
  })

  it('endSessions ends it at the next refresh', async () => {
    await bench.run(starting(1, 1, increment(1, 1)))
    expect(await bench.run({ endSessions: [lsid(1), lsid(9)], $db: 'admin' })).toEqual({ ok: 1 })
    expect(bench.server.sessions.size).toBe(1)
    await bench.clock.advance(5 * MINUTE_MS)
    expect(bench.server.sessions.size).toBe(0)
  })

  it('startSession makes an id', async () => {
    const reply = await bench.run({ startSession: 1 })
    expect(reply).toMatchObject({ timeoutMinutes: 30, ok: 1 })
    expect(await bench.run({ ...findAll(), lsid: reply['id'] })).toMatchObject({ ok: 1 })
    expect(bench.server.sessions.size).toBe(1)
  })

  it('there are no more of them than maxSessions', async () => {
    bench.stop()
    bench = makeBench({ parameters: { maxSessions: 1 } })
    await bench.run({ ...findAll(), lsid: lsid(1) })
    expect(await bench.run({ ...findAll(), lsid: lsid(2) })).toMatchObject({ ok: 0, code: 261 })
    expect(await bench.run({ ...findAll(), lsid: lsid(1) })).toMatchObject({ ok: 1 })
  })

  // Source: a transaction outlives its connection, until it expires
  it('a connection that closes leaves its transaction open', async () => {
    const connection = bench.server.connect()
    const send = (command: Document) => bench.server.send({ ...command, $db: 'test' }, connection)
    await send(starting(1, 1, increment(1, 1)))
    bench.server.disconnect(connection)
    expect(await bench.run(continuing(1, 1, findAll()))).toMatchObject({ ok: 1 })
    expect(await bench.run(abort(1, 1))).toMatchObject({ ok: 1 })
  })

  it('a read ends when its client goes away, a write goes on', async () => {
    const controller = new AbortController()
    const connection = bench.server.connect()
    const send = (command: Document) =>
      bench.server.send({ ...command, $db: 'test' }, connection, controller.signal)
    await bench.run(starting(1, 1, increment(1, 1)))
    const dropping = bench.run({ drop: 'demo' })
    const reading = send(findAll())
    const writing = send(insertOne({ _id: 7 }))
    await turn()
    controller.abort()
    expect(await reading).toMatchObject({ ok: 0, code: 279 })
    await bench.run(commit(1, 1))
    expect(await dropping).toMatchObject({ ok: 1 })
    expect(await writing).toMatchObject({ ok: 1, n: 1 })
  })
})
