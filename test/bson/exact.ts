/** An oracle for numbers: exact fractions of big integers, sharing no code with what it judges. */
import { Decimal128, Double, Int32, Long } from 'bson'

/** `numerator / denominator`, or what is no fraction. */
export type Exact = { n: bigint; d: bigint } | 'NaN' | 'Infinity' | '-Infinity'

export function exact(value: unknown): Exact {
  if (typeof value === 'bigint') return { n: value, d: 1n }
  if (typeof value === 'number') return ofDouble(value)
  if (value instanceof Double || value instanceof Int32) return ofDouble(value.value)
  if (value instanceof Long) return { n: value.toBigInt(), d: 1n }
  if (value instanceof Decimal128) return ofText(value.toString())
  throw new Error('no number')
}

function ofDouble(value: number): Exact {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity'
  let d = 1n
  let scaled = value
  // Halving and doubling are exact, so this ends with the very same value as a fraction.
  while (!Number.isInteger(scaled)) {
    scaled *= 2
    d *= 2n
  }
  return { n: BigInt(scaled), d }
}

function ofText(text: string): Exact {
  if (text === 'NaN' || text === 'Infinity' || text === '-Infinity') return text
  const [, sign = '', whole = '', fraction = '', power = '0'] =
    /^(-?)(\d*)\.?(\d*)(?:E([+-]?\d+))?$/.exec(text) ?? []
  const n = BigInt(`${sign}${whole}${fraction}`)
  const scale = Number(power) - fraction.length
  return scale >= 0 ? { n: n * 10n ** BigInt(scale), d: 1n } : { n, d: 10n ** BigInt(-scale) }
}

const RANK = { NaN: -2, '-Infinity': -1, finite: 0, Infinity: 1 }

/** Compares as BSON does: NaN least. */
export function compareExact(a: Exact, b: Exact): number {
  const left = RANK[typeof a === 'string' ? a : 'finite']
  const right = RANK[typeof b === 'string' ? b : 'finite']
  if (left !== right || typeof a === 'string' || typeof b === 'string') {
    return Math.sign(left - right)
  }
  const x = a.n * b.d
  const y = b.n * a.d
  return x < y ? -1 : x > y ? 1 : 0
}
