/**
 * Upserts that race for a unique value: which of them the server tries again by itself. The first
 * table is that of the article on retryable writes, its seven examples in their order.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Document } from '../../src/bson/index.ts'
import {
  type Bench,
  commit,
  documentsOf,
  findAll,
  insertOne,
  makeBench,
  retryable,
  starting,
} from './harness.ts'

let bench: Bench
beforeEach(() => {
  bench = makeBench({ manual: true })
})
afterEach(() => bench.stop())

const upsert = (q: Document, u: Document): Document => ({
  update: 'demo',
  updates: [{ q, u, upsert: true }],
})

async function unique(key: Document, fields: Document = {}): Promise<void> {
  const name = `${Object.keys(key).join('_')}_1`
  if ('_id' in key) await bench.run({ create: 'demo' })
  else await bench.run({ createIndexes: 'demo', indexes: [{ key, name, unique: true, ...fields }] })
}

/** Somebody has inserted the document, and commits while the command waits for them. */
async function raced(document: Document, command: Document): Promise<Document> {
  await bench.run(starting(9, 1, insertOne(document)))
  const waiting = bench.run(command)
  await bench.clock.advance(1)
  await bench.run(commit(9, 1))
  await bench.clock.advance(1_000)
  return waiting
}

/** Unique key, what the other one inserted, filter, update, whether it becomes an update. */
const EXAMPLES: readonly [Document, Document, Document, Document, boolean][] = [
  [{ _id: 1 }, { _id: 'x' }, { _id: 'x' }, { $set: { fieldA: 25 } }, true],
  [
    { fieldA: 1 },
    { _id: 1, fieldA: 25 },
    { fieldA: { $in: [25] } },
    { $set: { fieldB: 's' } },
    true,
  ],
  [
    { fieldA: 1, fieldB: 1 },
    { _id: 1, fieldA: 25, fieldB: 's' },
    { fieldA: 25, fieldB: 's' },
    { $set: { fieldC: false } },
    true,
  ],
  [
    { fieldA: 1 },
    { _id: 1, fieldA: null },
    { fieldA: { $lte: 25 } },
    { $set: { fieldC: true } },
    false,
  ],
  [
    { fieldA: 1 },
    { _id: 1, fieldA: 20 },
    { fieldA: { $in: [25] } },
    { $set: { fieldA: 20 } },
    false,
  ],
  [
    { _id: 1 },
    { _id: 'x', fieldA: 1 },
    { fieldA: { $in: [25] } },
    { $set: { fieldA: 20 }, $setOnInsert: { _id: 'x' } },
    false,
  ],
  [
    { fieldA: 1 },
    { _id: 1, fieldA: 25 },
    { fieldA: 25, fieldC: true },
    { $set: { fieldD: false } },
    false,
  ],
]

// Source: `shouldRetryDuplicateKeyException`, write_ops_exec.cpp; `$in` of one value is an equality
// by the time it is asked (InMatchExpression::getOptimizer, expression_leaf.cpp).
describe('an upsert that comes too late', () => {
  it.each(EXAMPLES)('unique %j, %j is there: %j, %j', async (key, other, q, u, becomesUpdate) => {
    await unique(key)
    const reply = await raced(other, upsert(q, u))
    if (becomesUpdate) {
      expect(reply).toEqual({ n: 1, nModified: 1, ok: 1 })
      expect(documentsOf(await bench.run(findAll()))).toEqual([
        { ...other, ...(u['$set'] as Document) },
      ])
    } else {
      expect(reply).toMatchObject({ n: 0, writeErrors: [{ index: 0, code: 11000 }], ok: 1 })
      expect(documentsOf(await bench.run(findAll()))).toEqual([other])
    }
  })

  it('becomes an update in findAndModify and in bulkWrite as well', async () => {
    await unique({ k: 1 })
    const modify = {
      findAndModify: 'demo',
      query: { k: 5 },
      update: { $set: { a: 1 } },
      upsert: true,
    }
    expect(await raced({ _id: 1, k: 5 }, { ...modify, new: true })).toMatchObject({
      lastErrorObject: { n: 1, updatedExisting: true },
      value: { _id: 1, k: 5, a: 1 },
    })
    await bench.run({ drop: 'demo' })
    await unique({ k: 1 })
    await bench.run(starting(8, 1, insertOne({ _id: 1, k: 5 })))
    const ops = [{ update: 0, filter: { k: 5 }, updateMods: { $set: { a: 1 } }, upsert: true }]
    const bulk = { bulkWrite: 1, ops, nsInfo: [{ ns: 'test.demo' }], $db: 'admin' }
    const waiting = bench.run(bulk)
    await bench.clock.advance(1)
    await bench.run(commit(8, 1))
    await bench.clock.advance(1_000)
    expect(await waiting).toMatchObject({ nUpserted: 0, nModified: 1, nErrors: 0 })
  })

  it('is one under the collation of the index, or not at all', async () => {
    const collation = { locale: 'en', strength: 2 }
    await unique({ k: 1 }, { collation })
    const set = { $set: { a: 1 } }
    const alike = { q: { k: 'ABC' }, u: set, upsert: true, collation }
    expect(await raced({ _id: 1, k: 'abc' }, { update: 'demo', updates: [alike] })).toEqual({
      n: 1,
      nModified: 1,
      ok: 1,
    })
    await bench.run({ drop: 'demo' })
    await unique({ k: 1 }, { collation })
    await bench.run(starting(7, 1, insertOne({ _id: 1, k: 'abc' })))
    const waiting = bench.run(upsert({ k: 'ABC' }, set))
    await bench.clock.advance(1)
    await bench.run(commit(7, 1))
    await bench.clock.advance(1_000)
    expect(await waiting).toMatchObject({ n: 0, writeErrors: [{ code: 11000 }] })
  })

  it('of a session that retries is applied once, as the update that it became', async () => {
    await unique({ k: 1 })
    const command = retryable(1, 1, upsert({ k: 5 }, { $inc: { a: 1 } }))
    expect(await raced({ _id: 1, k: 5 }, command)).toEqual({ n: 1, nModified: 1, ok: 1 })
    expect(await bench.run(command)).toEqual({ n: 1, retriedStmtIds: [0], nModified: 1, ok: 1 })
    expect(documentsOf(await bench.run(findAll()))).toEqual([{ _id: 1, k: 5, a: 1 }])
  })
})
