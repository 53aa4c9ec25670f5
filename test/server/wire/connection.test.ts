/** Sockets: handshakes, order, and what one bad client means for the others. */
import { once } from 'node:events'
import { Long, serialize } from 'bson'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { COMPRESSOR_NAMES, compressorOf } from '../../../src/server/wire/compressors.ts'
import { type Driven, driven, failCommand } from './driven.ts'
import {
  body,
  command,
  compressed,
  OP_COMPRESSED,
  OP_REPLY,
  opMsg,
  opQuery,
  RawClient,
  sequence,
} from './raw_client.ts'

const MORE_TO_COME = 2

let server: Driven
let raw: RawClient

beforeEach(async () => {
  server = await driven()
  raw = await RawClient.connect(server.uri)
})

afterEach(async () => {
  raw.close()
  await server[Symbol.asyncDispose]()
})

describe('the handshake', () => {
  test('an OP_QUERY is answered with an OP_REPLY', async () => {
    raw.send(opQuery('admin.$cmd', { ismaster: 1, helloOk: true }, 33))
    const answer = await raw.answer()
    const address = new URL(server.uri).host
    expect(answer).toMatchObject({ opCode: OP_REPLY, responseTo: 33 })
    expect(answer!.document).toMatchObject({
      helloOk: true,
      ismaster: true,
      setName: 'rs0',
      hosts: [address],
      me: address,
      primary: address,
      maxWireVersion: 25,
      logicalSessionTimeoutMinutes: 30,
      maxMessageSizeBytes: 48_000_000,
      ok: 1,
    })
    expect(answer!.document).not.toHaveProperty('topologyVersion')
    // Once a client has said that it knows hello, every reply says that we know.
    expect(await raw.run({ hello: 1 })).toMatchObject({ helloOk: true, isWritablePrimary: true })
  })

  test('another OP_QUERY is refused, and the connection goes on', async () => {
    raw.send(opQuery('test.$cmd', { find: 'demo' }))
    expect((await raw.answer())!.document).toMatchObject({ ok: 0, code: 352 })
    expect(await raw.run({ ping: 1 })).toMatchObject({ ok: 1 })
  })

  test('agrees on the compressors that both have, in the order of the client', async () => {
    const offered = ['zlib', 'lz4', 'snappy']
    const reply = await raw.run({ hello: 1, compression: offered })
    expect(reply['compression']).toEqual(['zlib', 'snappy'])
    expect(await raw.run({ hello: 1, compression: ['lz4'] })).not.toHaveProperty('compression')
    expect(await raw.run({ hello: 1 })).not.toHaveProperty('compression')
  })

  test('every reply carries cluster time and operation time, and its ok is a double', async () => {
    for (const [given, ok] of [
      [{ ping: 1 }, 1],
      [{ nonsense: 1 }, 0],
    ] as const) {
      raw.send(command(given))
      const { bytes, document } = (await raw.answer())!
      expect(document).toMatchObject({ ok, operationTime: document['$clusterTime'].clusterTime })
      expect(bytes[bytes.indexOf('ok\0') - 1]).toBe(1)
    }
  })

  // Server: client_metadata.cpp, replication_info.cpp (8.0).
  test('refuses what a client may not say', async () => {
    const client = { driver: { name: 'x', version: '1' }, os: { type: 'y' } }
    const application = { name: 'a'.repeat(129) }
    const refused = [
      [{ hello: 1, client: 'me' }, 14],
      [{ hello: 1, client: { os: { type: 'y' } } }, 183],
      [{ hello: 1, client: { ...client, os: {} } }, 183],
      [{ hello: 1, client: { ...client, driver: { name: 1, version: '1' } } }, 14],
      [{ hello: 1, client: { ...client, application } }, 184],
      [{ hello: 1, client: { ...client, platform: 'a'.repeat(1000) } }, 185],
      [{ hello: 1, maxAwaitTimeMS: 5 }, 31368],
      [{ hello: 1, topologyVersion: {} }, 31368],
    ] as const
    for (const [given, code] of refused) {
      expect(await raw.run(given)).toMatchObject({ ok: 0, code })
    }
    expect(await raw.run({ hello: 1, client })).toMatchObject({ ok: 1 })
    expect(await raw.run({ hello: 1, client })).toMatchObject({ ok: 0, code: 186 })
  })
})

describe('messages', () => {
  test('are answered in order, one at a time, however they arrive', async () => {
    await failCommand(
      server.client,
      { times: 1 },
      { failCommands: ['find'], blockConnection: true, blockTimeMS: 30 },
    )
    const all = [
      command({ find: 'demo' }, 1),
      command({ ping: 1 }, 2),
      opMsg([body({ insert: 'demo', $db: 'test' }), sequence('documents', [{ _id: 1 }])], 0, 3),
    ]
    for (const byte of Buffer.concat(all)) raw.send(Buffer.from([byte]))
    for (const responseTo of [1, 2, 3]) {
      expect(await raw.answer()).toMatchObject({ responseTo, document: { ok: 1 } })
    }
  })

  test('with more to come get no reply, but are done', async () => {
    const documents = sequence('documents', [{ _id: 1 }, { _id: 2 }])
    const insert = opMsg([body({ insert: 'demo', $db: 'test' }), documents], MORE_TO_COME, 1)
    raw.send(insert)
    raw.send(command({ nonsense: 1 }, 2, MORE_TO_COME))
    raw.send(insert)
    raw.send(command({ find: 'demo' }, 3))
    const answer = await raw.answer()
    expect(answer).toMatchObject({ responseTo: 3 })
    expect(answer!.document['cursor'].firstBatch).toHaveLength(2)
    // Nobody is told what went wrong, so the log is.
    expect(server.log).toEqual([
      expect.stringMatching(/^connection \d+ from 127\.0\.0\.1 ran nonsense .* no such command/),
      expect.stringMatching(/^connection \d+ from 127\.0\.0\.1 ran insert .* E11000/),
    ])
  })

  test.each(COMPRESSOR_NAMES)('that came in %s are answered in it', async (name) => {
    const compressor = [1, 2, 3].map(compressorOf).find((known) => known?.name === name)!
    const long = { ping: 1, comment: 'what recurs '.repeat(500) }
    for (const given of [{ ping: 1 }, long]) {
      raw.send(compressed(command(given, 8), compressor))
      const answer = (await raw.answer())!
      expect(answer).toMatchObject({ opCode: OP_COMPRESSED, responseTo: 8 })
      expect(answer.bytes[24]).toBe(compressor.id)
      expect(answer.document).toMatchObject({ ok: 1 })
    }
  })

  test('whose BSON is bad are answered with an error', async () => {
    const bytes = command({ ping: 1 })
    bytes[bytes.indexOf('ping') - 1] = 0x77
    raw.send(bytes)
    const answer = await raw.answer()
    expect(answer!.document).toMatchObject({ ok: 0, code: 22, codeName: 'InvalidBSON' })
    expect(answer!.document).toHaveProperty('$clusterTime')
    expect(await raw.run({ ping: 1 })).toMatchObject({ ok: 1 })
  })
})

describe('a client that', () => {
  test('leaves while it waits for a read: the read ends', async () => {
    const blocked = { failCommands: ['find'], blockConnection: true, blockTimeMS: 60_000 }
    await failCommand(server.client, { times: 1 }, blocked)
    raw.send(command({ find: 'demo' }))
    await expect.poll(() => server.sim.server.waiting.size).toBe(1)
    raw.close()
    await expect.poll(() => server.sim.server.waiting.size).toBe(0)
  })

  test('leaves with a transaction open: another connection may end it', async () => {
    await raw.run({ create: 'demo' })
    const lsid = { id: (await raw.run({ startSession: 1 }))['id'].id }
    const statement = { insert: 'demo', documents: [{ _id: 'held' }], lsid }
    const inTransaction = { txnNumber: Long.ONE, autocommit: false, startTransaction: true }
    expect(await raw.run({ ...statement, ...inTransaction })).toMatchObject({ ok: 1, n: 1 })
    raw.close()
    await once(raw.socket, 'close')
    await expect.poll(() => server.sim.stats().openTransactions.length).toBe(1)
    const other = await RawClient.connect(server.uri)
    const { startTransaction: _, ...later } = inTransaction
    const committed = await other.run({ commitTransaction: 1, lsid, ...later, $db: 'admin' })
    expect(committed).toMatchObject({ ok: 1 })
    other.close()
  })

  test('never reads its replies stops being read, and costs the others nothing', async () => {
    const big = { _id: 'big', text: 'x'.repeat(1_000_000) }
    await server.client.db('test').collection<typeof big>('demo').insertOne(big)
    raw.socket.pause()
    const found = command({ find: 'demo' })
    for (let i = 0; i < 100; i++) raw.send(found)
    await expect.poll(() => server.sim.server.connectionCount).toBeGreaterThan(1)
    for (let i = 0; i < 20; i++) await server.client.db('test').command({ ping: 1 })
    const { opcounters } = await server.client.db('admin').command({ serverStatus: 1 })
    expect(opcounters.query).toBeLessThan(50)
    raw.socket.resume()
    for (let i = 0; i < 100; i++) expect(await raw.answer()).toMatchObject({ document: { ok: 1 } })
  })

  test('sends a document of 16 MiB gets it stored, and back', async () => {
    const empty = serialize({ _id: 1, text: '' }).length
    const text = 'x'.repeat(16 * 1024 * 1024 - empty)
    raw.send(
      opMsg([body({ insert: 'big', $db: 'test' }), sequence('documents', [{ _id: 1, text }])]),
    )
    expect((await raw.answer())!.document).toMatchObject({ n: 1, ok: 1 })
    const one = await server.client.db('test').collection('big').findOne()
    expect(one!['text'].length).toBe(text.length)
  })
})
