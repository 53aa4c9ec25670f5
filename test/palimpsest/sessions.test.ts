/**
 * Sessions as applications see them: what is causally after what, one snapshot for several reads,
 * and `withTransaction` with callbacks that do as they should not.
 *
 * Sources: specifications, causal-consistency, snapshot-sessions, driver-sessions,
 * transactions-convenient-api; what the Node.js driver 7.9 throws.
 */
import type { ClientSession, MongoClient, Timestamp } from 'mongodb'
import { describe, expect, test } from 'vitest'
import { items, SUBJECTS } from './subjects.ts'

const inc = { $inc: { value: 1 } }

/** A world with one item, of value 0. */
async function withItem(open: (typeof SUBJECTS)[number][1]) {
  const world = await open()
  await items(world).insertOne({ _id: 1, value: 0 })
  return Object.assign(world, { items: items(world) })
}

const valueIn = async (client: MongoClient) =>
  (await items({ client } as Parameters<typeof items>[0]).findOne({ _id: 1 }))?.value

const failOnce = (client: MongoClient, data: object, times = 1) =>
  client.db('admin').command({ configureFailPoint: 'failCommand', mode: { times }, data })

describe.each(SUBJECTS)('%s: withTransaction', (_, open) => {
  test('returns what its callback returned, once it is committed', async () => {
    await using world = await withItem(open)
    const session = world.client.startSession()
    const result = await session.withTransaction(async () => {
      await world.items.updateOne({ _id: 1 }, inc, { session })
      return 'done'
    })
    expect([result, await valueIn(world.client)]).toEqual(['done', 1])
    await session.endSession()
  })

  test('tries the whole transaction again, with a new number', async () => {
    await using world = await withItem(open)
    await failOnce(world.client, { failCommands: ['update'], errorCode: 112 }, 3)
    const session = world.client.startSession()
    let calls = 0
    await session.withTransaction(async () => {
      calls++
      await world.items.updateOne({ _id: 1 }, inc, { session })
    })
    expect([calls, await valueIn(world.client)]).toEqual([4, 1])
    await session.endSession()
  })

  test('commits again where the reply to the commit was lost', async () => {
    await using world = await withItem(open)
    world.sim.faults.loseReply({ command: 'commitTransaction', times: 1 })
    const session = world.client.startSession()
    let calls = 0
    await session.withTransaction(async () => {
      calls++
      await world.items.updateOne({ _id: 1 }, inc, { session })
    })
    expect([calls, await valueIn(world.client)]).toEqual([1, 1])
    await session.endSession()
  })

  test("a callback's own error aborts once, and is the caller's", async () => {
    await using world = await withItem(open)
    const session = world.client.startSession()
    let calls = 0
    const running = session.withTransaction(async () => {
      calls++
      await world.items.updateOne({ _id: 1 }, inc, { session })
      throw new TypeError('mine')
    })
    await expect(running).rejects.toThrow(new TypeError('mine'))
    expect([calls, await valueIn(world.client)]).toEqual([1, 0])
    expect(session.inTransaction()).toBe(false)
    await session.endSession()
  })

  test('a callback that ends its session has aborted', async () => {
    await using world = await withItem(open)
    const session = world.client.startSession()
    const result = await session.withTransaction(async () => {
      await world.items.updateOne({ _id: 1 }, inc, { session })
      await session.endSession()
      return 'ended'
    })
    expect([result, await valueIn(world.client)]).toEqual(['ended', 0])
    const next = world.items.updateOne({ _id: 1 }, inc, { session })
    await expect(next).rejects.toThrow('Use of expired sessions is not permitted')
  })

  test('one within another is refused', async () => {
    await using world = await withItem(open)
    const session = world.client.startSession()
    const running = session.withTransaction(async () => {
      await world.items.updateOne({ _id: 1 }, inc, { session })
      await session.withTransaction(async () => {})
    })
    await expect(running).rejects.toThrow('Transaction already in progress')
    expect(await valueIn(world.client)).toBe(0)
    await session.endSession()
  })

  test('a callback that returns no promise is refused', async () => {
    await using world = await withItem(open)
    const session = world.client.startSession()
    const running = session.withTransaction((() => 5) as never)
    await expect(running).rejects.toThrow(
      'Function provided to `withTransaction` must return a Promise',
    )
    await session.endSession()
  })

  test('work that nobody awaits ends as well', async () => {
    await using world = await withItem(open)
    const session = world.client.startSession()
    const left: Promise<unknown>[] = []
    await session.withTransaction(async () => {
      await world.items.updateOne({ _id: 1 }, inc, { session })
      left.push(world.items.updateOne({ _id: 1 }, inc, { session }).catch((error) => error))
    })
    await Promise.all(left)
    expect(await valueIn(world.client)).toBeGreaterThan(0)
    await session.endSession()
  })

  test('a callback that commits or aborts by itself is left alone', async () => {
    await using world = await withItem(open)
    const session = world.client.startSession()
    for (const end of ['commitTransaction', 'abortTransaction'] as const) {
      const result = await session.withTransaction(async () => {
        await world.items.updateOne({ _id: 1 }, inc, { session })
        await session[end]()
        return end
      })
      expect(result).toBe(end)
    }
    expect(await valueIn(world.client)).toBe(1)
    await session.endSession()
  })

  test("a signal's reason comes out, and the transaction is gone", async () => {
    await using world = await withItem(open)
    const session = world.client.startSession()
    const controller = new AbortController()
    const running = session.withTransaction(async () => {
      await world.items.updateOne({ _id: 1 }, inc, { session })
      controller.abort(new Error('enough'))
      await world.items.findOne({}, { session, signal: controller.signal })
    })
    await expect(running).rejects.toThrow('enough')
    expect(await valueIn(world.client)).toBe(0)
    await session.endSession()
  })
})

describe.each(SUBJECTS)('%s: a causal session', (_, open) => {
  test('learns the times of what it did, which only grow', async () => {
    await using world = await withItem(open)
    const session = world.client.startSession()
    const seen: Timestamp[] = []
    for (let i = 0; i < 3; i++) {
      await world.items.updateOne({ _id: 1 }, inc, { session })
      await world.items.findOne({}, { session })
      const { operationTime, clusterTime } = session
      expect(clusterTime?.clusterTime.compare(operationTime as Timestamp)).toBeGreaterThanOrEqual(0)
      seen.push(operationTime as Timestamp)
    }
    expect(seen.toSorted((a, b) => a.compare(b))).toEqual(seen)
    expect(new Set(seen.map(String)).size).toBe(3)
    await session.endSession()
  })

  test('can be put after another one', async () => {
    await using world = await withItem(open)
    const [one, other] = [world.client.startSession(), world.client.startSession()]
    await world.items.updateOne({ _id: 1 }, inc, { session: one })
    other.advanceClusterTime(one.clusterTime as NonNullable<ClientSession['clusterTime']>)
    other.advanceOperationTime(one.operationTime as Timestamp)
    expect(await world.items.findOne({ _id: 1 }, { session: other })).toMatchObject({ value: 1 })
    const { operationTime } = other
    other.advanceOperationTime(one.operationTime as Timestamp)
    expect(other.operationTime).toEqual(operationTime)
    await Promise.all([one.endSession(), other.endSession()])
  })

  test('takes no cluster time that is none', async () => {
    await using world = await withItem(open)
    const session = world.client.startSession()
    const clusterTime = (await world.client.db('x').command({ ping: 1 }, { session })) && {
      clusterTime: session.clusterTime?.clusterTime,
    }
    for (const [bad, message] of [
      [undefined, 'must be an object'],
      [{}, 'must be a valid BSON Timestamp'],
      [clusterTime, 'must have a valid "signature"'],
    ] as const) {
      expect(() => session.advanceClusterTime(bad as never)).toThrow(message)
    }
    await session.endSession()
  })
})

describe.each(SUBJECTS)('%s: a snapshot session', (_, open) => {
  test('reads what was there at its first read', async () => {
    await using world = await withItem(open)
    const session = world.client.startSession({ snapshot: true })
    await world.items.findOne({}, { session })
    await world.items.updateOne({ _id: 1 }, inc)
    expect(await world.items.findOne({ _id: 1 }, { session })).toMatchObject({ value: 0 })
    expect(await world.items.distinct('value', {}, { session })).toEqual([0])
    expect(await valueIn(world.client)).toBe(1)
    await session.endSession()
  })

  test('has no transactions, and is not causal', async () => {
    await using world = await withItem(open)
    const session = world.client.startSession({ snapshot: true })
    expect(session.supports.causalConsistency).toBe(false)
    expect(() => session.startTransaction()).toThrow('not supported in snapshot sessions')
    expect(() => world.client.startSession({ snapshot: true, causalConsistency: true })).toThrow(
      'mutually exclusive',
    )
    await session.endSession()
  })
})
