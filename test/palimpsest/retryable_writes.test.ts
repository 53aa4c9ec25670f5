/**
 * What is said of retryable writes, told by faults: one suite, two subjects. The in-process client
 * and the real driver over TCP see the same, each on a simulator of its own.
 *
 * Source: specifications, retryable-writes; MongoDB manual, "Retryable Writes".
 */
import { type ClientSession, MongoNetworkError } from 'mongodb'
import { describe, expect, test } from 'vitest'
import { failure } from './simulator.ts'
import { type Item, inProcess, items, type Options, SUBJECTS, type World } from './subjects.ts'

const inc = { $inc: { value: 1 } }

type Items = ReturnType<typeof items>

/** Each leaves one document more, or one less, or a value one higher. */
const RETRYABLE: readonly [string, (items: Items) => Promise<unknown>, string, Item[]][] = [
  ['insertOne', (on) => on.insertOne({ _id: 2 }), 'insert', [{ _id: 1, value: 0 }, { _id: 2 }]],
  ['insertMany', (on) => on.insertMany([{ _id: 2 }]), 'insert', [{ _id: 1, value: 0 }, { _id: 2 }]],
  ['updateOne', (on) => on.updateOne({ _id: 1 }, inc), 'update', [{ _id: 1, value: 1 }]],
  ['replaceOne', (on) => on.replaceOne({ _id: 1 }, { value: 5 }), 'update', [{ _id: 1, value: 5 }]],
  ['deleteOne', (on) => on.deleteOne({ _id: 1 }), 'delete', []],
  [
    'findOneAndUpdate',
    (on) => on.findOneAndUpdate({}, inc),
    'findAndModify',
    [{ _id: 1, value: 1 }],
  ],
  [
    'findOneAndReplace',
    (on) => on.findOneAndReplace({}, { value: 5 }),
    'findAndModify',
    [{ _id: 1, value: 5 }],
  ],
  ['findOneAndDelete', (on) => on.findOneAndDelete({ _id: 1 }), 'findAndModify', []],
  [
    'bulkWrite',
    (on) => on.bulkWrite([{ updateOne: { filter: { _id: 1 }, update: inc } }]),
    'update',
    [{ _id: 1, value: 1 }],
  ],
]

const NOT_RETRYABLE: readonly [string, (items: Items) => Promise<unknown>, string][] = [
  ['updateMany', (on) => on.updateMany({}, inc), 'update'],
  ['deleteMany', (on) => on.deleteMany({}), 'delete'],
  [
    'bulkWrite with an updateMany',
    (on) => on.bulkWrite([{ updateMany: { filter: {}, update: inc } }]),
    'update',
  ],
]

describe.each(SUBJECTS)('%s', { concurrent: true }, (_subject, open) => {
  const opened = async (options?: Options): Promise<World> => {
    const world = await open(options)
    await items(world).insertOne({ _id: 1, value: 0 })
    return world
  }

  test.each(RETRYABLE)('%s is retried, and applied once', async (_name, write, command, left) => {
    await using world = await opened()
    const fault = world.sim.faults.loseReply({ command })
    await write(items(world))
    expect(fault.fired).toBe(1)
    expect(await items(world).find().sort({ _id: 1 }).toArray()).toEqual(left)
    const { transactions } = await world.client.db('admin').command({ serverStatus: 1 })
    expect(Number(transactions.retriedCommandsCount)).toBe(1)
  })

  test.each(NOT_RETRYABLE)('%s is not retried', async (_name, write, command) => {
    await using world = await opened()
    const fault = world.sim.faults.loseRequest({ command, times: 2 })
    const { message } = await failure(write(items(world)))
    expect(message).toMatch(/^connection 1 to .* closed$/)
    expect(fault.fired).toBe(1)
    world.sim.faults.clear()
    expect(await items(world).findOne()).toEqual({ _id: 1, value: 0 })
  })

  test('what nobody wants acknowledged is not retried', async () => {
    await using world = await opened()
    const fault = world.sim.faults.loseRequest({ command: 'insert', times: 2 })
    await items(world)
      .insertOne({ _id: 2 }, { writeConcern: { w: 0 } })
      .catch(() => {})
    // Nobody is told when it came.
    await expect.poll(() => fault.fired).toBe(1)
    world.sim.faults.clear()
    expect(await items(world).countDocuments()).toBe(1)
  })

  test('a connection that is reset in the middle of the reply: the write is retried, too', async () => {
    await using world = await opened()
    const fault = world.sim.faults.reset({ command: 'update' })
    await items(world).updateOne({ _id: 1 }, inc)
    expect(fault.fired).toBe(1)
    expect(await items(world).findOne()).toEqual({ _id: 1, value: 1 })
  })

  test('a read whose reply is lost is sent once more', async () => {
    await using world = await opened()
    const fault = world.sim.faults.loseReply({ command: 'find' })
    expect(await items(world).findOne()).toEqual({ _id: 1, value: 0 })
    expect(fault.fired).toBe(1)
  })

  test('a network that stays broken is an error, after one retry', async () => {
    await using world = await opened()
    const fault = world.sim.faults.loseRequest({ command: 'insert', times: 5 })
    const error = await failure(items(world).insertOne({ _id: 2 }))
    expect(error).toBeInstanceOf(MongoNetworkError)
    expect(fault.fired).toBe(2)
  })

  test('an election within serverSelectionTimeoutMS is waited for', async () => {
    await using world = await opened()
    world.sim.faults.stepDown({ forMs: 100 })
    await items(world).updateOne({ _id: 1 }, inc)
    expect(await items(world).findOne()).toEqual({ _id: 1, value: 1 })
  })

  test('one that takes longer is an error', async () => {
    await using world = await opened({ serverSelectionTimeoutMS: 2_000 })
    world.sim.faults.stepDown({ forMs: 600_000 })
    const error = await failure(items(world).updateOne({ _id: 1 }, inc))
    expect(String(error['name'])).toMatch(/^MongoServer(Selection)?Error$/)
    world.sim.faults.clear()
  })

  test('retryWrites=false in the connection string: no retry', async () => {
    await using world = await opened({ retryWrites: false })
    const fault = world.sim.faults.loseReply({ command: 'update', times: 2 })
    const error = await failure(items(world).updateOne({ _id: 1 }, inc))
    expect(error).toBeInstanceOf(MongoNetworkError)
    expect(fault.fired).toBe(1)
    world.sim.faults.clear()
    expect(await items(world).findOne()).toEqual({ _id: 1, value: 1 })
  })

  test('a write within a transaction is not retried by itself', async () => {
    await using world = await opened()
    const fault = world.sim.faults.loseRequest({ command: 'update', times: 2 })
    const session = await startedSession(world)
    const error = await failure(items(world).updateOne({ _id: 1 }, inc, { session }))
    expect(error['errorLabels']).toContain('TransientTransactionError')
    expect(fault.fired).toBe(1)
    world.sim.faults.clear()
    await session.abortTransaction()
    await session.endSession()
  })

  test.each(['commitTransaction', 'abortTransaction'] as const)(
    '%s is retried once, whatever retryWrites says',
    async (command) => {
      await using world = await opened({ retryWrites: false })
      const session = await startedSession(world)
      await items(world).updateOne({ _id: 1 }, inc, { session })
      const fault = world.sim.faults.loseRequest({ command })
      await session[command]()
      expect(fault.fired).toBe(1)
      await session.endSession()
      const value = command === 'commitTransaction' ? 1 : 0
      expect(await items(world).findOne()).toEqual({ _id: 1, value })
    },
  )

  describe('insertMany: the label NoWritesPerformed tells its three outcomes apart', () => {
    const labelled = ['RetryableWriteError', 'NoWritesPerformed']

    test('no document is inserted: an error with it', async () => {
      await using world = await opened()
      world.sim.faults.fail({ command: 'insert', code: 91, times: 2, labels: labelled })
      const error = await failure(items(world).insertMany([{ _id: 2 }, { _id: 3 }]))
      expect(error['errorLabels']).toContain('NoWritesPerformed')
      expect(await items(world).countDocuments()).toBe(1)
    })

    test('some are: an error without it', async () => {
      await using world = await opened()
      const error = await failure(items(world).insertMany([{ _id: 2 }, { _id: 1 }, { _id: 3 }]))
      expect(error['errorLabels'] ?? []).not.toContain('NoWritesPerformed')
      expect(await items(world).countDocuments()).toBe(2)
    })

    test('some may be, and the retry did nothing: the first error, without it', async () => {
      await using world = await opened()
      world.sim.faults.loseReply({ command: 'insert' })
      world.sim.faults.fail({ command: 'insert', code: 91, skip: 1, labels: labelled })
      const error = await failure(items(world).insertMany([{ _id: 2 }, { _id: 3 }]))
      expect(error['errorLabels'] ?? []).not.toContain('NoWritesPerformed')
      expect(await items(world).countDocuments()).toBe(3)
    })

    test('all are: success', async () => {
      await using world = await opened()
      world.sim.faults.loseReply({ command: 'insert' })
      const { insertedCount } = await items(world).insertMany([{ _id: 2 }, { _id: 3 }])
      expect(insertedCount).toBe(2)
    })
  })
})

async function startedSession({ client }: World): Promise<ClientSession> {
  const session = client.startSession()
  session.startTransaction()
  return session
}

// The server's sessions live for 30 minutes; over the wire time would be real.
test('a program that stands still for longer than a session lives: its retry is applied again', async () => {
  await using world = await inProcess()
  await items(world).insertOne({ _id: 1, value: 0 })
  world.sim.faults.loseReply({ command: 'update' })
  world.sim.faults.delay({ command: 'update', skip: 1, ms: 36 * 60_000 })
  await items(world).updateOne({ _id: 1 }, inc)
  world.sim.faults.clear()
  expect(await items(world).findOne()).toEqual({ _id: 1, value: 2 })
})

test('of a shorter pause the server knows', async () => {
  await using world = await inProcess()
  await items(world).insertOne({ _id: 1, value: 0 })
  world.sim.faults.loseReply({ command: 'update' })
  world.sim.faults.delay({ command: 'update', skip: 1, ms: 25 * 60_000 })
  await items(world).updateOne({ _id: 1 }, inc)
  world.sim.faults.clear()
  expect(await items(world).findOne()).toEqual({ _id: 1, value: 1 })
})
