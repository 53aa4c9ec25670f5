import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Document } from '../../../src/bson/index.ts'
import { compileFilter, compileProjection } from '../../../src/engine/query/index.ts'
import { context } from '../expression/compute.ts'
import { document, path } from './documents.ts'

const DOCUMENT = {
  _id: 1,
  a: 1,
  b: { x: 1, y: { z: 2 } },
  c: [{ p: 1, q: 2 }, 5, [{ p: 3, q: 4 }, 6], { q: 7 }],
  d: [1, 2, 3, 4, 5],
}

// server: projection_executor tests, docs "Project Fields to Return from Query"
describe('projection', () => {
  it.each<[Document, Document]>([
    [{ a: 1 }, { _id: 1, a: 1 }],
    [{ a: 1, _id: 0 }, { a: 1 }],
    [{ _id: 1 }, { _id: 1 }],
    [{ _id: 0, a: true }, { a: 1 }],
    [{ nothing: 1 }, { _id: 1 }],
    [{ 'b.x': 1 }, { _id: 1, b: { x: 1 } }],
    [{ b: { y: { z: 1 } } }, { _id: 1, b: { y: { z: 2 } } }],
    [{ 'b.nothing': 1 }, { _id: 1, b: {} }],
    [{ 'a.b': 1 }, { _id: 1 }],
    [{ 'c.p': 1 }, { _id: 1, c: [{ p: 1 }, [{ p: 3 }], {}] }],
    [{ a: 0 }, { _id: 1, b: DOCUMENT.b, c: DOCUMENT.c, d: DOCUMENT.d }],
    [{ _id: 0 }, { a: 1, b: DOCUMENT.b, c: DOCUMENT.c, d: DOCUMENT.d }],
    [
      { _id: 1, a: 0, c: 0, d: 0 },
      { _id: 1, b: DOCUMENT.b },
    ],
    [
      { 'b.y': 0, c: 0, d: 0 },
      { _id: 1, a: 1, b: { x: 1 } },
    ],
    [
      { 'c.q': 0, a: 0, b: 0, d: 0 },
      { _id: 1, c: [{ p: 1 }, 5, [{ p: 3 }, 6], {}] },
    ],
    // Fields keep the order of the document.
    [
      { d: 1, a: 1 },
      { _id: 1, a: 1, d: DOCUMENT.d },
    ],
    [{ d: { $slice: 2 } }, { ...DOCUMENT, d: [1, 2] }],
    [{ d: { $slice: -2 } }, { ...DOCUMENT, d: [4, 5] }],
    [{ d: { $slice: 0 } }, { ...DOCUMENT, d: [] }],
    [{ d: { $slice: [1, 2] } }, { ...DOCUMENT, d: [2, 3] }],
    [{ d: { $slice: [-2, 1] } }, { ...DOCUMENT, d: [4] }],
    [{ d: { $slice: [-9, 1] } }, { ...DOCUMENT, d: [1] }],
    [{ d: { $slice: [9, 1] } }, { ...DOCUMENT, d: [] }],
    [
      { a: 1, d: { $slice: 1 } },
      { _id: 1, a: 1, d: [1] },
    ],
    [
      { a: { $slice: 1 }, b: 0, c: 0, d: 0 },
      { _id: 1, a: 1 },
    ],
    [{ d: { $elemMatch: { $gt: 2 } } }, { _id: 1, d: [3] }],
    [
      { c: { $elemMatch: { p: 1 } }, a: 1 },
      { _id: 1, a: 1, c: [{ p: 1, q: 2 }] },
    ],
    [
      { d: { $elemMatch: { $gt: 9 } }, a: 1 },
      { _id: 1, a: 1 },
    ],
    [{ a: { $elemMatch: { $gt: 0 } } }, { _id: 1 }],
    // Computed fields come last, whatever their names. Source: projection_node.cpp
    [
      { n: { $add: ['$a', 1] }, d: 1 },
      { _id: 1, d: DOCUMENT.d, n: 2 },
    ],
    [{ a: '$b.x', _id: 0 }, { a: 1 }],
    [{ b: { x: 1, z: { $literal: 3 } } }, { _id: 1, b: { x: 1, z: 3 } }],
    [{ 'c.s': '$a', _id: 0 }, { c: [{ s: 1 }, { s: 1 }, [{ s: 1 }, { s: 1 }], { s: 1 }] }],
    [{ 'x.y': 'text', _id: 0 }, { x: { y: 'text' } }],
    [{ a: '$missing', d: { $slice: ['$d', 1, 1] }, _id: 0 }, { d: [2] }],
  ])('%j', (spec, expected) => {
    const before = structuredClone(DOCUMENT)
    const projected = compileProjection(spec, context)!(DOCUMENT)
    expect(projected).toEqual(expected)
    expect(Object.keys(projected)).toEqual(Object.keys(expected))
    expect(DOCUMENT).toEqual(before)
  })

  it('of nothing is none', () => {
    expect(compileProjection({}, context)).toBeUndefined()
  })

  it('keeps a field called __proto__', () => {
    const given = JSON.parse('{ "_id": 1, "__proto__": { "x": 1 }, "a": 1 }') as Document
    const projected = compileProjection({ a: 0 }, context)!(given)
    expect(Object.keys(projected)).toEqual(['_id', '__proto__'])
  })

  it('by inclusion and by exclusion of one path share a document without arrays between them', () => {
    fc.assert(
      fc.property(document, path, (given, field) => {
        fc.pre(!JSON.stringify(given).includes('['))
        const kept = compileProjection({ [field]: 1 }, context)!(given)
        const rest = compileProjection({ [field]: 0 }, context)!(given)
        for (const name of Object.keys(given)) {
          expect(Object.hasOwn(kept, name) || Object.hasOwn(rest, name)).toBe(true)
        }
        expect(compileProjection({ [field]: 1 }, context)!(kept)).toEqual(kept)
        expect(compileProjection({ [field]: 0 }, context)!(rest)).toEqual(rest)
      }),
    )
  })
})

describe('the positional $', () => {
  const given = { _id: 1, n: [1, 5, 9], items: [{ k: 'a' }, { k: 'b' }], deep: { n: [3, 4] } }
  const project = (spec: Document, filter: Document) =>
    compileProjection(spec, context, compileFilter(filter))!(given)

  it.each<[spec: Document, filter: Document, projected: Document]>([
    [{ 'n.$': 1 }, { n: 5 }, { _id: 1, n: [5] }],
    [{ 'items.$': 1, _id: 0 }, { 'items.k': 'b' }, { items: [{ k: 'b' }] }],
    [{ 'deep.n.$': 1, _id: 0 }, { 'deep.n': 4 }, { deep: { n: [4] } }],
    [{ 'n.$': 1 }, { n: { $elemMatch: { $gt: 5 } } }, { _id: 1, n: [9] }],
  ])('%j of %j', (spec, filter, projected) => {
    expect(project(spec, filter)).toEqual(projected)
  })

  it('is an error where the filter matched no element', () => {
    expect(() => project({ 'n.$': 1 }, { _id: 1 })).toThrow(
      expect.objectContaining({ code: 51246 }),
    )
  })
})
