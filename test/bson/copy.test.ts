import { deepStrictEqual } from 'node:assert/strict'
import {
  Binary,
  BSON,
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
import fc, { type Arbitrary } from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type CopyOutOptions,
  copyAllOut,
  copyIn,
  copyOut,
  copyValueIn,
  copyValueOut,
  type Document,
  equalValues,
  measure,
  typeOf,
} from '../../src/bson/index.ts'
import { anyDocument, anyLong, anyName, anyObjectId, anyValue } from './arbitraries.ts'

const id = new ObjectId('5f'.repeat(12))

/** A class of an application's own that says how it is stored. */
class Stored {
  readonly #stored: unknown
  readonly ignored = 1

  constructor(stored: unknown) {
    this.#stored = stored
  }

  toBSON(): unknown {
    return this.#stored
  }
}

/** Whatever an application may hand over: clean values, and all that the driver takes besides. */
const { value: rawValue } = fc.letrec<{ value: unknown; document: Document }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    anyValue,
    anyValue,
    fc.constantFrom<unknown>(
      undefined,
      () => 1,
      Symbol('s'),
      new Date(Number.NaN),
      /a/,
      /(?:b)\//gim,
      new Uint8Array([1, 2]),
      Buffer.from('buffer'),
      new Float64Array([1.5]),
      new ArrayBuffer(3),
      new Set([1]),
      new UUID(new Uint8Array(16)),
      new DBRef('c', id),
      new DBRef('c', id, 'd', { x: undefined, y: 1 }),
      new Int32(7),
      new Double(7),
      new Double(7.5),
      Long.fromNumber(7, true),
      Object.assign(Object.create(null), { bare: 1 }),
    ),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.array(tie('value'), { maxLength: 3 }),
    tie('document'),
    tie('document').map((fields) => new Map(Object.entries(fields))),
    tie('document').map((fields) => ({ secret: 1, toBSON: () => fields })),
    tie('value').map((stored) => new Stored(stored)),
    fc.constantFrom(null, 'x', 1, [1], id, undefined).map((stored) => ({ toBSON: () => stored })),
  ),
  document: fc
    .array(fc.tuple(anyName, tie('value')), { maxLength: 4 })
    .map((entries) => Object.fromEntries(entries)),
}))

const rawDocument: Arbitrary<Document> = fc
  .array(fc.tuple(anyName, rawValue), { maxLength: 5 })
  .map((entries) => Object.fromEntries(entries))

/** Bytes tell all: types, values, order of fields. */
function bytesOf(document: Document): string {
  return Buffer.from(BSON.serialize(document, { ignoreUndefined: false })).toString('hex')
}

/** What an attempt gives, or the error that it ends with, as a text. */
function outcomeOf<T>(attempt: () => T): T | string {
  try {
    return attempt()
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`
  }
}

/** The classes whose instances the store keeps. */
const KEPT: { readonly prototype: object; readonly name: string }[] = [
  ObjectId,
  Date,
  Long,
  Double,
  Decimal128,
  Binary,
  Timestamp,
  BSONRegExp,
  BSONSymbol,
  Code,
  MinKey,
  MaxKey,
]

/** Whether each value has the one form that the store keeps. */
function expectClean(value: unknown): void {
  expect(typeof value).not.toMatch(/undefined|function|symbol|bigint/)
  if (typeof value !== 'object' || value === null) return
  if (Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype) {
    for (const inner of Object.values(value)) expectClean(inner)
    return
  }
  const kept = KEPT.find((kind) => Object.getPrototypeOf(value) === kind.prototype)
  expect(kept?.name ?? value.constructor.name).toBe(kept?.name)
  if (value instanceof Double) expect(typeOf(value.value)).toBe('int')
  if (value instanceof Binary) expect(value.buffer.length).toBe(value.position)
  if (value instanceof Code && value.scope !== null) expectClean(value.scope)
}

describe('copyIn', () => {
  it('stores what the driver would have sent', () => {
    fc.assert(
      fc.property(rawDocument, fc.boolean(), (document, ignoreUndefined) => {
        const sent = outcomeOf(() => BSON.serialize(document, { ignoreUndefined }))
        if (typeof sent === 'string') {
          expect(outcomeOf(() => copyIn(document, { ignoreUndefined }))).toBe(sent)
          return
        }
        const copy = copyIn(document, { ignoreUndefined })
        expectClean(copy)
        // Read back and sent again, because the flags of a RegExp come in no particular order.
        const received = BSON.deserialize(sent, { promoteValues: false, bsonRegExp: true })
        expect(bytesOf(copy)).toBe(bytesOf(received))
        expect(measure(copy).sizeBytes).toBe(sent.length)
      }),
      { numRuns: 1000 },
    )
  })

  it('shares nothing with the caller', () => {
    const given = {
      date: new Date(1),
      bytes: new Binary(Uint8Array.of(1, 2, 3)),
      buffer: Buffer.from([1]),
      decimal: Decimal128.fromString('1'),
      long: new Long(1, 0),
      regex: new BSONRegExp('a'),
      code: new Code('f', { x: 1 }),
      symbol: new BSONSymbol('a'),
      id: new ObjectId(id),
      nested: { list: [{ a: 1 }] },
    }
    const copy = copyIn(given)
    const before = bytesOf(copy)
    given.date.setTime(9)
    given.bytes.buffer[0] = 9
    given.buffer[0] = 9
    given.decimal.bytes[0] = 9
    given.long.low = 9
    given.regex.pattern = 'b'
    ;(given.code.scope as Document)['x'] = 9
    given.symbol.value = 'b'
    given.id.id = new Uint8Array(12)
    given.nested.list.push({ a: 9 })
    ;(given.nested.list[0] as Document)['a'] = 9
    expect(bytesOf(copy)).toBe(before)
  })

  it('keeps minus zero a double', () => {
    const { zero } = copyIn({ zero: -0 })
    expect(Object.is(zero, -0)).toBe(true)
    expect(typeOf(zero)).toBe('double')
  })

  it('makes strings and names such as UTF-8 can hold', () => {
    const broken = {
      a: '\ud800x',
      'b\udc00': ['\ud83d'],
      c: new BSONSymbol('\ud800'),
      d: '\u{1f600}',
    }
    const sent = BSON.deserialize(BSON.serialize(broken), { promoteValues: false })
    expect(copyIn(broken)).toEqual(copyIn(sent))
    expect(Object.keys(copyIn(broken))).toEqual(['a', 'b\ufffd', 'c', 'd'])
  })

  it('keeps one form of each number', () => {
    expect(copyIn({ a: new Int32(1), b: new Double(1.5), c: new Double(1), d: 5n })).toEqual({
      a: 1,
      b: 1.5,
      c: new Double(1),
      d: Long.fromInt(5),
    })
  })

  it('stores functions as code where asked to', () => {
    const fn = () => 1
    expect(copyIn({ fn })).toEqual({})
    expect(copyIn({ fn }, { serializeFunctions: true })).toEqual({ fn: new Code(fn.toString()) })
  })

  it('leaves out what is not the object’s own, and symbols', () => {
    class Base {
      get computed() {
        return 1
      }
    }
    class Account extends Base {
      owner = 'x'
    }
    const hidden = { [Symbol('hidden')]: 1 }
    const copy = copyIn(Object.assign(new Account(), hidden))
    expect(Reflect.ownKeys(copy)).toEqual(['owner'])
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype)
  })

  it('takes fields of any name, and never touches prototypes', () => {
    const odd = JSON.parse('{"__proto__":{"x":1},"constructor":1,"a":{"__proto__":null}}')
    const copy = copyIn(odd)
    expect(Object.keys(copy)).toEqual(['__proto__', 'constructor', 'a'])
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype)
    expect(bytesOf(copy)).toBe(bytesOf(odd))
    expect(bytesOf(copyOut(copy))).toBe(bytesOf(odd))
  })

  it('takes the values of another copy of bson, and makes them its own', () => {
    const foreign = {
      _bsontype: 'ObjectId',
      [Symbol.for('@@mdb.bson.version')]: 7,
      id: id.id,
      toHexString: () => id.toHexString(),
    }
    const copy = copyIn({ a: foreign })
    expect(copy).toEqual({ a: id })
    expectClean(copy)
  })

  it('copies each value once, however unusual its surroundings are', () => {
    let asked = 0
    let deep: unknown = { toBSON: () => ++asked }
    for (let level = 0; level < 90; level++) deep = { deep, not: undefined, fn: () => 1 }
    copyIn({ deep })
    expect(asked).toBe(1)
  })

  it('copies deep documents, and tells them from cycles', () => {
    let deep: Document = { end: 1 }
    for (let level = 0; level < 500; level++) deep = level % 2 ? { d: deep } : { d: [deep] }
    expect(measure(copyIn(deep)).depth).toBe(751)
    const cycle: Document = { a: {} }
    cycle['a'] = { b: [cycle] }
    expect(() => copyIn(cycle)).toThrow('Cannot convert circular structure to BSON')
    const shared = { x: 1 }
    expect(copyIn({ a: shared, b: [shared, shared] })).toEqual({ a: shared, b: [shared, shared] })
  })
})

/** Each must fail with the very error that the serialiser raises. */
const REFUSED: [string, () => unknown][] = [
  ['an array', () => [1]],
  ['a string', () => 'x'],
  ['a number', () => 1],
  ['a date', () => new Date(0)],
  ['a pattern', () => /a/],
  ['bytes', () => new Uint8Array(1)],
  ['a buffer', () => new ArrayBuffer(1)],
  ['a bson value', () => new ObjectId(id)],
  ['a bson value by its looks', () => ({ _bsontype: 'ObjectId' })],
  ['a NUL in a name', () => ({ 'a\0b': 1 })],
  ['a NUL in a name below', () => ({ a: [{ 'b\0': 1 }] })],
  ['a NUL in the name of a map', () => ({ a: new Map([['b\0', 1]]) })],
  ['a NUL in a pattern', () => ({ a: new RegExp(String.fromCharCode(0)) })],
  ['a value of another major version', () => ({ a: { _bsontype: 'ObjectId' } })],
  [
    'an unknown kind of value',
    () => ({ a: { _bsontype: 'Other', [Symbol.for('@@mdb.bson.version')]: 7 } }),
  ],
  ['toBSON that gives no object', () => ({ a: { toBSON: () => ({ toBSON: () => 1 }) } })],
  ['a malformed vector', () => ({ a: new Binary(Uint8Array.of(0x27, 1), Binary.SUBTYPE_VECTOR) })],
]

describe('what copyIn refuses', () => {
  it.each(REFUSED)('%s', (_, make) => {
    const expected = outcomeOf(() => BSON.serialize(make() as Document, { ignoreUndefined: false }))
    expect(typeof expected).toBe('string')
    expect(outcomeOf(() => copyIn(make()))).toBe(expected)
  })
})

describe('copyOut', () => {
  const anyOptions: Arbitrary<CopyOutOptions> = fc.record(
    {
      promoteValues: fc.boolean(),
      promoteLongs: fc.boolean(),
      promoteBuffers: fc.boolean(),
      bsonRegExp: fc.constant(true),
      useBigInt64: fc.boolean(),
    },
    { requiredKeys: [] },
  )
  // `new RegExp` refuses most arbitrary patterns, so those are read as BSONRegExp, or have none.
  const isPattern = (document: Document) => {
    try {
      BSON.deserialize(BSON.serialize(document))
      return true
    } catch {
      return false
    }
  }

  it('gives what the driver would have read', () => {
    fc.assert(
      fc.property(anyDocument, anyOptions, (document, options) => {
        const bson = BSON.serialize(document, { ignoreUndefined: false })
        if (options.bsonRegExp !== true && !isPattern(document)) return
        const read = outcomeOf(() => BSON.deserialize(bson, options as BSON.DeserializeOptions))
        deepStrictEqual(
          outcomeOf(() => copyOut(document, options)),
          read,
        )
      }),
      { numRuns: 1000 },
    )
  })

  it.each<Document>([
    { $ref: 'c', $id: id },
    { a: { $ref: 'c', $id: id, $db: 'd', x: 1 } },
    { a: { $ref: 'c', $id: null } },
    { a: { $ref: 1, $id: id } },
    { a: { $ref: 'c', $id: id, $db: 1 } },
    { a: { $ref: 'c', $id: id, $other: 1 } },
    { a: { $other: 1, $ref: 'c', $id: id } },
    { a: [{ $ref: 'c', $id: 1 }] },
    { a: new BSONRegExp('a', 'imsx') },
    { a: Long.fromString('9007199254740993'), b: Long.fromString('9007199254740992') },
    { a: Long.fromString('-9007199254740993'), b: Long.fromString('-9007199254740992') },
    { a: new Binary(new Uint8Array(16), 4), b: new Binary(new Uint8Array(15), 4) },
  ])('reads as the driver does: %j', (document) => {
    const read = BSON.deserialize(BSON.serialize(document, { ignoreUndefined: false }))
    deepStrictEqual(copyOut(document), read)
  })

  it('gives of many what it gives of each', () => {
    fc.assert(
      fc.property(fc.array(anyDocument, { maxLength: 4 }), anyOptions, (documents, given) => {
        const options: CopyOutOptions = { ...given, bsonRegExp: true }
        deepStrictEqual(
          outcomeOf(() => copyAllOut([{}, ...documents], options)),
          outcomeOf(() => [{}, ...documents].map((document) => copyOut(document, options))),
        )
      }),
    )
  })

  it('shares nothing with the store', () => {
    fc.assert(
      fc.property(anyDocument, fc.boolean(), (document, promoteValues) => {
        const options = { promoteValues, bsonRegExp: true }
        const before = bytesOf(document)
        spoil(copyOut(document, options))
        spoil(copyAllOut([document], options)[0]!)
        expect(bytesOf(document)).toBe(before)
      }),
    )
  })

  it('comes back in as it went out', () => {
    fc.assert(
      fc.property(anyDocument, (document) => {
        const out = copyOut(document, { promoteValues: false, bsonRegExp: true })
        expect(bytesOf(copyIn(out))).toBe(bytesOf(document))
      }),
    )
  })
})

/** Changes all that can be changed in a value. */
function spoil(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  if (value instanceof Date) value.setTime(12345)
  else if (value instanceof ObjectId) value.id = new Uint8Array(12).fill(7)
  else if (value instanceof Binary) value.buffer.fill(7)
  else if (value instanceof Decimal128) value.bytes.fill(7)
  else if (value instanceof DBRef) spoil(value.fields)
  else if (value instanceof Code) spoil(value.scope)
  else {
    for (const [name, inner] of Object.entries(value)) {
      spoil(inner)
      if (typeof inner !== 'object') Reflect.set(value, name, 'spoilt')
    }
    Reflect.set(value, 'spoilt', true)
  }
}

describe('single values', () => {
  it('go in and out as they do within documents', () => {
    fc.assert(
      fc.property(fc.oneof(anyValue, anyLong, anyObjectId), (value) => {
        const kept = copyValueIn(value)
        expect(equalValues(kept, copyIn({ value })['value'])).toBe(true)
        const options = { bsonRegExp: true }
        deepStrictEqual(copyValueOut(kept, options), copyOut({ kept }, options)['kept'])
      }),
    )
    expect(copyValueIn(undefined)).toBeNull()
    expect(copyValueIn(() => 1)).toBeNull()
  })
})
