import {
  Binary,
  BSONRegExp,
  BSONSymbol,
  Code,
  Decimal128,
  Double,
  Int32,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  Timestamp,
} from 'bson'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareNumbers, compareStrings, compareValues, equalValues } from '../../src/bson/index.ts'
import { anyNumber, anyText, anyValue } from './arbitraries.ts'
import { compareExact, exact } from './exact.ts'

const long = (text: string) => Long.fromString(text)
const decimal = (text: string) => Decimal128.fromString(text)
const date = (ms: number) => new Date(ms)
const id = (hex: string) => new ObjectId(hex.padEnd(24, '0'))
const bytes = (subtype: number, ...values: number[]) => new Binary(Uint8Array.from(values), subtype)

/**
 * Every line is greater than the one before; values within a line are equal.
 * Types by bsontypes.h (canonicalizeBSONType), values by bsonelement.cpp (compareElements).
 */
const ASCENDING: unknown[][] = [
  [new MinKey()],
  [undefined],
  [null],
  [Number.NaN, decimal('NaN'), new Double(Number.NaN)],
  [Number.NEGATIVE_INFINITY, decimal('-Infinity')],
  [decimal('-1E+6144')],
  [-Number.MAX_VALUE],
  [decimal('-9223372036854775808.5')],
  [long('-9223372036854775808'), -(2 ** 63), decimal('-9223372036854775808')],
  [long('-9223372036854775807')],
  [-1.5, decimal('-1.50')],
  [-1, new Int32(-1), long('-1'), new Double(-1)],
  [decimal('-1E-6176')],
  [0, -0, long('0'), decimal('-0'), decimal('0E+10')],
  [decimal('1E-6176')],
  [5e-324],
  [decimal('0.1')],
  [0.1],
  [5, new Int32(5), long('5'), new Double(5), decimal('5.0'), 5n],
  [2 ** 53, long('9007199254740992')],
  [decimal('9007199254740992.5')],
  [long('9007199254740993'), decimal('9007199254740993')],
  [2 ** 53 + 2, long('9007199254740994')],
  [long('9223372036854775807'), decimal('9223372036854775807')],
  [decimal('9223372036854775807.5')],
  [2 ** 63, decimal('9223372036854775808')],
  [Number.MAX_VALUE],
  [decimal('1E+400')],
  [Number.POSITIVE_INFINITY, decimal('Infinity')],
  ['', new BSONSymbol('')],
  ['A'],
  ['a', new BSONSymbol('a')],
  ['a\0'],
  ['aa'],
  ['b'],
  ['ä'],
  ['\uffff'],
  ['\u{10000}'],
  [{}],
  [{ a: null }],
  [{ a: 1 }, { a: long('1') }],
  [{ a: 1, b: 1 }],
  // The type of the value counts before the name of the field: 1 is a number, 'x' a string.
  [{ b: 1 }],
  [{ a: 'x' }],
  [[]],
  [[null]],
  [[1]],
  [[1, 2]],
  [[2]],
  [[[]]],
  [bytes(0)],
  [bytes(0, 9)],
  [bytes(5, 1)],
  [bytes(0, 1, 1)],
  [id('00')],
  [id('01')],
  [false],
  [true],
  [date(-1)],
  [date(0)],
  [new Timestamp({ t: 0, i: 1 })],
  [new Timestamp({ t: 1, i: 0 })],
  [new Timestamp({ t: 0xffffffff, i: 0 })],
  [new BSONRegExp('a')],
  [new BSONRegExp('a', 'i')],
  [new BSONRegExp('b')],
  [new Code('f')],
  [new Code('g')],
  [new Code('f', {})],
  [new Code('f', { a: 1 })],
  [new MaxKey()],
]

describe('compareValues', () => {
  it('has every type and value in the order of the table', () => {
    ASCENDING.forEach((line, place) => {
      for (const value of line) {
        ASCENDING.forEach((other, otherPlace) => {
          for (const against of other) {
            const order = Math.sign(compareValues(value, against)) + 0
            expect(order).toBe(Math.sign(place - otherPlace))
            expect(equalValues(value, against)).toBe(place === otherPlace)
          }
        })
      }
    })
  })

  it('is antisymmetric and transitive over all types', () => {
    fc.assert(
      fc.property(anyValue, anyValue, anyValue, (a, b, c) => {
        expect(Math.sign(compareValues(a, b))).toBe(-Math.sign(compareValues(b, a)) + 0)
        const [low, middle, high] = [a, b, c].sort(compareValues)
        expect(compareValues(low, high)).toBeLessThanOrEqual(0)
        expect(compareValues(low, middle)).toBeLessThanOrEqual(0)
        expect(compareValues(middle, high)).toBeLessThanOrEqual(0)
      }),
      { numRuns: 500 },
    )
  })

  it('is zero for a value and itself, and agrees with equalValues', () => {
    fc.assert(
      fc.property(anyValue, anyValue, (a, b) => {
        expect(compareValues(a, a)).toBe(0)
        expect(equalValues(a, b)).toBe(compareValues(a, b) === 0)
      }),
    )
  })
})

describe('compareNumbers', () => {
  it('compares by exact value, whatever the types', () => {
    fc.assert(
      fc.property(anyNumber, anyNumber, (a, b) => {
        expect(compareNumbers(a, b) + 0).toBe(compareExact(exact(a), exact(b)))
      }),
      { numRuns: 3000 },
    )
  })

  it('tells a decimal from the double that it rounds to', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (double) => {
        const near = Decimal128.fromStringWithRounding(String(double))
        expect(compareNumbers(near, double) + 0).toBe(compareExact(exact(near), exact(double)))
      }),
    )
  })
})

describe('compareStrings', () => {
  it('compares as the bytes of UTF-8 do', () => {
    fc.assert(
      fc.property(anyText, anyText, (a, b) => {
        const bytewise = Buffer.compare(Buffer.from(a, 'utf8'), Buffer.from(b, 'utf8'))
        expect(Math.sign(compareStrings(a, b))).toBe(bytewise)
      }),
    )
  })
})
