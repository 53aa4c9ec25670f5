import { Decimal128, Double, Long } from 'bson'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Document } from '../../../src/bson/index.ts'
import {
  type Bench,
  commit,
  continuing,
  documentsOf,
  findAll,
  makeBench,
  starting,
} from '../harness.ts'

let bench: Bench
beforeEach(async () => {
  bench = makeBench()
  await insert('demo', ORDERS)
  await insert('items', ITEMS)
})
afterEach(() => bench.stop())

const ORDERS: Document[] = [
  { _id: 1, sku: 'a', qty: 2, tags: ['x', 'y'], at: { city: 'Ulm' } },
  { _id: 2, sku: 'b', qty: 5, tags: [] },
  { _id: 3, sku: 'a', qty: 9, tags: ['y'] },
  { _id: 4, qty: 7, tags: null },
]

const ITEMS: Document[] = [
  { _id: 10, sku: 'a', name: 'apple' },
  { _id: 11, sku: 'b', name: 'banana' },
  { _id: 12, sku: ['a', 'c'], name: 'both' },
  { _id: 13, name: 'none' },
]

async function insert(coll: string, documents: Document[]): Promise<void> {
  await bench.run({ insert: coll, documents })
}

const run = (pipeline: Document[], fields: Document = {}): Promise<Document> =>
  bench.run({ aggregate: 'demo', pipeline, cursor: {}, ...fields })

async function results(...pipeline: Document[]): Promise<Document[]> {
  const reply = await run(pipeline)
  expect(reply['errmsg']).toBeUndefined()
  return documentsOf(reply)
}

const ids = (documents: Document[]) => documents.map(({ _id }) => _id)

describe('one document of each', () => {
  it.each<[Document, Document]>([
    [{ $addFields: { twice: { $multiply: ['$qty', 2] } } }, { ...ORDERS[0], twice: 4 }],
    [
      { $set: { 'at.zip': 1, qty: '$$REMOVE' } },
      { _id: 1, sku: 'a', tags: ['x', 'y'], at: { city: 'Ulm', zip: 1 } },
    ],
    [{ $project: { _id: 0, n: { $size: '$tags' }, sku: 1 } }, { sku: 'a', n: 2 }],
    [{ $replaceRoot: { newRoot: '$at' } }, { city: 'Ulm' }],
    [{ $replaceWith: { $mergeObjects: [{ a: 1 }, '$at'] } }, { a: 1, city: 'Ulm' }],
  ])('%j', async (stage, document) => {
    expect(await results({ $match: { _id: 1 } }, stage)).toEqual([document])
  })
})

describe('$unwind', () => {
  it('gives a document for each element', async () => {
    const found = await results({ $unwind: '$tags' })
    expect(found.map(({ _id, tags }) => [_id, tags])).toEqual([
      [1, 'x'],
      [1, 'y'],
      [3, 'y'],
    ])
  })

  it('keeps what has none where asked, and counts', async () => {
    const spec = { path: '$tags', preserveNullAndEmptyArrays: true, includeArrayIndex: 'at' }
    const found = await results({ $unwind: spec }, { $project: { tags: 1, at: 1 } })
    expect(found).toEqual(
      [
        { _id: 1, tags: 'x', at: 0 },
        { _id: 1, tags: 'y', at: 1 },
        { _id: 2, at: null },
        { _id: 3, tags: 'y', at: 0 },
        { _id: 4, tags: null, at: null },
      ].map((document) =>
        'at' in document && document.at !== null
          ? { ...document, at: Long.fromNumber(document.at as number) }
          : document,
      ),
    )
  })
})

describe('$lookup', () => {
  it('by equality: arrays by their elements, nothing as null', async () => {
    const spec = { from: 'items', localField: 'sku', foreignField: 'sku', as: 'found' }
    const found = await results({ $lookup: spec })
    expect(found.map(({ found: items }) => ids(items as Document[]))).toEqual([
      [10, 12],
      [11],
      [10, 12],
      [13],
    ])
  })

  it('by a pipeline with variables', async () => {
    const pipeline = [
      { $match: { $expr: { $and: [{ $eq: ['$sku', '$$mine'] }, { $gt: ['$$n', 3] }] } } },
      { $project: { _id: 0, name: 1, n: '$$n' } },
    ]
    const spec = { from: 'items', let: { mine: '$sku', n: '$qty' }, pipeline, as: 'at.found' }
    const found = await results({ $lookup: spec }, { $match: { 'at.found.0': { $exists: true } } })
    expect(found.map(({ at }) => (at as Document)['found'])).toEqual([
      [{ name: 'banana', n: 5 }],
      [{ name: 'apple', n: 9 }],
      // Nothing equals nothing, in an expression.
      [{ name: 'none', n: 7 }],
    ])
  })

  it('by both, through an index, and within another', async () => {
    await bench.run({ createIndexes: 'items', indexes: [{ key: { sku: 1 }, name: 'sku' }] })
    const inner = { from: 'demo', localField: 'sku', foreignField: 'sku', as: 'back' }
    const spec = {
      from: 'items',
      localField: 'sku',
      foreignField: 'sku',
      pipeline: [{ $match: { name: /^a/ } }, { $lookup: inner }],
      as: 'found',
    }
    const [first] = await results({ $lookup: spec })
    const [apple] = first!['found'] as Document[]
    expect(ids(apple!['back'] as Document[])).toEqual([1, 3])
  })

  it('reads its own transaction', async () => {
    const spec = { from: 'items', localField: 'sku', foreignField: 'sku', as: 'found' }
    await bench.run(starting(1, 1, { insert: 'items', documents: [{ _id: 99, sku: 'b' }] }))
    const command = {
      aggregate: 'demo',
      pipeline: [{ $match: { _id: 2 } }, { $lookup: spec }],
      cursor: {},
    }
    const inside = documentsOf(await bench.run(continuing(1, 1, command)))
    expect(ids(inside[0]!['found'] as Document[])).toEqual([11, 99])
    const outside = documentsOf(await bench.run(command))
    expect(ids(outside[0]!['found'] as Document[])).toEqual([11])
    await bench.run(commit(1, 1))
  })

  it('takes documents from the pipeline itself', async () => {
    const spec = { pipeline: [{ $documents: [{ a: 1 }] }], as: 'found' }
    expect(await results({ $limit: 1 }, { $lookup: spec }, { $project: { found: 1 } })).toEqual([
      { _id: 1, found: [{ a: 1 }] },
    ])
  })
})

it('$unionWith adds the documents of another collection', async () => {
  const pipeline = [{ $match: { sku: 'a' } }]
  expect(ids(await results({ $unionWith: { coll: 'items', pipeline } }))).toEqual([
    1, 2, 3, 4, 10, 12,
  ])
  expect(ids(await results({ $unionWith: 'nothing' }))).toEqual([1, 2, 3, 4])
})

it('$graphLookup follows a field, breadth first', async () => {
  await insert('staff', [
    { _id: 'dev' },
    { _id: 'eliot', boss: 'dev' },
    { _id: 'ron', boss: 'eliot' },
    { _id: 'asya', boss: 'ron' },
  ])
  const spec = {
    from: 'staff',
    startWith: '$boss',
    connectFromField: 'boss',
    connectToField: '_id',
    as: 'chain',
    depthField: 'depth',
  }
  const chainOf = async (fields: Document) => {
    const pipeline = [{ $match: { _id: 'asya' } }, { $graphLookup: { ...spec, ...fields } }]
    const [asya] = documentsOf(await bench.run({ aggregate: 'staff', pipeline, cursor: {} }))
    return (asya!['chain'] as Document[]).map(({ _id, depth }) => [_id, Number(depth)])
  }
  expect(await chainOf({})).toEqual([
    ['ron', 0],
    ['eliot', 1],
    ['dev', 2],
  ])
  expect(await chainOf({ maxDepth: 1 })).toHaveLength(2)
  expect(await chainOf({ restrictSearchWithMatch: { _id: { $ne: 'eliot' } } })).toEqual([
    ['ron', 0],
  ])
})

describe('groups', () => {
  it.each<[Document, unknown]>([
    [{ $firstN: { input: '$qty', n: 2 } }, [2, 5]],
    [{ $lastN: { input: '$sku', n: 2 } }, ['a', null]],
    [{ $maxN: { input: '$qty', n: 2 } }, [9, 7]],
    [{ $minN: { input: '$sku', n: 9 } }, ['a', 'a', 'b']],
    [{ $top: { sortBy: { qty: -1 }, output: '$_id' } }, 3],
    [
      { $topN: { n: 2, sortBy: { qty: 1 }, output: ['$_id', '$qty'] } },
      [
        [1, 2],
        [2, 5],
      ],
    ],
    [{ $bottom: { sortBy: { qty: 1 }, output: '$_id' } }, 3],
    [{ $bottomN: { n: 2, sortBy: { qty: 1 }, output: '$_id' } }, [4, 3]],
    [{ $stdDevPop: '$qty' }, new Double(Math.sqrt(6.6875)).value],
    [{ $mergeObjects: '$at' }, { city: 'Ulm' }],
    [{ $median: { input: '$qty', method: 'approximate' } }, new Double(5)],
    [
      { $sum: { $multiply: ['$qty', Decimal128.fromString('0.5')] } },
      Decimal128.fromString('11.5'),
    ],
    [{ $max: { $strLenCP: { $ifNull: ['$sku', ''] } } }, 1],
  ])('%j', async (accumulator, value) => {
    const [group] = await results({ $group: { _id: null, value: accumulator } })
    expect(JSON.stringify(group!['value'])).toEqual(JSON.stringify(value))
  })

  it('by computed keys', async () => {
    const found = await results(
      { $group: { _id: { big: { $gt: ['$qty', 5] } }, n: { $count: {} } } },
      { $sort: { _id: 1 } },
    )
    expect(found).toEqual([
      { _id: { big: false }, n: 2 },
      { _id: { big: true }, n: 2 },
    ])
  })

  it('$bucket', async () => {
    const spec = { groupBy: '$qty', boundaries: [0, 5, 8], default: 'more' }
    expect(await results({ $bucket: spec })).toEqual([
      { _id: 0, count: 1 },
      { _id: 5, count: 2 },
      { _id: 'more', count: 1 },
    ])
  })

  it('$bucketAuto', async () => {
    const spec = { groupBy: '$qty', buckets: 2, output: { all: { $push: '$_id' } } }
    expect(await results({ $bucketAuto: spec })).toEqual([
      { _id: { min: 2, max: 7 }, all: [1, 2] },
      { _id: { min: 7, max: 9 }, all: [4, 3] },
    ])
  })

  it('$sortByCount', async () => {
    expect(await results({ $sortByCount: '$sku' })).toEqual([
      { _id: 'a', count: 2 },
      { _id: 'b', count: 1 },
      { _id: null, count: 1 },
    ])
  })
})

it('$facet runs several pipelines over the same documents', async () => {
  const found = await results(
    { $match: { qty: { $gt: 2 } } },
    {
      $facet: {
        count: [{ $count: 'n' }],
        most: [{ $sort: { qty: -1 } }, { $limit: 1 }, { $project: { qty: 1 } }],
        joined: [{ $unionWith: 'items' }, { $count: 'n' }],
      },
    },
  )
  expect(found).toEqual([{ count: [{ n: 3 }], most: [{ _id: 3, qty: 9 }], joined: [{ n: 7 }] }])
})

it('$sample takes so many, each at most once, the same in every run', async () => {
  const drawn = ids(await results({ $sample: { size: 3 } }))
  expect(new Set(drawn).size).toBe(3)
  expect(ids(await results({ $sample: { size: 9 } })).toSorted()).toEqual([1, 2, 3, 4])
})

it('$redact decides at every level', async () => {
  await insert('secrets', [
    { _id: 1, level: 1, a: { level: 5, x: 1 }, b: [{ level: 1, y: 1 }, { level: 9 }, 7] },
    { _id: 2, level: 7 },
  ])
  const condition = { $cond: [{ $lte: ['$level', 3] }, '$$DESCEND', '$$PRUNE'] }
  const reply = await bench.run({
    aggregate: 'secrets',
    pipeline: [{ $redact: condition }],
    cursor: {},
  })
  expect(documentsOf(reply)).toEqual([{ _id: 1, level: 1, b: [{ level: 1, y: 1 }, 7] }])
})

describe('$out', () => {
  it('replaces a collection, whose indexes stay', async () => {
    await insert('target', [{ _id: 'old' }])
    const indexes = [{ key: { qty: 1 }, name: 'qty', unique: true }]
    await bench.run({ createIndexes: 'target', indexes })
    expect(await run([{ $match: { sku: 'a' } }, { $out: 'target' }])).toMatchObject({
      ok: 1,
      cursor: { firstBatch: [] },
    })
    expect(ids(documentsOf(await bench.run(findAll('target'))))).toEqual([1, 3])
    const { cursor } = await bench.run({ listIndexes: 'target' })
    expect((cursor as Document)['firstBatch']).toHaveLength(2)
    expect(await bench.run({ validate: 'target' })).toMatchObject({ valid: true })
  })

  it('leaves it alone where a document is refused', async () => {
    await insert('target', [{ _id: 'old' }])
    const reply = await run([{ $project: { _id: { $literal: 1 } } }, { $out: 'target' }])
    expect(reply).toMatchObject({ ok: 0, code: 11000 })
    expect(ids(documentsOf(await bench.run(findAll('target'))))).toEqual(['old'])
    const { cursor } = await bench.run({ listCollections: 1 })
    const names = ((cursor as Document)['firstBatch'] as Document[]).map(({ name }) => name)
    expect(names).toEqual(['demo', 'items', 'target'])
  })

  it('may write over what it reads, or into another database', async () => {
    await run([{ $addFields: { done: true } }, { $out: 'demo' }])
    expect(documentsOf(await bench.run(findAll()))).toHaveLength(4)
    await run([{ $out: { db: 'other', coll: 'copy' } }])
    expect(documentsOf(await bench.run({ ...findAll('copy'), $db: 'other' }))).toHaveLength(4)
  })
})

describe('$merge', () => {
  const TARGET = [{ _id: 1, qty: 0, kept: true }]
  beforeEach(() => insert('target', TARGET))

  const merged = async (
    fields: Document,
    ...before: Document[]
  ): Promise<Document[] | Document> => {
    const reply = await run([
      ...before,
      { $project: { qty: 1 } },
      { $limit: 2 },
      { $merge: { into: 'target', ...fields } },
    ])
    return reply['ok'] === 1 ? documentsOf(await bench.run(findAll('target'))) : reply
  }

  it.each<[fields: Document, target: Document[]]>([
    [
      {},
      [
        { _id: 1, qty: 2, kept: true },
        { _id: 2, qty: 5 },
      ],
    ],
    [
      { whenMatched: 'replace' },
      [
        { _id: 1, qty: 2 },
        { _id: 2, qty: 5 },
      ],
    ],
    [{ whenMatched: 'keepExisting' }, [TARGET[0]!, { _id: 2, qty: 5 }]],
    [{ whenNotMatched: 'discard' }, [{ _id: 1, qty: 2, kept: true }]],
    [
      { whenMatched: [{ $set: { was: '$qty', qty: '$$new.qty' } }] },
      [
        { _id: 1, qty: 2, kept: true, was: 0 },
        { _id: 2, qty: 5 },
      ],
    ],
    [
      { let: { n: { $add: ['$qty', 1] } }, whenMatched: [{ $set: { n: '$$n' } }] },
      [
        { _id: 1, qty: 0, kept: true, n: 3 },
        { _id: 2, qty: 5 },
      ],
    ],
  ])('%j', async (fields, target) => {
    expect(await merged(fields)).toEqual(target)
  })

  it('fails where it is to fail', async () => {
    expect(await merged({ whenMatched: 'fail' })).toMatchObject({ code: 11000 })
    expect(await merged({ whenNotMatched: 'fail' })).toMatchObject({ code: 13113 })
    expect(await merged({ on: 'qty' })).toMatchObject({ code: 51183 })
  })

  it('by other fields that are unique', async () => {
    await bench.run({
      createIndexes: 'target',
      indexes: [{ key: { k: 1 }, name: 'k', unique: true }],
    })
    await bench.run({ update: 'target', updates: [{ q: { _id: 1 }, u: { $set: { k: 'a' } } }] })
    const pipeline = [
      { $match: { _id: { $in: [1, 2] } } },
      { $project: { _id: 0, k: '$sku', qty: 1 } },
      { $merge: { into: 'target', on: 'k' } },
    ]
    expect(await run(pipeline)).toMatchObject({ ok: 1 })
    expect(documentsOf(await bench.run(findAll('target')))).toMatchObject([
      { _id: 1, qty: 2, kept: true, k: 'a' },
      { k: 'b', qty: 5 },
    ])
  })
})

describe('refused', () => {
  it.each<[pipeline: Document[], code: number, errmsg: string]>([
    [[{ $out: 'x' }, { $match: {} }], 40601, '$out can only be the final stage in the pipeline'],
    [[{ $out: 5 }], 16990, '$out only supports a string or object argument, but found int'],
    [[{ $merge: 5 }], 51182, '$merge requires a string or object argument, but found int'],
    [[{ $merge: {} }], 40414, "BSON field '$merge.into' is missing but a required field"],
    [
      [{ $merge: { into: 'x', whenMatched: 'fail', whenNotMatched: 'discard' } }],
      51181,
      "Combination of $merge modes 'whenMatched: fail' and 'whenNotMatched: discard' is not supported",
    ],
    [
      [{ $unwind: 'tags' }],
      28818,
      "path option to $unwind stage should be prefixed with a '$': tags",
    ],
    [[{ $unwind: {} }], 28812, 'no path specified to $unwind stage'],
    [[{ $lookup: {} }], 9, "must specify 'as' field for a $lookup"],
    [[{ $lookup: { as: 'x', from: 'y' } }], 9, "$lookup requires either 'pipeline' or both"],
    [[{ $lookup: { as: 'x', from: 'y', nope: 'z' } }], 9, 'unknown argument to $lookup: nope'],
    [
      [{ $lookup: { as: 'x', from: 'y', pipeline: [{ $out: 'z' }] } }],
      51047,
      "$out is not allowed within a $lookup's sub-pipeline",
    ],
    [[{ $facet: {} }], 40169, 'the $facet specification must be a non-empty object'],
    [
      [{ $facet: { a: [{ $facet: { b: [] } }] } }],
      40600,
      '$facet is not allowed to be used within',
    ],
    [[{ $bucket: { groupBy: '$a', boundaries: [1] } }], 40192, 'must have at least 2 values'],
    [
      [{ $bucket: { groupBy: '$qty', boundaries: [0, 3] } }],
      40066,
      'could not find a matching branch',
    ],
    [[{ $sample: {} }], 28749, '$sample stage must specify a size'],
    [[{ $sortByCount: 'a' }], 40148, 'must be defined as a $-prefixed path'],
    [[{ $redact: 5 }], 17053, "$redact's expression should not return anything aside from"],
    [
      [{ $replaceRoot: { newRoot: '$qty' } }],
      40228,
      "'newRoot' expression  must evaluate to an object",
    ],
    [[{ $addFields: { a: 1, 'a.b': 2 } }], 40176, 'specification contains two conflicting paths'],
    [[{ $setWindowFields: {} }], 238, 'the stage $setWindowFields is not supported yet'],
    [
      [{ $group: { _id: null, a: { $topN: { n: 0, sortBy: {}, output: 1 } } } }],
      5787908,
      "'n' must be greater than 0, found 0",
    ],
  ])('%j', async (pipeline, code, errmsg) => {
    const reply = await run(pipeline)
    expect(reply).toMatchObject({ ok: 0, code })
    expect(reply['errmsg']).toContain(errmsg)
  })

  it('writing in a transaction, a write concern where nothing is written', async () => {
    const command = { aggregate: 'demo', pipeline: [{ $out: 'x' }], cursor: {} }
    expect(await bench.run(starting(1, 1, command))).toMatchObject({ code: 263 })
    expect(await run([], { writeConcern: { w: 1 } })).toMatchObject({ code: 72 })
    expect(await run([{ $out: 'x' }], { writeConcern: { w: 'majority' } })).toMatchObject({ ok: 1 })
  })
})
