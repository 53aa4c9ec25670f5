import { ObjectId, UUID } from 'bson'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareObjectIds, mintObjectId, mintUuid } from '../../src/bson/index.ts'
import { anyObjectId } from './arbitraries.ts'

describe('mintObjectId', () => {
  it('has time, chance and counter in their places', () => {
    const id = mintObjectId(0x01020304, Uint8Array.of(5, 6, 7, 8, 9), 0x0a0b0c)
    expect(id.toHexString()).toBe('0102030405060708090a0b0c')
    expect(id.getTimestamp().getTime()).toBe(0x01020304 * 1000)
  })

  it('keeps the low bits of time and counter', () => {
    const id = mintObjectId(2 ** 32 + 1, new Uint8Array(5), 2 ** 24 + 2)
    expect(id.toHexString()).toBe('000000010000000000000002')
  })

  it('wants five random bytes', () => {
    expect(() => mintObjectId(0, new Uint8Array(4), 0)).toThrow('five random bytes')
  })
})

describe('mintUuid', () => {
  it('is a version 4 UUID of the bytes, which stay as they were', () => {
    const random = new Uint8Array(16).fill(0xff)
    const id = mintUuid(random)
    expect(id.toHexString()).toBe('ffffffff-ffff-4fff-bfff-ffffffffffff')
    expect(UUID.isValid(id)).toBe(true)
    expect(random.every((byte) => byte === 0xff)).toBe(true)
    expect(() => mintUuid(new Uint8Array(12))).toThrow('sixteen random bytes')
  })
})

describe('compareObjectIds', () => {
  it('compares bytewise, also ids of another copy of bson', () => {
    const foreign = (id: ObjectId) => ({ _bsontype: 'ObjectId', id: id.id }) as unknown as ObjectId
    fc.assert(
      fc.property(anyObjectId, anyObjectId, (a, b) => {
        const expected = Buffer.compare(Buffer.from(a.id), Buffer.from(b.id))
        expect(Math.sign(compareObjectIds(a, b))).toBe(expected)
        expect(Math.sign(compareObjectIds(a, foreign(b)))).toBe(expected)
        expect(compareObjectIds(a, new ObjectId(a))).toBe(0)
      }),
    )
  })
})
