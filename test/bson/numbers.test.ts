import { Decimal128, Double, Int32, Long } from 'bson'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { doubleOf, isNumeric, numberToDouble, toSafeInteger, typeOf } from '../../src/bson/index.ts'
import { anyDouble, anyNumber } from './arbitraries.ts'
import { compareExact, exact } from './exact.ts'

const long = (text: string) => Long.fromString(text)
const decimal = (text: string) => Decimal128.fromString(text)

describe('conversions', () => {
  it('know a number when they see one', () => {
    for (const number of [1, 1.5, 1n, new Int32(1), new Double(1), long('1'), decimal('1')]) {
      expect(isNumeric(number)).toBe(true)
      expect(numberToDouble(number)).toBe(Number(number))
    }
    for (const other of ['1', null, undefined, true, {}, [], new Date(0)]) {
      expect(isNumeric(other)).toBe(false)
      expect(numberToDouble(other)).toBeNaN()
    }
  })

  it('give safe integers, and nothing else', () => {
    for (const seven of [7, 7n, new Double(7), long('7'), decimal('7.0'), decimal('0.7E+1')]) {
      expect(toSafeInteger(seven)).toBe(7)
    }
    expect(toSafeInteger(-0)).toBe(0)
    for (const other of [7.5, Number.NaN, 2 ** 53, long('9007199254740993'), decimal('7.1'), '7']) {
      expect(toSafeInteger(other)).toBeUndefined()
    }
    expect(toSafeInteger(decimal('7.000000000000000000000000000000001'))).toBeUndefined()
  })

  it('keep the double nearest to the value', () => {
    fc.assert(
      fc.property(anyNumber, (value) => {
        const double = numberToDouble(value)
        if (!Number.isFinite(double)) return
        const distance = (other: number) => {
          const x = exact(value) as { n: bigint; d: bigint }
          const y = exact(other) as { n: bigint; d: bigint }
          const difference = x.n * y.d - y.n * x.d
          return { n: difference < 0n ? -difference : difference, d: x.d * y.d }
        }
        for (const other of [double * (1 + Number.EPSILON), double * (1 - Number.EPSILON)]) {
          if (!Number.isFinite(other)) continue
          expect(compareExact(distance(double), distance(other))).toBeLessThanOrEqual(0)
        }
      }),
    )
  })

  it('keep doubles doubles', () => {
    fc.assert(
      fc.property(anyDouble, (double) => {
        expect(typeOf(doubleOf(double))).toBe('double')
        expect(numberToDouble(doubleOf(double))).toBe(double)
      }),
    )
  })
})
