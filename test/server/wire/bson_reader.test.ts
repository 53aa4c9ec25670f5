import { isDeepStrictEqual } from 'node:util'
import {
  Binary,
  BSONRegExp,
  Code,
  calculateObjectSize,
  DBRef,
  Double,
  deserialize,
  Int32,
  Long,
  serialize,
} from 'bson'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { copyIn, type Document } from '../../../src/bson/index.ts'
import { ServerError } from '../../../src/engine/index.ts'
import { readBson } from '../../../src/server/wire/bson_reader.ts'
import { anyDocument } from '../../bson/arbitraries.ts'

const bytesOf = (document: Document): Buffer => Buffer.from(serialize(document))

/** The other way: the package's reader, and the door of in-process clients. */
const READING = { promoteValues: false, promoteLongs: false, bsonRegExp: true } as const
const readTheOtherWay = (bytes: Buffer): Document => copyIn(deserialize(bytes, READING))

test('reads what the package writes to the values that copyIn makes', () => {
  fc.assert(
    fc.property(anyDocument, (document) => {
      const bytes = bytesOf(document)
      const read = readBson(bytes)
      expect(isDeepStrictEqual(read, readTheOtherWay(bytes))).toBe(true)
      expect(bytesOf(read)).toEqual(bytes)
    }),
    { numRuns: 500 },
  )
})

test.each([
  ['an integral double', { a: new Double(1) }],
  ['minus zero', { a: -0 }],
  ['integers', { a: new Int32(-1), b: new Int32(2 ** 31 - 1), c: new Int32(-(2 ** 31)) }],
  ['longs', { a: Long.MIN_VALUE, b: Long.MAX_UNSIGNED_VALUE, c: Long.ONE }],
  ['old and new dates', { a: new Date(-8.64e15), b: new Date(8.64e15), c: new Date(-1) }],
  ['binary data of subtype 2', { a: new Binary(Buffer.from('abc'), 2) }],
  [
    'names of every length',
    { '': 1, ['n'.repeat(32)]: 2, ['n'.repeat(33)]: 3, ['n'.repeat(999)]: 4 },
  ],
  ['names beyond ASCII', { grüße: 1, é: 2, '\u{1f600}': 3, '\u00c3\u00a9': 4 }],
  ['a field of the name __proto__', JSON.parse('{"__proto__": 1, "a": {"__proto__": {}}}')],
  ['code with scope', { a: new Code('f()', { x: [1] }) }],
  ['a pattern', { a: new BSONRegExp('^a', 'xmi') }],
  ['NUL in text', { a: 'b\0c' }],
])('%s', (_, document) => {
  const bytes = bytesOf(document as Document)
  expect(isDeepStrictEqual(readBson(bytes), readTheOtherWay(bytes))).toBe(true)
  expect(bytesOf(readBson(bytes))).toEqual(bytes)
})

test('what looks like a reference keeps its order; a DBPointer becomes a reference', () => {
  const document = { $id: 1, more: 2, $ref: 'a' }
  expect(Object.keys(readBson(bytesOf(document)))).toEqual(['$id', 'more', '$ref'])
  const reference = bytesOf({ a: new DBRef('c', new Int32(1) as never) })
  expect(readBson(reference)).toEqual({ a: { $ref: 'c', $id: 1 } })
  const id = Buffer.alloc(12, 7)
  const pointer = Buffer.concat([Buffer.from([0, 0, 0, 0, 12, 97, 0, 2, 0, 0, 0, 99, 0]), id])
  const bytes = Buffer.concat([pointer, Buffer.from([0])])
  bytes.writeInt32LE(bytes.length)
  expect(readBson(bytes)).toMatchObject({ a: { $ref: 'c' } })
})

test('a date that JavaScript does not know is the epoch, undefined is null', () => {
  const bytes = bytesOf({ a: new Date(0) })
  bytes.writeBigInt64LE(2n ** 62n, 7)
  expect(readBson(bytes)).toEqual({ a: new Date(0) })
  const old = bytesOf({ a: null })
  old[4] = 6
  expect(readBson(old)).toEqual({ a: null })
})

describe('refuses', () => {
  /** The bytes of a document with some of them changed. */
  const broken = (document: Document, ...changes: [at: number, byte: number][]): Buffer => {
    const bytes = bytesOf(document)
    for (const [at, byte] of changes) bytes[at < 0 ? bytes.length + at : at] = byte
    return bytes
  }
  // { a: ... } has its type at 4, its name at 5, its value at 7.
  const bad: [what: string, bytes: Buffer][] = [
    ['a document without its final 0', broken({ a: 1 }, [-1, 1])],
    ['bytes after the document', Buffer.concat([bytesOf({}), Buffer.from([0])])],
    ['a document that claims more than there is', broken({ a: 1 }, [0, 13])],
    ['a type that there is not', broken({ a: 1 }, [4, 0x77])],
    ['a name without end', broken({ a: 1 }, [6, 1], [8, 1], [9, 1], [10, 1], [7, 1])],
    ['a string of length 0', broken({ a: 'x' }, [7, 0])],
    ['a string of negative length', broken({ a: 'x' }, [10, 0xff])],
    ['a string that is too long', broken({ a: 'x' }, [7, 9])],
    ['a string without its final 0', broken({ a: 'x' }, [12, 1])],
    ['a boolean that is 2', broken({ a: true }, [7, 2])],
    ['an inner document of 4 bytes', broken({ a: {} }, [7, 4])],
    ['an inner document that is too long', broken({ a: {} }, [7, 99])],
    ['a value over the end of its document', broken({ a: { b: 1 } }, [7, 11])],
    ['binary data of negative length', broken({ a: new Binary(Buffer.from('x')) }, [10, 0xff])],
    [
      'subtype 2 with a wrong inner length',
      broken({ a: new Binary(Buffer.from('x'), 2) }, [12, 9]),
    ],
    ['a vector of a wrong format', broken({ a: Binary.fromInt8Array(Int8Array.of(1)) }, [13, 1])],
    ['a pattern with unknown options', broken({ a: new BSONRegExp('a', 'i') }, [9, 0x7a])],
    ['code with scope of a wrong length', broken({ a: new Code('f', { b: 1 }) }, [7, 13])],
    [
      'a field by which the package knows its classes',
      bytesOf(new Map([['_bsontype', 'x']]) as never),
    ],
  ]
  test.each(bad)('%s', (_, bytes) => {
    expect(() => readBson(bytes)).toThrow(ServerError)
    expect(() => readBson(bytes)).toThrow(/^invalid bson: /)
  })

  test('more than 200 levels, and not one less', () => {
    const nested = (levels: number): Document => {
      let document: Document = {}
      for (let level = 0; level < levels; level++) document = { a: document }
      return document
    }
    expect(calculateObjectSize(readBson(bytesOf(nested(200))))).toBe(5 + 200 * 8)
    expect(() => readBson(bytesOf(nested(201)))).toThrow('exceeds maximum nested object depth')
  })

  test('or reads whatever else comes', () => {
    const change = fc.tuple(fc.nat(10_000), fc.nat(255))
    fc.assert(
      fc.property(
        anyDocument,
        fc.array(change, { minLength: 1, maxLength: 4 }),
        (document, all) => {
          const bytes = bytesOf(document)
          for (const [at, byte] of all) bytes[at % bytes.length] = byte
          try {
            // Whatever was read can be written again.
            serialize(readBson(bytes))
          } catch (error) {
            if (!(error instanceof ServerError)) throw error
          }
        },
      ),
      { numRuns: 2_000 },
    )
  })
})
