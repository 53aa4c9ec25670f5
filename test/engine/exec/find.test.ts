import { describe, expect, test } from 'vitest'
import type { Document } from '../../../src/bson/index.ts'
import type { EngineCursor, FindRequest } from '../../../src/engine/index.ts'
import { expectQuiet } from '../consistency.ts'
import { Database, factsOf, ns, refusal, refusalCode } from '../harness.ts'

async function numbered(count: number, options = {}): Promise<Database> {
  const db = new Database(options)
  await db.insert(...Array.from({ length: count }, (_, i) => ({ _id: i, a: i % 10 })))
  return db
}

/** A cursor on what a first batch left over. */
async function open(
  db: Database,
  request: Partial<FindRequest>,
  statements = db.statements,
): Promise<EngineCursor> {
  const { rest } = await db.run(statements.find(request))
  if (rest === undefined) throw new Error('the query is exhausted')
  return db.engine.cursors.register({
    ns,
    origin: { session: undefined, txnNumber: undefined, owner: '' },
    source: rest,
    noTimeout: false,
    originatingCommand: {},
  })
}

const idsOf = (documents: readonly Document[]): unknown[] => documents.map(({ _id }) => _id)

describe('which plan a query takes', () => {
  // Source: isExpressEligible and isIdHackEligibleQuery (query_utils.cpp, 8.0),
  // getIndexForExpressEquality (plan_executor_express.cpp, 8.0).
  test.each<[string, Partial<FindRequest>]>([
    ['EXPRESS_IXSCAN { _id: 1 }', { filter: { _id: 3 } }],
    ['EXPRESS_IXSCAN { _id: 1 }', { filter: { _id: { $eq: 3 } }, projection: { a: 1 } }],
    ['EXPRESS_IXSCAN { _id: 1 }', { filter: { _id: 3 }, limit: 1, singleBatch: true }],
    ['EXPRESS_IXSCAN { _id: 1 }', { filter: { _id: 3 }, sort: {}, hint: {}, skip: 0 }],
    ['IDHACK', { filter: { _id: 3 }, batchSize: 5 }],
    ['IDHACK', { filter: { _id: 3 }, projection: { 'a.b': 1 } }],
    ['IDHACK', { filter: { _id: 3 }, sort: { a: 1 } }],
    ['IXSCAN { _id: 1 }', { filter: { _id: { $gt: 3 } } }],
    ['IXSCAN { _id: 1 }', { filter: { _id: 3 }, hint: '_id_' }],
    ['EXPRESS_IXSCAN { u: 1 }', { filter: { u: 3 } }],
    ['IXSCAN { u: 1 }', { filter: { u: null } }],
    ['IXSCAN { u: 1 }', { filter: { u: 3 }, batchSize: 5 }],
    ['IXSCAN { a: 1 }', { filter: { a: 3 } }],
    ['EXPRESS_IXSCAN { a: 1 }', { filter: { a: 3 }, limit: 1 }],
    ['IXSCAN { a: 1, b: 1 }', { filter: { a: 3, b: 4 } }],
    ['IXSCAN { a: 1 }', { filter: { a: { $lt: 3 } }, sort: { a: -1 } }],
    ['IXSCAN { a: 1 }', { sort: { a: 1 } }],
    ['IXSCAN { a: 1, b: 1 }', { filter: { a: 3 }, sort: { b: 1 } }],
    ['COLLSCAN', {}],
    ['COLLSCAN', { filter: { z: 1 } }],
    ['COLLSCAN', { filter: { a: 1 }, hint: { $natural: 1 } }],
    ['COLLSCAN', { filter: { a: 1 }, sort: { $natural: -1 } }],
  ])('%s for %j', async (summary, request) => {
    const db = new Database()
    await db.createIndex({ u: 1 }, { unique: true })
    await db.createIndex({ a: 1 })
    await db.createIndex({ a: 1, b: 1 })
    await db.insert({ _id: 3, u: 3, a: 3, b: 4 })
    const { debug } = await factsOf(db, db.statements.find(request))
    expect(debug.planSummary).toBe(summary)
  })

  test('a sparse index serves only what documents without the field cannot satisfy', async () => {
    const db = new Database()
    await db.createIndex({ a: 1 }, { sparse: true })
    await db.insert({ _id: 1 }, { _id: 2, a: null }, { _id: 3, a: 3 })
    for (const filter of [{ a: null }, { a: { $exists: false } }, { a: { $in: [null, 3] } }, {}]) {
      const { debug, result } = await factsOf(db, db.statements.find({ filter, sort: { a: 1 } }))
      expect([filter, debug.planSummary]).toEqual([filter, 'COLLSCAN'])
      const naive = await db.find({ filter, hint: { $natural: 1 } })
      expect(new Set(idsOf(result.documents))).toEqual(new Set(idsOf(naive)))
    }
    const { debug } = await factsOf(db, db.statements.find({ filter: { a: { $gt: 1 } } }))
    expect(debug.planSummary).toBe('IXSCAN { a: 1 }')
    // As the server's, a hint takes the index at its word: what is not in it is not found.
    expect(idsOf(await db.find({ hint: 'a_1' }))).toEqual([2, 3])
  })

  test('a hint that names no index is refused', async () => {
    const db = await numbered(1)
    expect(await refusal(db.find({ hint: 'nonsense' }))).toMatchObject({
      code: 2,
      message:
        'error processing query: ns=test.demo: planner returned error :: caused by :: hint provided does not correspond to an existing index',
    })
  })

  test('what is asked must make sense even where there is no collection', async () => {
    const db = new Database()
    expect(await refusalCode(db.find({ filter: { a: { $nonsense: 1 } } }))).toBe('2 BadValue')
    const { debug, result } = await factsOf(db, db.statements.find({}))
    expect(result).toEqual({ documents: [], rest: undefined })
    expect(debug.planSummary).toBe('EOF')
  })
})

describe('what a query gives', () => {
  test.each<[Partial<FindRequest>, unknown[]]>([
    [{ sort: { _id: -1 }, limit: 3 }, [29, 28, 27]],
    [{ sort: { a: 1, _id: -1 }, limit: 4 }, [20, 10, 0, 21]],
    [{ sort: { _id: 1 }, skip: 28 }, [28, 29]],
    [{ sort: { $natural: -1 }, limit: 2 }, [29, 28]],
    [{ filter: { a: 3 }, skip: 1, limit: 1 }, [13]],
    [{ filter: { _id: { $gte: 27 } }, hint: '_id_' }, [27, 28, 29]],
    [{ filter: { _id: 5 }, skip: 1 }, []],
  ])('%j gives %j', async (request, ids) => {
    expect(idsOf(await (await numbered(30)).find(request))).toEqual(ids)
  })

  test('a document with several keys in the range comes once', async () => {
    const db = new Database()
    await db.createIndex({ a: 1 })
    await db.insert({ _id: 1, a: [1, 2, 3] }, { _id: 2, a: 2 })
    const { result, debug } = await factsOf(db, db.statements.find({ filter: { a: { $gt: 0 } } }))
    expect(idsOf(result.documents)).toEqual([1, 2])
    expect(debug).toMatchObject({ keysExamined: 4, docsExamined: 2 })
  })

  test('says in execStats what it did', async () => {
    const db = await numbered(30)
    await db.createIndex({ a: 1 })
    const request = { filter: { a: 3, _id: { $gt: 5 } }, sort: { _id: -1 } } as const
    const { debug } = await factsOf(db, db.statements.find(request))
    expect(debug.executor?.stats(debug)).toEqual({
      stage: 'SORT',
      nReturned: 2,
      works: 3,
      sortPattern: { _id: -1 },
      inputStage: {
        stage: 'FETCH',
        filter: request.filter,
        nReturned: 2,
        works: 3,
        docsExamined: 3,
        inputStage: {
          stage: 'IXSCAN',
          nReturned: 3,
          works: 3,
          keyPattern: { a: 1 },
          indexName: 'a_1',
          isMultiKey: false,
          isUnique: false,
          isSparse: false,
          direction: 'forward',
          keysExamined: 3,
        },
      },
    })
    expect(debug.hasSortStage).toBe(true)
  })
})

describe('batches', () => {
  test('the first has 101 documents unless a size is given; getMore gives the rest', async () => {
    const db = await numbered(250)
    const first = await db.run(db.statements.find())
    expect(first.documents).toHaveLength(101)
    const cursor = await open(db, { batchSize: 20 })
    expect((await db.run(db.statements.getMore(cursor, 30))).documents).toHaveLength(30)
    const last = await db.run(db.statements.getMore(cursor))
    expect(idsOf(last.documents)).toEqual(Array.from({ length: 200 }, (_, i) => 50 + i))
    expect(last.rest).toBeUndefined()
    expectQuiet(db.engine)
  })

  test('a size of zero only opens the cursor', async () => {
    const db = await numbered(5)
    for (const filter of [{}, { _id: 3 }]) {
      const { documents, rest } = await db.run(db.statements.find({ filter, batchSize: 0 }))
      expect(documents).toEqual([])
      expect(rest).toBeDefined()
    }
  })

  test('a single batch leaves no cursor', async () => {
    const db = await numbered(5)
    const batch = await db.run(db.statements.find({ batchSize: 2, singleBatch: true }))
    expect(batch.documents).toHaveLength(2)
    expect(batch.rest).toBeUndefined()
  })

  // Source: FindCommon::shouldSaveCursor (find_common.cpp): only a plan that knows its end has
  // none.
  test.each<[Partial<FindRequest>, boolean]>([
    [{ batchSize: 5 }, true],
    [{ batchSize: 5, limit: 5 }, false],
    [{ batchSize: 5, sort: { a: 1 } }, false],
    [{ batchSize: 4, sort: { a: 1 } }, true],
    [{ batchSize: 1, filter: { _id: 3 } }, false],
    [{ batchSize: 6 }, false],
  ])('of five documents, %j keeps a cursor: %s', async (request, keeps) => {
    const db = await numbered(5)
    const { rest } = await db.run(db.statements.find(request))
    expect(rest !== undefined).toBe(keeps)
  })

  test('hold 16 MiB at most, and at least one document', async () => {
    const db = new Database()
    const large = 'x'.repeat(6 * 1024 * 1024)
    for (const _id of [1, 2, 3, 4]) await db.insert({ _id, large })
    const cursor = await open(db, { batchSize: 0 })
    const sizes: number[] = []
    for (let rest: unknown = cursor; rest !== undefined; ) {
      const batch = await db.run(db.statements.getMore(cursor))
      sizes.push(batch.documents.length)
      rest = batch.rest
    }
    expect(sizes).toEqual([2, 2])
  })

  test('between two batches the snapshot moves on', async () => {
    const db = await numbered(4)
    const cursor = await open(db, { batchSize: 2 })
    await db.update({ q: { _id: 3 }, u: { $set: { a: 'new' } } })
    await db.insert({ _id: 4, a: 'late' })
    expect((await db.run(db.statements.getMore(cursor))).documents).toEqual([
      { _id: 2, a: 2 },
      { _id: 3, a: 'new' },
      { _id: 4, a: 'late' },
    ])
  })

  test('in a transaction they see what it has written in between, ahead of the scan', async () => {
    const db = await numbered(6)
    await db.createIndex({ a: 1 })
    const { statements } = db.begin()
    for (const [sort, expected] of [
      [{ a: 1 }, ['late 2', 'late 3', 'late 4']],
      [{ a: -1 }, ['late 3', 'late 2', 'late 1']],
    ] as const) {
      await db.run(statements.update({ q: {}, u: { $set: { b: 'early' } }, multi: true }))
      const filter = { a: { $gte: 1, $lte: 4 } }
      const cursor = await open(db, { filter, sort, batchSize: 1 }, statements)
      for (const a of [1, 2, 3, 4]) {
        await db.run(statements.update({ q: { a }, u: { $set: { b: `late ${a}` } } }))
      }
      const { documents } = await db.run(statements.getMore(cursor))
      expect(documents.map(({ b }) => b)).toEqual(expected)
    }
  })

  test('a collection that went in between ends the cursor', async () => {
    const db = await numbered(4)
    const cursor = await open(db, { batchSize: 2 })
    await db.run(db.statements.drop())
    await db.insert({ _id: 9 })
    expect(await refusalCode(db.run(db.statements.getMore(cursor)))).toBe('175 QueryPlanKilled')
  })

  test('a getMore is described by the plan it goes on with', async () => {
    const db = await numbered(4)
    const cursor = await open(db, { batchSize: 2, filter: { _id: { $gte: 0 } } })
    const { debug } = await factsOf(db, db.statements.getMore(cursor))
    expect(debug.planSummary).toBe('IXSCAN { _id: 1 }')
    expect(debug.keysExamined).toBe(2)
    expect(debug.executor?.stats(debug)).toMatchObject({ inputStage: { keysExamined: 4 } })
  })
})

describe('yields', () => {
  // Source: internalQueryExecYieldIterations, 1000 in query_knobs.idl (8.0).
  test('come after every thousand units of work', async () => {
    const db = await numbered(2_500)
    const { debug, result } = await factsOf(db, db.statements.find({ batchSize: 10_000 }))
    expect(result.documents).toHaveLength(2_500)
    expect(debug).toMatchObject({ numYields: 2, sharedAcquisitions: 3 })
    const sorted = await factsOf(db, db.statements.find({ sort: { a: 1 }, batchSize: 10_000 }))
    expect(sorted.debug.numYields).toBe(2)
    expectQuiet(db.engine)
  })

  test('let others in, and the query sees what they commit', async () => {
    const db = await numbered(30, { parameters: { internalQueryExecYieldIterations: 10 } })
    const { scheduler } = db.engine.services
    // An operation that is ready and runs when the query first yields.
    const found = db.run(
      (function* () {
        const insert = db.statements.insert([{ _id: 'late' }])
        scheduler.start(
          'other',
          (function* () {
            yield* insert
          })(),
          (error) => {
            throw error
          },
        )
        return yield* db.statements.find({ batchSize: 100 })
      })(),
    )
    expect(idsOf((await found).documents)).toContain('late')
  })

  test('never come in a transaction', async () => {
    const db = await numbered(2_500)
    const t = db.begin()
    expect(await t.find()).toHaveLength(2_500)
    expect(t.statements.lastOp?.debug.numYields).toBe(0)
    t.abort()
  })

  test('meet a kill', async () => {
    const db = await numbered(2_500)
    db.statements.setup = (op) => op.kill(11601)
    expect(await refusalCode(db.find())).toBe('11601 Interrupted')
    expectQuiet(db.engine)
  })
})
