/** Fail points as drivers' own tests set them, met by the real driver. */
import { MongoNetworkError } from 'mongodb'
import { describe, expect, test } from 'vitest'
import { driven, failCommand, failure } from './driven.ts'

describe('closeConnection', () => {
  test('is a network error; a retryable write goes through all the same', async () => {
    await using server = await driven()
    const demo = server.client.db('test').collection('demo')
    const closing = { failCommands: ['insert'], closeConnection: true }
    await failCommand(server.client, { times: 1 }, closing)
    await demo.insertOne({ a: 1 })
    expect(await demo.find().toArray()).toHaveLength(1)
    await failCommand(server.client, { times: 2 }, closing)
    expect(await failure(demo.insertOne({ a: 2 }))).toBeInstanceOf(MongoNetworkError)
    expect(await demo.find().toArray()).toHaveLength(1)
    // A fault that was asked for is nothing to report.
    expect(server.log).toEqual([])
  })

  test('in a transaction has the label that lets withTransaction try again', async () => {
    await using server = await driven()
    const demo = server.client.db('test').collection('demo')
    await demo.insertOne({ a: 0 })
    await failCommand(
      server.client,
      { times: 1 },
      { failCommands: ['update'], closeConnection: true },
    )
    let attempts = 0
    await server.client.withSession((session) =>
      session.withTransaction(async () => {
        attempts++
        await demo.updateOne({}, { $inc: { a: 1 } }, { session })
      }),
    )
    expect(attempts).toBe(2)
    expect(await demo.findOne({}, { projection: { _id: 0 } })).toEqual({ a: 1 })
  })
})

describe('errorCode', () => {
  test('is the error, with the labels of the server or those that were given', async () => {
    await using server = await driven({ client: { retryWrites: false } })
    const demo = server.client.db('test').collection('demo')
    await failCommand(server.client, { times: 1 }, { failCommands: ['insert'], errorCode: 112 })
    const error = await failure(demo.insertOne({ a: 1 }))
    expect(error).toMatchObject({ code: 112, codeName: 'WriteConflict' })
    await failCommand(
      server.client,
      { times: 1 },
      { failCommands: ['insert'], errorCode: 91, errorLabels: ['Mine'] },
    )
    const labelled = await failure(demo.insertOne({ a: 1 }))
    // ResetPool is the driver's own.
    expect(labelled['errorLabels']).toEqual(['Mine', 'ResetPool'])
  })

  test('of a primary that is none any more sends the driver to look again, and it finds us', async () => {
    await using server = await driven()
    const demo = server.client.db('test').collection('demo')
    await failCommand(server.client, { times: 1 }, { failCommands: ['insert'], errorCode: 10107 })
    await demo.insertOne({ a: 1 })
    expect(await demo.find().toArray()).toHaveLength(1)
  })

  test('for one application only', async () => {
    await using server = await driven({ client: { appName: 'theirs' } })
    await failCommand(server.client, 'alwaysOn', {
      failCommands: ['find'],
      errorCode: 8,
      appName: 'mine',
    })
    const mine = await server.connect({ appName: 'mine' })
    const findIn = (client: typeof mine) => client.db('test').collection('demo').findOne()
    expect(await failure(findIn(mine))).toMatchObject({ code: 8 })
    expect(await findIn(server.client)).toBe(null)
  })
})

describe('blockConnection', () => {
  const blocked = (blockTimeMS: number) => ({
    failCommands: ['find'],
    blockConnection: true,
    blockTimeMS,
  })

  test('takes its time on a real clock', async () => {
    await using server = await driven()
    const demo = server.client.db('test').collection('demo')
    await failCommand(server.client, { times: 1 }, blocked(60))
    const from = performance.now()
    await demo.findOne()
    expect(performance.now() - from).toBeGreaterThanOrEqual(59)
  })

  test('takes virtual time where time is virtual', async () => {
    await using server = await driven({ time: 'auto', startAt: 0 })
    const demo = server.client.db('test').collection('demo')
    await failCommand(server.client, { times: 1 }, blocked(3_600_000))
    await demo.findOne()
    expect(server.sim.clock.elapsed()).toBe(3_600_000)
  })

  test('longer than the client waits: it goes, and the others do not notice', async () => {
    await using server = await driven()
    const impatient = await server.connect({ socketTimeoutMS: 50, retryReads: false })
    await failCommand(server.client, { times: 1 }, blocked(60_000))
    const error = await failure(impatient.db('test').collection('demo').findOne())
    expect(error).toBeInstanceOf(MongoNetworkError)
    await expect.poll(() => server.sim.server.waiting.size).toBe(0)
    expect(await server.client.db('test').collection('demo').findOne()).toBe(null)
  })
})

test('a write concern error leaves the write done', async () => {
  await using server = await driven({ client: { retryWrites: false } })
  const demo = server.client.db('test').collection('demo')
  await failCommand(
    server.client,
    { times: 1 },
    { failCommands: ['insert'], writeConcernError: { code: 100, errmsg: 'no such concern' } },
  )
  expect(await failure(demo.insertOne({ a: 1 }))).toMatchObject({ code: 100 })
  expect(await demo.find().toArray()).toHaveLength(1)
})
