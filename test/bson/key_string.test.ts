import { Decimal128, Double, Int32, Long, ObjectId } from 'bson'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  appendRecordId,
  BSON_TYPES,
  type BsonType,
  canonicalOrder,
  canonicalOrderOfType,
  compareValues,
  type Direction,
  encodeKeyString,
  keyStringBound,
  keyStringTypeBound,
  keyWithoutRecordId,
  recordIdOf,
} from '../../src/bson/index.ts'
import { anyNumber, anyText, anyValue } from './arbitraries.ts'

const UP: Direction[] = [1]
const direction = fc.constantFrom<Direction>(1, -1)
const recordId = fc.integer({ min: 0, max: 2 ** 47 })

function compareKeys(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** The order that an index with these directions has. */
function compareFields(a: unknown[], b: unknown[], directions: Direction[]): number {
  for (let index = 0; index < a.length; index++) {
    const order = Math.sign(compareValues(a[index], b[index])) * (directions[index] as number)
    if (order !== 0) return order
  }
  return 0
}

describe('encodeKeyString', () => {
  it('orders numbers of all types by value', () => {
    fc.assert(
      fc.property(anyNumber, anyNumber, direction, (a, b, d) => {
        const keys = compareKeys(encodeKeyString([a], [d]), encodeKeyString([b], [d]))
        expect(keys).toBe(compareFields([a], [b], [d]) + 0)
      }),
      { numRuns: 4000 },
    )
  })

  it('orders strings by code point, also with NUL in them', () => {
    fc.assert(
      fc.property(anyText, anyText, direction, (a, b, d) => {
        const keys = compareKeys(encodeKeyString([a], [d]), encodeKeyString([b], [d]))
        expect(keys).toBe(compareFields([a], [b], [d]) + 0)
      }),
    )
  })

  it('orders compound keys of any types as their values compare, in either direction', () => {
    const fields = fc.tuple(anyValue, anyValue)
    fc.assert(
      fc.property(fields, fields, fc.tuple(direction, direction), (a, b, directions) => {
        for (const other of [b, [a[0], b[1]]]) {
          const keys = compareKeys(
            encodeKeyString(a, directions),
            encodeKeyString(other, directions),
          )
          expect(keys).toBe(compareFields(a, other, directions) + 0)
        }
      }),
      { numRuns: 1000 },
    )
  })

  it('never makes a key that begins another', () => {
    fc.assert(
      fc.property(anyValue, anyValue, direction, (a, b, d) => {
        const left = encodeKeyString([a], [d])
        const right = encodeKeyString([b], [d])
        expect(left !== right && right.startsWith(left)).toBe(false)
      }),
      { numRuns: 1000 },
    )
  })

  it('makes byte strings', () => {
    fc.assert(
      fc.property(anyValue, direction, (value, d) => {
        expect(encodeKeyString([value], [d])).toMatch(/^[\0-\xff]+$/)
      }),
    )
  })

  it('gives equal values equal keys, whatever their types', () => {
    const key = (value: unknown) => encodeKeyString([value], UP)
    for (const five of [new Int32(5), Long.fromInt(5), new Double(5), 5n]) {
      expect(key(five)).toBe(key(5))
    }
    expect(key(Decimal128.fromString('5.0'))).toBe(key(5))
    expect(key(Decimal128.fromString('5.50'))).toBe(key(5.5))
    expect(key(-0)).toBe(key(0))
    expect(key({ a: [Long.fromInt(5)] })).toBe(key({ a: [5] }))
    expect(key(Long.MIN_VALUE)).toBe(key(-(2 ** 63)))
  })

  it('keeps common keys short', () => {
    expect(encodeKeyString([5], UP)).toHaveLength(2)
    expect(encodeKeyString([100_000], UP)).toHaveLength(4)
    expect(encodeKeyString(['abc'], UP)).toHaveLength(5)
    expect(encodeKeyString([new ObjectId('5f'.repeat(12))], UP)).toHaveLength(13)
  })
})

describe('record ids', () => {
  it('come back, and sort keys by values first and ids second', () => {
    fc.assert(
      fc.property(anyValue, anyValue, recordId, recordId, direction, (a, b, m, n, d) => {
        for (const other of [b, a]) {
          const left = appendRecordId(encodeKeyString([a], [d]), m)
          const right = appendRecordId(encodeKeyString([other], [d]), n)
          expect(recordIdOf(left)).toBe(m)
          expect(keyWithoutRecordId(left)).toBe(encodeKeyString([a], [d]))
          expect(compareKeys(left, right)).toBe(
            compareFields([a], [other], [d]) || Math.sign(m - n) + 0,
          )
        }
      }),
      { numRuns: 1000 },
    )
  })

  it('go up to 48 bits, and no further', () => {
    for (const id of [0, 1, 2 ** 32 - 1, 2 ** 32, 0xff * 2 ** 40 - 1]) {
      expect(recordIdOf(appendRecordId('k', id))).toBe(id)
    }
    for (const id of [-1, 0.5, 0xff * 2 ** 40]) {
      expect(() => appendRecordId('k', id)).toThrow('record id')
    }
  })
})

describe('bounds', () => {
  it('enclose the keys that begin with the values, and only those', () => {
    const pair = fc.tuple(anyValue, anyValue)
    fc.assert(
      fc.property(anyValue, pair, fc.tuple(direction, direction), recordId, (v, key, ds, id) => {
        for (const values of [key, [v, key[1]]]) {
          const entry = appendRecordId(encodeKeyString(values, ds), id)
          const order = compareFields([values[0]], [v], ds)
          expect(entry >= keyStringBound([v], ds, 'before')).toBe(order >= 0)
          expect(entry < keyStringBound([v], ds, 'after')).toBe(order <= 0)
        }
      }),
      { numRuns: 1000 },
    )
  })

  it('enclose all values of a type, wherever the field stands', () => {
    const anyType = fc.constantFrom<BsonType>(...BSON_TYPES)
    fc.assert(
      fc.property(anyValue, anyType, anyValue, direction, recordId, (first, type, v, d, id) => {
        const directions: Direction[] = [1, d]
        const entry = appendRecordId(encodeKeyString([first, v], directions), id)
        const order = Math.sign(canonicalOrder(v) - canonicalOrderOfType(type)) * d
        const [low, high] = (['before', 'after'] as const).map((side) =>
          keyStringTypeBound([first], directions, type, side),
        )
        expect(entry >= (low as string)).toBe(order >= 0)
        expect(entry < (high as string)).toBe(order <= 0)
      }),
      { numRuns: 1000 },
    )
  })
})
