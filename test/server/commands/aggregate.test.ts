import { Decimal128, Double, Long } from 'bson'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Document } from '../../../src/bson/index.ts'
import {
  type Bench,
  commit,
  continuing,
  documentsOf,
  insertOne,
  makeBench,
  starting,
} from '../harness.ts'

let bench: Bench
beforeEach(() => {
  bench = makeBench()
})
afterEach(() => bench.stop())

const run = (pipeline: unknown, fields: Document = {}): Promise<Document> =>
  bench.run({ aggregate: 'demo', pipeline, cursor: {}, ...fields })

const insert = (...documents: Document[]): Promise<Document> =>
  bench.run({ insert: 'demo', documents })

const FRUIT = [
  { _id: 1, kind: 'apple', price: 3, sizes: [{ cm: 7 }, { cm: 8 }] },
  { _id: 2, kind: 'pear', price: 5 },
  { _id: 3, kind: 'apple', price: 4, sizes: [{ cm: 9 }] },
  { _id: 4, kind: 'plum', price: null },
  { _id: 5, price: 1 },
]

describe('stages', () => {
  it.each<[Document[], Document[]]>([
    [[], FRUIT],
    [
      [{ $match: { kind: 'apple' } }, { $project: { price: 1 } }],
      [
        { _id: 1, price: 3 },
        { _id: 3, price: 4 },
      ],
    ],
    [
      [{ $sort: { price: -1 } }, { $limit: 2 }, { $project: { _id: 1 } }],
      [{ _id: 2 }, { _id: 3 }],
    ],
    [
      [{ $limit: 3 }, { $skip: 1 }, { $project: { _id: 1 } }],
      [{ _id: 2 }, { _id: 3 }],
    ],
    [
      [{ $limit: 3 }, { $match: { kind: 'apple' } }, { $unset: ['sizes', 'price'] }],
      [
        { _id: 1, kind: 'apple' },
        { _id: 3, kind: 'apple' },
      ],
    ],
    [[{ $skip: 1 }, { $skip: 3 }, { $unset: 'price' }], [{ _id: 5 }]],
    [[{ $limit: 9 }, { $limit: 1 }, { $project: { kind: 0, sizes: 0 } }], [{ _id: 1, price: 3 }]],
    [
      [{ $project: { price: 1 } }, { $sort: { price: 1, _id: -1 } }, { $limit: 2 }],
      [
        { _id: 4, price: null },
        { _id: 5, price: 1 },
      ],
    ],
    [
      [{ $sort: { _id: -1 } }, { $match: { _id: { $gt: 3 } } }, { $unset: ['kind', 'price'] }],
      [{ _id: 5 }, { _id: 4 }],
    ],
    [[{ $match: { kind: 'apple' } }, { $match: { price: 4 } }, { $count: 'n' }], [{ n: 1 }]],
    [[{ $count: 'all' }], [{ all: 5 }]],
    [[{ $match: { kind: 'fig' } }, { $count: 'n' }], []],
    [[{ $project: { 'sizes.cm': 1, _id: 0 } }, { $limit: 1 }], [{ sizes: [{ cm: 7 }, { cm: 8 }] }]],
  ])('%j', async (pipeline, expected) => {
    await insert(...FRUIT)
    expect(documentsOf(await run(pipeline))).toEqual(expected)
  })

  it('what the driver sends to count documents', async () => {
    await insert(...FRUIT)
    const counting = (filter: Document): Document[] => [
      { $match: filter },
      { $skip: 1 },
      { $group: { _id: 1, n: { $sum: 1 } } },
    ]
    expect(documentsOf(await run(counting({})))).toEqual([{ _id: 1, n: 4 }])
    expect(documentsOf(await run(counting({ _id: 1 })))).toEqual([])
  })

  it('over a collection that is not there: nothing', async () => {
    expect(documentsOf(await run([{ $match: { a: 1 } }]))).toEqual([])
    expect(documentsOf(await run([{ $group: { _id: null, n: { $sum: 1 } } }]))).toEqual([])
  })

  it('$documents', async () => {
    const documents = [{ a: 2 }, { a: 1, b: ['$nosuch', 'x'] }]
    const pipeline = [{ $documents: documents }, { $sort: { a: 1 } }]
    const reply = await bench.run({ aggregate: 1, pipeline, cursor: {} })
    expect(reply).toEqual({
      cursor: {
        firstBatch: [{ a: 1, b: [null, 'x'] }, { a: 2 }],
        id: Long.ZERO,
        ns: 'test.$cmd.aggregate',
      },
      ok: 1,
    })
  })
})

describe('$group', () => {
  const group = async (spec: Document): Promise<Document[]> =>
    documentsOf(await run([{ $sort: { _id: 1 } }, { $group: spec }]))

  it('by nothing, a constant, a field, a path, a document', async () => {
    await insert(...FRUIT)
    const n = { $sum: 1 }
    expect(await group({ _id: null, n })).toEqual([{ _id: null, n: 5 }])
    expect(await group({ _id: { $literal: '$kind' }, n })).toEqual([{ _id: '$kind', n: 5 }])
    expect(await group({ _id: {}, n })).toEqual([{ _id: {}, n: 5 }])
    expect(await group({ _id: '$kind', n })).toEqual([
      { _id: 'apple', n: 2 },
      { _id: 'pear', n: 1 },
      { _id: 'plum', n: 1 },
      { _id: null, n: 1 },
    ])
    expect(await group({ _id: '$sizes.cm', n })).toEqual([
      { _id: [7, 8], n: 1 },
      { _id: null, n: 3 },
      { _id: [9], n: 1 },
    ])
    expect(await group({ _id: { k: '$kind', x: 'y' }, n })).toEqual([
      { _id: { k: 'apple', x: 'y' }, n: 2 },
      { _id: { k: 'pear', x: 'y' }, n: 1 },
      { _id: { k: 'plum', x: 'y' }, n: 1 },
      { _id: { x: 'y' }, n: 1 },
    ])
  })

  it('numbers that compare equal are one group, under the first of them', async () => {
    const numbers = [1, new Double(1), Long.ONE, Decimal128.fromString('1.0'), 2]
    await insert(...numbers.map((a, _id) => ({ _id, a })))
    expect(await group({ _id: '$a', n: { $count: {} } })).toEqual([
      { _id: 1, n: 4 },
      { _id: 2, n: 1 },
    ])
  })

  it('accumulators', async () => {
    await insert(...FRUIT)
    const [all] = await group({
      _id: null,
      sum: { $sum: '$price' },
      avg: { $avg: '$price' },
      min: { $min: '$price' },
      max: { $max: '$kind' },
      first: { $first: '$kind' },
      last: { $last: '$kind' },
      push: { $push: '$kind' },
      set: { $addToSet: '$kind' },
      paths: { $push: '$sizes.cm' },
      constant: { $push: 'x' },
      root: { $first: '$$ROOT' },
      current: { $last: '$$CURRENT._id' },
    })
    expect(all).toEqual({
      _id: null,
      sum: 13,
      avg: 3.25,
      min: 1,
      max: 'plum',
      first: 'apple',
      last: null,
      push: ['apple', 'pear', 'apple', 'plum'],
      set: ['apple', 'pear', 'plum'],
      paths: [[7, 8], [9]],
      constant: ['x', 'x', 'x', 'x', 'x'],
      root: FRUIT[0],
      current: 5,
    })
  })

  // Source: accumulator_sum.cpp, accumulator_avg.cpp, summation.h (8.0)
  it.each<[unknown[], unknown, unknown]>([
    [[], 0, null],
    [['x', null, [1]], 0, null],
    [[1, 2], 3, 1.5],
    [[1, 3], 4, new Double(2)],
    [[2147483647, 1], Long.fromNumber(2147483648), new Double(1073741824)],
    [[Long.ONE, 1], Long.fromNumber(2), new Double(1)],
    [[Long.MAX_VALUE, 1], 2 ** 63, 2 ** 62],
    [[Long.MAX_VALUE, Long.MIN_VALUE], Long.fromNumber(-1), -0.5],
    [[0.5, 1], 1.5, 0.75],
    [[1e100, 1, -1e100], new Double(1), 1 / 3],
    [[0.1, 0.2, 0.3, -0.6], 2.7755575615628914e-17, 2.7755575615628914e-17 / 4],
    [[Number.POSITIVE_INFINITY, 1], Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
    [
      [Decimal128.fromString('0.1'), 1, Decimal128.fromString('0.2')],
      '1.3',
      '0.4333333333333333333333333333333333',
    ],
  ])('$sum and $avg of %j', async (values, sum, avg) => {
    await insert(...[...values, true].map((a, _id) => ({ _id, a })))
    const [all] = await group({ _id: null, sum: { $sum: '$a' }, avg: { $avg: '$a' } })
    const plain = (value: unknown) => (value instanceof Decimal128 ? value.toString() : value)
    expect(plain(all?.['sum'])).toEqual(sum)
    expect(plain(all?.['avg'])).toEqual(avg)
  })

  it('a result beyond a document is an error', async () => {
    const text = 'x'.repeat(1_048_576)
    for (let _id = 0; _id < 17; _id++) await insert({ _id, text })
    const reply = await run([{ $group: { _id: null, all: { $push: '$text' } } }])
    expect(reply).toMatchObject({ ok: 0, code: 10334 })
  })
})

// Source: pipeline.cpp, aggregation_request_helper.cpp, document_source_*.cpp (8.0)
describe('refused', () => {
  it.each<[unknown, number, string]>([
    [{}, 14, "'pipeline' option must be specified as an array"],
    [[1], 14, "Each element of the 'pipeline' array must be an object"],
    [[{}], 40323, 'A pipeline stage specification object must contain exactly one field.'],
    [[{ $match: {}, $skip: 1 }], 40323, 'must contain exactly one field.'],
    [[{ $foo: 1 }], 40324, "Unrecognized pipeline stage name: '$foo'"],
    [[{ $densify: {} }], 238, 'the stage $densify is not supported yet'],
    [[{ $match: 1 }], 15959, 'the match filter must be an expression in an object'],
    [[{ $match: { $nosuch: 1 } }], 2, 'unknown top level operator: $nosuch'],
    [[{ $sort: 1 }], 15973, 'the $sort key specification must be an object'],
    [[{ $sort: {} }], 15976, '$sort stage must have at least one sort key'],
    [[{ $sort: { a: 2 } }], 15975, '$sort key ordering must be 1'],
    [[{ $sort: { $natural: 1 } }], 16410, "FieldPath field names may not start with '$'"],
    [[{ $limit: 0 }], 15958, 'the limit must be positive'],
    [
      [{ $limit: 'x' }],
      5107201,
      'invalid argument to $limit stage: Expected a number in: $limit: "x"',
    ],
    [[{ $limit: -1 }], 5107201, 'Expected a non-negative number in: $limit: -1'],
    [[{ $skip: -1 }], 5107200, 'invalid argument to $skip stage: Expected a non-negative number'],
    [[{ $project: 1 }], 15969, '$project specification must be an object'],
    [[{ $project: {} }], 51272, 'Invalid $project :: caused by :: projection specification must'],
    [[{ $project: { a: 1, b: 0 } }], 31254, 'Invalid $project :: caused by :: Cannot do exclusion'],
    [[{ $project: { a: '$b', c: 0 } }], 31254, 'Cannot do exclusion on field c'],
    [[{ $project: { a: { $foo: 1 } } }], 168, "Unrecognized expression '$foo'"],
    [[{ $project: { a: { $slice: 1 } } }], 28667, 'Expression $slice takes at least 2 arguments'],
    [[{ $unset: 1 }], 31002, '$unset specification must be a string or an array'],
    [[{ $unset: [] }], 31119, 'an array with at least one field'],
    [[{ $unset: [1] }], 31120, 'an array containing only string values'],
    [[{ $count: 1 }], 40156, 'the count field must be a non-empty string'],
    [[{ $count: '' }], 40157, 'the count field must be a non-empty string'],
    [[{ $count: '$a' }], 40158, 'the count field cannot be a $-prefixed path'],
    [[{ $count: 'a.b' }], 40160, "the count field cannot contain '.'"],
    [[{ $group: 1 }], 15947, "a group's fields must be specified in an object"],
    [[{ $group: {} }], 15955, 'a group specification must include an _id'],
    [[{ $group: { _id: { a: 1 } } }], 17390, '$group does not support inclusion-style expressions'],
    [[{ $group: { _id: null, a: 1 } }], 40234, "The field 'a' must be an accumulator object"],
    [
      [{ $group: { _id: null, 'a.b': { $sum: 1 } } }],
      40235,
      "The field name 'a.b' cannot contain '.'",
    ],
    [
      [{ $group: { _id: null, $a: { $sum: 1 } } }],
      40236,
      "The field name '$a' cannot be an operator",
    ],
    [
      [{ $group: { _id: null, a: { $sum: [1] } } }],
      40237,
      'The $sum accumulator is a unary operator',
    ],
    [[{ $group: { _id: null, a: { $sum: 1, $avg: 1 } } }], 40238, 'must specify one accumulator'],
    [[{ $group: { _id: null, a: { $foo: 1 } } }], 15952, "unknown group operator '$foo'"],
    [
      [{ $group: { _id: null, a: { $accumulator: {} } } }],
      238,
      'the accumulator $accumulator is not supported',
    ],
    [[{ $group: { _id: null, a: { $count: 1 } } }], 14, '$count takes no arguments'],
    [[{ $group: { _id: { $meta: 1 } } }], 238, 'the expression $meta is not supported yet'],
    [[{ $group: { _id: '$$foo' } }], 17276, 'Use of undefined variable: foo'],
    [[{ $group: { _id: '$' } }], 16872, "'$' by itself is not a valid FieldPath"],
    [[{ $group: { _id: '$a.' } }], 40353, "FieldPath must not end with a '.'."],
    [[{ $group: { _id: { $add: 1, $sum: 2 } } }], 15983, 'must have exactly one field'],
    [[{ $documents: [] }], 73, "'$documents' can only be run with {aggregate: 1}"],
    [
      [{ $skip: 1 }, { $documents: [] }],
      40602,
      '$documents is only valid as the first stage in a pipeline',
    ],
  ])('%j', async (pipeline, code, errmsg) => {
    const reply = await run(pipeline)
    expect(reply).toMatchObject({ ok: 0, code })
    expect(reply['errmsg']).toContain(errmsg)
  })

  it.each<[Document, number, string]>([
    [{ aggregate: 'demo', pipeline: [] }, 9, "The 'cursor' option is required"],
    [{ aggregate: 'demo', cursor: {} }, 40414, "BSON field 'aggregate.pipeline' is missing"],
    [
      { aggregate: 'demo', pipeline: [], cursor: 1 },
      14,
      'cursor field must be missing or an object',
    ],
    [
      { aggregate: 'demo', pipeline: [], cursor: { x: 1 } },
      40415,
      "BSON field 'cursor.x' is an unknown",
    ],
    [{ aggregate: 'demo', pipeline: [], cursor: {}, explain: 1 }, 14, 'explain must be a boolean'],
    [
      { aggregate: 'demo', pipeline: [], cursor: {}, let: { a: '$b' } },
      4890500,
      'tried to access a field',
    ],
    [
      { aggregate: 2, pipeline: [], cursor: {} },
      9,
      "the 'aggregate' field must specify a collection",
    ],
    [{ aggregate: true, pipeline: [], cursor: {} }, 14, 'collection name has invalid type: bool'],
    [
      { aggregate: 1, pipeline: [], cursor: {} },
      73,
      '{aggregate: 1} is not valid for an empty pipeline.',
    ],
    [
      { aggregate: 1, pipeline: [{ $skip: 1 }], cursor: {} },
      73,
      "{aggregate: 1} is not valid for '$skip'",
    ],
    [{ aggregate: 1, pipeline: [{ $documents: 1 }], cursor: {} }, 5858203, 'an array is expected'],
  ])('%j', async (command, code, errmsg) => {
    const reply = await bench.run(command)
    expect(reply).toMatchObject({ ok: 0, code })
    expect(reply['errmsg']).toContain(errmsg)
  })

  it('a plan that fails while it runs says so', async () => {
    await insert({ _id: 1, a: [1, 2], b: [3] }, { _id: 2 })
    expect(await run([{ $sort: { a: 1, b: 1 } }])).toMatchObject({
      code: 2,
      errmsg:
        'PlanExecutor error during aggregation :: caused by :: cannot sort with keys that are parallel arrays',
    })
  })
})

describe('plans and cursors', () => {
  const profiled = async (): Promise<Document[]> => {
    const filter = { 'command.aggregate': 'demo' }
    return documentsOf(await bench.run({ find: 'system.profile', filter }))
  }

  it('the front of a pipeline is a query that uses indexes', async () => {
    await insert(...FRUIT)
    await bench.run({ createIndexes: 'demo', indexes: [{ key: { price: 1 }, name: 'price_1' }] })
    await bench.run({ profile: 2 })
    await run([{ $match: { price: { $gte: 4 } } }, { $group: { _id: '$kind' } }])
    await run([{ $sort: { price: 1 } }, { $limit: 2 }])
    await run([{ $group: { _id: '$kind' } }, { $match: { _id: 'pear' } }])
    expect(await profiled()).toMatchObject([
      { op: 'command', planSummary: 'IXSCAN { price: 1 }', docsExamined: 2, nreturned: 2 },
      { planSummary: 'IXSCAN { price: 1 }', docsExamined: 2, nreturned: 2 },
      { planSummary: 'COLLSCAN', docsExamined: 5, nreturned: 1 },
    ])
  })

  it('batches are read as they are asked for, with what is there by then', async () => {
    const documents = Array.from({ length: 150 }, (_, _id) => ({ _id, even: _id % 2 === 0 }))
    await insert(...documents)
    const opened = await run([{ $limit: 140 }, { $match: { even: true } }], {
      cursor: { batchSize: 60 },
    })
    expect(documentsOf(opened)).toHaveLength(60)
    await bench.run({ delete: 'demo', deletes: [{ q: { _id: { $gte: 138 } }, limit: 0 }] })
    const { id } = opened['cursor'] as Document
    const more = await bench.run({ getMore: id, collection: 'demo' })
    expect(documentsOf(more)).toHaveLength(9)
    expect((more['cursor'] as Document)['id']).toEqual(Long.ZERO)
  })

  it('101 documents come first, and a full batch leaves the cursor open', async () => {
    await insert(...Array.from({ length: 101 }, (_, _id) => ({ _id })))
    const opened = await run([{ $match: {} }])
    expect(documentsOf(opened)).toHaveLength(101)
    const { id } = opened['cursor'] as Document
    expect(id).not.toEqual(Long.ZERO)
    const more = await bench.run({ getMore: id, collection: 'demo' })
    expect(more['cursor']).toEqual({ nextBatch: [], id: Long.ZERO, ns: 'test.demo' })
  })

  it('batchSize 0 opens a cursor, also over documents', async () => {
    const pipeline = [{ $documents: [{ a: 1 }, { a: 2 }, { a: 3 }] }]
    const opened = await bench.run({ aggregate: 1, pipeline, cursor: { batchSize: 1 } })
    expect(documentsOf(opened)).toEqual([{ a: 1 }])
    const { id } = opened['cursor'] as Document
    const more = await bench.run({ getMore: id, collection: '$cmd.aggregate' })
    expect(documentsOf(more)).toEqual([{ a: 2 }, { a: 3 }])
    const none = await run([], { cursor: { batchSize: 0 } })
    expect(documentsOf(none)).toEqual([])
  })

  it('a plan yields on the way, also behind a stage that takes everything in', async () => {
    await insert(...FRUIT)
    bench.engine.services.parameters.set('internalQueryExecYieldIterations', 2)
    await bench.run({ profile: 2 })
    const reply = await run([{ $group: { _id: null, n: { $sum: 1 } } }])
    expect(documentsOf(reply)).toEqual([{ _id: null, n: 5 }])
    expect(await profiled()).toMatchObject([{ numYield: 2 }])
  })

  it('in a transaction: its snapshot and its own writes', async () => {
    await bench.run(insertOne({ _id: 1 }))
    await bench.run(starting(1, 1, insertOne({ _id: 2 })))
    await bench.run(insertOne({ _id: 3 }))
    const counting = { aggregate: 'demo', pipeline: [{ $count: 'n' }], cursor: {} }
    expect(documentsOf(await bench.run(continuing(1, 1, counting)))).toEqual([{ n: 2 }])
    await bench.run(commit(1, 1))
    expect(documentsOf(await bench.run(counting))).toEqual([{ n: 3 }])
  })

  it('counts as a query, as it does since 7.1', async () => {
    const before = bench.engine.services.metrics.opcounters.query
    await run([])
    expect(bench.engine.services.metrics.opcounters.query).toBe(before + 1)
  })
})
