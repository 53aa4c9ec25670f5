/** Source: view_catalog_helpers.cpp, view_graph.cpp, create_collection.cpp (8.0). */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Document } from '../../../src/bson/index.ts'
import {
  type Bench,
  commit,
  continuing,
  documentsOf,
  findAll,
  insertOne,
  makeBench,
  starting,
} from '../harness.ts'

let bench: Bench
beforeEach(async () => {
  bench = makeBench()
  const documents = Array.from({ length: 10 }, (_, n) => ({ _id: n, n: n % 3, tags: [n % 2, 'x'] }))
  await bench.run({ insert: 'base', documents })
  await bench.run({ create: 'v', viewOn: 'base', pipeline: [{ $match: { n: 1 } }] })
})
afterEach(() => bench.stop())

const all = async (coll: string): Promise<unknown[]> =>
  documentsOf(await bench.run(findAll(coll))).map(({ _id }) => _id)

const refused = async (command: Document, code: number, errmsg?: string | RegExp) => {
  const reply = await bench.run(command)
  const expected = errmsg === undefined ? {} : { errmsg: expect.stringMatching(errmsg) }
  expect(reply).toMatchObject({ ok: 0, code, ...expected })
}

describe('a view answers', () => {
  it('find, with all that a find may say', async () => {
    expect(await all('v')).toEqual([1, 4, 7])
    const reply = await bench.run({
      find: 'v',
      filter: { _id: { $gt: 1 } },
      sort: { _id: -1 },
      skip: 1,
      limit: 5,
      projection: { n: 0, tags: 0 },
    })
    expect(reply).toMatchObject({ cursor: { ns: 'test.v', firstBatch: [{ _id: 4 }] }, ok: 1 })
    const one = { find: 'v', filter: {}, limit: 5, batchSize: 2, singleBatch: true }
    const first = await bench.run(one)
    expect(documentsOf(first)).toHaveLength(2)
    expect(Number((first['cursor'] as Document)['id'])).toBe(0)
  })

  it('with a cursor under its own name', async () => {
    const reply = await bench.run({ find: 'v', filter: {}, batchSize: 1 })
    const { id } = reply['cursor'] as Document
    const more = await bench.run({ getMore: id, collection: 'v' })
    expect(more['cursor']).toMatchObject({ ns: 'test.v', nextBatch: [{ _id: 4 }, { _id: 7 }] })
  })

  it('aggregate, count and distinct', async () => {
    const pipeline = [{ $group: { _id: null, sum: { $sum: '$_id' } } }]
    const reply = await bench.run({ aggregate: 'v', pipeline, cursor: {} })
    expect(documentsOf(reply)).toEqual([{ _id: null, sum: 12 }])
    expect(await bench.run({ count: 'v' })).toEqual({ n: 3, ok: 1 })
    expect(await bench.run({ count: 'v', query: { _id: 0 } })).toEqual({ n: 0, ok: 1 })
    expect(await bench.run({ count: 'v', skip: 1, limit: -1 })).toEqual({ n: 1, ok: 1 })
    const distinct = { distinct: 'v', key: 'tags', query: { _id: { $gt: 1 } } }
    expect(await bench.run(distinct)).toEqual({ values: [0, 'x', 1], ok: 1 })
  })

  it('what is written below it, in its own transaction too', async () => {
    await bench.run(starting(1, 1, insertOne({ _id: 10, n: 1 }, 'base')))
    const inside = await bench.run(continuing(1, 1, findAll('v')))
    expect(documentsOf(inside)).toHaveLength(4)
    expect(await all('v')).toHaveLength(3)
    await bench.run(commit(1, 1))
    expect(await all('v')).toHaveLength(4)
  })

  it('over another view', async () => {
    await bench.run({ create: 'vv', viewOn: 'v', pipeline: [{ $match: { _id: { $gt: 4 } } }] })
    expect(await all('vv')).toEqual([7])
  })

  it('explain, by the plan below', async () => {
    const reply = await bench.run({ explain: findAll('v'), verbosity: 'queryPlanner' })
    const { namespace, winningPlan } = reply['queryPlanner'] as Document
    expect({ namespace, winningPlan }).toMatchObject({
      namespace: 'test.base',
      winningPlan: { stage: 'COLLSCAN' },
    })
  })
})

describe('a view is refused', () => {
  const NO_COLLECTION = 'Namespace test.v is a view, not a collection'
  it.each([
    [insertOne({ _id: 1 }, 'v')],
    [{ update: 'v', updates: [{ q: {}, u: { $set: { a: 1 } } }] }],
    [{ delete: 'v', deletes: [{ q: {}, limit: 0 }] }],
    [{ findAndModify: 'v', query: {}, remove: true }],
    [{ createIndexes: 'v', indexes: [{ key: { a: 1 }, name: 'a_1' }] }],
    [{ dropIndexes: 'v', index: '*' }],
    [{ listIndexes: 'v' }],
    [{ collStats: 'v' }],
    [{ validate: 'v' }],
    [{ convertToCapped: 'v', size: 1000 }],
    [{ explain: { delete: 'v', deletes: [{ q: {}, limit: 0 }] } }],
  ])('%j', async (command) => {
    await refused(command, 166, NO_COLLECTION)
  })

  it('as what a bulkWrite writes to', async () => {
    const reply = await bench.run({
      bulkWrite: 1,
      ops: [{ insert: 0, document: { _id: 1 } }],
      nsInfo: [{ ns: 'test.v' }],
      $db: 'admin',
    })
    expect(documentsOf(reply)).toMatchObject([{ ok: 0, code: 166, errmsg: NO_COLLECTION }])
  })

  it('another name, and its name to others', async () => {
    const to = { renameCollection: 'test.v', to: 'test.w', $db: 'admin' }
    await refused(to, 166, 'cannot rename view: test.v')
    const from = { renameCollection: 'test.base', to: 'test.v', dropTarget: true, $db: 'admin' }
    await refused(from, 48, 'a view already exists with that name: test.v')
  })

  it.each([{ showRecordId: true }, { min: { _id: 1 } }, { sort: { $natural: 1 } }])(
    'a find with %j',
    async (option) => {
      await refused({ ...findAll('v'), ...option }, 168)
    },
  )
})

describe('create', () => {
  it('with the same definition again is fine, with another is not', async () => {
    const again = { create: 'v', viewOn: 'base', pipeline: [{ $match: { n: 1 } }] }
    expect(await bench.run(again)).toEqual({ ok: 1 })
    await refused({ ...again, pipeline: [] }, 48, /^namespace test\.v already exists, but with/)
    await refused({ create: 'v' }, 48, 'namespace test.v already exists, but is a view rather')
    await refused({ create: 'base', viewOn: 'x' }, 48, 'but is a collection rather than a view')
  })

  it.each([
    [{ create: 'x', pipeline: [] }, 72, /^'pipeline' requires 'viewOn'/],
    [{ create: 'x', viewOn: 'base', capped: true, size: 5 }, 72, /not supported on a view: capped/],
    [{ create: 'x', viewOn: 'base', pipeline: [{ $nosuch: 1 }] }, 40324, undefined],
    [{ create: 'x', viewOn: 'x' }, 5, 'View cycle detected: test.x => test.x'],
  ])('%j is refused', async (command, code, errmsg) => {
    await refused(command, code, errmsg)
    expect(documentsOf(await bench.run({ listCollections: 1, filter: { name: 'x' } }))).toEqual([])
  })

  it('of a cycle over several is refused', async () => {
    await bench.run({ create: 'a', viewOn: 'b' })
    await bench.run({ create: 'b', viewOn: 'c' })
    const cycle = 'View cycle detected: test.c => test.a => test.b => test.c'
    await refused({ create: 'c', viewOn: 'a' }, 5, cycle)
  })

  it('is refused in a transaction', async () => {
    await refused(starting(1, 1, { create: 'x', viewOn: 'base' }), 263, /^Cannot create a view/)
  })
})

it('views are listed after collections, with what they are', async () => {
  const reply = await bench.run({ listCollections: 1 })
  expect(documentsOf(reply).map(({ name, type }) => `${type} ${name}`)).toEqual([
    'collection base',
    'collection system.views',
    'view v',
  ])
  expect(documentsOf(reply).at(-1)).toEqual({
    name: 'v',
    type: 'view',
    options: { viewOn: 'base', pipeline: [{ $match: { n: 1 } }] },
    info: { readOnly: true },
  })
  expect(await bench.run({ dbStats: 1 })).toMatchObject({ views: 1 })
})

it('a view is dropped alone, or with its database', async () => {
  expect(await bench.run({ drop: 'v' })).toEqual({ ns: 'test.v', ok: 1 })
  expect(await all('v')).toEqual([])
  expect(await all('base')).toHaveLength(10)
  await bench.run({ create: 'v', viewOn: 'base', pipeline: [] })
  await bench.run({ dropDatabase: 1 })
  expect(await bench.run(insertOne({ _id: 1 }, 'v'))).toMatchObject({ n: 1, ok: 1 })
})

describe('a collation', () => {
  const collation = { locale: 'en', strength: 2 }
  beforeEach(async () => {
    await bench.run({ insert: 'words', documents: [{ _id: 'a' }, { _id: 'A' }] })
  })

  it('of a view is its own', async () => {
    await bench.run({ create: 'w', viewOn: 'words', pipeline: [], collation })
    const filter = { _id: 'a' }
    expect(documentsOf(await bench.run({ find: 'w', filter }))).toHaveLength(2)
    const same = { find: 'w', filter, collation }
    expect(documentsOf(await bench.run(same))).toHaveLength(2)
    const other = { find: 'w', filter, collation: { locale: 'simple' } }
    await refused(other, 167, "Cannot override a view's default collation: test.w")
  })
})
