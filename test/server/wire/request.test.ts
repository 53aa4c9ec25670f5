import * as zlib from 'node:zlib'
import {
  Binary,
  Decimal128,
  Double,
  deserialize,
  Int32,
  Long,
  serialize,
  Timestamp,
  UUID,
} from 'bson'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Document } from '../../../src/bson/index.ts'
import { ServerError } from '../../../src/engine/index.ts'
import {
  COMPRESSOR_NAMES,
  type Compressor,
  compressorOf,
} from '../../../src/server/wire/compressors.ts'
import { crc32c } from '../../../src/server/wire/crc32c.ts'
import { compressorIn, decompress } from '../../../src/server/wire/op_compressed.ts'
import { ProtocolError } from '../../../src/server/wire/protocol.ts'
import { ReplyWriter } from '../../../src/server/wire/reply_writer.ts'
import { type Request, readRequest, wantsReply } from '../../../src/server/wire/request.ts'
import {
  body,
  command,
  compressed,
  int32,
  message,
  OP_COMPRESSED,
  OP_MSG,
  opMsg,
  opQuery,
  sequence,
} from './raw_client.ts'

const CHECKSUM = 1
const MORE_TO_COME = 2
const EXHAUST_ALLOWED = 0x10000

function checksummed(whole: Buffer): Buffer {
  const longer = Buffer.concat([whole, Buffer.alloc(4)])
  longer.writeInt32LE(longer.length, 0)
  longer.writeInt32LE(longer.readInt32LE(16) | CHECKSUM, 16)
  longer.writeUInt32LE(crc32c(longer.subarray(0, -4)), longer.length - 4)
  return longer
}

const zlibCompressor = compressorOf(2)!

const replyTo = (request: Request, requestId = 9): Buffer =>
  new ReplyWriter().message({ ok: 1 }, request, { requestId, moreToCome: false })

describe('an OP_MSG', () => {
  test('its body is the command, its sequences are fields of it, in any order of sections', () => {
    const documents = [{ _id: 1 }, { _id: 2 }]
    const sections = [body({ insert: 'demo', $db: 'test' }), sequence('documents', documents)]
    const expected = { insert: 'demo', $db: 'test', documents }
    expect(readRequest(opMsg(sections)).command).toEqual(expected)
    expect(readRequest(opMsg(sections.toReversed())).command).toEqual(expected)
  })

  test('an empty sequence is an empty array', () => {
    const read = readRequest(opMsg([body({ insert: 'demo' }), sequence('documents', [])]))
    expect(read.command).toEqual({ insert: 'demo', documents: [] })
  })

  test('wants a reply unless more is to come', () => {
    expect(wantsReply(readRequest(command({ ping: 1 })))).toBe(true)
    expect(wantsReply(readRequest(command({ ping: 1 }, 1, MORE_TO_COME)))).toBe(false)
    const offer = readRequest(command({ ping: 1 }, 7, EXHAUST_ALLOWED))
    expect(wantsReply(offer)).toBe(true)
    expect(replyTo(offer).readInt32LE(16)).toBe(0)
  })

  test('a checksum is checked, and answered with a checksum', () => {
    const whole = checksummed(command({ ping: 1 }))
    const read = readRequest(whole)
    expect(read.command).toEqual({ $db: 'test', ping: 1 })
    const reply = replyTo(read)
    expect(reply.readInt32LE(16)).toBe(CHECKSUM)
    expect(reply.readUInt32LE(reply.length - 4)).toBe(crc32c(reply.subarray(0, -4)))
    whole[30]! ^= 1
    expect(() => readRequest(whole)).toThrow('checksum')
  })

  test('a reply names the request that it answers', () => {
    const reply = replyTo(readRequest(command({ ping: 1 }, 77)), 5)
    const header = [0, 4, 8, 12].map((at) => reply.readInt32LE(at))
    expect(header).toEqual([reply.length, 5, 77, OP_MSG])
  })
})

describe('compressed', () => {
  const all = [0, 1, 2, 3].map(compressorOf).filter((known) => known !== undefined)
  const each = all.map((compressor): [string, Compressor] => [compressor.name, compressor])
  test.each(each)('by %s: the message inside, and the reply by the same', (_, compressor) => {
    const read = readRequest(compressed(command({ ping: 1 }, 12), compressor))
    expect(read.command).toEqual({ $db: 'test', ping: 1 })
    const reply = replyTo(read, 4)
    expect(reply.readInt32LE(12)).toBe(OP_COMPRESSED)
    expect(reply[24]).toBe(compressor.id)
    const inside = decompress(reply, compressorIn(reply))
    expect([inside.readInt32LE(4), inside.readInt32LE(8), inside.readInt32LE(12)]).toEqual([
      4,
      12,
      OP_MSG,
    ])
    expect(deserialize(inside.subarray(21))).toEqual({ ok: 1 })
  })

  test('an OP_QUERY, too', () => {
    const read = readRequest(compressed(opQuery('admin.$cmd', { hello: 1 }), zlibCompressor))
    const reply = replyTo(read)
    expect(decompress(reply, compressorIn(reply)).readInt32LE(12)).toBe(1)
  })

  test('zstd is there where Node.js has it', () => {
    const { zstdCompressSync } = zlib as { zstdCompressSync?: unknown }
    const zstd = zstdCompressSync === undefined ? [] : ['zstd']
    expect(COMPRESSOR_NAMES).toEqual(['snappy', ...zstd, 'zlib'])
  })

  const claiming = (compressor: Compressor, size: number): Buffer =>
    compressed(command({ ping: 1 }), compressor, size)
  test.each(each)('by %s to another size than it claims: no', (_, compressor) => {
    for (const size of [0, 10, 4000, 47_999_984]) {
      const bytes = claiming(compressor, size)
      expect(() => readRequest(bytes)).toThrow(ProtocolError)
      expect(() => readRequest(bytes)).toThrow(/and has|does not decompress/)
    }
  })

  test.each([
    [
      'by something else',
      compressed(command({ ping: 1 }), { ...zlibCompressor, id: 77 }),
      'not offered',
    ],
    ['to a negative size', claiming(zlibCompressor, -1), '-1 bytes inside'],
    ['to more than a message has', claiming(zlibCompressor, 48_000_000), '48000000 bytes inside'],
    [
      'within itself',
      compressed(compressed(command({ ping: 1 }), zlibCompressor), zlibCompressor),
      'operation code 2012',
    ],
    ['and cut off', message(OP_COMPRESSED, int32(2013)), 'too early'],
  ])('%s: no', (_, bytes, sentence) => {
    expect(() => readRequest(bytes)).toThrow(ProtocolError)
    expect(() => readRequest(bytes)).toThrow(sentence)
  })
})

describe('an OP_QUERY', () => {
  test.each(['isMaster', 'ismaster', 'hello'])('%s is a command to its database', (name) => {
    const read = readRequest(opQuery('admin.$cmd', { [name]: 1, helloOk: true }))
    expect(read.command).toEqual({ [name]: 1, helloOk: true, $db: 'admin' })
    expect(readRequest(opQuery('admin.$cmd', { $query: { [name]: 1 } })).command).toEqual({
      [name]: 1,
      $db: 'admin',
    })
  })

  // Server: check_allowed_op_query_cmd.cpp; the codes of assertions on the legacy protocol.
  test.each([
    ['any other command', opQuery('test.$cmd', { find: 'x' }), 352],
    ['a query', opQuery('test.demo', { a: 1 }), 5739101],
  ])('%s is refused with a reply', (_, bytes, code) => {
    const { command: refused } = readRequest(bytes)
    expect(refused).toBeInstanceOf(ServerError)
    expect(refused).toMatchObject({ code })
  })
})

describe('malformed', () => {
  const noEnd = Buffer.concat([Buffer.from([1]), int32(9), Buffer.from('abcde')])
  const bad: [what: string, bytes: Buffer, sentence: string][] = [
    ['an unknown operation', message(2001, int32(0)), 'operation code 2001'],
    ['a reply', message(1, Buffer.alloc(30)), 'operation code 1'],
    ['no flags', message(OP_MSG, Buffer.alloc(3)), 'before its flags'],
    ['flags that must be known', command({ ping: 1 }, 1, 4), '0x4'],
    ['no body', opMsg([]), 'no body'],
    ['two bodies', opMsg([body({ ping: 1 }), body({ ping: 1 })]), 'several bodies'],
    ['a section of kind 2', opMsg([Buffer.from([2])]), 'unknown kind 2'],
    ['a document cut off', command({ ping: 1 }).subarray(0, -1), 'a document claims'],
    ['a document of 4 bytes', opMsg([Buffer.from([0, 4, 0, 0, 0])]), 'claims to have 4 bytes'],
    ['a negative document', opMsg([Buffer.from([0]), int32(-5), Buffer.alloc(4)]), '-5 bytes'],
    ['a sequence that is too long', opMsg([Buffer.from([1]), int32(99)]), '99 bytes'],
    ['a negative sequence', opMsg([Buffer.from([1]), int32(-9)]), '-9 bytes'],
    ['a name without end', opMsg([body({ a: 1 }), noEnd]), 'never ends'],
    [
      'a field given twice',
      opMsg([body({ insert: 'x', documents: [] }), sequence('documents', [])]),
      "'documents' both",
    ],
    ['no room for a checksum', message(OP_MSG, int32(CHECKSUM)), 'before its checksum'],
    ['an OP_QUERY without end', message(2004, Buffer.alloc(4, 65)), 'before its query'],
  ]
  test.each(bad)('%s ends the connection', (_, bytes, sentence) => {
    bytes.writeInt32LE(bytes.length, 0)
    expect(() => readRequest(bytes)).toThrow(ProtocolError)
    expect(() => readRequest(bytes)).toThrow(sentence)
  })
})

describe('documents', () => {
  const read = (document: Document): Document => readRequest(command(document)).command as Document

  test('numbers keep their types', () => {
    const given = {
      int: new Int32(1),
      double: new Double(1),
      fraction: 1.5,
      minusZero: -0,
      long: Long.fromNumber(1),
      decimal: Decimal128.fromString('1.0'),
    }
    const { $db: _, ...stored } = read(given)
    expect(stored).toMatchObject({ int: 1, double: new Double(1), long: Long.ONE })
    // Byte for byte what came, when it is sent back.
    expect(Buffer.from(serialize(stored))).toEqual(Buffer.from(serialize(given)))
  })

  test('so does everything else', () => {
    const given = {
      uuid: new UUID('00112233-4455-6677-8899-aabbccddeeff'),
      bytes: new Binary(Buffer.from('abc'), 128),
      stamp: new Timestamp({ t: 5, i: 6 }),
      reference: { $ref: 'a', $id: 1, $db: 'b', more: 2 },
      pattern: /a.b/i,
      'a.b': 1,
      $c: 2,
      '': 3,
    }
    const { $db: _, ...stored } = read(given)
    expect(Buffer.from(serialize(stored))).toEqual(Buffer.from(serialize(given)))
  })

  test('text that is no UTF-8 comes in as replacement characters', () => {
    const bytes = Buffer.from(command({ ping: 'aXb' }))
    bytes[bytes.indexOf('aXb') + 1] = 0xff
    expect(readRequest(bytes).command).toMatchObject({ ping: 'a\ufffdb' })
  })

  test('BSON that is none is answered with an error', () => {
    const bytes = Buffer.from(command({ ping: 1 }))
    bytes[bytes.indexOf('ping') - 1] = 0x77
    expect(readRequest(bytes).command).toMatchObject({ code: 22, codeName: 'InvalidBSON' })
  })

  test('a document nested 10,000 deep is answered with an error', () => {
    let nested = serialize({})
    for (let depth = 0; depth < 10_000; depth++) {
      const size = nested.length + 8
      nested = Buffer.concat([int32(size), Buffer.from([3, 97, 0]), nested, Buffer.from([0])])
    }
    const whole = opMsg([Buffer.concat([Buffer.from([0]), nested])])
    expect(readRequest(whole).command).toMatchObject({ code: 15, codeName: 'Overflow' })
  })
})

test('whatever a client sends is a request, or ends its own connection', () => {
  const insert = [body({ insert: 'demo', $db: 'test', ordered: true }), sequence('documents', [{}])]
  const recorded = [
    opQuery('admin.$cmd', { ismaster: 1, helloOk: true, client: { driver: { name: 'x' } } }),
    command({ find: 'demo', filter: { a: { $gt: 1.5 } }, lsid: { id: new UUID() } }),
    opMsg(insert),
    checksummed(command({ ping: 1 })),
    compressed(command({ find: 'demo', filter: { _id: Long.MAX_VALUE } }), zlibCompressor),
  ]
  const change = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(255))
  const mutated = fc.tuple(fc.constantFrom(...recorded), fc.array(change, { maxLength: 6 }))
  fc.assert(
    fc.property(mutated, fc.nat(20), ([original, changes], cut) => {
      const bytes = Buffer.from(original)
      for (const [where, byte] of changes)
        bytes[16 + Math.floor(where * (bytes.length - 16))] = byte
      const whole = bytes.subarray(0, Math.max(16, bytes.length - (cut > 10 ? cut : 0)))
      try {
        readRequest(whole)
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error
      }
    }),
    { numRuns: 5_000 },
  )
})
