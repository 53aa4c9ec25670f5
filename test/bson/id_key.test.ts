import { ObjectId } from 'bson'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  BSON_TYPES,
  encodeIdKey,
  encodeKeyValue,
  idKeyBound,
  keyStringBound,
  keyStringTypeBound,
} from '../../src/bson/index.ts'
import { anyText, anyValue } from './arbitraries.ts'

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** Texts that begin and go on where keys have bytes of their own. */
const edgyText = fc
  .array(fc.constantFrom('\0', '\x01', '\x02', 'a', '<', '=', '\x7f', '\x80', 'ÿ', '\u{10ffff}'), {
    maxLength: 4,
  })
  .map((units) => units.join(''))
const id = fc.oneof(anyValue, anyText, edgyText)
const side = fc.constantFrom<'before' | 'after'>('before', 'after')
const bound = fc.oneof(
  fc.tuple(id, side).map(([value, at]) => keyStringBound([value], [1], at)),
  fc
    .tuple(fc.constantFrom(...BSON_TYPES), side)
    .map(([type, at]) => keyStringTypeBound([], [1], type, at)),
  side.map((at) => keyStringBound([], [1], at)),
)

describe('encodeIdKey', () => {
  it('orders and tells apart as key strings do', () => {
    fc.assert(
      fc.property(id, id, (a, b) => {
        const order = compare(encodeKeyValue(a), encodeKeyValue(b))
        expect(compare(encodeIdKey(a), encodeIdKey(b))).toBe(order)
      }),
      { numRuns: 2_000 },
    )
  })

  it('is the text itself for ASCII', () => {
    expect(encodeIdKey('user-1')).toBe('user-1')
    expect(encodeIdKey('<')).toBe('<')
  })

  it('holds one byte a character', () => {
    fc.assert(
      fc.property(id, (value) => {
        for (const character of encodeIdKey(value))
          expect(character.charCodeAt(0)).toBeLessThan(256)
      }),
    )
  })

  it('keeps the types on their sides of the strings', () => {
    const keys = [encodeIdKey(5), encodeIdKey(''), encodeIdKey('\0'), encodeIdKey('z')]
    keys.push(encodeIdKey('\u{10ffff}'), encodeIdKey({}), encodeIdKey(new ObjectId('0'.repeat(24))))
    expect(keys.toSorted(compare)).toEqual(keys)
  })
})

describe('idKeyBound', () => {
  it('has the same keys on each side as the bound of key strings', () => {
    fc.assert(
      fc.property(bound, id, (at, value) => {
        expect(encodeIdKey(value) < idKeyBound(at)).toBe(encodeKeyValue(value) < at)
      }),
      { numRuns: 3_000 },
    )
  })

  it('keeps bounds in order', () => {
    fc.assert(
      fc.property(bound, bound, (a, b) => {
        if (a <= b) expect(idKeyBound(a) <= idKeyBound(b)).toBe(true)
      }),
      { numRuns: 1_000 },
    )
  })
})
