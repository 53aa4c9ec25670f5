import { Long } from 'bson'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Document } from '../../../src/bson/index.ts'
import { type Bench, documentsOf, findAll, makeBench, starting } from '../harness.ts'

let bench: Bench
beforeEach(async () => {
  bench = makeBench()
  const documents = Array.from({ length: 10 }, (_, _id) => ({ _id, a: _id % 5, b: _id }))
  await bench.run({ insert: 'demo', documents })
  await bench.run({ createIndexes: 'demo', indexes: [{ key: { a: 1 }, name: 'a_1' }] })
})
afterEach(() => bench.stop())

const explain = (command: Document, verbosity = 'executionStats'): Promise<Document> =>
  bench.run({ explain: command, verbosity })

const planOf = (reply: Document): Document =>
  (reply['queryPlanner'] as Document)['winningPlan'] as Document
const statsOf = (reply: Document): Document => reply['executionStats'] as Document

/** The stages of a plan, outermost first. */
function stagesOf(plan: Document): unknown[] {
  const inner = plan['inputStage'] as Document | undefined
  return [plan['stage'], ...(inner === undefined ? [] : stagesOf(inner))]
}

describe('plans', () => {
  it.each<[Document, unknown[]]>([
    [{ find: 'demo', filter: { b: 1 } }, ['COLLSCAN']],
    [{ find: 'demo', filter: { a: 1 } }, ['FETCH', 'IXSCAN']],
    [{ find: 'demo', filter: { _id: 1 } }, ['EXPRESS_IXSCAN']],
    [{ find: 'demo', filter: { _id: 1 }, batchSize: 1 }, ['IDHACK']],
    [{ find: 'demo', sort: { b: 1 } }, ['SORT', 'COLLSCAN']],
    [{ find: 'demo', sort: { a: 1 } }, ['FETCH', 'IXSCAN']],
    [
      { find: 'demo', sort: { b: 1 }, skip: 1, limit: 2, projection: { b: 1 } },
      ['LIMIT', 'PROJECTION_SIMPLE', 'SKIP', 'SORT', 'COLLSCAN'],
    ],
    [{ find: 'nosuch', filter: { a: 1 } }, ['EOF']],
    [{ count: 'demo' }, ['RECORD_STORE_FAST_COUNT']],
    [{ count: 'demo', query: { a: 1 } }, ['COUNT', 'FETCH', 'IXSCAN']],
    [{ distinct: 'demo', key: 'a' }, ['COLLSCAN']],
    [{ update: 'demo', updates: [{ q: { _id: 1 }, u: { a: 1 } }] }, ['EXPRESS_UPDATE']],
    [{ update: 'demo', updates: [{ q: { b: 1 }, u: { a: 1 } }] }, ['UPDATE', 'COLLSCAN']],
    [
      { update: 'demo', updates: [{ q: { _id: 1 }, u: { a: 1 }, upsert: true }] },
      ['UPDATE', 'IDHACK'],
    ],
    [{ delete: 'demo', deletes: [{ q: { _id: 1 }, limit: 1 }] }, ['EXPRESS_DELETE']],
    [{ delete: 'demo', deletes: [{ q: { a: 1 }, limit: 0 }] }, ['DELETE', 'FETCH', 'IXSCAN']],
    [{ findAndModify: 'demo', query: { b: 1 }, remove: true }, ['DELETE', 'COLLSCAN']],
    [{ findAndModify: 'demo', query: { a: 1 }, update: { b: 1 } }, ['UPDATE', 'FETCH', 'IXSCAN']],
    [
      { aggregate: 'demo', pipeline: [{ $match: { a: 1 } }, { $limit: 1 }], cursor: {} },
      ['LIMIT', 'FETCH', 'IXSCAN'],
    ],
  ])('%j', async (command, stages) => {
    const before = documentsOf(await bench.run(findAll()))
    const reply = await explain(command, 'queryPlanner')
    expect(stagesOf(planOf(reply))).toEqual(stages)
    expect(reply).not.toHaveProperty('executionStats')
    const ran = await explain(command)
    expect(stagesOf(statsOf(ran)['executionStages'] as Document)).toEqual(stages)
    expect(documentsOf(await bench.run(findAll()))).toEqual(before)
  })

  it('tells all about it', async () => {
    const command = { find: 'demo', filter: { a: { $gt: 1 }, b: 7 } }
    expect(await explain(command, 'queryPlanner')).toEqual({
      explainVersion: '1',
      queryPlanner: {
        namespace: 'test.demo',
        parsedQuery: { $and: [{ b: { $eq: 7 } }, { a: { $gt: 1 } }] },
        indexFilterSet: false,
        optimizationTimeMillis: 0,
        maxIndexedOrSolutionsReached: false,
        maxIndexedAndSolutionsReached: false,
        maxScansToExplodeReached: false,
        prunedSimilarIndexes: false,
        winningPlan: {
          isCached: false,
          stage: 'FETCH',
          filter: command.filter,
          inputStage: {
            stage: 'IXSCAN',
            keyPattern: { a: 1 },
            indexName: 'a_1',
            isMultiKey: false,
            isUnique: false,
            isSparse: false,
            isPartial: false,
            indexVersion: 2,
            direction: 'forward',
            indexBounds: { a: ['(1, inf]'] },
          },
        },
        rejectedPlans: [],
      },
      command,
      serverInfo: {
        host: 'localhost',
        port: 27017,
        version: bench.server.identity.version,
        gitVersion: 'palimpsest',
      },
      ok: 1,
    })
  })

  // Source: index_bounds_builder.cpp (8.0)
  it.each<[Document, Document, string]>([
    [{ a: 1 }, {}, '[1, 1]'],
    [{ a: { $gte: 1.5 } }, {}, '[1.5, inf]'],
    [{ a: { $lt: 'x' } }, {}, '["", "x")'],
    [{ a: { $gt: 'x' } }, {}, '("x", {})'],
    [{ a: { $gte: new Date(5) } }, {}, '[new Date(5), new Date(9223372036854775807)]'],
    [{ a: { $gt: 1 } }, { sort: { a: -1 } }, '[inf, 1)'],
    [{}, { sort: { a: 1 } }, '[MinKey, MaxKey]'],
    [{}, { sort: { a: -1 } }, '[MaxKey, MinKey]'],
  ])('bounds of %j %j are %s', async (filter, fields, text) => {
    const reply = await explain({ find: 'demo', filter, ...fields }, 'queryPlanner')
    const { indexBounds } = planOf(reply)['inputStage'] as Document
    expect(indexBounds).toEqual({ a: [text] })
  })
})

describe('on trial', () => {
  it.each<[Document, Document, Document]>([
    [
      { find: 'demo', filter: { a: 1 } },
      { nReturned: 2, totalKeysExamined: 2, totalDocsExamined: 2 },
      { nReturned: 2, inputStage: { keysExamined: 2, nReturned: 2 } },
    ],
    [
      { find: 'demo', filter: { _id: 1 } },
      { nReturned: 1, totalKeysExamined: 1, totalDocsExamined: 1 },
      { stage: 'EXPRESS_IXSCAN', keyPattern: '{ _id: 1 }', nReturned: 1 },
    ],
    [
      { find: 'demo', filter: { b: { $gte: 4 } }, sort: { b: 1 }, skip: 1, limit: 2 },
      { nReturned: 2, totalDocsExamined: 10 },
      {
        stage: 'LIMIT',
        nReturned: 2,
        inputStage: {
          stage: 'SKIP',
          nReturned: 2,
          inputStage: { stage: 'SORT', nReturned: 3, inputStage: { nReturned: 6 } },
        },
      },
    ],
    [
      { find: 'demo', limit: 3 },
      { nReturned: 3, totalDocsExamined: 3 },
      { stage: 'LIMIT', inputStage: { stage: 'COLLSCAN', nReturned: 3 } },
    ],
    [
      { count: 'demo', query: { a: 1 }, skip: 1 },
      { nReturned: 0, totalDocsExamined: 2 },
      { stage: 'COUNT', nCounted: 1, nSkipped: 1 },
    ],
    [{ count: 'demo', limit: 4 }, { totalDocsExamined: 0 }, { nCounted: 4, nSkipped: 0 }],
    [
      { update: 'demo', updates: [{ q: { a: 1 }, u: { $set: { b: 1 } }, multi: true }] },
      { nReturned: 0, totalDocsExamined: 2 },
      { nMatched: 2, nWouldModify: 1, nWouldUpsert: 0 },
    ],
    [
      { update: 'demo', updates: [{ q: { a: 1 }, u: { $set: { b: 99 } } }] },
      { totalDocsExamined: 1 },
      { nMatched: 1, nWouldModify: 1 },
    ],
    [
      { update: 'demo', updates: [{ q: { a: 77 }, u: { $set: { b: 1 } }, upsert: true }] },
      { totalDocsExamined: 0 },
      { nMatched: 0, nWouldModify: 0, nWouldUpsert: 1 },
    ],
    [
      { update: 'demo', updates: [{ q: { _id: 1 }, u: { $set: { b: 99 } } }] },
      { nReturned: 0, totalKeysExamined: 1, totalDocsExamined: 1 },
      { stage: 'EXPRESS_UPDATE', nWouldModify: 1 },
    ],
    [
      { delete: 'demo', deletes: [{ q: { _id: 1 }, limit: 1 }] },
      { totalDocsExamined: 1 },
      { stage: 'EXPRESS_DELETE', nWouldDelete: 1 },
    ],
    [
      { delete: 'demo', deletes: [{ q: { b: { $lt: 4 } }, limit: 0 }] },
      { totalDocsExamined: 10 },
      { nWouldDelete: 4 },
    ],
  ])('%j', async (command, stats, stages) => {
    const reply = await explain(command)
    expect(statsOf(reply)).toMatchObject({ executionSuccess: true, ...stats })
    expect(statsOf(reply)['executionStages']).toMatchObject(stages)
    expect(await bench.run({ count: 'demo' })).toEqual({ n: 10, ok: 1 })
  })

  it('allPlansExecution, the default, adds the plans that lost: none', async () => {
    const reply = await bench.run({ explain: { find: 'demo', filter: { b: 1 } } })
    expect(statsOf(reply)).toMatchObject({ nReturned: 1, allPlansExecution: [] })
  })

  it('counts nothing as written, and leaves nothing behind', async () => {
    const { document } = bench.engine.services.metrics
    const before = { ...document }
    await explain({ update: 'demo', updates: [{ q: {}, u: { $inc: { b: 1 } }, multi: true }] })
    await explain({ delete: 'demo', deletes: [{ q: { _id: 1 }, limit: 1 }] })
    expect(document).toMatchObject({ updated: before.updated, deleted: before.deleted })
    expect(bench.engine.services.store.statistics().openTransactions).toBe(0)
  })
})

it('a pipeline: its query, then its stages', async () => {
  const group = { _id: '$a', n: { $sum: 1 } }
  const pipeline = [{ $match: { a: { $gte: 3 } } }, { $group: group }, { $match: { n: 9 } }]
  const command = { aggregate: 'demo', pipeline, cursor: {} }
  const reply = await explain(command)
  const [cursor, ...rest] = reply['stages'] as Document[]
  const executionTimeMillisEstimate = Long.ZERO
  expect(rest).toEqual([
    { $group: group, nReturned: Long.fromNumber(2), executionTimeMillisEstimate },
    { $match: { n: 9 }, nReturned: Long.ZERO, executionTimeMillisEstimate },
  ])
  expect(cursor).toMatchObject({ nReturned: Long.fromNumber(4) })
  expect(cursor?.['$cursor']).toMatchObject({
    queryPlanner: { winningPlan: { stage: 'FETCH' } },
    executionStats: { nReturned: 4, totalKeysExamined: 4 },
  })
  const asked = await bench.run({ aggregate: 'demo', pipeline, explain: true })
  expect(asked['stages']).toMatchObject([
    { $cursor: { queryPlanner: {} } },
    { $group: group },
    { $match: { n: 9 } },
  ])
})

// Source: explain_cmd.cpp, write_commands.cpp (8.0)
it.each<[Document, number, string]>([
  [{ explain: 1 }, 14, "BSON field 'explain.explain' is the wrong type 'int'"],
  [{ explain: { nosuch: 1 } }, 59, 'Explain failed due to unknown command: nosuch'],
  [{ explain: { ping: 1 } }, 20, 'Cannot explain cmd: ping'],
  [{ explain: { find: 1 } }, 2, 'collection name has invalid type int'],
  [{ explain: { find: 'demo', foo: 1 } }, 40415, "BSON field 'find.foo' is an unknown field."],
  [{ explain: { find: 'demo', $db: 'x' } }, 73, 'Mismatched $db in explain command.'],
  [{ explain: { find: 'demo', filter: { $foo: 1 } } }, 2, 'unknown top level operator: $foo'],
  [{ explain: { find: 'demo' }, verbosity: 'x' }, 2, "Enumeration value 'x' for field"],
  [{ explain: { update: 'demo', updates: [] } }, 16, 'explained write batches must be of size 1'],
  [{ explain: { aggregate: 'demo', pipeline: [{ $foo: 1 }], cursor: {} } }, 40324, "'$foo'"],
])('%j is refused', async (command, code, errmsg) => {
  const reply = await bench.run(command)
  expect(reply).toMatchObject({ ok: 0, code })
  expect(reply['errmsg']).toContain(errmsg)
})

it('is not for transactions', async () => {
  const command = { explain: { find: 'demo' } }
  expect(await bench.run(starting(1, 1, command))).toMatchObject({
    code: 263,
    errmsg: "Cannot run 'explain' in a multi-document transaction.",
  })
})
