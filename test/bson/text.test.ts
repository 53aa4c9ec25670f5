import {
  Binary,
  BSONRegExp,
  BSONSymbol,
  Code,
  Decimal128,
  Double,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  Timestamp,
} from 'bson'
import { describe, expect, it } from 'vitest'
import { canonicalText, doubleText, typedNumberText } from '../../src/bson/index.ts'

/** Source: server, bsonelement.cpp and bsonobj.cpp, toString. */
const TEXTS: [unknown, string][] = [
  [{}, '{}'],
  [{ _id: 'x' }, '{ _id: "x" }'],
  [{ txnNumber: Long.fromInt(2) }, '{ txnNumber: 2 }'],
  [{ email: 'a@b', n: 1 }, '{ email: "a@b", n: 1 }'],
  [{ a: [1, 'x', { b: null }], c: [] }, '{ a: [ 1, "x", { b: null } ], c: [] }'],
  ['say "hi"\n', '"say "hi"\n"'],
  [true, 'true'],
  [undefined, 'undefined'],
  [new Double(1), '1.0'],
  [1.5, '1.5'],
  [new ObjectId('5f'.repeat(12)), "ObjectId('5f5f5f5f5f5f5f5f5f5f5f5f')"],
  [new Date(1234), 'new Date(1234)'],
  [new Timestamp({ t: 5, i: 7 }), 'Timestamp(5, 7)'],
  [Decimal128.fromString('1.50'), '1.50'],
  [new BSONRegExp('a+', 'i'), '/a+/i'],
  [new BSONSymbol('s'), '"s"'],
  [new Code('f()'), 'f()'],
  [new Code('f()', { x: 1 }), 'CodeWScope( f(), { x: 1 })'],
  [new MinKey(), 'MinKey'],
  [new MaxKey(), 'MaxKey'],
  [new Binary(Uint8Array.of(0xab, 1)), 'BinData(0, AB01)'],
  [new Binary(new Uint8Array(16), 4), 'UUID("00000000-0000-0000-0000-000000000000")'],
  [new Binary(new Uint8Array(81), 0), `BinData(0, ${'00'.repeat(70)}...)`],
  ['x'.repeat(159), `"${'x'.repeat(159)}"`],
  ['x'.repeat(160), `"${'x'.repeat(150)}..."`],
  [new Code('x'.repeat(80)), `${'x'.repeat(70)}...`],
]

/** As C's printf prints them with `%.16g`; `.0` by builder.h, appendDoubleNice. */
const DOUBLES: [number, string][] = [
  [0, '0.0'],
  [-0, '-0.0'],
  [3, '3.0'],
  [-2.5, '-2.5'],
  [0.1, '0.1'],
  [1 / 3, '0.3333333333333333'],
  [0.0001, '0.0001'],
  [0.00001, '1e-05.0'],
  [1.5e-5, '1.5e-05'],
  [1e15, '1000000000000000.0'],
  [1e16, '1e+16.0'],
  [1e20, '1e+20.0'],
  [1.5e300, '1.5e+300'],
  [123456789.125, '123456789.125'],
  [Number.NaN, 'nan.0'],
  [Number.POSITIVE_INFINITY, 'inf.0'],
  [Number.NEGATIVE_INFINITY, '-inf.0'],
]

describe('canonicalText', () => {
  it.each(TEXTS)('%s', (value, text) => {
    expect(canonicalText(value)).toBe(text)
  })

  it.each(DOUBLES)('doubles: %s', (value, text) => {
    expect(doubleText(value)).toBe(text)
  })

  it('stops at a hundred levels', () => {
    let nested: unknown = 'end'
    for (let level = 0; level < 150; level++) nested = { a: nested }
    const text = canonicalText(nested)
    expect(text.match(/a: /g)).toHaveLength(101)
    expect(text).toContain('{ a: { ... } }')
  })

  it('cuts between characters', () => {
    expect(canonicalText('ä'.repeat(100))).toBe(`"${'ä'.repeat(75)}..."`)
  })
})

describe('typedNumberText', () => {
  it('shows the type beside the number', () => {
    expect(typedNumberText(5)).toBe('(NumberInt)5')
    expect(typedNumberText(Long.MAX_VALUE)).toBe('(NumberLong)9223372036854775807')
    expect(typedNumberText(1.5)).toBe('(NumberDouble)1.5')
    expect(typedNumberText(1234567.5)).toBe('(NumberDouble)1.23457e+06')
    expect(typedNumberText(Decimal128.fromString('1.50'))).toBe('(NumberDecimal)1.50')
  })
})
