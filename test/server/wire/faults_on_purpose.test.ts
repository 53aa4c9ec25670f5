/** `sim.faults` met by the real driver over TCP: the same stories as in process. */
import { once } from 'node:events'
import { MongoNetworkError } from 'mongodb'
import { describe, expect, test } from 'vitest'
import { Workload } from '../../palimpsest/chaos/workload.ts'
import { type Demo, driven, failure } from './driven.ts'
import { command, RawClient } from './raw_client.ts'

describe('a reply that is lost', () => {
  test('the driver sends the write once more, and it is applied once', async () => {
    await using server = await driven()
    const demo = server.client.db('test').collection<Demo>('demo')
    await demo.insertOne({ _id: 'x', value: 0 })
    const fault = server.sim.faults.loseReply({ command: 'update' })
    const { modifiedCount } = await demo.updateOne({ _id: 'x' }, { $inc: { value: 1 } })
    expect({ modifiedCount, fired: fault.fired }).toEqual({ modifiedCount: 1, fired: 1 })
    expect(await demo.findOne()).toEqual({ _id: 'x', value: 1 })
    // A fault that was asked for is nothing to report.
    expect(server.log).toEqual([])
  })

  test('twice: the error is of the network, and the write is there all the same', async () => {
    await using server = await driven()
    const demo = server.client.db('test').collection<Demo>('demo')
    server.sim.faults.loseReply({ command: 'insert', times: 2 })
    const error = await failure(demo.insertOne({ _id: 'x', value: 0 }))
    expect(error).toBeInstanceOf(MongoNetworkError)
    expect(await demo.countDocuments()).toBe(1)
  })

  test('of a commit: the driver commits again, and nothing is done twice', async () => {
    await using server = await driven()
    const demo = server.client.db('test').collection<Demo>('demo')
    await demo.insertOne({ _id: 'x', value: 0 })
    server.sim.faults.loseReply({ command: 'commitTransaction' })
    let runs = 0
    await server.client.withSession((session) =>
      session.withTransaction(async () => {
        runs++
        await demo.updateOne({ _id: 'x' }, { $inc: { value: 1 } }, { session })
      }),
    )
    expect(runs).toBe(1)
    expect(await demo.findOne()).toEqual({ _id: 'x', value: 1 })
  })
})

test('a request that is lost was never there', async () => {
  await using server = await driven({ client: { retryWrites: false } })
  const demo = server.client.db('test').collection<Demo>('demo')
  server.sim.faults.loseRequest({ command: 'insert' })
  expect(await failure(demo.insertOne({ _id: 'x', value: 0 }))).toBeInstanceOf(MongoNetworkError)
  expect(await demo.countDocuments()).toBe(0)
})

describe('a connection that is reset in the middle of a reply', () => {
  test('the driver takes no half reply for a whole one', async () => {
    await using server = await driven({ client: { retryReads: false } })
    const demo = server.client.db('test').collection<Demo>('demo')
    await demo.insertOne({ _id: 'x', value: 0 })
    server.sim.faults.reset({ command: 'find' })
    expect(await failure(demo.findOne())).toBeInstanceOf(MongoNetworkError)
    expect(await demo.findOne()).toEqual({ _id: 'x', value: 0 })
    expect(server.sim.server.connectionCount).toBeGreaterThan(0)
    expect(server.log).toEqual([])
  })

  // The reset may overtake what was sent before it, and libuv may take it for an end.
  test('half of the bytes come at most, and then no more', async () => {
    await using server = await driven()
    const raw = await RawClient.connect(server.uri)
    raw.send(command({ ping: 1 }))
    const whole = await raw.answer()
    let received = 0
    raw.socket.on('data', (chunk: Buffer) => {
      received += chunk.length
    })
    server.sim.faults.reset({ command: 'ping' })
    raw.send(command({ ping: 1 }))
    await once(raw.socket, 'close')
    expect(received).toBeLessThanOrEqual(whole!.bytes.length / 2)
    const next = await RawClient.connect(server.uri)
    expect(await next.run({ ping: 1 })).toMatchObject({ ok: 1 })
    next.close()
  })
})

describe('a step-down', () => {
  test('the driver waits for the election, and the write goes through', async () => {
    await using server = await driven()
    const demo = server.client.db('test').collection<Demo>('demo')
    await demo.insertOne({ _id: 'x', value: 0 })
    const from = performance.now()
    server.sim.faults.stepDown({ forMs: 150 })
    await demo.updateOne({ _id: 'x' }, { $inc: { value: 1 } })
    expect(performance.now() - from).toBeGreaterThanOrEqual(149)
    expect(await demo.findOne()).toEqual({ _id: 'x', value: 1 })
  })

  test('in the middle of a transaction: it runs again from the start', async () => {
    await using server = await driven()
    const demo = server.client.db('test').collection<Demo>('demo')
    await demo.insertOne({ _id: 'x', value: 0 })
    let runs = 0
    await server.client.withSession((session) =>
      session.withTransaction(async () => {
        await demo.updateOne({ _id: 'x' }, { $inc: { value: 1 } }, { session })
        if (++runs === 1) server.sim.faults.stepDown({ forMs: 50 })
        await demo.insertOne({ _id: 'y', value: 0 }, { session })
      }),
    )
    expect(runs).toBeGreaterThan(1)
    expect(await demo.find().sort({ _id: 1 }).toArray()).toEqual([
      { _id: 'x', value: 1 },
      { _id: 'y', value: 0 },
    ])
  })
})

test('a delay is one of the clock', async () => {
  await using server = await driven({ time: 'auto', startAt: 0 })
  const demo = server.client.db('test').collection<Demo>('demo')
  server.sim.faults.delay({ command: 'find', ms: 3_600_000, times: 1 })
  await demo.findOne()
  expect(server.sim.clock.elapsed()).toBe(3_600_000)
})

test('chaos: what was acknowledged is there once, and money only moves', async () => {
  for (let seed = 1; seed <= 2; seed++) {
    await using server = await driven({ seed })
    const { client, sim } = server
    const workload = new Workload(
      { client, nowMs: () => sim.clock.elapsed(), sleep: (ms) => sim.clock.sleep(ms) },
      seed,
      { clients: 3, actionsEach: 4, mayExpire: false },
    )
    await workload.prepare()
    const chaos = sim.faults.chaos({ probability: 0.15, seed, delayMsMax: 5, stepDownMsMax: 20 })
    await workload.run()
    sim.faults.clear()
    expect({ seed, wrong: await workload.violations() }).toEqual({ seed, wrong: [] })
    expect(chaos.fired).toBeGreaterThan(0)
  }
})
