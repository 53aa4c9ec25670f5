import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Document } from '../../../src/bson/index.ts'
import { diffDocuments } from '../../../src/engine/changes/diff.ts'
import { UpdateDescription } from '../../../src/engine/changes/update_description.ts'

/** So large that no difference is larger. */
const padding = 'x'.repeat(2_000)

const describeChange = (before: Document, after: Document): Document | undefined => {
  const diff = diffDocuments(before, after)
  return diff && new UpdateDescription(before, after).addDiff(diff).toDocument(false)
}

// Source: document_diff_calculator.cpp, document_diff_test.cpp
describe('a difference', () => {
  it.each<[Document, Document, Document]>([
    [{ a: 1 }, { a: 2, b: 3 }, { u: { a: 2 }, i: { b: 3 } }],
    [{ a: 1, b: 2 }, { b: 2 }, { d: { a: false } }],
    [{ a: { b: 1, c: padding } }, { a: { b: 2, c: padding } }, { sa: { u: { b: 2 } } }],
    [{ a: { b: 1 } }, { a: { b: 'long' } }, { u: { a: { b: 'long' } } }],
    [
      { a: ['foo', { a: 'bar' }, 1, 2, 3] },
      { a: ['foo', { a: 'bar' }] },
      { sa: { a: true, l: 2 } },
    ],
    [{ a: [1, padding] }, { a: [2, padding, 3] }, { sa: { a: true, u0: 2, u2: 3 } }],
    [{ a: [1, 2] }, { a: { 0: 1, 1: 2 } }, { u: { a: { 0: 1, 1: 2 } } }],
  ])('between %j and %j', (before, after, diff) => {
    expect(diffDocuments({ padding, ...before }, { padding, ...after })).toEqual(diff)
  })

  it('is none where it is no smaller than the document', () => {
    expect(diffDocuments({ _id: 1, a: 1 }, { _id: 1, a: 2 })).toBeUndefined()
  })
})

describe('a description', () => {
  it('names what changed by its path', () => {
    const before = { padding, a: { b: [1, 2, 3, { c: 1, padding }], gone: 1, padding }, z: 1 }
    const after = { padding, a: { b: [1, 2, 3, { c: 2, padding }], padding }, y: 2 }
    expect(describeChange(before, after)).toEqual({
      updatedFields: { y: 2, 'a.b.3.c': 2 },
      removedFields: ['z', 'a.gone'],
      truncatedArrays: [],
    })
  })

  it('applied to the version before gives the one after', () => {
    const leaf = fc.oneof(fc.integer(), fc.string(), fc.constant(null))
    const value = fc.letrec((tie) => ({
      any: fc.oneof({ maxDepth: 3 }, leaf, tie('document'), tie('array')),
      document: fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('any')),
      array: fc.array(tie('any'), { maxLength: 4 }),
    }))
    const document = value.document as fc.Arbitrary<Document>
    fc.assert(
      fc.property(document, document, (one, other) => {
        const [before, after] = [
          { padding, ...one },
          { padding, ...other },
        ]
        const description = describeChange(before, after)!
        expect(applied(before, description)).toEqual(after)
      }),
    )
  })
})

/** What a reader of events does to follow a document. */
function applied(document: Document, description: Document): Document {
  const copy = structuredClone(document)
  const { updatedFields, removedFields, truncatedArrays } = description as {
    updatedFields: Document
    removedFields: string[]
    truncatedArrays: { field: string; newSize: number }[]
  }
  const parentOf = (path: string[]): Document =>
    path.slice(0, -1).reduce((inside: Document, part) => inside[part] as Document, copy)
  for (const { field, newSize } of truncatedArrays) {
    const path = field.split('.')
    ;(parentOf(path)[path.at(-1)!] as unknown[]).length = newSize
  }
  for (const field of removedFields) {
    const path = field.split('.')
    delete parentOf(path)[path.at(-1)!]
  }
  for (const [field, value] of Object.entries(updatedFields)) {
    const path = field.split('.')
    parentOf(path)[path.at(-1)!] = value
  }
  return copy
}
