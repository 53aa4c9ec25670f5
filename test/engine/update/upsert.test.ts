import { describe, expect, it } from 'vitest'
import type { Document } from '../../../src/bson/index.ts'
import { failureOf, upsert } from './apply.ts'

// server: produce_document_for_upsert.cpp, path_support.cpp;
// jstests/core/write/update/upsert_fields.js
describe('an upsert inserts', () => {
  it.each<[Document, Document, Document]>([
    [{}, { $set: { a: 1 } }, { _id: 'minted', a: 1 }],
    [{ _id: 5 }, { $set: { a: 1 } }, { _id: 5, a: 1 }],
    [{ _id: 5 }, { $setOnInsert: { a: 1 }, $inc: { n: 1 } }, { _id: 5, a: 1, n: 1 }],
    [{ b: 1, a: 2 }, { $set: { c: 1 } }, { _id: 'minted', a: 2, b: 1, c: 1 }],
    [{ x: 1 }, { $inc: { x: 2 } }, { _id: 'minted', x: 3 }],
    [{ 'a.b': 1, 'a.c': 2 }, { $set: { d: 1 } }, { _id: 'minted', a: { b: 1, c: 2 }, d: 1 }],
    [{ $and: [{ a: 1 }, { b: 2 }] }, { $set: { c: 1 } }, { _id: 'minted', a: 1, b: 2, c: 1 }],
    [{ $or: [{ a: 1 }] }, { $set: { c: 1 } }, { _id: 'minted', a: 1, c: 1 }],
    [{ $or: [{ a: 1 }, { b: 1 }] }, { $set: { c: 1 } }, { _id: 'minted', c: 1 }],
    [{ a: { $in: [1] } }, { $set: { c: 1 } }, { _id: 'minted', a: 1, c: 1 }],
    [{ a: { $in: [1, 2] } }, { $set: { c: 1 } }, { _id: 'minted', c: 1 }],
    [{ a: { $all: [1] } }, { $set: { c: 1 } }, { _id: 'minted', a: 1, c: 1 }],
    [{ a: { $gt: 1 }, b: 1 }, { $set: { c: 1 } }, { _id: 'minted', b: 1, c: 1 }],
    [{ a: { $eq: { b: 1 } } }, { $set: { c: 1 } }, { _id: 'minted', a: { b: 1 }, c: 1 }],
    [{ a: null }, { $set: { c: 1 } }, { _id: 'minted', a: null, c: 1 }],
    [{ a: [1, 2] }, { $push: { a: 3 } }, { _id: 'minted', a: [1, 2, 3] }],
    [{ a: /x/ }, { $set: { c: 1 } }, { _id: 'minted', c: 1 }],
    [{ 'a.0': 1 }, { $set: { c: 1 } }, { _id: 'minted', a: { 0: 1 }, c: 1 }],
    [{}, { $set: { a: 1, _id: 7 } }, { _id: 7, a: 1 }],
    [{ _id: 5 }, { $set: { _id: 5 } }, { _id: 5 }],
    [{ '_id.a': 1 }, { $set: { c: 1 } }, { _id: { a: 1 }, c: 1 }],
    // $unset of a field the filter demands takes it away again.
    [{ a: 1 }, { $unset: { a: 1 } }, { _id: 'minted' }],
    [{}, { $set: { $a: 1 } }, { _id: 'minted', $a: 1 }],
    // A replacement takes nothing from the filter but _id.
    [{ a: 1 }, { b: 2 }, { _id: 'minted', b: 2 }],
    [{ _id: 5, a: 1 }, { b: 2 }, { _id: 5, b: 2 }],
    [{ _id: 5 }, { b: 2, _id: 5 }, { _id: 5, b: 2 }],
    [{ _id: { $gt: 5 } }, { b: 2 }, { _id: 'minted', b: 2 }],
    [{}, {}, { _id: 'minted' }],
  ])('for %j and %j', (filter, update, expected) => {
    const document = upsert(filter, update)
    expect(document).toEqual(expected)
    expect(Object.keys(document)).toEqual(Object.keys(expected))
  })

  it.each<[Document, Document, number, string]>([
    [
      { a: { $all: [1, 2] } },
      { $set: { c: 1 } },
      54,
      "cannot infer query fields to set, path 'a' is matched twice",
    ],
    [
      { 'a.b': 1, a: { c: 1 } },
      { $set: { c: 1 } },
      54,
      "cannot infer query fields to set, both paths 'a.b' and 'a' are matched",
    ],
    [
      { _id: 5 },
      { $set: { _id: 6 } },
      66,
      "Performing an update on the path '_id' would modify the immutable field '_id'",
    ],
    [
      { _id: 5 },
      { _id: 6 },
      66,
      "After applying the update, the (immutable) field '_id' was found to have been altered to _id: 6",
    ],
    [
      { '_id.a': 1 },
      { b: 1 },
      111,
      "field at '_id' must be exactly specified, field at sub-path '_id.a'found",
    ],
    [
      { '_id.a': 1 },
      { $set: { '_id.b': 1 } },
      66,
      "Updating the path '_id' to _id: { a: 1, b: 1 } would modify the immutable field '_id'",
    ],
    [{}, { $set: { _id: [1] } }, 53, "The '_id' value cannot be of type array"],
    [{ _id: [1] }, { $set: { a: 1 } }, 53, "The '_id' value cannot be of type array"],
    [
      {},
      { $set: { 'a.b': 1 }, $setOnInsert: { a: 1 } },
      40,
      "Updating the path 'a' would create a conflict at 'a'",
    ],
    [{ a: 1 }, { $set: { 'a.b': 1 } }, 28, "Cannot create field 'b' in element {a: 1}"],
    [
      {},
      { $set: { _id: { $a: 1 } } },
      52,
      "The dollar ($) prefixed field '$a' in '_id.$a' is not allowed in the context of an update's" +
        ' replacement document. Consider using an aggregation pipeline with $replaceWith.',
    ],
    [
      {},
      { $inc: { a: 1 }, $set: { 'b.c': 1 }, $rename: { a: 'b' } },
      40,
      "Updating the path 'a' would create a conflict at 'a'",
    ],
  ])('or fails for %j and %j', (filter, update, code, message) => {
    expect(failureOf(() => upsert(filter, update))).toMatchObject({ code, message })
  })
})
