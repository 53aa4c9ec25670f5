/** 64-bit integers: exact values of `Long`, as plain numbers where those are exact. */
import { Long } from 'bson'

/** High halves from -2^21 to 2^21 - 1 are those of integers of 54 bits with sign. */
const SAFE_HIGH = 2 ** 21

/** The exact value of a long: a number where |value| < 2^53, else a bigint. */
export function longValue(value: Long): number | bigint {
  const { high, low } = value
  if (high < SAFE_HIGH && high > -SAFE_HIGH) return high * 2 ** 32 + (low >>> 0)
  return bigIntOf(value)
}

/** A long as a bigint; by its halves, because `toBigInt` goes by way of a text. */
export function bigIntOf(value: Long): bigint {
  return (BigInt(value.high) << 32n) | BigInt(value.low >>> 0)
}

/** The long of a bigint, which must fit. */
export function longOf(value: bigint): Long {
  return Long.fromBigInt(value)
}
