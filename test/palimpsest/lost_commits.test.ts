/**
 * Transactions in bad weather, told by faults: one suite, two subjects.
 *
 * Source: specifications, transactions-convenient-api; server: transaction_participant.cpp.
 */
import type { ClientSession } from 'mongodb'
import { describe, expect, test } from 'vitest'
import { failure } from './simulator.ts'
import { inProcess, items, type Options, SUBJECTS, type World } from './subjects.ts'

const inc = { $inc: { value: 1 } }

describe.each(SUBJECTS)('%s', { concurrent: true }, (_subject, open) => {
  const opened = async (options?: Options): Promise<World> => {
    const world = await open(options)
    await items(world).insertOne({ _id: 1, value: 0 })
    return world
  }

  /** @returns how often the callback ran */
  const incremented = async (
    world: World,
    within: (session: ClientSession, run: number) => unknown = () => {},
  ): Promise<number> => {
    let runs = 0
    await world.client.withSession((session) =>
      session.withTransaction(async () => {
        runs++
        await items(world).updateOne({ _id: 1 }, inc, { session })
        await within(session, runs)
      }),
    )
    return runs
  }

  const value = async (world: World): Promise<unknown> => (await items(world).findOne())?.value

  test('a commit whose reply is lost is sent again, and the callback does not run again', async () => {
    await using world = await opened()
    const fault = world.sim.faults.loseReply({ command: 'commitTransaction' })
    expect(await incremented(world)).toBe(1)
    expect(fault.fired).toBe(1)
    expect(await value(world)).toBe(1)
  })

  test('a commit whose replies are all lost for a while is committed once', async () => {
    await using world = await opened()
    const fault = world.sim.faults.loseReply({ command: 'commitTransaction', times: 3 })
    expect(await incremented(world)).toBe(1)
    expect(fault.fired).toBe(3)
    expect(await value(world)).toBe(1)
  })

  test('by hand: the label says that the result is not known; a second commit knows', async () => {
    await using world = await opened()
    world.sim.faults.loseReply({ command: 'commitTransaction', times: 2 })
    const session = world.client.startSession()
    session.startTransaction()
    await items(world).updateOne({ _id: 1 }, inc, { session })
    const error = await failure(session.commitTransaction())
    expect(error['errorLabels']).toContain('UnknownTransactionCommitResult')
    await session.commitTransaction()
    await session.endSession()
    expect(await value(world)).toBe(1)
  })

  test('a statement whose reply is lost: the whole transaction runs again', async () => {
    await using world = await opened()
    world.sim.faults.loseReply({ command: 'update' })
    expect(await incremented(world)).toBe(2)
    expect(await value(world)).toBe(1)
  })

  test('a step-down in the middle: it runs again, under the next primary', async () => {
    await using world = await opened()
    const before = await electionOf(world)
    const runs = await incremented(world, async (session, run) => {
      if (run === 1) world.sim.faults.stepDown({ forMs: 50 })
      await items(world).insertOne({ _id: 2 }, { session })
    })
    expect(runs).toBeGreaterThan(1)
    expect(await value(world)).toBe(1)
    expect((await electionOf(world)) > before).toBe(true)
  })

  test('a step-down between the last statement and the commit', async () => {
    await using world = await opened()
    world.sim.faults.stepDown({ forMs: 50, command: 'commitTransaction' })
    expect(await incremented(world)).toBe(2)
    expect(await value(world)).toBe(1)
  })

  test('forced conflicts: as many runs more', async () => {
    await using world = await opened()
    world.sim.faults.conflict({ collection: 'items', times: 3 })
    expect(await incremented(world)).toBe(4)
    expect(await value(world)).toBe(1)
  })

  test("an error of the callback aborts, once, and is the caller's; its value is returned", async () => {
    await using world = await opened()
    const own = new Error('mine')
    const fault = world.sim.faults.fail({ command: 'abortTransaction', code: 251 })
    const thrown = await failure(
      incremented(world, () => {
        throw own
      }),
    )
    expect(thrown).toBe(own)
    expect(fault.fired).toBe(1)
    const returned = await world.client.withSession((session) =>
      session.withTransaction(async () => {
        await items(world).updateOne({ _id: 1 }, inc, { session })
        return 'done'
      }),
    )
    expect(returned).toBe('done')
    expect(await value(world)).toBe(1)
  })
})

async function electionOf({ client }: World): Promise<string> {
  const { electionId } = await client.db('admin').command({ hello: 1 })
  return String(electionId)
}

test('a transaction of 20 seconds that loses once is run again, and gets through', async () => {
  await using world = await inProcess()
  const { client, sim } = world
  await items(world).insertOne({ _id: 1, value: 0 })
  let runs = 0
  const slow = client.withSession((session) =>
    session.withTransaction(async () => {
      runs++
      await items(world).findOne({ _id: 1 }, { session })
      await sim.clock.sleep(20_000)
      await items(world).updateOne({ _id: 1 }, inc, { session })
    }),
  )
  await sim.clock.sleep(5_000)
  await items(world).updateOne({ _id: 1 }, inc)
  await slow
  expect(runs).toBe(2)
  expect(await items(world).findOne()).toEqual({ _id: 1, value: 2 })
})
