import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Document, parsePath, setPath, unsetPath } from '../../../src/bson/index.ts'
import { areIdentical, compileUpdate, type Patch } from '../../../src/engine/update/index.ts'
import { patchesBetween } from '../../../src/engine/update/patch.ts'
import { context as language, NOW_MS } from '../expression/compute.ts'
import { document } from '../query/documents.ts'
import { context, failureOf, frozen } from './apply.ts'

function applied(given: Document, pipeline: Document[], c?: Document) {
  return compileUpdate(pipeline, { language, c }).apply(frozen(given), context)
}

describe('updates by a pipeline', () => {
  const DOCUMENT = { _id: 1, a: 2, b: { c: [1, { d: 5 }] } }

  // Source: the manual's pages on updates with an aggregation pipeline, and $addFields
  it.each<[pipeline: Document[], made: Document]>([
    [[{ $set: { sum: { $add: ['$a', 1] } } }], { ...DOCUMENT, sum: 3 }],
    [[{ $set: { a: '$$NOW' } }], { ...DOCUMENT, a: new Date(NOW_MS) }],
    [[{ $addFields: { 'b.x.y': '$a' } }], { ...DOCUMENT, b: { c: [1, { d: 5 }], x: { y: 2 } } }],
    [[{ $set: { 'b.c.e': 0 } }], { ...DOCUMENT, b: { c: [{ e: 0 }, { d: 5, e: 0 }] } }],
    [[{ $set: { b: { f: 1 } } }], { ...DOCUMENT, b: { c: [1, { d: 5 }], f: 1 } }],
    [[{ $set: { b: { $literal: { f: 1 } } } }], { ...DOCUMENT, b: { f: 1 } }],
    [[{ $set: { a: '$$REMOVE' } }], { _id: 1, b: DOCUMENT.b }],
    [[{ $unset: ['a', 'b.c'] }], { _id: 1, b: {} }],
    [[{ $project: { a: 1, twice: { $multiply: ['$a', 2] } } }], { _id: 1, a: 2, twice: 4 }],
    // The _id comes back.
    [[{ $replaceWith: { x: '$a' } }], { _id: 1, x: 2 }],
    [[{ $replaceRoot: { newRoot: '$b' } }], { _id: 1, c: DOCUMENT.b.c }],
    [[{ $set: { x: 1 } }, { $set: { y: '$x' } }, { $unset: 'x' }], { ...DOCUMENT, y: 1 }],
    [
      [{ $replaceWith: { $setField: { field: { $literal: '$a' }, input: '$$ROOT', value: 1 } } }],
      { ...DOCUMENT, $a: 1 },
    ],
  ])('%j', (pipeline, made) => {
    expect(applied(DOCUMENT, pipeline).document).toEqual(made)
  })

  it('reads its constants', () => {
    expect(applied({ _id: 1 }, [{ $set: { a: '$$x.y' } }], { x: { y: 7 } }).document).toEqual({
      _id: 1,
      a: 7,
    })
  })

  it('changes nothing where nothing changes', () => {
    const same = applied(DOCUMENT, [{ $set: { a: 2 } }])
    expect(same.changed).toBe(false)
    expect(same.document).toBe(DOCUMENT)
  })

  it.each<[pipeline: unknown, code: number, message: string]>([
    [[{ $match: {} }], 72, '$match is not allowed to be used within an update'],
    [[{ $nope: 1 }], 72, '$nope is not allowed to be used within an update'],
    [[{ $set: 1 }], 40272, '$set specification stage must be an object, got int'],
    [
      [{ $set: {} }],
      40177,
      'Invalid $set :: caused by :: specification must have at least one field',
    ],
    [
      [{ $set: { _id: 2 } }],
      66,
      "After applying the update, the (immutable) field '_id' was found to have been altered to _id: 2",
    ],
    [
      [{ $replaceWith: '$a' }],
      40228,
      "'replacement document' expression  must evaluate to an object, but resulting value was: 2. Type of resulting value: 'int'. Input document: { _id: 1, a: 2, b: { c: [ 1, { d: 5 } ] } }",
    ],
  ])('%j is refused', (pipeline, code, message) => {
    expect(failureOf(() => applied(DOCUMENT, pipeline as Document[]))).toMatchObject({
      code,
      message,
    })
  })

  it('has no array filters, and nothing else has constants', () => {
    const filtered = () => compileUpdate([], { language, arrayFilters: [{ x: 1 }] })
    expect(failureOf(filtered).message).toBe(
      'arrayFilters may not be specified for pipeline-syle updates',
    )
    expect(failureOf(() => compileUpdate({ $set: { a: 1 } }, { c: { x: 1 } })).code).toBe(51198)
  })
})

/** What the patches make of a document. */
function patched(given: Document, patches: readonly Patch[]): Document {
  return patches.reduce<Document>((made, patch) => {
    if (patch.op === 'replace') return patch.value
    const path = {
      ...parsePath('x'),
      text: '',
      parts: patch.path,
      indexes: patch.path.map(indexOf),
    }
    return patch.op === 'unset' ? unsetPath(made, path) : setPath(made, path, patch.value)!
  }, given)
}

const indexOf = (part: string): number => (/^(?:0|[1-9]\d*)$/.test(part) ? Number(part) : -1)

it('patches between two versions make the one of the other', () => {
  fc.assert(
    fc.property(document, document, (before, after) => {
      const patches = patchesBetween(before, after)
      expect(areIdentical(patched(before, patches), after)).toBe(true)
      if (areIdentical(before, after)) expect(patches).toEqual([])
    }),
    { numRuns: 1000 },
  )
})

it('patches are as small as the change', () => {
  const before = { _id: 1, a: { b: 1, c: 2 }, list: [1] }
  expect(patchesBetween(before, { _id: 1, a: { b: 1, c: 3 }, list: [1, 2], n: 0 })).toEqual([
    { op: 'set', path: ['a', 'c'], value: 3 },
    { op: 'set', path: ['list', '1'], value: 2 },
    { op: 'set', path: ['n'], value: 0 },
  ])
})
