import { Decimal128, Double, Int32, Long } from 'bson'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  addNumbers,
  compareNumbers,
  multiplyNumbers,
  numberToDouble,
  typeOf,
} from '../../src/bson/index.ts'
import { anyDecimal, cleanNumber } from './arbitraries.ts'
import { compareExact, exact } from './exact.ts'

const long = (text: string) => Long.fromString(text)
const decimal = (text: string) => Decimal128.fromString(text)

/** A result in one word: its type and its text. */
function shown(value: unknown): string {
  return value === undefined ? 'none' : `${typeOf(value)} ${value}`
}

const INT_MAX = 2 ** 31 - 1
const LONG_MAX = long('9223372036854775807')
const LONG_MIN = long('-9223372036854775808')

/** Types of results: server, safe_num.cpp. Decimal texts: IEEE 754's preferred exponents. */
const SUMS: [unknown, unknown, string][] = [
  [1, 2, 'int 3'],
  [INT_MAX, 1, 'long 2147483648'],
  [-(2 ** 31), -1, 'long -2147483649'],
  [1, long('2'), 'long 3'],
  [long('1'), long('-1'), 'long 0'],
  [LONG_MAX, 1, 'none'],
  [LONG_MIN, -1, 'none'],
  [LONG_MAX, LONG_MIN, 'long -1'],
  [1, 0.5, 'double 1.5'],
  [5.5, 0.5, 'double 6'],
  [new Double(5), 1, 'double 6'],
  [new Double(5), long('1'), 'double 6'],
  [2 ** 40, 1, 'double 1099511627777'],
  [-0, 0, 'double 0'],
  [LONG_MAX, 0.5, 'double 9223372036854776000'],
  [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 'double NaN'],
  [decimal('1.10'), decimal('1.20'), 'decimal 2.30'],
  [decimal('1'), 2, 'decimal 3'],
  [decimal('0.5'), LONG_MAX, 'decimal 9223372036854775807.5'],
  [decimal('1'), 2.5, 'decimal 3.50000000000000'],
  [decimal('1'), new Double(1), 'decimal 2.00000000000000'],
  [decimal('1'), 0.1, 'decimal 1.100000000000000'],
  [decimal('1'), new Double(0), 'decimal 1'],
  [decimal('1'), Number.NaN, 'decimal NaN'],
  [decimal('Infinity'), decimal('-Infinity'), 'decimal NaN'],
  [decimal('9E+6144'), decimal('9E+6144'), 'decimal Infinity'],
  [decimal('1E+30'), decimal('1E-30'), 'decimal 1000000000000000000000000000000.000'],
  [decimal('-1'), decimal('1'), 'decimal 0'],
  [new Int32(1), new Int32(2), 'int 3'],
  [1n, 2, 'long 3'],
  [1, 'x', 'none'],
  [null, 1, 'none'],
]

const PRODUCTS: [unknown, unknown, string][] = [
  [2, 3, 'int 6'],
  [0, -5, 'int 0'],
  [INT_MAX, 2, 'long 4294967294'],
  [INT_MAX, INT_MAX, 'long 4611686014132420609'],
  [-(2 ** 31), -(2 ** 31), 'long 4611686018427387904'],
  [LONG_MAX, 2, 'none'],
  [LONG_MIN, -1, 'none'],
  [LONG_MIN, 1, 'long -9223372036854775808'],
  [2, 1.5, 'double 3'],
  [0, -1.5, 'double 0'],
  [long('3'), 0.5, 'double 1.5'],
  [decimal('1.10'), decimal('2.0'), 'decimal 2.200'],
  [decimal('1E+6000'), decimal('1E+6000'), 'decimal Infinity'],
  [decimal('1E-6000'), decimal('1E-6000'), 'decimal 0E-6176'],
  [decimal('3E-6176'), decimal('0.5'), 'decimal 2E-6176'],
  [decimal('5E-6176'), decimal('0.5'), 'decimal 2E-6176'],
  [decimal('-0'), decimal('2'), 'decimal -0'],
  [decimal('1E+6111'), decimal('1.5E+10'), 'decimal 1.5000000000E+6121'],
  [decimal('Infinity'), 0, 'decimal NaN'],
  [{}, 1, 'none'],
]

describe('addNumbers', () => {
  it.each(SUMS)('%s + %s = %s', (a, b, expected) => {
    expect(shown(addNumbers(a, b))).toBe(expected)
    expect(shown(addNumbers(b, a))).toBe(expected)
  })

  it('is exact on ints and longs, or says that there is no result', () => {
    fc.assert(
      fc.property(integral, integral, (a, b) => {
        expectInteger(addNumbers(a, b), exactInteger(a) + exactInteger(b), [a, b])
      }),
    )
  })
})

describe('multiplyNumbers', () => {
  it.each(PRODUCTS)('%s x %s = %s', (a, b, expected) => {
    expect(shown(multiplyNumbers(a, b))).toBe(expected)
    expect(shown(multiplyNumbers(b, a))).toBe(expected)
  })

  it('is exact on ints and longs, or says that there is no result', () => {
    fc.assert(
      fc.property(integral, integral, (a, b) => {
        expectInteger(multiplyNumbers(a, b), exactInteger(a) * exactInteger(b), [a, b])
      }),
    )
  })
})

const integral = cleanNumber.filter((n) => ['int', 'long'].includes(typeOf(n)))

function exactInteger(value: unknown): bigint {
  return BigInt(String(value))
}

function expectInteger(result: unknown, expected: bigint, operands: unknown[]): void {
  if (expected !== BigInt.asIntN(64, expected)) {
    expect(result).toBeUndefined()
    return
  }
  const isInt = expected === BigInt.asIntN(32, expected)
  const long = !isInt || operands.some((operand) => typeOf(operand) === 'long')
  expect(shown(result)).toBe(`${long ? 'long' : 'int'} ${expected}`)
}

describe('decimal arithmetic', () => {
  /** The exact result, rounded half to even to 34 digits: what IEEE 754 asks for. */
  function rounded(n: bigint, d: bigint): { n: bigint; d: bigint } {
    if (n === 0n) return { n, d: 1n }
    let shift = 0
    const size = () => (n < 0n ? -n : n) / d
    while (size() >= 10n ** 34n) {
      d *= 10n
      shift++
    }
    while (size() < 10n ** 33n && shift > -6176) {
      n *= 10n
      shift--
    }
    let quotient = n / d
    const twice = ((n % d) * 2n < 0n ? -(n % d) : n % d) * 2n
    if (twice > d || (twice === d && quotient % 2n !== 0n)) quotient += n < 0n ? -1n : 1n
    return shift >= 0
      ? { n: quotient * 10n ** BigInt(shift), d: 1n }
      : { n: quotient, d: 10n ** BigInt(-shift) }
  }

  const modest = anyDecimal.filter((value) => Math.abs(numberToDouble(value)) < 1e100)

  it('adds and multiplies exactly, then rounds half to even', () => {
    fc.assert(
      fc.property(modest, modest, (a, b) => {
        const x = exact(a)
        const y = exact(b)
        if (typeof x === 'string' || typeof y === 'string') return
        const sum = rounded(x.n * y.d + y.n * x.d, x.d * y.d)
        const product = rounded(x.n * y.n, x.d * y.d)
        expect(compareExact(exact(addNumbers(a, b)), sum)).toBe(0)
        expect(compareExact(exact(multiplyNumbers(a, b)), product)).toBe(0)
      }),
      { numRuns: 300 },
    )
  })

  it('takes a coefficient beyond 34 digits for zero', () => {
    const bytes = new Uint8Array(16).fill(0xff)
    bytes[15] = 0x6f
    const odd = new Decimal128(bytes)
    expect(compareNumbers(odd, 0)).toBe(0)
    expect(numberToDouble(odd)).toBe(0)
  })
})
