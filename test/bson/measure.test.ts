import { BSON, Code } from 'bson'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Document, depthOf, measure, sizeOf } from '../../src/bson/index.ts'
import { anyDocument } from './arbitraries.ts'

/** The depth by the definition: levels of documents and arrays around the deepest field. */
function naiveDepth(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  if (!Array.isArray(value) && Object.getPrototypeOf(value) !== Object.prototype) return 0
  const depths = Object.values(value).map(naiveDepth)
  return depths.length === 0 ? 0 : 1 + Math.max(...depths)
}

describe('measure', () => {
  it('agrees with the serialiser on the size', () => {
    fc.assert(
      fc.property(anyDocument, (document) => {
        const size = BSON.serialize(document, { ignoreUndefined: false }).length
        expect(measure(document)).toEqual({ sizeBytes: size, depth: naiveDepth(document) })
        expect(sizeOf(document)).toBe(size)
      }),
      { numRuns: 500 },
    )
  })

  it('counts the digits of long arrays', () => {
    for (const length of [9, 10, 11, 99, 100, 101, 1001, 10_001]) {
      const document = { a: new Array(length).fill(true) }
      expect(sizeOf(document)).toBe(BSON.calculateObjectSize(document))
    }
  })

  it('does not count what is empty, nor scopes, as depth', () => {
    expect(depthOf({})).toBe(0)
    expect(depthOf({ a: 1 })).toBe(1)
    expect(depthOf({ a: {}, b: [] })).toBe(1)
    expect(depthOf({ a: { b: 1 } })).toBe(2)
    expect(depthOf({ a: [[1]] })).toBe(3)
    expect(depthOf({ a: new Code('f', { b: { c: 1 } }) })).toBe(1)
  })

  it('measures names that are data, however many', () => {
    for (let round = 0; round < 3; round++) {
      const document: Document = {}
      for (let index = 0; index < 8_000; index++) document[`${round}/ä/${index}`] = index
      document['x'.repeat(1000)] = 1
      expect(sizeOf(document)).toBe(BSON.calculateObjectSize(document))
    }
  })
})
