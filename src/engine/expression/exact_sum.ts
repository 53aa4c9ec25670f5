/**
 * Sums that do not depend on the order of what is added, as far as doubles allow.
 *
 * Ints, longs and doubles are added as a *double-double*: the rounded sum, and what rounding left
 * over so far. Integers stay exact that way up to 106 bits. Decimals have a sum of their own. The
 * result has the widest type that was added. Source: summation.h and accumulator_sum.cpp (8.0).
 */
import type { Decimal128 } from 'bson'
import { Long } from 'bson'
import {
  addNumbers,
  type BsonType,
  bigIntOf,
  divideDecimal,
  doubleOf,
  isInt32,
  type Numeric,
  numberToDouble,
  typeOf,
} from '../../bson/index.ts'

const WIDTHS: Partial<Record<BsonType, number>> = { int: 0, long: 1, double: 2, decimal: 3 }
const LONG = 1
const DOUBLE = 2
const DECIMAL = 3

export class ExactSum {
  #sum = 0
  /** What rounding has left over. */
  #rest = 0
  /** Infinities and NaN, which the two above would lose. */
  #special = 0
  #decimals: Numeric = 0
  #widest = 0
  #count = 0

  /** Adds a number; everything else counts as nothing. */
  add(value: unknown): void {
    const width = WIDTHS[typeOf(value)]
    if (width === undefined) return
    this.#count++
    if (width > this.#widest) this.#widest = width
    if (width === DECIMAL) this.#decimals = addNumbers(this.#decimals, value)!
    else if (width === LONG) this.#addLong(value as Long)
    else this.#addDouble(numberToDouble(value))
  }

  /** The sum, of the widest type of its parts; an int or long that overflows widens. */
  total(): Numeric {
    if (this.#widest === DECIMAL) return this.#decimalTotal()
    if (this.#widest === DOUBLE) return doubleOf(this.#double())
    const integer = this.#integer()
    if (BigInt.asIntN(64, integer) !== integer) return doubleOf(this.#double())
    const isInt = this.#widest < LONG && isInt32(Number(integer))
    return isInt ? Number(integer) : Long.fromBigInt(integer)
  }

  /** A double, or a decimal where a decimal was added; undefined of nothing. */
  mean(): Numeric | undefined {
    if (this.#count === 0) return undefined
    if (this.#widest < DECIMAL) return doubleOf(this.#double() / this.#count)
    return divideDecimal(this.#decimalTotal(), this.#count)
  }

  /** Knuth's two-sum: `sum` and what it lost, exactly. */
  #addDouble(value: number): void {
    const before = this.#sum
    const sum = before + value
    const added = sum - before
    this.#rest += before - (sum - added) + (value - added)
    this.#sum = sum
    this.#special += value
  }

  /** By halves, since 64 bits are more than a double holds. */
  #addLong(value: Long): void {
    const exact = bigIntOf(value)
    this.#addDouble(Number((exact >> 32n) << 32n))
    this.#addDouble(Number(exact & 0xffff_ffffn))
  }

  #double(): number {
    return Number.isFinite(this.#special) ? this.#sum + this.#rest : this.#special
  }

  #integer(): bigint {
    return BigInt(this.#sum) + BigInt(this.#rest)
  }

  #decimalTotal(): Decimal128 {
    const isWhole = Number.isInteger(this.#sum) && Number.isInteger(this.#rest)
    const integer = isWhole ? this.#integer() : undefined
    const isLong = integer !== undefined && BigInt.asIntN(64, integer) === integer
    const others = isLong ? Long.fromBigInt(integer) : doubleOf(this.#double())
    return addNumbers(this.#decimals, others) as Decimal128
  }
}

/** A count as it is stored: an int where it fits, else a long. */
export function int64Of(value: number): number | Long {
  return isInt32(value) ? value : Long.fromNumber(value)
}
