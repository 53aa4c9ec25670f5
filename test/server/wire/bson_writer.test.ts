import {
  Binary,
  BSONRegExp,
  BSONSymbol,
  Code,
  DBRef,
  Decimal128,
  Double,
  deserialize,
  Int32,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  serialize,
  Timestamp,
} from 'bson'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Document } from '../../../src/bson/index.ts'
import { InvariantError } from '../../../src/invariant.ts'
import { BsonWriter } from '../../../src/server/wire/bson_writer.ts'
import { anyDocument } from '../../bson/arbitraries.ts'

const writer = new BsonWriter()

function written(document: Document): Buffer {
  writer.begin(0)
  writer.document(document)
  return writer.take()
}

const byThePackage = (document: Document): Buffer => Buffer.from(serialize(document))

test('writes what the package writes', () => {
  fc.assert(
    fc.property(anyDocument, (document) => {
      expect(written(document)).toEqual(byThePackage(document))
    }),
    { numRuns: 1_000 },
  )
})

test.each([
  ['nothing', {}],
  [
    'numbers',
    { a: 1, b: -1, c: 2 ** 31 - 1, d: -(2 ** 31), e: 2 ** 31, f: -0, g: 0.1, h: Number.NaN },
  ],
  ['other numbers', { a: new Double(1), b: new Int32(7), c: Long.MIN_VALUE, d: 10n }],
  ['decimals and stamps', { a: Decimal128.fromString('1.10'), b: new Timestamp({ t: 5, i: 2 }) }],
  ['truth and nothing', { a: true, b: false, c: null, d: undefined }],
  ['holes in arrays', { a: [undefined, null, [1, [2]]] }],
  ['more elements than there are names for', { a: Array.from({ length: 1_234 }, (_, i) => i) }],
  ['dates', { a: new Date(0), b: new Date(-1), c: new Date(8.64e15), d: new Date(Number.NaN) }],
  ['ids', { a: new ObjectId('00112233445566778899aabb') }],
  ['text', { a: '', b: 'grüße', c: '\u{1f600}', d: 'x'.repeat(99), e: 'é'.repeat(99), f: 'a\0b' }],
  ['text that is no Unicode', { a: '\ud800', b: 'x\udc00y' }],
  ['names', { '': 1, grüße: 2, ['n'.repeat(500)]: 3, 'a.b': 4, $c: 5 }],
  ['a name that is a trap', JSON.parse('{"__proto__": {"a": 1}}')],
  ['bytes', { a: new Binary(Buffer.from('abc')), b: new Binary(Buffer.alloc(99, 7), 128) }],
  [
    'bytes of every kind',
    { a: new Binary(Buffer.from('abc'), 2), b: Binary.fromInt8Array(Int8Array.of(1)) },
  ],
  ['bytes in a buffer that is too long', { a: halfFull() }],
  ['a pattern', { a: new BSONRegExp('^a', 'xi'), b: /b/i }],
  ['code', { a: new Code('f'), b: new Code('f()', { x: [1] }) }],
  ['the ends of the order', { a: new MinKey(), b: new MaxKey(), c: new BSONSymbol('s') }],
  ['a reference', { a: new DBRef('c', new ObjectId('00112233445566778899aabb'), 'd') }],
  ['an object without a prototype', { a: Object.assign(Object.create(null), { b: 1 }) }],
])('%s', (_, document) => {
  expect(written(document)).toEqual(byThePackage(document))
})

function halfFull(): Binary {
  const binary = new Binary(Buffer.from('abc'))
  binary.write(Buffer.from('defg'), 3)
  return binary
}

describe('a reply', () => {
  test('has a double for its ok, and no other number changes', () => {
    writer.begin(21)
    writer.reply({ n: 1, ok: 1, inner: { ok: 1 } })
    const bytes = writer.take().subarray(21)
    expect(bytes).toEqual(byThePackage({ n: 1, ok: new Double(1), inner: { ok: 1 } }))
  })

  test('large ones and small ones take turns', () => {
    const large = { text: 'x'.repeat(3_000_000), more: Array.from({ length: 9_999 }, (_, i) => i) }
    for (const document of [{ a: 1 }, large, { b: 2 }, large, { c: 3 }]) {
      expect(written(document).equals(byThePackage(document))).toBe(true)
    }
  })

  test('is the caller’s: the next one does not change it', () => {
    const first = written({ a: 'first' })
    written({ a: 'other' })
    expect(deserialize(first)).toEqual({ a: 'first' })
  })

  test('does not grow without end', () => {
    const text = 'x'.repeat(16_000_000)
    expect(() => written({ text, more: [text, text, text, text] })).toThrow('outgrown')
    expect(written({ a: 1 })).toEqual(byThePackage({ a: 1 }))
  })

  test('a name with a zero byte is a mistake of ours', () => {
    expect(() => written({ 'a\0b': 1 })).toThrow(InvariantError)
  })
})
