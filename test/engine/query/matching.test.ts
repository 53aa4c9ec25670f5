import { BSONRegExp, BSONSymbol, Decimal128, Double, Long, MaxKey, MinKey, ObjectId } from 'bson'
import { describe, expect, it } from 'vitest'
import type { Document } from '../../../src/bson/index.ts'
import { compileFilter } from '../../../src/engine/query/index.ts'

type Case = [filter: Document, matching: Document[], others: Document[]]

const id = new ObjectId('65f0000000000000000000aa')

/** Filter, documents it finds, documents it does not. */
const TABLE: { [operator: string]: Case[] } = {
  // server: ComparisonMatchExpression::matchesSingleElement, BSONElementIterator
  'implicit equality': [
    [{}, [{}, { a: 1 }], []],
    [
      { a: 1 },
      [{ a: 1 }, { a: Long.fromNumber(1) }, { a: new Double(1) }],
      [{ a: 2 }, { a: '1' }, {}],
    ],
    [{ a: Decimal128.fromString('1.0') }, [{ a: 1 }], [{ a: 1.5 }]],
    [{ a: 'x' }, [{ a: 'x' }, { a: new BSONSymbol('x') }, { a: ['y', 'x'] }], [{ a: ['y'] }]],
    [{ a: Number.NaN }, [{ a: Number.NaN }, { a: [1, Number.NaN] }], [{ a: 1 }, {}]],
    [{ a: true }, [{ a: true }, { a: [false, true] }], [{ a: 1 }, { a: 'true' }]],
    [{ a: id }, [{ a: new ObjectId(id.toHexString()) }], [{ a: id.toHexString() }]],
    [{ a: new Date(5) }, [{ a: new Date(5) }], [{ a: 5 }, { a: new Date(6) }]],
    [{ a: 1, b: 2 }, [{ b: 2, a: 1 }], [{ a: 1 }, { a: 1, b: 3 }]],
    // Embedded documents are equal field by field, in order.
    [
      { a: { x: 1, y: 2 } },
      [{ a: { x: 1, y: 2 } }, { a: [{ x: 1, y: 2 }] }],
      [{ a: { y: 2, x: 1 } }, { a: { x: 1 } }],
    ],
    [{ a: {} }, [{ a: {} }], [{ a: { x: 1 } }, {}]],
    // Arrays: as a whole, or as an element of another.
    [{ a: [1, 2] }, [{ a: [1, 2] }, { a: [[1, 2]] }], [{ a: [2, 1] }, { a: [1, 2, 3] }, { a: 1 }]],
    // A reference to a document is a value, though its names start with $.
    [{ a: { $ref: 'c', $id: 1 } }, [{ a: { $ref: 'c', $id: 1 } }], [{ a: { $ref: 'c', $id: 2 } }]],
    [{ constructor: null }, [{}], [{ constructor: 1 }]],
    [{ toString: 1 }, [{ toString: 1 }], [{}]],
  ],
  'dotted paths': [
    [
      { 'a.b': 1 },
      [{ a: { b: 1 } }, { a: [{ b: 2 }, { b: 1 }] }, { a: { b: [2, 1] } }],
      [{ a: 1 }, { 'a.b': 1 }],
    ],
    [{ 'a.0': 1 }, [{ a: [1, 2] }, { a: { 0: 1 } }, { a: [{ 0: 1 }] }], [{ a: [2, 1] }, { a: 1 }]],
    [{ 'a.0.b': 1 }, [{ a: [{ b: 1 }] }], [{ a: [{ b: 2 }, { b: 1 }] }]],
    // The element that an index names is not entered: server, path_test.cpp "ArrayIndex2".
    [{ 'a.1': 2 }, [{ a: [5, 2] }], [{ a: [5, [2, 4]] }]],
    [{ 'a.1': [2, 4] }, [{ a: [5, [2, 4], 3] }], [{ a: [5, 2, 4] }]],
    [{ 'a.b.c': 1 }, [{ a: [{ b: [{ c: 1 }] }] }], [{ a: [[{ b: { c: 1 } }]] }]],
  ],
  $eq: [
    [{ a: { $eq: 1 } }, [{ a: 1 }], [{ a: 2 }]],
    [{ a: { $eq: /x/ } }, [], [{ a: 'x' }]],
    [{ a: { $eq: { $gt: 1 } } }, [{ a: { $gt: 1 } }], [{ a: 2 }]],
  ],
  $ne: [
    [{ a: { $ne: 1 } }, [{ a: 2 }, {}, { a: [2] }], [{ a: 1 }, { a: [2, 1] }]],
    [{ a: { $ne: null } }, [{ a: 1 }, { a: [] }], [{}, { a: null }, { a: [null] }]],
  ],
  'order within one type': [
    [
      { a: { $gt: 1 } },
      [{ a: 2 }, { a: 1.5 }, { a: Long.fromNumber(2) }, { a: [0, 2] }],
      [{ a: 1 }, { a: 'x' }, {}, { a: Number.NaN }],
    ],
    [{ a: { $gte: 1 } }, [{ a: 1 }, { a: Decimal128.fromString('1') }], [{ a: 0 }, { a: null }]],
    [
      { a: { $lt: 1 } },
      [{ a: 0 }, { a: Number.NEGATIVE_INFINITY }],
      [{ a: 1 }, { a: null }, {}, { a: Number.NaN }],
    ],
    [{ a: { $lte: 1 } }, [{ a: 1 }, { a: 0.5 }], [{ a: 2 }]],
    [{ a: { $gt: Long.MAX_VALUE } }, [{ a: 2 ** 63 }], [{ a: Long.MAX_VALUE }]],
    [{ a: { $gt: 'b' } }, [{ a: 'c' }, { a: 'ba' }], [{ a: 'b' }, { a: 'B' }, { a: 5 }]],
    // By code point, where JavaScript's own order would put the emoji first.
    [{ a: { $gt: '\uffff' } }, [{ a: '\u{1f600}' }], [{ a: '\ufffe' }]],
    [{ a: { $gt: new Date(5) } }, [{ a: new Date(6) }], [{ a: new Date(5) }, { a: 6 }]],
    [{ a: { $gt: false } }, [{ a: true }], [{ a: false }, { a: 1 }]],
    [
      { a: { $gt: { x: 1 } } },
      [{ a: { x: 2 } }, { a: { x: 1, y: 0 } }],
      [{ a: { x: 1 } }, { a: 5 }],
    ],
    [{ a: { $gt: [1] } }, [{ a: [2] }, { a: [1, 0] }, { a: [[2]] }], [{ a: [1] }, { a: 2 }]],
    [{ a: { $gt: 1, $lt: 3 } }, [{ a: 2 }, { a: [0, 4] }], [{ a: 3 }, { a: 1 }]],
    // NaN equals itself and is in no order with other numbers.
    [{ a: { $gte: Number.NaN } }, [{ a: Number.NaN }], [{ a: 1 }]],
    [{ a: { $lt: Number.NaN } }, [], [{ a: Number.NaN }, { a: 1 }]],
    // Null in an order means: equal, or missing.
    [{ a: { $gte: null } }, [{ a: null }, {}], [{ a: 1 }]],
    [{ a: { $lt: null } }, [], [{ a: null }, {}]],
    // The two extremes compare with all types.
    [
      { a: { $gt: new MinKey() } },
      [{ a: 1 }, { a: null }, {}, { a: new MaxKey() }],
      [{ a: new MinKey() }],
    ],
    [{ a: { $gte: new MinKey() } }, [{ a: new MinKey() }, { a: 1 }], []],
    [{ a: { $lt: new MaxKey() } }, [{ a: 'x' }], [{ a: new MaxKey() }]],
    [{ a: { $gt: new MaxKey() } }, [], [{ a: 1 }, { a: new MaxKey() }]],
  ],
  $in: [
    [{ a: { $in: [1, 'x'] } }, [{ a: 1 }, { a: 'x' }, { a: [5, 'x'] }], [{ a: 2 }, {}]],
    [{ a: { $in: [null] } }, [{ a: null }, {}], [{ a: 1 }]],
    [{ a: { $in: [] } }, [], [{ a: 1 }, {}]],
    [{ a: { $in: [/^x/, 3] } }, [{ a: 'xy' }, { a: 3 }], [{ a: 'y' }]],
    [{ a: { $in: [[1, 2]] } }, [{ a: [1, 2] }], [{ a: 1 }]],
    [
      { a: { $in: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] } },
      [{ a: Long.fromNumber(9) }, { a: [20, 3] }],
      [{ a: 10 }, { a: '1' }, {}],
    ],
    [{ a: { $in: [0, 1, 2, 3, 4, 5, 6, 7, 8, null] } }, [{}, { a: null }], [{ a: 9 }]],
  ],
  $nin: [
    [{ a: { $nin: [1, 2] } }, [{ a: 3 }, {}, { a: [3] }], [{ a: 1 }, { a: [3, 2] }]],
    [{ a: { $nin: [null] } }, [{ a: 1 }], [{}, { a: null }]],
  ],
  logical: [
    [{ $and: [{ a: 1 }, { b: 1 }] }, [{ a: 1, b: 1 }], [{ a: 1 }]],
    [{ $or: [{ a: 1 }, { b: 1 }] }, [{ a: 1 }, { b: 1 }], [{}]],
    [{ $nor: [{ a: 1 }, { b: 1 }] }, [{}], [{ a: 1 }, { b: 1 }]],
    [{ $or: [{ a: 1 }, { b: 1 }], c: 1 }, [{ a: 1, c: 1 }], [{ a: 1 }]],
    [{ $nor: [{ $or: [{ a: 1 }, { b: 1 }] }] }, [{}], [{ b: 1 }]],
    [
      { a: { $not: { $gt: 1 } } },
      [{ a: 1 }, {}, { a: 'x' }, { a: [0, 1] }],
      [{ a: 2 }, { a: [0, 2] }],
    ],
    [{ a: { $not: /x/ } }, [{ a: 'y' }, {}], [{ a: 'x' }]],
    [{ a: { $not: { $not: { $gt: 1 } } } }, [{ a: 2 }], [{ a: 1 }]],
    [{ a: { $not: { $gt: 1, $lt: 5 } } }, [{ a: 1 }, { a: 5 }], [{ a: 2 }]],
    [{ $alwaysTrue: 1 }, [{}], []],
    [{ $alwaysFalse: 1 }, [], [{}]],
    [{ a: 1, $comment: 'why' }, [{ a: 1 }], [{ a: 2 }]],
  ],
  $exists: [
    [{ a: { $exists: true } }, [{ a: null }, { a: [] }], [{}, { b: 1 }]],
    [{ a: { $exists: false } }, [{}], [{ a: null }]],
    [{ a: { $exists: 'no' } }, [{ a: 1 }], [{}]],
    [{ a: { $exists: 0 } }, [{}], [{ a: 1 }]],
    [{ 'a.b': { $exists: false } }, [{ a: [] }, { a: [1] }, { a: {} }], [{ a: [{ b: 1 }, {}] }]],
  ],
  $type: [
    [{ a: { $type: 'int' } }, [{ a: 1 }, { a: [1.5, 1] }], [{ a: 1.5 }, { a: '1' }, {}]],
    [
      { a: { $type: 'number' } },
      [{ a: 1 }, { a: Long.ONE }, { a: Decimal128.fromString('1') }],
      [{ a: '1' }],
    ],
    [{ a: { $type: 2 } }, [{ a: 'x' }], [{ a: 1 }]],
    [{ a: { $type: ['null', 10, 'array'] } }, [{ a: null }, { a: [1] }], [{ a: 1 }, {}]],
    [{ a: { $type: -1 } }, [{ a: new MinKey() }], [{ a: 1 }]],
    [{ a: { $type: 'double' } }, [{ a: new Double(1) }, { a: -0 }], [{ a: 1 }]],
  ],
  $regex: [
    [{ a: /^ab/i }, [{ a: 'ABc' }, { a: ['x', 'abc'] }], [{ a: 'xab' }, { a: 5 }, {}]],
    [{ a: { $regex: 'b.c', $options: 's' } }, [{ a: 'b\nc' }], [{ a: 'bc' }]],
    [{ a: { $options: 'i', $regex: 'x' } }, [{ a: 'X' }], [{ a: 'y' }]],
    [{ a: { $regex: /x/, $options: 'i' } }, [{ a: 'X' }], []],
    [{ a: { $regex: ' a b # comment', $options: 'x' } }, [{ a: 'ab' }], [{ a: ' a b ' }]],
    [{ a: { $regex: '(?i)abc' } }, [{ a: 'ABC' }], [{ a: 'ab' }]],
    [{ a: { $regex: '^b$', $options: 'm' } }, [{ a: 'a\nb' }], [{ a: 'ab' }]],
    [{ a: { $regex: '\\Ab', $options: 'm' } }, [{ a: 'b' }], [{ a: 'a\nb' }]],
    // A stored expression is found by the same expression.
    [{ a: /x/i }, [{ a: new BSONRegExp('x', 'i') }], [{ a: new BSONRegExp('x') }]],
    [{ a: /x/ }, [{ a: new BSONSymbol('x') }], []],
    [{ a: { $regex: 'x', $gt: 'b' } }, [{ a: 'cx' }], [{ a: 'ax' }]],
  ],
  $size: [
    [{ a: { $size: 2 } }, [{ a: [1, 2] }], [{ a: [1] }, { a: 2 }, {}, { a: [[1, 2]] }]],
    [{ a: { $size: new Double(0) } }, [{ a: [] }], [{}]],
    [{ 'a.b': { $size: 1 } }, [{ a: [{ b: [1] }] }], [{ a: [{ b: 1 }] }]],
  ],
  $all: [
    [{ a: { $all: [1, 2] } }, [{ a: [2, 1, 3] }], [{ a: [1] }, { a: 1 }]],
    [{ a: { $all: [1] } }, [{ a: 1 }, { a: [1] }], [{}]],
    [{ a: { $all: [] } }, [], [{ a: [] }, {}]],
    [{ a: { $all: [[1, 2]] } }, [{ a: [1, 2] }, { a: [[1, 2]] }], [{ a: [1] }]],
    [{ a: { $all: [/^x/, 'y'] } }, [{ a: ['xx', 'y'] }], [{ a: ['xx'] }]],
    [
      { a: { $all: [{ $elemMatch: { b: 1 } }, { $elemMatch: { b: 2 } }] } },
      [{ a: [{ b: 1 }, { b: 2 }] }],
      [{ a: [{ b: 1 }] }],
    ],
  ],
  $elemMatch: [
    [
      { a: { $elemMatch: { b: 1, c: 2 } } },
      [{ a: [{ b: 1, c: 2 }] }],
      [{ a: [{ b: 1 }, { c: 2 }] }, { a: { b: 1, c: 2 } }],
    ],
    [
      { a: { $elemMatch: { $gt: 1, $lt: 5 } } },
      [{ a: [2] }],
      [{ a: [0, 6] }, { a: 2 }, { a: [[2]] }],
    ],
    [{ a: { $elemMatch: { $ne: 1 } } }, [{ a: [1, 2] }], [{ a: [1] }, {}]],
    [
      { a: { $elemMatch: { $or: [{ b: 1 }, { c: 1 }] } } },
      [{ a: [{ c: 1 }] }],
      [{ a: [{ d: 1 }] }],
    ],
    [{ a: { $elemMatch: { $elemMatch: { $gt: 1 } } } }, [{ a: [[2]] }], [{ a: [2] }]],
    [{ a: { $elemMatch: { 0: 1 } } }, [{ a: [[1, 2]] }, { a: [{ 0: 1 }] }], [{ a: [1] }]],
    [{ a: { $elemMatch: {} } }, [{ a: [{}] }, { a: [[]] }], [{ a: [1] }, { a: [] }]],
    [{ a: { $elemMatch: { $not: { $gt: 1 } } } }, [{ a: [1] }], [{ a: [2] }]],
  ],
  $mod: [
    [
      { a: { $mod: [4, 1] } },
      [{ a: 5 }, { a: 5.9 }, { a: Long.fromNumber(9) }, { a: [2, 1] }],
      [{ a: 4 }, { a: '5' }, { a: Number.NaN }],
    ],
    [{ a: { $mod: [4, -1] } }, [{ a: -5 }], [{ a: 3 }]],
    [{ a: { $mod: [4.9, 0] } }, [{ a: 8 }, { a: -8 }], [{ a: 5 }]],
    [{ a: { $mod: [10, 7] } }, [{ a: Long.MAX_VALUE }], [{ a: 2 ** 64 }]],
  ],
}

describe.each(Object.entries(TABLE))('%s', (_, cases) => {
  it.each(cases)('%j', (filter, matching, others) => {
    const { matches } = compileFilter(filter)
    expect(matching.filter((document) => !matches(document))).toEqual([])
    expect(others.filter((document) => matches(document))).toEqual([])
  })
})

// The truth of {field: null} and its kin by document; server: jstests/core/null_query_semantics.js
describe('null', () => {
  const DOCUMENTS: Document = {
    empty_subobject: { a: {} },
    null: { a: null },
    number: { a: 4 },
    b_not_null: { a: { b: 'hi' } },
    b_null: { a: { b: null } },
    no_a: {},
    double_array: { a: [[]] },
    empty_array: { a: [] },
    all_b_nulls: { a: [{ b: null }, {}] },
    no_b_nulls: { a: [{ b: 1 }, { b: 3 }] },
    some_b_nulls: { a: [{ b: null }, { b: 3 }] },
    some_b_missing: { a: [{ b: 3 }, {}] },
    all_nulls: { a: [null, null] },
    no_nulls: { a: [1, 'string', 4] },
    with_null: { a: [1, null, 4] },
  }
  const WITH_NULL = ['null', 'no_a', 'all_nulls', 'with_null']
  const B_NULL = [
    'empty_subobject',
    'null',
    'number',
    'b_null',
    'no_a',
    'all_b_nulls',
    'some_b_nulls',
    'some_b_missing',
  ]

  it.each([
    [{ a: { $eq: null } }, WITH_NULL],
    [{ a: { $in: [null, 75] } }, WITH_NULL],
    [{ a: { $gte: null } }, WITH_NULL],
    [{ $or: [{ a: null }, { a: 75 }] }, WITH_NULL],
    [{ a: { $exists: false } }, ['no_a']],
    [{ 'a.b': { $eq: null } }, B_NULL],
    [{ 'a.b': { $in: [null, 75] } }, B_NULL],
    [
      { 'a.b': { $exists: false } },
      [
        'empty_subobject',
        'null',
        'number',
        'no_a',
        'double_array',
        'empty_array',
        'all_nulls',
        'no_nulls',
        'with_null',
      ],
    ],
    [{ a: { $elemMatch: { $eq: null } } }, ['all_nulls', 'with_null']],
    [
      { a: { $elemMatch: { b: null } } },
      ['double_array', 'all_b_nulls', 'some_b_nulls', 'some_b_missing'],
    ],
  ])('%j', (filter, expected) => {
    const { matches } = compileFilter(filter)
    const found = Object.keys(DOCUMENTS).filter((name) => matches(DOCUMENTS[name] as Document))
    expect(found.sort()).toEqual([...expected].sort())
  })
})
