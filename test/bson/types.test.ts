import {
  Binary,
  BSONRegExp,
  BSONSymbol,
  Code,
  DBRef,
  Decimal128,
  Double,
  Int32,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  Timestamp,
  UUID,
} from 'bson'
import { describe, expect, it } from 'vitest'
import {
  BSON_TYPES,
  type BsonType,
  isDocument,
  isTypeAlias,
  typeNameOf,
  typeNumber,
  typeOf,
  typeOfNumber,
} from '../../src/bson/index.ts'

class Account {
  owner = 'x'
}

/** Numbers and aliases: bsonspec.org; server, bsontypes.cpp. */
const TYPES: [unknown, BsonType, number][] = [
  [1.5, 'double', 1],
  [-0, 'double', 1],
  [2 ** 31, 'double', 1],
  [Number.NaN, 'double', 1],
  [new Double(1), 'double', 1],
  ['a', 'string', 2],
  [{}, 'object', 3],
  [Object.create(null), 'object', 3],
  [new Account(), 'object', 3],
  [new DBRef('c', new ObjectId('0'.repeat(24))), 'object', 3],
  [[], 'array', 4],
  [new Binary(), 'binData', 5],
  [new UUID(new Uint8Array(16)), 'binData', 5],
  [new Uint8Array(), 'binData', 5],
  [undefined, 'undefined', 6],
  [new ObjectId('0'.repeat(24)), 'objectId', 7],
  [false, 'bool', 8],
  [new Date(0), 'date', 9],
  [null, 'null', 10],
  [/a/, 'regex', 11],
  [new BSONRegExp('a'), 'regex', 11],
  [new Code('f'), 'javascript', 13],
  [new BSONSymbol('a'), 'symbol', 14],
  [new Code('f', {}), 'javascriptWithScope', 15],
  [0, 'int', 16],
  [-(2 ** 31), 'int', 16],
  [new Int32(1), 'int', 16],
  [new Timestamp({ t: 1, i: 1 }), 'timestamp', 17],
  [Long.ONE, 'long', 18],
  [1n, 'long', 18],
  [Decimal128.fromString('1'), 'decimal', 19],
  [new MinKey(), 'minKey', -1],
  [new MaxKey(), 'maxKey', 127],
]

describe('typeOf', () => {
  it.each(TYPES)('%s is %s', (value, type, number) => {
    expect(typeOf(value)).toBe(type)
    expect(typeNameOf(value)).toBe(type)
    expect(typeNumber(type)).toBe(number)
    expect(isDocument(value)).toBe(type === 'object' && !(value instanceof DBRef))
  })

  it('knows values of another copy of bson by their tag', () => {
    class ObjectIdOfAnotherCopy {
      readonly _bsontype = 'ObjectId'
    }
    expect(typeOf(new ObjectIdOfAnotherCopy())).toBe('objectId')
  })

  it('takes a plain document with a field of that name for a document', () => {
    expect(typeOf({ _bsontype: 'ObjectId' })).toBe('object')
    expect(isDocument({ _bsontype: 'ObjectId' })).toBe(true)
  })
})

describe('type numbers', () => {
  it('go both ways', () => {
    for (const type of BSON_TYPES) expect(typeOfNumber(typeNumber(type))).toBe(type)
    expect(typeOfNumber(0)).toBeUndefined()
    expect(typeOfNumber(20)).toBeUndefined()
  })

  it('have aliases, which are no other words', () => {
    for (const type of BSON_TYPES) expect(isTypeAlias(type)).toBe(true)
    expect(isTypeAlias('number')).toBe(false)
    expect(isTypeAlias('toString')).toBe(false)
  })
})
