import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Document } from '../../../src/bson/index.ts'
import { compileFilter, matchedPosition } from '../../../src/engine/query/index.ts'
import { compileUpdate } from '../../../src/engine/update/index.ts'
import { context, failureOf, frozen } from './apply.ts'

interface Given {
  readonly filter?: Document
  readonly arrayFilters?: Document[]
}

function applied(document: Document, update: Document, { filter = {}, arrayFilters }: Given = {}) {
  const { expression } = compileFilter(filter)
  const found = (one: Document) => matchedPosition(expression, one)
  const compiled = compileUpdate(update, { arrayFilters })
  return compiled.apply(frozen(document), { ...context, matchedPosition: found })
}

describe('the element that the filter matched', () => {
  const SCORES = { _id: 1, scores: [80, 85, 90], grades: [{ g: 1 }, { g: 2, tags: ['x', 'y'] }] }

  // Source: the manual's page on the positional $; match_details.h
  it.each<[filter: Document, update: Document, changed: Document]>([
    [{ scores: 85 }, { $set: { 'scores.$': 0 } }, { scores: [80, 0, 90] }],
    [{ scores: { $gt: 82 } }, { $inc: { 'scores.$': 1 } }, { scores: [80, 86, 90] }],
    [
      { 'grades.g': 2 },
      { $set: { 'grades.$.g': 9 } },
      { grades: [{ g: 1 }, { g: 9, tags: ['x', 'y'] }] },
    ],
    [
      { grades: { $elemMatch: { g: 2, tags: 'y' } } },
      { $unset: { 'grades.$.tags': 1 } },
      { grades: [{ g: 1 }, { g: 2 }] },
    ],
    // Of arrays within arrays it is the outer one.
    [
      { 'grades.tags': 'y' },
      { $set: { 'grades.$.g': 0 } },
      { grades: [{ g: 1 }, { g: 0, tags: ['x', 'y'] }] },
    ],
    // The last condition on an array decides.
    [{ 'grades.g': 1, scores: 90 }, { $set: { 'scores.$': 0 } }, { scores: [80, 85, 0] }],
    [
      { $or: [{ scores: 1 }, { scores: 90 }] },
      { $set: { 'scores.$': 0 } },
      { scores: [80, 85, 0] },
    ],
  ])('%j, %j', (filter, update, changed) => {
    expect(applied(SCORES, update, { filter }).document).toEqual({ ...SCORES, ...changed })
  })

  it('is an error where there is none', () => {
    const message = 'The positional operator did not find the match needed from the query.'
    for (const filter of [{}, { _id: 1 }, { scores: { $size: 3 } }, { scores: { $ne: 1 } }]) {
      const attempt = () => applied(SCORES, { $set: { 'scores.$': 0 } }, { filter })
      expect(failureOf(attempt)).toMatchObject({ code: 2, message })
    }
  })
})

describe('all elements, and those of an array filter', () => {
  const DOCUMENT = {
    _id: 1,
    n: [1, 5, 9],
    items: [
      { k: 'a', v: [1, 2] },
      { k: 'b', v: [3] },
    ],
  }

  // Source: the manual's pages on $[] and $[<identifier>]
  it.each<[update: Document, arrayFilters: Document[], changed: Document]>([
    [{ $inc: { 'n.$[]': 1 } }, [], { n: [2, 6, 10] }],
    [
      { $set: { 'items.$[].k': 'z' } },
      [],
      {
        items: [
          { k: 'z', v: [1, 2] },
          { k: 'z', v: [3] },
        ],
      },
    ],
    [
      { $mul: { 'items.$[].v.$[]': 2 } },
      [],
      {
        items: [
          { k: 'a', v: [2, 4] },
          { k: 'b', v: [6] },
        ],
      },
    ],
    [{ $set: { 'n.$[big]': 0 } }, [{ big: { $gte: 5 } }], { n: [1, 0, 0] }],
    [
      { $push: { 'items.$[i].v': 7 } },
      [{ 'i.k': 'b' }],
      {
        items: [
          { k: 'a', v: [1, 2] },
          { k: 'b', v: [3, 7] },
        ],
      },
    ],
    [
      { $set: { 'items.$[i].v.$[j]': 0 } },
      [{ $or: [{ 'i.k': 'a' }, { 'i.k': 'c' }] }, { j: 2 }],
      {
        items: [
          { k: 'a', v: [1, 0] },
          { k: 'b', v: [3] },
        ],
      },
    ],
    [{ $set: { 'n.$[x]': 0 } }, [{ x: 77 }], {}],
    [{ $set: { 'n.$[a]': 0, 'n.$[b]': 7 } }, [{ a: 1 }, { b: 9 }], { n: [0, 5, 7] }],
  ])('%j %j', (update, arrayFilters, changed) => {
    const { document } = applied(DOCUMENT, update, { arrayFilters })
    expect(document).toEqual({ ...DOCUMENT, ...changed })
  })

  it('say what changed, place by place', () => {
    const { patches } = applied(
      DOCUMENT,
      { $inc: { 'n.$[x]': 1 } },
      { arrayFilters: [{ x: { $gt: 1 } }] },
    )
    expect(patches).toEqual([
      { op: 'set', path: ['n', '1'], value: 6 },
      { op: 'set', path: ['n', '2'], value: 10 },
    ])
  })

  // Source of codes and texts: update_array_node.cpp, expression_with_placeholder.cpp (8.0)
  it.each<[update: Document, arrayFilters: Document[], code: number, message: string]>([
    [
      { $set: { 'x.$[]': 1 } },
      [],
      2,
      "The path 'x' must exist in the document in order to apply array updates.",
    ],
    [{ $set: { '_id.$[]': 1 } }, [], 2, 'Cannot apply array updates to non-array element _id: 1'],
    [{ $set: { 'n.$[x]': 1 } }, [], 2, "No array filter found for identifier 'x' in path 'n.$[x]'"],
    [
      { $set: { 'n.$[]': 1 } },
      [{ x: 1 }],
      9,
      "The array filter for identifier 'x' was not used in the update { $set: { n.$[]: 1 } }",
    ],
    [
      { $set: { 'n.$[x]': 1 } },
      [{ x: 1 }, { 'x.a': 1 }],
      9,
      'Found multiple array filters with the same top-level field name x',
    ],
    [
      { $set: { 'n.$[x]': 1 } },
      [{ x: 1, y: 1 }],
      9,
      "Error parsing array filter :: caused by :: Expected a single top-level field name, found 'x' and 'y'",
    ],
    [
      { $set: { 'n.$[x]': 1 } },
      [{}],
      9,
      'Error parsing array filter :: caused by :: Cannot use an expression without a top-level field name in arrayFilters',
    ],
    [
      { $set: { 'n.$[X]': 1 } },
      [{ X: 1 }],
      2,
      "Error parsing array filter :: caused by :: The top-level field name must be an alphanumeric string beginning with a lowercase letter, found 'X'",
    ],
    [
      { $set: { 'n.$[a]': 0, 'n.$[b]': 7 } },
      [{ a: 1 }, { b: { $lt: 5 } }],
      40,
      "Update created a conflict at 'n.0'",
    ],
    [{ a: 1 }, [{ x: 1 }], 9, 'arrayFilters may not be specified for replacement-style updates'],
  ])('%j %j is refused', (update, arrayFilters, code, message) => {
    expect(failureOf(() => applied(DOCUMENT, update, { arrayFilters }))).toMatchObject({
      code,
      message,
    })
  })

  it('do what naming each element does', () => {
    const numbers = fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 6 })
    fc.assert(
      fc.property(numbers, fc.integer({ min: 0, max: 9 }), (n, least) => {
        const all = applied(
          { n },
          { $inc: { 'n.$[x]': 1 } },
          { arrayFilters: [{ x: { $gte: least } }] },
        )
        const paths = n.flatMap((one, at) => (one >= least ? [[`n.${at}`, 1]] : []))
        const each = applied({ n }, { $inc: Object.fromEntries(paths) })
        expect(all.document).toEqual(each.document)
        expect(all.patches).toEqual(each.patches)
        expect(all.changed).toBe(each.changed)
      }),
    )
  })
})
