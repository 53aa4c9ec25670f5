/** Whatever a client sends or fails to do ends its own connection at most; the others never notice. */
import { once } from 'node:events'
import { connect } from 'node:net'
import { serialize } from 'bson'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { compressorOf } from '../../../src/server/wire/compressors.ts'
import { type Driven, driven, failCommand } from './driven.ts'
import { heapInUse } from './heap.ts'
import {
  body,
  command,
  compressed,
  int32,
  message,
  OP_COMPRESSED,
  opMsg,
  opQuery,
  RawClient,
  sequence,
} from './raw_client.ts'

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

async function expectHealthy(): Promise<void> {
  expect(await server.client.db('test').command({ ping: 1 })).toMatchObject({ ok: 1 })
}

const connections = (): number => server.sim.server.connectionCount

const reserved = int32(0)
const zlib = compressorOf(2)!
const snappy = compressorOf(1)!

describe('a message that is none', () => {
  const wrongChecksum = Buffer.concat([command({ ping: 1 }, 1, 1), Buffer.alloc(4)])
  wrongChecksum.writeInt32LE(wrongChecksum.length, 0)
  const lying = opMsg([body({ insert: 'demo', $db: 'test' }), sequence('documents', [{ a: 1 }])])
  lying.writeInt32LE(999, lying.indexOf('documents') - 4)
  const bad: [what: string, bytes: Buffer, sentence: string][] = [
    ['of negative length', int32(-5), 'claims to have -5 bytes'],
    ['of length 0', int32(0), 'claims to have 0 bytes'],
    ['shorter than its header', int32(15), 'claims to have 15 bytes'],
    ['of a byte too many', int32(48_000_001), 'at most 48000000'],
    ['of 2 GiB', int32(2 ** 31 - 1), 'at most 48000000'],
    ['of another protocol', Buffer.from('GET / HTTP/1.1\r\n\r\n'), 'claims to have 542393671'],
    ['of TLS', Buffer.from([0x16, 3, 1, 2, 0, 1, 0]), 'claims to have 33620758 bytes'],
    ['of an operation of old', message(2010, Buffer.alloc(8)), 'operation code 2010'],
    ['that only a server sends', message(1, Buffer.alloc(30)), 'operation code 1'],
    ['with a wrong checksum', wrongChecksum, 'checksum'],
    ['with flags that must be known', command({ ping: 1 }, 1, 0x8000), '0x8000'],
    ['without a body', opMsg([]), 'no body'],
    ['with a sequence longer than itself', lying, '999 bytes where'],
    ['with an unknown section', opMsg([body({ ping: 1 }), Buffer.from([2])]), 'kind 2'],
    ['compressed by nobody', message(OP_COMPRESSED, Buffer.alloc(20, 99)), 'compressor 99'],
    ['compressed to another size', compressed(command({ ping: 1 }), zlib, 9_999), 'and has'],
    [
      'compressed to what would be 48 MB',
      compressed(command({ ping: 1 }), snappy, 47_999_000),
      'does not decompress',
    ],
    [
      'compressed twice',
      compressed(compressed(command({ ping: 1 }), zlib), zlib),
      'operation code 2012',
    ],
    [
      'that is a query without an end',
      message(2004, Buffer.concat([reserved, Buffer.from('admin.$cmd')])),
      'before its query',
    ],
  ]
  test.each(bad)('%s ends its connection', async (_, bytes, sentence) => {
    // What is behind it does not matter any more.
    raw.send(Buffer.concat([bytes, command({ insert: 'demo', documents: [{ a: 1 }] })]))
    if (bytes.length < 16) raw.socket.end()
    expect(await raw.answer()).toBeUndefined()
    // TLS claims less than 48 MB, so we wait for the rest of it.
    const left = sentence.startsWith('claims to have 33620758') ? 'bytes of a message' : sentence
    expect(server.log).toEqual([expect.stringMatching(/^connection \d+ from 127\.0\.0\.1 ended: /)])
    expect(server.log[0]).toContain(left)
    await expectHealthy()
    expect(await server.client.db('test').collection('demo').countDocuments()).toBe(0)
  })
})

describe('bad BSON in a good message is answered, and the connection goes on', () => {
  const changed = (document: object, where: string, offset: number, byte: number): Buffer => {
    const bytes = Buffer.from(command(document as never))
    bytes[bytes.indexOf(where) + offset] = byte
    return bytes
  }
  const nested = (levels: number): Buffer => {
    let inner = Buffer.from(serialize({}))
    for (let level = 0; level < levels; level++) {
      const head = Buffer.concat([int32(inner.length + 8), Buffer.from([3, 97, 0])])
      inner = Buffer.concat([head, inner, Buffer.from([0])])
    }
    return opMsg([Buffer.concat([Buffer.from([0]), inner])], 0, 1)
  }
  const bad: [what: string, bytes: Buffer, code: number][] = [
    ['a type that there is not', changed({ ping: 1 }, 'ping', -1, 0x77), 22],
    ['a string of no length', changed({ find: 'demo' }, 'demo', -4, 0), 22],
    ['a string of negative length', changed({ find: 'demo' }, 'demo', -1, 0x80), 22],
    ['a string that goes on and on', changed({ find: 'demo' }, 'demo', -3, 0x7f), 22],
    ['a string without its end', changed({ find: 'demo' }, 'demo', 4, 1), 22],
    [
      'a document longer than its own',
      changed({ find: 'x', filter: { a: 1 } }, 'filter', 7, 99),
      22,
    ],
    ['a boolean that is 2', changed({ find: 'x', tailable: true }, 'tailable', 9, 2), 22],
    ['a document 201 levels deep', nested(201), 15],
    ['a document 10,000 levels deep', nested(10_000), 15],
  ]
  test.each(bad)('%s', async (_, bytes, code) => {
    raw.send(bytes)
    expect((await raw.answer())!.document).toMatchObject({ ok: 0, code })
    expect(await raw.run({ ping: 1 })).toMatchObject({ ok: 1 })
    expect(server.log).toEqual([])
  })

  // Server: IDL's generated parsers take null for an optional field that was left out.
  test.each([
    'lsid',
    'txnNumber',
    'autocommit',
    'startTransaction',
    'txnRetryCounter',
    '$clusterTime',
    'readConcern',
    'writeConcern',
    'maxTimeMS',
    '$readPreference',
    'apiVersion',
    'comment',
  ])('a null as %s is nothing', async (name) => {
    expect(await raw.run({ find: 'demo', [name]: null })).toMatchObject({ ok: 1 })
    expect(server.log).toEqual([])
  })

  test('text that is no UTF-8 is taken for text', async () => {
    const bytes = opMsg([
      body({ insert: 'demo', $db: 'test' }),
      sequence('documents', [{ _id: 1, text: 'aXb' }]),
    ])
    bytes[bytes.indexOf('aXb') + 1] = 0xff
    raw.send(bytes)
    expect((await raw.answer())!.document).toMatchObject({ ok: 1, n: 1 })
    const found = await server.client.db('test').collection('demo').findOne()
    expect(found).toMatchObject({ text: 'a\ufffdb' })
  })

  test('a document that may be nested no deeper is stored, and comes back', async () => {
    let deep: object = {}
    // The sequence's document is the first level of 180, BSON's own limit in collections.
    for (let level = 0; level < 150; level++) deep = { a: deep }
    raw.send(opMsg([body({ insert: 'demo', $db: 'test' }), sequence('documents', [{ deep }])]))
    expect((await raw.answer())!.document).toMatchObject({ ok: 1, n: 1 })
    expect(await server.client.db('test').collection('demo').findOne()).toMatchObject({ deep })
  })
})

describe('a client that', () => {
  test('sends a byte at a time is answered in the end, and nobody waits for it', async () => {
    const slow = command({ insert: 'demo', documents: [{ _id: 1 }] }, 5)
    for (const byte of slow) {
      raw.send(Buffer.from([byte]))
      await new Promise((resolve) => setTimeout(resolve, 2))
      if (byte === 0) await expectHealthy()
    }
    expect(await raw.answer()).toMatchObject({ responseTo: 5, document: { ok: 1, n: 1 } })
  })

  test('leaves in the middle of a message leaves a line behind', async () => {
    const whole = command({ insert: 'demo', documents: [{ _id: 1 }] })
    for (const cut of [3, 4, 15, 16, 40, whole.length - 1]) {
      const other = await RawClient.connect(server.uri)
      other.send(whole.subarray(0, cut))
      other.socket.end()
      expect(await other.answer()).toBeUndefined()
      expect(server.log.at(-1)).toContain(`ended: it sent ${cut} bytes of a message and left`)
    }
    expect(server.log).toHaveLength(6)
    await expectHealthy()
  })

  test('sends a large message behind a command that waits has both answered', async () => {
    const blocked = { failCommands: ['find'], blockConnection: true, blockTimeMS: 50 }
    await failCommand(server.client, { times: 1 }, blocked)
    const text = 'x'.repeat(5_000_000)
    raw.send(command({ find: 'demo' }, 1))
    raw.send(command({ insert: 'demo', documents: [{ _id: 1, text }] }, 2))
    expect(await raw.answer()).toMatchObject({ responseTo: 1, document: { ok: 1 } })
    expect(await raw.answer()).toMatchObject({ responseTo: 2, document: { ok: 1, n: 1 } })
  })

  test('has only half of its connection closed gets what it asked for before that', async () => {
    const before = connections()
    for (let i = 0; i < 10; i++) raw.send(command({ ping: 1 }, i))
    raw.socket.end()
    for (let i = 0; i < 10; i++) expect(await raw.answer()).toMatchObject({ responseTo: i })
    expect(await raw.answer()).toBeUndefined()
    await expect.poll(connections).toBe(before - 1)
    expect(server.log).toEqual([])
  })

  test('has only half of it closed while a read waits does not keep the read', async () => {
    const before = connections()
    const blocked = { failCommands: ['find'], blockConnection: true, blockTimeMS: 60_000 }
    await failCommand(server.client, { times: 1 }, blocked)
    raw.send(command({ find: 'demo' }))
    await expect.poll(() => server.sim.server.waiting.size).toBe(1)
    raw.socket.end()
    await expect.poll(() => server.sim.server.waiting.size).toBe(0)
    await expect.poll(connections).toBe(before - 1)
  })

  test('resets its connection while it writes leaves the write done', async () => {
    const documents = Array.from({ length: 5_000 }, (_, _id) => ({ _id }))
    raw.send(opMsg([body({ insert: 'demo', $db: 'test' }), sequence('documents', documents)]))
    await new Promise((resolve) => raw.socket.write('', resolve))
    raw.socket.resetAndDestroy()
    const demo = server.client.db('test').collection('demo')
    await expect.poll(() => demo.countDocuments()).toBe(5_000)
  })

  test('never reads its replies binds no more memory than one of them', async () => {
    const demo = server.client.db('test').collection<{ _id: number; text: string }>('demo')
    await demo.insertOne({ _id: 1, text: 'x'.repeat(4_000_000) })
    const deaf = await Promise.all(Array.from({ length: 4 }, () => RawClient.connect(server.uri)))
    for (const one of deaf) {
      one.socket.pause()
      for (let i = 0; i < 200; i++) one.send(command({ find: 'demo' }))
    }
    const queries = async (): Promise<number> =>
      (await server.client.db('admin').command({ serverStatus: 1 }))['opcounters'].query
    // Until they stand still.
    for (let last = -1, now = 0; now !== last; ) {
      last = now
      await new Promise((resolve) => setTimeout(resolve, 60))
      now = await queries()
    }
    // What the sockets of the system hold is not ours; 800 replies would be 3.2 GB.
    expect(await queries()).toBeLessThan(40)
    expect((await heapInUse()).buffersBytes).toBeLessThan(100_000_000)
    for (const one of deaf) one.close()
    await expectHealthy()
  })
})

test('a storm of connections: those that are gone at once, and those that send garbage', async () => {
  const before = connections()
  const { hostname, port } = new URL(server.uri)
  const garbage = [Buffer.alloc(0), int32(-1), Buffer.alloc(64, 0xff), command({ ping: 1 })]
  for (let wave = 0; wave < 4; wave++) {
    const all = Array.from({ length: 250 }, (_, i) => {
      const socket = connect({ host: hostname, port: Number(port) })
      socket.on('error', () => {})
      if (i % 5 === 4) {
        socket.destroy()
        return Promise.resolve()
      }
      socket.end(garbage[i % 5]!)
      socket.resume()
      return once(socket, 'close')
    })
    await expectHealthy()
    await Promise.all(all)
  }
  await expect.poll(connections).toBe(before)
  await expectHealthy()
})

test('messages of every kind in one piece are told apart', async () => {
  const insert = [body({ insert: 'demo', $db: 'test' }), sequence('documents', [{ _id: 1 }])]
  raw.send(
    Buffer.concat([
      opQuery('admin.$cmd', { ismaster: 1 }, 1),
      compressed(command({ ping: 1 }, 2), zlib),
      opMsg(insert, 0, 3),
      compressed(command({ ping: 1 }, 4), snappy),
      command({ ping: 1 }, 5),
    ]),
  )
  for (const responseTo of [1, 2, 3, 4, 5]) {
    expect(await raw.answer()).toMatchObject({ responseTo, document: { ok: 1 } })
  }
})
