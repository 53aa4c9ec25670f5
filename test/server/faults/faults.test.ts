/** Faults on purpose, as a server has them: which commands they strike, and what becomes of those. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Document } from '../../../src/bson/index.ts'
import { ConnectionClosedError, ConnectionResetError } from '../../../src/server/index.ts'
import {
  type Bench,
  commit,
  continuing,
  documentsOf,
  findAll,
  increment,
  insertOne,
  makeBench,
  retryable,
  starting,
} from '../harness.ts'

let bench: Bench
beforeEach(async () => {
  bench = makeBench()
  await bench.run(insertOne({ _id: 1, value: 0 }))
})
afterEach(() => bench.stop())

const value = async (): Promise<unknown> =>
  documentsOf(await bench.run(findAll())).find(({ _id }) => _id === 1)?.['value']

const write = (txnNumber = 1): Promise<Document> =>
  bench.run(retryable(1, txnNumber, increment(1, 1)))

const lost = (running: Promise<unknown>) =>
  expect(running).rejects.toBeInstanceOf(ConnectionClosedError)

describe('loseReply', () => {
  it('lets the write through; its retry is answered from history', async () => {
    const fault = bench.server.faults.loseReply({ command: 'update' })
    await lost(write())
    expect(await value()).toBe(1)
    expect(fault).toMatchObject({ kind: 'loseReply', fired: 1, left: 0 })
    expect(await write()).toMatchObject({ n: 1, retriedStmtIds: [0] })
    expect(await value()).toBe(1)
  })

  it('loses errors, too, and leaves nothing under way', async () => {
    bench.server.faults.loseReply({ times: 3 })
    await lost(bench.run({ find: 'demo', nosuch: 1 }))
    await lost(bench.run({ nosuch: 1, find: 'demo' }).then(() => bench.run(findAll())))
    await lost(bench.run(starting(2, 1, increment(1, 1))))
    expect(bench.engine.operations.size).toBe(0)
    expect(await bench.run(commit(2, 1))).toMatchObject({ ok: 1 })
    expect(await value()).toBe(1)
  })

  it('of a write that waits: it goes on', async () => {
    await bench.run(starting(2, 1, increment(1, 10)))
    bench.server.faults.loseReply({ command: 'update' })
    const waiting = lost(write())
    await bench.run(commit(2, 1))
    await waiting
    expect(await value()).toBe(11)
  })
})

describe('loseRequest', () => {
  it('keeps the command from the server, its session too', async () => {
    const before = bench.server.sessions.size
    bench.server.faults.loseRequest({ command: ['insert', 'update'], times: 2 })
    await lost(write())
    await lost(bench.run(insertOne({ _id: 2 })))
    expect(documentsOf(await bench.run(findAll()))).toEqual([{ _id: 1, value: 0 }])
    expect(bench.server.sessions.size).toBe(before)
    expect(await write()).toMatchObject({ n: 1, nModified: 1, ok: 1 })
  })
})

it('reset: as a reply that is lost, with the reply for whoever sends half of it', async () => {
  bench.server.faults.reset({ command: 'update' })
  const error = await write().catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(ConnectionResetError)
  expect((error as ConnectionResetError).reply).toMatchObject({ n: 1, ok: 1 })
  expect(await value()).toBe(1)
})

describe('fail', () => {
  it('puts an error in the place of the command, with the labels of the server', async () => {
    const { faults } = bench.server
    faults.fail({ command: 'update', code: 91 })
    expect(await write()).toMatchObject({
      errorLabels: ['RetryableWriteError'],
      ok: 0,
      errmsg: 'ShutdownInProgress, on purpose',
      code: 91,
      codeName: 'ShutdownInProgress',
    })
    expect(await value()).toBe(0)
    faults.fail({ command: 'update', code: 11602, labels: ['Mine'], message: 'because' })
    expect(await write()).toMatchObject({ code: 11602, errorLabels: ['Mine'], errmsg: 'because' })
    expect(await write()).toMatchObject({ ok: 1 })
  })

  it('knows aliases, collections and databases, and lets some pass', async () => {
    const { faults } = bench.server
    const modify = { findAndModify: 'demo', query: {}, remove: true }
    faults.fail({ command: 'findandmodify', code: 91 })
    expect(await bench.run(modify)).toMatchObject({ ok: 0, code: 91 })
    const there = faults.fail({ command: 'find', code: 91, collection: 'other', skip: 1 })
    expect(await bench.run(findAll())).toMatchObject({ ok: 1 })
    expect(await bench.run(findAll('other'))).toMatchObject({ ok: 1 })
    expect(await bench.run(findAll())).toMatchObject({ ok: 1 })
    expect(await bench.run(findAll('other'))).toMatchObject({ code: 91 })
    expect(there.left).toBe(0)
    faults.fail({ code: 91, database: 'shop', times: Number.POSITIVE_INFINITY })
    expect(await bench.run(findAll())).toMatchObject({ ok: 1 })
    expect(await bench.run({ ...findAll(), $db: 'shop' })).toMatchObject({ code: 91 })
  })

  it('follows a cursor to its collection', async () => {
    await bench.run(insertOne({ _id: 2 }))
    const { cursor } = await bench.run({ ...findAll(), batchSize: 1 })
    bench.server.faults.fail({ command: 'getMore', collection: 'demo', code: 43 })
    const more = { getMore: (cursor as Document)['id'], collection: 'demo' }
    expect(await bench.run(more)).toMatchObject({ code: 43 })
  })

  it('without a name: what an application sends, not what a driver does by itself', async () => {
    bench.server.faults.fail({ code: 91 })
    expect(await bench.run({ ping: 1 })).toMatchObject({ ok: 1 })
    expect(await bench.run({ hello: 1 })).toMatchObject({ ok: 1 })
    expect(await bench.run(findAll())).toMatchObject({ code: 91 })
  })
})

it('delay: virtual time passes before each such command, until it is cleared', async () => {
  const fault = bench.server.faults.delay({ command: 'find', ms: 50 })
  await bench.run(findAll())
  await bench.run({ ...findAll(), maxTimeMS: 10 })
  expect(bench.clock.elapsed()).toBe(100)
  await bench.run(increment(1, 1))
  fault.clear()
  await bench.run(findAll())
  expect(bench.clock.elapsed()).toBe(100)
  expect(fault).toMatchObject({ fired: 2, left: 0 })
})

describe('conflict', () => {
  it('a plain write tries again, and counts it', async () => {
    const fault = bench.server.faults.conflict({ collection: 'demo', times: 3 })
    await bench.run(insertOne({ _id: 1 }, 'other'))
    expect(await bench.run(increment(1, 1))).toMatchObject({ n: 1, ok: 1 })
    expect(fault.fired).toBe(3)
    expect(bench.engine.services.metrics.operation.writeConflicts).toBe(3)
  })

  it('a transaction fails, with the label; the fail point of the same effect is another', async () => {
    const mode = { times: 1 }
    const point = { configureFailPoint: 'WTWriteConflictException', mode, $db: 'admin' }
    await bench.run(point)
    bench.server.faults.conflict({ database: 'shop' })
    expect(await bench.run(starting(2, 1, increment(1, 1)))).toMatchObject({
      code: 112,
      errorLabels: ['TransientTransactionError'],
    })
    expect(await bench.run(starting(2, 2, increment(1, 1)))).toMatchObject({ ok: 1 })
    bench.server.faults.clear()
    await bench.run(point)
    expect(await bench.run(continuing(2, 2, increment(1, 1)))).toMatchObject({ code: 112 })
  })

  it('leaves the collections of the server alone', async () => {
    const fault = bench.server.faults.conflict()
    expect(await bench.run({ insert: 'x', documents: [{ _id: 1 }], $db: 'local' })).toMatchObject({
      ok: 1,
    })
    expect(fault.fired).toBe(0)
  })
})

describe('stepDown', () => {
  it('aborts, interrupts and refuses until the election', async () => {
    await bench.run(starting(2, 1, increment(1, 10)))
    const waiting = write()
    const { electionId: before } = bench.server.replicaSet!
    bench.server.faults.stepDown({ forMs: 8_000 })
    const errorLabels = ['RetryableWriteError', 'NoWritesPerformed']
    expect(await waiting).toMatchObject({ code: 11602, errorLabels })
    expect(await bench.run({ hello: 1 })).toMatchObject({ isWritablePrimary: false })
    expect(await bench.run(insertOne({ _id: 2 }))).toMatchObject({ code: 10107 })
    await bench.clock.sleep(8_000)
    expect(await bench.run(commit(2, 1))).toMatchObject({
      code: 251,
      errorLabels: ['TransientTransactionError'],
    })
    expect(await write()).toMatchObject({ n: 1, ok: 1 })
    expect(await value()).toBe(1)
    const { electionId: after } = bench.server.replicaSet!
    expect(after.toHexString() > before.toHexString()).toBe(true)
  })

  it('when a command comes; its clear is the election', async () => {
    const fault = bench.server.faults.stepDown({ forMs: 8_000, command: 'insert' })
    expect(await write()).toMatchObject({ ok: 1 })
    expect(await bench.run(insertOne({ _id: 2 }))).toMatchObject({ code: 10107 })
    expect(() => bench.server.faults.stepDown({ forMs: 1 })).toThrow(
      'faults.stepDown: there is no primary that could step down',
    )
    fault.clear()
    expect(await bench.run(insertOne({ _id: 2 }))).toMatchObject({ ok: 1 })
    expect(bench.clock.elapsed()).toBe(0)
  })

  it('is nothing for a server by itself', () => {
    const standalone = makeBench({ persona: 'standalone' })
    expect(() => standalone.server.faults.stepDown({ forMs: 1 })).toThrow(TypeError)
    standalone.stop()
  })
})

describe('chaos', () => {
  const outcomes = async (seed: number): Promise<string[]> => {
    const own = makeBench({ seed: 5 })
    await own.run(insertOne({ _id: 1, value: 0 }))
    own.server.faults.chaos({ probability: 0.5, seed })
    const seen: string[] = []
    for (let n = 1; n <= 60; n++) {
      const reply = await own
        .run(retryable(1, n, increment(1, 1)))
        .catch((error: Error) => ({ lost: error.message }))
      seen.push(`${own.clock.elapsed()} ${JSON.stringify(reply)}`)
    }
    own.stop()
    return seen
  }

  it('is the same for the same seed, and all of its kinds come', async () => {
    const first = await outcomes(1)
    expect(await outcomes(1)).toEqual(first)
    expect(await outcomes(2)).not.toEqual(first)
  })

  it('keeps to its kinds and counts what it did', async () => {
    const { faults } = bench.server
    const chaos = faults.chaos({ probability: 1, kinds: ['conflict', 'delay'], times: 20 })
    for (let n = 1; n <= 30; n++) expect(await write(n)).toMatchObject({ ok: 1 })
    expect(chaos).toMatchObject({ fired: 20, left: 0 })
    const { conflict, delay, ...others } = faults.counts
    expect(conflict + delay).toBe(20)
    expect(Math.min(conflict, delay)).toBeGreaterThan(0)
    expect(Object.values(others)).toEqual([0, 0, 0, 0, 0])
  })

  it('strikes what drivers retry; other commands where they are named', async () => {
    const { faults } = bench.server
    const chaos = faults.chaos({ probability: 1, kinds: ['fail'] })
    expect(await bench.run({ buildInfo: 1 })).toMatchObject({ ok: 1 })
    expect(await bench.run(findAll())).toMatchObject({ ok: 0 })
    chaos.clear()
    faults.chaos({ probability: 1, kinds: ['fail'], command: 'buildInfo' })
    expect(await bench.run({ buildInfo: 1 })).toMatchObject({ ok: 0 })
    expect(await bench.run(findAll())).toMatchObject({ ok: 1 })
  })

  it('takes its conflicts along when it goes', async () => {
    const { faults } = bench.server
    const chaos = faults.chaos({ probability: 1, kinds: ['conflict'], command: 'delete' })
    await bench.run({ delete: 'demo', deletes: [{ q: { _id: 7 }, limit: 1 }] })
    expect(bench.engine.services.hooks.forceConflict).toBeDefined()
    chaos.clear()
    expect(bench.engine.services.hooks.forceConflict).toBeUndefined()
  })
})

it('several strike one command, in the order in which they were armed', async () => {
  const { faults } = bench.server
  faults.delay({ command: 'update', ms: 5 })
  faults.fail({ command: 'update', code: 91 })
  const late = faults.loseReply({ command: 'update' })
  await lost(write())
  expect(bench.clock.elapsed()).toBe(5)
  expect(late.fired).toBe(1)
  faults.loseRequest({ command: 'update' })
  const untouched = faults.loseReply({ command: 'update' })
  await lost(write())
  expect(untouched.fired).toBe(0)
})

it('clear takes all of them away, and brings a primary', async () => {
  const { faults } = bench.server
  faults.loseReply({ times: 5 })
  faults.conflict({ times: 5 })
  faults.chaos({ probability: 1 })
  faults.stepDown({ forMs: 60_000 })
  faults.clear()
  expect(await write()).toMatchObject({ ok: 1 })
  expect(faults).toMatchObject({ isArmed: false })
  expect(bench.engine.services.hooks.forceConflict).toBeUndefined()
})

it('a handle is disposable', async () => {
  {
    using fault = bench.server.faults.fail({ code: 91 })
    expect(fault.left).toBe(1)
  }
  expect(await bench.run(findAll())).toMatchObject({ ok: 1 })
})

it('each strike is in the trace', async () => {
  const { faults } = bench.server
  faults.fail({ command: 'update', code: 91 })
  faults.conflict()
  await write()
  await write()
  faults.stepDown({ forMs: 5 })
  const told = bench.trace.events.filter(({ what }) => what === 'fault')
  expect(told.map(({ who, detail }) => ({ who, ...detail }))).toEqual([
    { who: 'faults', kind: 'fail', name: 'update', database: 'test', collection: 'demo', code: 91 },
    { who: 'faults', kind: 'conflict', database: 'test', collection: 'demo' },
    { who: 'faults', kind: 'stepDown', forMs: 5 },
  ])
  expect(faults.counts).toMatchObject({ fail: 1, conflict: 1, stepDown: 1, loseReply: 0 })
})

describe('bad options are refused by name', () => {
  const wrong: readonly [string, object | null, string][] = [
    ['loseReply', { comand: 'update' }, "faults.loseReply knows no option 'comand'"],
    ['loseReply', { command: 'upadte' }, "faults.loseReply: there is no command 'upadte'"],
    ['loseReply', { command: [] }, "command is a command's name, or several, not []"],
    ['loseRequest', { times: 0 }, 'times is a whole number from 1 on, or Infinity, not 0'],
    ['loseRequest', { skip: -1 }, 'faults.loseRequest: skip is a whole number from 0 on, not -1'],
    ['reset', { collection: 7 }, 'faults.reset: collection is the name of one, not 7'],
    ['stepDown', {}, "faults.stepDown needs 'forMs'"],
    ['stepDown', { forMs: 0 }, 'forMs is a number of milliseconds above 0, not 0'],
    ['fail', { command: 'find' }, "faults.fail needs 'code'"],
    ['fail', { code: 'WriteConflict' }, 'code is the number of an error, not "WriteConflict"'],
    ['fail', { code: 91, labels: 'Mine' }, 'labels is an array of strings, not "Mine"'],
    ['conflict', { command: 'update' }, "faults.conflict knows no option 'command'"],
    ['delay', { ms: Number.NaN }, 'ms is a number of milliseconds from 0 on, not NaN'],
    ['chaos', { probability: 5 }, 'faults.chaos: probability is a number from 0 to 1, not 5'],
    ['chaos', { probability: 1, kinds: ['fire'] }, 'names some of loseRequest, loseReply, fail,'],
    ['chaos', null, 'faults.chaos takes an object of options'],
  ]
  it.each(wrong)('%s %j', (method, options, message) => {
    const faults = bench.server.faults as unknown as Record<string, (given: unknown) => void>
    expect(() => faults[method]!(options)).toThrow(message)
    expect(() => faults[method]!(options)).toThrow(TypeError)
    expect(bench.server.faults.isArmed).toBe(false)
  })
})
