import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Document } from '../../src/bson/index.ts'
import { ConnectionClosedError } from '../../src/server/index.ts'
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
} from './harness.ts'

let bench: Bench
beforeEach(async () => {
  bench = makeBench()
  await bench.run(insertOne({ _id: 1, value: 0 }))
})
afterEach(() => bench.stop())

const configure = (name: string, mode: unknown, data?: Document): Promise<Document> =>
  bench.run({ configureFailPoint: name, mode, ...(data && { data }), $db: 'admin' })

const failCommand = (mode: unknown, data: Document): Promise<Document> =>
  configure('failCommand', mode, data)

describe('failCommand', () => {
  const failing = { failCommands: ['update'], errorCode: 91 }

  it('fails the commands it names, as often as it says, before they run', async () => {
    expect(await failCommand({ times: 2 }, failing)).toEqual({ count: 0, ok: 1 })
    for (let i = 0; i < 2; i++) {
      expect(await bench.run(increment(1, 1))).toEqual({
        ok: 0,
        errmsg: "Failing command via 'failCommand' failpoint",
        code: 91,
        codeName: 'ShutdownInProgress',
      })
      expect(await bench.run(findAll())).toMatchObject({ ok: 1 })
    }
    expect(await bench.run(increment(1, 1))).toMatchObject({ ok: 1, nModified: 1 })
    expect(await failCommand('off', {})).toEqual({ count: 2, ok: 1 })
  })

  it.each<[unknown, boolean[]]>([
    ['alwaysOn', [true, true, true]],
    ['off', [false, false, false]],
    [{ times: 1 }, [true, false, false]],
    [{ skip: 1 }, [false, true, true]],
    [{ activationProbability: 1 }, [true, true, true]],
    [{ activationProbability: 0 }, [false, false, false]],
  ])('mode %j', async (mode, expected) => {
    await failCommand(mode, failing)
    const failed: boolean[] = []
    for (const _ of expected) failed.push((await bench.run(increment(1, 1)))['ok'] === 0)
    expect(failed).toEqual(expected)
  })

  it('knows aliases, namespaces and applications', async () => {
    await failCommand('alwaysOn', { failCommands: ['findandmodify'], errorCode: 91 })
    const command = { findAndModify: 'demo', query: {}, remove: true }
    expect(await bench.run(command)).toMatchObject({ ok: 0, code: 91 })
    await failCommand('alwaysOn', { ...failing, namespace: 'test.other' })
    expect(await bench.run(increment(1, 1))).toMatchObject({ ok: 1 })
    await failCommand('alwaysOn', { ...failing, appName: 'mine' })
    expect(await bench.run(increment(1, 1))).toMatchObject({ ok: 1 })
    const mine = bench.server.transport({ appName: 'mine' })
    expect(await mine.send({ ...increment(1, 1), $db: 'test' })).toMatchObject({ ok: 0 })
  })

  it('all commands means all but configureFailPoint', async () => {
    await failCommand('alwaysOn', { failAllCommands: true, errorCode: 91 })
    expect(await bench.run({ ping: 1 })).toMatchObject({ ok: 0, code: 91 })
    expect(await failCommand('off', {})).toMatchObject({ ok: 1 })
  })

  it('delays a command in virtual time', async () => {
    await failCommand(
      { times: 1 },
      { failCommands: ['find'], blockConnection: true, blockTimeMS: 70 },
    )
    expect(await bench.run(findAll())).toMatchObject({ ok: 1 })
    expect(bench.clock.elapsed()).toBe(70)
  })

  it.each([
    [{}, "must specify 'blockTimeMS' when 'blockConnection' is true"],
    [{ blockTimeMS: -1 }, "'blockTimeMS' must be non-negative"],
  ])('a delay needs a time: %j', async (data, errmsg) => {
    await failCommand({ times: 1 }, { failCommands: ['find'], blockConnection: true, ...data })
    expect(await bench.run(findAll())).toMatchObject({ ok: 0, code: 72, errmsg })
  })

  it('may close the connection: no reply comes', async () => {
    await failCommand({ times: 1 }, { failCommands: ['find'], closeConnection: true })
    await expect(bench.run(findAll())).rejects.toBeInstanceOf(ConnectionClosedError)
    expect(bench.engine.operations.size).toBe(0)
    expect(await bench.run(findAll())).toMatchObject({ ok: 1 })
  })

  // Source: the client's metadata are known before the fail point is asked, commands.cpp
  it('knows the application of a hello from the hello itself', async () => {
    const data = { failCommands: ['hello', 'isMaster'], errorCode: 91, appName: 'mine' }
    await failCommand('alwaysOn', data)
    const client = { application: { name: 'mine' }, driver: { name: 'd' }, os: { type: 'o' } }
    expect(await bench.run({ isMaster: 1, client })).toMatchObject({ ok: 0, code: 91 })
    expect(await bench.run({ isMaster: 1 })).toMatchObject({ ok: 1 })
  })

  it('may add a write concern error to a command that runs', async () => {
    const writeConcernError = { code: 91, errmsg: 'Replication is being shut down' }
    await failCommand({ times: 1 }, { failCommands: ['insert'], writeConcernError })
    expect(await bench.run(retryable(1, 1, insertOne({ _id: 2 })))).toEqual({
      n: 1,
      writeConcernError,
      ok: 1,
      errorLabels: ['RetryableWriteError'],
    })
  })

  // Source: error_labels.cpp
  it('gets the labels that the code has coming, unless others are given', async () => {
    await failCommand({ times: 1 }, failing)
    expect((await bench.run(retryable(1, 1, increment(1, 1))))['errorLabels']).toEqual([
      'RetryableWriteError',
    ])
    await failCommand({ times: 1 }, { ...failing, errorLabels: ['Mine'] })
    expect((await bench.run(increment(1, 1)))['errorLabels']).toEqual(['Mine'])
    await failCommand({ times: 1 }, { ...failing, errorLabels: [] })
    expect(await bench.run(retryable(1, 1, increment(1, 1)))).not.toHaveProperty('errorLabels')
  })

  it('leaves the transaction open that it strikes', async () => {
    await bench.run(starting(1, 1, increment(1, 1)))
    await failCommand({ times: 1 }, { failCommands: ['update'], errorCode: 112 })
    expect(await bench.run(continuing(1, 1, increment(1, 1)))).toMatchObject({
      ok: 0,
      code: 112,
      errorLabels: ['TransientTransactionError'],
    })
    expect(await bench.run(commit(1, 1))).toMatchObject({ ok: 1 })
  })
})

// Source: transaction_participant.cpp
describe('onPrimaryTransactionalWrite', () => {
  const point = (mode: unknown, data?: Document) =>
    configure('onPrimaryTransactionalWrite', mode, data)
  const write = () => bench.run(retryable(1, 1, increment(1, 1)))

  it('loses the reply of a write that stands; its retry is answered from history', async () => {
    await point({ times: 1 })
    await expect(write()).rejects.toBeInstanceOf(ConnectionClosedError)
    expect(documentsOf(await bench.run(findAll()))).toEqual([{ _id: 1, value: 1 }])
    expect(await write()).toMatchObject({ n: 1, retriedStmtIds: [0], ok: 1 })
    expect(documentsOf(await bench.run(findAll()))).toEqual([{ _id: 1, value: 1 }])
  })

  it('takes a write back before it commits', async () => {
    await point({ times: 1 }, { failBeforeCommitExceptionCode: 1, closeConnection: false })
    const errmsg = expect.stringContaining('The write must not be reflected.')
    expect(await write()).toMatchObject({ writeErrors: [{ index: 0, code: 1, errmsg }] })
    expect(documentsOf(await bench.run(findAll()))).toEqual([{ _id: 1, value: 0 }])
    expect(await write()).toEqual({ n: 1, nModified: 1, ok: 1 })
  })

  it('does both: neither the write nor the reply gets through', async () => {
    await point({ times: 1 }, { failBeforeCommitExceptionCode: 1 })
    await expect(write()).rejects.toBeInstanceOf(ConnectionClosedError)
    expect(documentsOf(await bench.run(findAll()))).toEqual([{ _id: 1, value: 0 }])
    expect(bench.engine.operations.size).toBe(0)
  })

  it('strikes a group of inserts once, and then each of them by itself', async () => {
    await point({ times: 2 }, { failBeforeCommitExceptionCode: 1, closeConnection: false })
    const documents = [{ _id: 2 }, { _id: 3 }]
    const reply = await bench.run(retryable(1, 1, { insert: 'demo', documents, ordered: false }))
    expect(reply).toMatchObject({ n: 1, writeErrors: [{ index: 0, code: 1 }] })
    expect((await point('off'))['count']).toBe(2)
  })

  it('is about retryable writes that change something', async () => {
    await point('alwaysOn')
    expect(await bench.run(increment(1, 1))).toMatchObject({ ok: 1 })
    expect(await bench.run(retryable(1, 1, increment(7, 1)))).toMatchObject({ n: 0, ok: 1 })
    expect(await bench.run(starting(2, 1, increment(1, 1)))).toMatchObject({ ok: 1 })
    expect(await bench.run(commit(2, 1))).toMatchObject({ ok: 1 })
  })
})

// Source: getmore_cmd.cpp
describe('failGetMoreAfterCursorCheckout', () => {
  const open = async (): Promise<Document> => {
    await bench.run(insertOne({ _id: 2 }))
    const { cursor } = await bench.run({ ...findAll(), batchSize: 1 })
    return { getMore: (cursor as Document)['id'], collection: 'demo' }
  }

  it('fails a getMore, whose cursor is gone then', async () => {
    const more = await open()
    await configure('failGetMoreAfterCursorCheckout', { times: 1 }, { errorCode: 280 })
    expect(await bench.run(more)).toMatchObject({
      ok: 0,
      code: 280,
      errmsg: "Hit the 'failGetMoreAfterCursorCheckout' failpoint",
    })
    expect(await bench.run(more)).toMatchObject({ ok: 0, code: 43 })
  })

  it('is internal without a code, and may be narrowed down', async () => {
    const more = await open()
    const name = 'failGetMoreAfterCursorCheckout'
    await configure(name, 'alwaysOn', { namespace: 'test.other' })
    expect(await bench.run({ ...more, batchSize: 0 })).toMatchObject({ ok: 1 })
    await configure(name, 'alwaysOn', {})
    expect(await bench.run(await open())).toMatchObject({ ok: 0, code: 1 })
  })
})

// Source: fail_point_cmd.cpp
describe('waitForFailPoint', () => {
  const wait = (timesEntered: number, maxTimeMS = 1000): Promise<Document> =>
    bench.run({ waitForFailPoint: 'failCommand', timesEntered, maxTimeMS, $db: 'admin' })

  it('waits until the point was entered so often', async () => {
    await failCommand('alwaysOn', { failCommands: ['update'], errorCode: 91 })
    const waiting = wait(1)
    await bench.run(increment(1, 1))
    expect(await waiting).toEqual({ ok: 1 })
    expect(await wait(1)).toEqual({ ok: 1 })
  })

  it('gives up in time', async () => {
    expect(await wait(1, 70)).toMatchObject({ ok: 0, code: 50 })
    expect(bench.clock.elapsed()).toBe(70)
  })
})

describe('WTWriteConflictException', () => {
  it('makes writes conflict, which are tried again', async () => {
    await configure('WTWriteConflictException', { times: 5 })
    expect(await bench.run(increment(1, 1))).toMatchObject({ nModified: 1 })
    expect(bench.engine.services.metrics.operation.writeConflicts).toBe(5)
    expect(documentsOf(await bench.run(findAll()))).toEqual([{ _id: 1, value: 1 }])
  })

  it('may be narrowed down to a namespace', async () => {
    await configure('WTWriteConflictException', { times: 1 }, { namespace: 'test.other' })
    await bench.run(increment(1, 1))
    expect(bench.engine.services.metrics.operation.writeConflicts).toBe(0)
    await bench.run(insertOne({ _id: 1 }, 'other'))
    expect(bench.engine.services.metrics.operation.writeConflicts).toBe(1)
  })
})

describe('skipWriteConflictRetries', () => {
  it('surfaces the conflict outside of transactions, without a label', async () => {
    await configure('skipWriteConflictRetries', 'alwaysOn')
    await configure('WTWriteConflictException', { times: 1 })
    const reply = await bench.run(increment(1, 1))
    expect(reply['writeErrors']).toMatchObject([{ index: 0, code: 112 }])
    await configure('skipWriteConflictRetries', 'off')
    await configure('WTWriteConflictException', { times: 1 })
    expect(await bench.run(increment(1, 1))).toEqual({ n: 1, nModified: 1, ok: 1 })
  })
})

// Source: fail_point_cmd.cpp, fail_point.cpp
it.each<[Document, number, string]>([
  [{ configureFailPoint: 'nosuch', mode: 'off' }, 266, 'nosuch not found'],
  [{ configureFailPoint: 'failCommand', mode: 'maybe' }, 2, 'unknown mode: maybe'],
  [{ configureFailPoint: 'failCommand', mode: 5 }, 14, "'mode' must be a string or JSON object"],
  [
    { configureFailPoint: 'failCommand', mode: { activationProbability: 2 } },
    2,
    'activationProbability must be between 0.0 and 1.0; found 2',
  ],
])('%j is refused', async (command, code, errmsg) => {
  expect(await bench.run({ ...command, $db: 'admin' })).toMatchObject({ ok: 0, code, errmsg })
})

it('is no command where test commands are off', async () => {
  const strict = makeBench({ parameters: { enableTestCommands: false } })
  const command = { configureFailPoint: 'failCommand', mode: 'off', $db: 'admin' }
  expect(await strict.run(command)).toMatchObject({ ok: 0, code: 59 })
  strict.stop()
})
