/** A primary that steps down, and elects itself again. */
import { Long, ObjectId } from 'bson'
import { afterEach, describe, expect, it } from 'vitest'
import type { Document } from '../../../src/bson/index.ts'
import { Palimpsest } from '../../../src/index.ts'
import { MEMBER_TRANSITIONS, type MemberState } from '../../../src/server/replication/states.ts'
import { readTree } from '../../checks/source_tree.ts'
import {
  type Bench,
  continuing,
  findAll,
  increment,
  insertOne,
  makeBench,
  retryable,
  starting,
} from '../harness.ts'

let bench: Bench
afterEach(() => bench?.stop())

async function start(options: { manual?: boolean } = { manual: true }): Promise<void> {
  bench = makeBench(options)
  await bench.run(insertOne({ _id: 'x', value: 0 }))
}

const admin = (command: Document) => bench.run({ ...command, $db: 'admin' })
const stepDown = (more: Document = {}) => admin({ replSetStepDown: 8, force: true, ...more })
const isPrimary = async () => (await admin({ hello: 1 }))['isWritablePrimary']

it('the header of the states shows every move', () => {
  const text = readTree('src').get('src/server/replication/states.ts')!.text
  const drawn = [...text.matchAll(/^ \* {5}([A-Z]+) -+> ([A-Z]+)/gm)].map(([, a, b]) => `${a} ${b}`)
  const listed = Object.keys(MEMBER_TRANSITIONS).flatMap((from) =>
    MEMBER_TRANSITIONS[from as MemberState].map((to) => `${from} ${to}`),
  )
  expect(drawn.sort()).toEqual(listed.sort())
})

describe('by force', () => {
  // Source: `fillHelloForReplSet`, topology_coordinator.cpp (8.0)
  it('makes a secondary, for as long as it was told; then a primary of a new term', async () => {
    await start()
    expect(await stepDown()).toEqual({ ok: 1 })
    const secondary = await admin({ hello: 1 })
    expect(secondary).toMatchObject({ isWritablePrimary: false, secondary: true, setName: 'rs0' })
    expect(secondary).not.toHaveProperty('primary')
    expect(secondary).not.toHaveProperty('electionId')
    expect(await admin({ replSetGetStatus: 1 })).toMatchObject({
      myState: 2,
      term: Long.fromNumber(1),
      members: [{ stateStr: 'SECONDARY' }],
    })
    await bench.clock.advance(7_999)
    expect(await isPrimary()).toBe(false)
    await bench.clock.advance(1)
    expect(await admin({ hello: 1 })).toMatchObject({
      isWritablePrimary: true,
      secondary: false,
      electionId: new ObjectId('7fffffff0000000000000002'),
      lastWrite: { opTime: { t: Long.fromNumber(2) } },
    })
    expect(await admin({ replSetGetConfig: 1 })).toMatchObject({ config: { term: 2 } })
    expect(await bench.run(increment('x', 1))).toMatchObject({ nModified: 1 })
  })

  // Source: `commandCanRunHere`, service_entry_point_shard_role.cpp (8.0)
  it('writes are refused meanwhile; reads are for those who take a secondary', async () => {
    await start()
    await stepDown()
    expect(await bench.run(increment('x', 1))).toMatchObject({ code: 10107, errmsg: 'not primary' })
    expect(await bench.run(retryable(1, 1, increment('x', 1)))).toMatchObject({
      code: 10107,
      errorLabels: ['RetryableWriteError'],
    })
    expect(await bench.run(findAll())).toMatchObject({
      code: 13435,
      codeName: 'NotPrimaryNoSecondaryOk',
      errmsg: 'not primary and secondaryOk=false',
    })
    const $readPreference = { mode: 'secondaryPreferred' }
    expect(await bench.run({ ...findAll(), $readPreference })).toMatchObject({ ok: 1 })
    expect(await bench.run({ ...findAll(), $readPreference: { mode: 'primary' } })).toMatchObject({
      code: 13435,
    })
    expect(await bench.run(starting(2, 1, findAll()))).toMatchObject({
      code: 13435,
      errorLabels: ['TransientTransactionError'],
    })
    // What is local to the node is its own.
    expect(await bench.run({ ...insertOne({ _id: 1 }), $db: 'local' })).toMatchObject({ n: 1 })
  })

  // Source: `AutoGetRstlForStepUpStepDown`, replication_coordinator_impl.cpp (8.0)
  it('ends what is under way: transactions, and writes that wait; not reads', async () => {
    await start()
    await bench.run(starting(1, 1, increment('x', 1)))
    const waiting = bench.run(increment('x', 2))
    await bench.clock.advance(50)
    await stepDown()
    await bench.clock.advance(100)
    expect(await waiting).toMatchObject({
      code: 11602,
      codeName: 'InterruptedDueToReplStateChange',
      errmsg: 'operation was interrupted',
    })
    const next = continuing(1, 1, increment('x', 1))
    expect(await bench.run(next)).toMatchObject({
      code: 10107,
      errorLabels: ['TransientTransactionError'],
    })
    await bench.clock.advance(8_000)
    expect(await bench.run(next)).toMatchObject({
      code: 251,
      errorLabels: ['TransientTransactionError'],
    })
    expect(await bench.run(increment('x', 4))).toMatchObject({ nModified: 1 })
    const found = (await bench.run(findAll()))['cursor'] as Document
    expect(found['firstBatch']).toEqual([{ _id: 'x', value: 4 }])
  })

  it('0 seconds are a minute', async () => {
    await start()
    await stepDown({ replSetStepDown: 0 })
    await bench.clock.advance(59_999)
    expect(await isPrimary()).toBe(false)
    await bench.clock.advance(1)
    expect(await isPrimary()).toBe(true)
  })

  it('a secondary can do it no more', async () => {
    await start()
    await stepDown()
    expect(await stepDown()).toMatchObject({
      code: 10107,
      errmsg: "not primary so can't step down",
    })
  })
})

describe('without force', () => {
  // Source: `tryToStartStepDown`, topology_coordinator.cpp (8.0)
  it('takes no writes while it waits for a secondary in vain, and stays primary', async () => {
    await start()
    const asked = admin({ replSetStepDown: 60 })
    await bench.clock.advance(9_000)
    expect(await isPrimary()).toBe(false)
    expect(await admin({ hello: 1 })).toMatchObject({ secondary: false })
    expect(await bench.run(increment('x', 1))).toMatchObject({ code: 10107 })
    expect(await admin({ replSetStepDown: 60 })).toMatchObject({ code: 117 })
    await bench.clock.advance(1_000)
    expect(await asked).toMatchObject({
      code: 262,
      codeName: 'ExceededTimeLimit',
      errmsg:
        'No electable secondaries caught up as of 1970-01-01T00:00:10.000+00:00. Please use the replSetStepDown command with the argument {force: true} to force node to step down.',
    })
    expect(await isPrimary()).toBe(true)
    expect(await bench.run(increment('x', 1))).toMatchObject({ nModified: 1 })
  })

  it('force waits, too, where it is told to', async () => {
    await start()
    const asked = stepDown({ secondaryCatchUpPeriodSecs: 2 })
    await bench.clock.advance(1_999)
    expect(await admin({ hello: 1 })).toMatchObject({ secondary: false })
    await bench.clock.advance(1)
    expect(await asked).toEqual({ ok: 1 })
    expect(await admin({ hello: 1 })).toMatchObject({ secondary: true })
    // Counted from the request.
    await bench.clock.advance(6_000)
    expect(await isPrimary()).toBe(true)
  })

  it('maxTimeMS ends the attempt', async () => {
    await start()
    const asked = admin({ replSetStepDown: 60, maxTimeMS: 100 })
    await bench.clock.advance(100)
    expect(await asked).toMatchObject({ code: 50 })
    expect(await isPrimary()).toBe(true)
  })

  // Source: `CmdReplSetStepDown`, repl_set_commands.cpp (8.0)
  const refused: [command: Document, message: string][] = [
    [{ replSetStepDown: -1 }, 'stepdown period must be a positive integer'],
    [{ replSetStepDown: 5 }, 'stepdown period must be longer than secondaryCatchUpPeriodSecs'],
    [
      { replSetStepDown: 5, secondaryCatchUpPeriodSecs: -1 },
      'secondaryCatchUpPeriodSecs period must be a positive or absent',
    ],
  ]
  it.each(refused)('refuses %o', async (command, errmsg) => {
    await start()
    expect(await admin(command)).toMatchObject({ code: 2, errmsg })
    expect(await isPrimary()).toBe(true)
  })
})

describe('replSetFreeze', () => {
  // Source: `prepareFreezeResponse`, topology_coordinator.cpp (8.0)
  it('keeps a secondary from standing for election, or lets it at once', async () => {
    await start()
    expect(await admin({ replSetFreeze: 10 })).toMatchObject({
      code: 95,
      codeName: 'NotSecondary',
      errmsg: 'Cannot freeze node when primary or running for election, state: Primary',
    })
    await stepDown()
    expect(await admin({ replSetFreeze: 20 })).toEqual({ ok: 1 })
    await bench.clock.advance(19_999)
    expect(await isPrimary()).toBe(false)
    expect(await admin({ replSetFreeze: 1 })).toEqual({
      warning: 'you really want to freeze for only 1 second?',
      ok: 1,
    })
    expect(await admin({ replSetFreeze: 0 })).toEqual({ info: 'unfreezing', ok: 1 })
    expect(await isPrimary()).toBe(true)
  })
})

describe('in auto time', () => {
  it('nobody waits for a primary whom nobody asked for', async () => {
    const sim = await Palimpsest.create({ seed: 1 })
    const admins = sim.client().db('admin')
    await admins.command({ replSetStepDown: 60, force: true })
    for (let i = 0; i < 5; i++) await new Promise((resolve) => setTimeout(resolve, 0))
    expect(await admins.command({ hello: 1 })).toMatchObject({ secondary: true })
    expect(sim.clock.elapsed()).toBe(0)
    await sim.stop()
  })

  it('once somebody was turned away, time goes on to the next election', async () => {
    const sim = await Palimpsest.create({ seed: 1 })
    const client = sim.client()
    await client.db('admin').command({ replSetStepDown: 60, force: true })
    const demo = client.db('test').collection('demo')
    await expect(demo.insertOne({ a: 1 })).rejects.toMatchObject({ code: 10107 })
    await expect.poll(() => sim.clock.elapsed()).toBe(60_000)
    expect(await demo.insertOne({ a: 1 })).toMatchObject({ acknowledged: true })
    await sim.stop()
  })
})

it('a fork goes on where the set stood, and on its own', async () => {
  const sim = await Palimpsest.create({ time: 'manual', startAt: 0 })
  const admins = sim.client().db('admin')
  await admins.command({ replSetStepDown: 10, force: true })
  await sim.clock.advance(10_000)
  await admins.command({ replSetStepDown: 10, force: true })
  const fork = sim.fork()
  const forked = fork.client().db('admin')
  await sim.clock.advance(10_000)
  expect(await admins.command({ hello: 1 })).toMatchObject({ isWritablePrimary: true })
  expect(await forked.command({ hello: 1 })).toMatchObject({ secondary: true })
  await fork.clock.advance(10_000)
  const { electionId } = await forked.command({ hello: 1 })
  expect(String(electionId)).toBe('7fffffff0000000000000003')
  await Promise.all([sim.stop(), fork.stop()])
})
