import { Decimal128, Double, Long, Timestamp } from 'bson'
import { describe, expect, it } from 'vitest'
import type { Document } from '../../../src/bson/index.ts'
import { areIdentical } from '../../../src/engine/update/index.ts'
import { applyUpdate, NOW_MS } from './apply.ts'

type Case = [document: Document, update: Document, result: Document]

const long = (text: string) => Long.fromString(text)
const decimal = (text: string) => Decimal128.fromString(text)

/**
 * Source unless said otherwise: server, the *_node.cpp file of the operator in src/mongo/db/update.
 */
const CHANGES: { [operator: string]: Case[] } = {
  $set: [
    [{ a: 1 }, { $set: { a: 2 } }, { a: 2 }],
    [{ a: 1 }, { $set: { b: { c: 1 } } }, { a: 1, b: { c: 1 } }],
    [{ a: { b: 1, c: 2 } }, { $set: { 'a.b': 3 } }, { a: { b: 3, c: 2 } }],
    [{}, { $set: { 'a.b.c': 1 } }, { a: { b: { c: 1 } } }],
    [{}, { $set: { 'a.0': 1 } }, { a: { 0: 1 } }],
    [{ a: [1, 2] }, { $set: { 'a.0': 9 } }, { a: [9, 2] }],
    [{ a: [1] }, { $set: { 'a.3': 9 } }, { a: [1, null, null, 9] }],
    [{ a: [{ b: 1 }] }, { $set: { 'a.0.b': 2, 'a.1.b': 3 } }, { a: [{ b: 2 }, { b: 3 }] }],
    [{ a: [[1], 2] }, { $set: { 'a.0.1': 5 } }, { a: [[1, 5], 2] }],
    // The same number in another type is another value.
    [{ a: 5 }, { $set: { a: new Double(5) } }, { a: new Double(5) }],
    [{ a: 0 }, { $set: { a: -0 } }, { a: -0 }],
    [{ a: { x: 1, y: 2 } }, { $set: { a: { y: 2, x: 1 } } }, { a: { y: 2, x: 1 } }],
    [{ a: decimal('1.0') }, { $set: { a: decimal('1.00') } }, { a: decimal('1.00') }],
    [{ _id: { a: 1 }, b: 1 }, { $set: { '_id.a': 1, b: 2 } }, { _id: { a: 1 }, b: 2 }],
    [{ a: {} }, { $set: { 'a.$b': 1 } }, { a: { $b: 1 } }],
    [{}, { $set: { constructor: 1, 'toString.x': 2 } }, { constructor: 1, toString: { x: 2 } }],
  ],
  $unset: [
    [{ a: 1, b: 2 }, { $unset: { a: 1 } }, { b: 2 }],
    [{ a: { b: 1, c: 2 } }, { $unset: { 'a.b': '' } }, { a: { c: 2 } }],
    [{ a: [1, 2, 3] }, { $unset: { 'a.1': 1 } }, { a: [1, null, 3] }],
    [{ a: [{ b: 1 }, { b: 2 }] }, { $unset: { 'a.0.b': 1 } }, { a: [{}, { b: 2 }] }],
  ],
  $inc: [
    [{ n: 1 }, { $inc: { n: 2 } }, { n: 3 }],
    [{}, { $inc: { n: 2 } }, { n: 2 }],
    [{ n: 1 }, { $inc: { n: 0.5 } }, { n: 1.5 }],
    [{ n: 5.5 }, { $inc: { n: 0.5 } }, { n: new Double(6) }],
    [{ n: 2 ** 31 - 1 }, { $inc: { n: 1 } }, { n: long('2147483648') }],
    [{ n: 1 }, { $inc: { n: long('1') } }, { n: long('2') }],
    [{ n: long('1') }, { $inc: { n: decimal('0.1') } }, { n: decimal('1.1') }],
    [{ a: { n: 1 } }, { $inc: { 'a.n': 1, 'a.m': 1 } }, { a: { n: 2, m: 1 } }],
    [{ a: [{ n: 1 }] }, { $inc: { 'a.0.n': 1 } }, { a: [{ n: 2 }] }],
    // Adding a zero of a wider type changes the type.
    [{ n: 1 }, { $inc: { n: long('0') } }, { n: long('1') }],
  ],
  $mul: [
    [{ n: 3 }, { $mul: { n: 2 } }, { n: 6 }],
    [{}, { $mul: { n: 2 } }, { n: 0 }],
    [{}, { $mul: { n: long('2') } }, { n: long('0') }],
    [{}, { $mul: { n: 2.5 } }, { n: new Double(0) }],
    [{ n: 2 ** 20 }, { $mul: { n: 2 ** 20 } }, { n: long('1099511627776') }],
    [{ n: 3 }, { $mul: { n: 0 } }, { n: 0 }],
  ],
  '$min and $max': [
    [{ n: 3 }, { $min: { n: 2 } }, { n: 2 }],
    [{ n: 3 }, { $max: { n: 4 } }, { n: 4 }],
    [{}, { $min: { n: 2 }, $max: { m: 1 } }, { m: 1, n: 2 }],
    // Across types: numbers are before strings, null before numbers.
    [{ n: 3 }, { $max: { n: 'a' } }, { n: 'a' }],
    [{ n: 3 }, { $min: { n: null } }, { n: null }],
    [{ a: { b: 5 } }, { $min: { 'a.b': 1 } }, { a: { b: 1 } }],
  ],
  $currentDate: [
    [{}, { $currentDate: { a: true } }, { a: new Date(NOW_MS) }],
    [{}, { $currentDate: { a: false } }, { a: new Date(NOW_MS) }],
    [{ a: 1 }, { $currentDate: { a: { $type: 'date' } } }, { a: new Date(NOW_MS) }],
    [
      {},
      { $currentDate: { a: { $type: 'timestamp' } } },
      { a: new Timestamp({ t: 1_700_000_000, i: 1 }) },
    ],
  ],
  $rename: [
    [{ a: 1, b: 2 }, { $rename: { a: 'c' } }, { b: 2, c: 1 }],
    [{ a: 1, b: 2 }, { $rename: { a: 'b' } }, { b: 1 }],
    [{ a: { x: 1 } }, { $rename: { 'a.x': 'y.z' } }, { a: {}, y: { z: 1 } }],
    [{ a: { x: 1, y: 2 } }, { $rename: { 'a.x': 'a.z' } }, { a: { y: 2, z: 1 } }],
    [{ a: [1, 2] }, { $rename: { a: 'b' } }, { b: [1, 2] }],
    [{ a: { b: { c: 1 } } }, { $rename: { 'a.b': 'b' } }, { a: {}, b: { c: 1 } }],
    [
      { a: 1, b: 1 },
      { $rename: { a: 'b' }, $inc: { c: 1 } },
      { b: 1, c: 1 },
    ],
  ],
  $push: [
    [{ a: [1] }, { $push: { a: 2 } }, { a: [1, 2] }],
    [{}, { $push: { a: 2 } }, { a: [2] }],
    [{ a: [1] }, { $push: { a: [2, 3] } }, { a: [1, [2, 3]] }],
    [{ a: [1] }, { $push: { a: { $each: [2, 3] } } }, { a: [1, 2, 3] }],
    [{}, { $push: { a: { $each: [] } } }, { a: [] }],
    [{ a: [1, 2] }, { $push: { a: { $each: [9], $position: 0 } } }, { a: [9, 1, 2] }],
    [{ a: [1, 2] }, { $push: { a: { $each: [8, 9], $position: 1 } } }, { a: [1, 8, 9, 2] }],
    [{ a: [1, 2] }, { $push: { a: { $each: [9], $position: -1 } } }, { a: [1, 9, 2] }],
    [{ a: [1, 2] }, { $push: { a: { $each: [9], $position: -7 } } }, { a: [9, 1, 2] }],
    [{ a: [1, 2] }, { $push: { a: { $each: [9], $position: 7 } } }, { a: [1, 2, 9] }],
    [{ a: [1, 2] }, { $push: { a: { $each: [3], $slice: 2 } } }, { a: [1, 2] }],
    [{ a: [1, 2] }, { $push: { a: { $each: [3], $slice: -2 } } }, { a: [2, 3] }],
    [{ a: [1] }, { $push: { a: { $each: [], $slice: 0 } } }, { a: [] }],
    [{ a: [3, 1] }, { $push: { a: { $each: [2], $sort: 1 } } }, { a: [1, 2, 3] }],
    [{ a: [3, 1] }, { $push: { a: { $each: [2], $sort: -1, $slice: 2 } } }, { a: [3, 2] }],
    [
      { a: [{ n: 2 }, { n: 1 }, 5] },
      { $push: { a: { $each: [{ n: 0 }], $sort: { n: 1 } } } },
      { a: [5, { n: 0 }, { n: 1 }, { n: 2 }] },
    ],
    [{ a: [{ b: [1] }] }, { $push: { 'a.0.b': 2 } }, { a: [{ b: [1, 2] }] }],
    // Without $each, clauses are a value.
    [{ a: [] }, { $push: { a: { $slice: 1 } } }, { a: [{ $slice: 1 }] }],
  ],
  $addToSet: [
    [{ a: [1] }, { $addToSet: { a: 2 } }, { a: [1, 2] }],
    [{}, { $addToSet: { a: 1 } }, { a: [1] }],
    [{ a: [1] }, { $addToSet: { a: { $each: [1, 2, 2, new Double(2)] } } }, { a: [1, 2] }],
    [
      { a: [{ x: 1, y: 2 }] },
      { $addToSet: { a: { y: 2, x: 1 } } },
      {
        a: [
          { x: 1, y: 2 },
          { y: 2, x: 1 },
        ],
      },
    ],
    [{}, { $addToSet: { a: { $each: [3, 3] } } }, { a: [3] }],
  ],
  $pop: [
    [{ a: [1, 2, 3] }, { $pop: { a: 1 } }, { a: [1, 2] }],
    [{ a: [1, 2, 3] }, { $pop: { a: -1 } }, { a: [2, 3] }],
    [{ a: [[1, 2]] }, { $pop: { 'a.0': 1 } }, { a: [[1]] }],
  ],
  '$pull and $pullAll': [
    [{ a: [1, 2, 1] }, { $pull: { a: 1 } }, { a: [2] }],
    [{ a: [1, 2, 3] }, { $pull: { a: { $gt: 1 } } }, { a: [1] }],
    [{ a: [1, 2, 3] }, { $pull: { a: { $in: [1, 3] } } }, { a: [2] }],
    [{ a: [{ x: 1, y: 1 }, { x: 2 }] }, { $pull: { a: { x: 1 } } }, { a: [{ x: 2 }] }],
    [{ a: ['ab', 'b'] }, { $pull: { a: /^a/ } }, { a: ['b'] }],
    [{ a: [[1, 2], [3]] }, { $pull: { a: [1, 2] } }, { a: [[3]] }],
    [{ a: [1, 2, 3, new Double(1)] }, { $pullAll: { a: [1, 3] } }, { a: [2] }],
    [{ a: [{ x: 1, y: 1 }, { x: 1 }] }, { $pullAll: { a: [{ x: 1 }] } }, { a: [{ x: 1, y: 1 }] }],
  ],
  $bit: [
    [{ n: 13 }, { $bit: { n: { and: 10 } } }, { n: 8 }],
    [{ n: 1 }, { $bit: { n: { or: 6 } } }, { n: 7 }],
    [{ n: 5 }, { $bit: { n: { xor: 1, or: 8 } } }, { n: 12 }],
    [{}, { $bit: { n: { or: 4 } } }, { n: 4 }],
    [{ n: -1 }, { $bit: { n: { and: long('4294967296') } } }, { n: long('4294967296') }],
  ],
}

describe.each(Object.entries(CHANGES))('%s', (_, cases) => {
  it.each(cases)('%j by %j', (document, update, result) => {
    const applied = applyUpdate(document, update)
    // Finer than toEqual: 5 is not Double(5), and Decimal128's bytes may be of two classes.
    expect(areIdentical(applied.document, result) || applied.document).toBe(true)
    expect(applied.changed).toBe(true)
  })
})

describe('no change, no new version', () => {
  it.each<[Document, Document]>([
    [{ a: 1 }, { $set: {} }],
    [{ a: 1 }, { $set: { a: 1 } }],
    [{ a: { b: [1, { c: 2 }] } }, { $set: { a: { b: [1, { c: 2 }] } } }],
    [{ a: Number.NaN }, { $set: { a: Number.NaN } }],
    [{ _id: 1 }, { $set: { _id: 1 } }],
    [{ a: 1 }, { $setOnInsert: { b: 1 } }],
    [{ a: 1 }, { $unset: { b: 1, 'a.b': 1, 'c.d': 1 } }],
    [{ a: [1] }, { $unset: { 'a.5': 1, 'a.b': 1 } }],
    [{ n: 1 }, { $inc: { n: 0 } }],
    [{ n: 1 }, { $mul: { n: 1 } }],
    [{ n: 1 }, { $min: { n: 2 } }],
    [{ n: 1 }, { $max: { n: new Double(1) } }],
    [{ a: 1 }, { $rename: { b: 'c' } }],
    [{ a: [1] }, { $push: { a: { $each: [] } } }],
    [{ a: [1] }, { $addToSet: { a: 1 } }],
    [{ a: [] }, { $pop: { a: 1 } }],
    [{}, { $pop: { a: 1 }, $pull: { b: 1 } }],
    [{ a: [1] }, { $pull: { a: 2 } }],
    [{ a: [{}] }, { $pop: { 'a.7.b': 1 } }],
    [{ n: 3 }, { $bit: { n: { or: 1 } } }],
  ])('%j by %j', (document, update) => {
    const applied = applyUpdate(document, update)
    expect(applied.changed).toBe(false)
    expect(applied.document).toBe(document)
    expect(applied.patches).toEqual([])
  })
})

// server: cmpPathsAndArrayIndexes; docs "Update Operators Processing Order" (5.0)
describe('new fields are appended in the order of their paths', () => {
  it.each<[Document, string[]]>([
    [{ $set: { c: 1, a: 1 }, $inc: { b: 1 } }, ['z', 'a', 'b', 'c']],
    [{ $set: { a10: 1, a9: 1 } }, ['z', 'a10', 'a9']],
    [{ $set: { '9z': 1, '10a': 1 } }, ['z', '9z', '10a']],
    [{ $set: { B: 1, a: 1 } }, ['z', 'B', 'a']],
  ])('%j', (update, names) => {
    expect(Object.keys(applyUpdate({ z: 1 }, update).document)).toEqual(names)
  })

  it('and so are elements', () => {
    const update = { $set: { 'a.10': 'x', 'a.9': 'y' } }
    const elements = applyUpdate({ a: [] }, update).document['a'] as unknown[]
    expect(elements.slice(8)).toEqual([null, 'y', 'x'])
  })
})

describe('sharing', () => {
  it('what did not change is the same object in both versions', () => {
    const document = { a: { x: { deep: 1 }, y: { n: 1 } }, b: [{ c: 1 }, { d: 1 }] }
    const byCopy = applyUpdate(document, { $inc: { 'a.y.n': 1 } }).document as typeof document
    expect(byCopy.a.x).toBe(document.a.x)
    expect(byCopy.b).toBe(document.b)
    const byRecipe = applyUpdate(document, { $set: { 'b.0.c': 2 } }).document as typeof document
    expect(byRecipe.a).toBe(document.a)
    expect(byRecipe.b[1]).toBe(document.b[1])
  })
})
