import { describe, expect, test } from 'vitest'
import type { Document } from '../../../src/bson/index.ts'
import { type Operation, Trace } from '../../../src/sim/index.ts'
import { documentsOf, expectQuiet } from '../consistency.ts'
import { Database, factsOf, newEngine, refusal, Statements } from '../harness.ts'

describe('an upsert', () => {
  test.each<[Document, Document, Document]>([
    [{ _id: 1 }, { $set: { a: 1 } }, { _id: 1, a: 1 }],
    [{ _id: 1, b: { $eq: 2 } }, { $inc: { a: 1 } }, { _id: 1, a: 1, b: 2 }],
    [{ _id: 1, b: { $gt: 2 } }, { $setOnInsert: { a: 1 } }, { _id: 1, a: 1 }],
    [{ _id: 1 }, { c: 3 }, { _id: 1, c: 3 }],
  ])('of %j by %j inserts %j', async (q, u, expected) => {
    const db = new Database()
    const { result, debug } = await factsOf(db, db.statements.update({ q, u, upsert: true }))
    expect(result).toMatchObject({ matched: 0, modified: 0, upserted: { id: 1 } })
    expect(documentsOf(db.engine)[0]).toEqual(expected)
    expect(debug).toMatchObject({ nMatched: 0, nModified: 0, nUpserted: 1, ninserted: undefined })
    expectQuiet(db.engine)
  })

  test('of what is there updates it', async () => {
    const db = new Database()
    await db.insert({ _id: 1, a: 1 })
    const outcome = await db.update({ q: { _id: 1 }, u: { $inc: { a: 1 } }, upsert: true })
    expect(outcome).toMatchObject({ matched: 1, modified: 1 })
    expect(outcome.upserted).toBeUndefined()
  })

  test('may have null for its _id', async () => {
    const db = new Database()
    const outcome = await db.update({ q: { _id: null }, u: { $set: { a: 1 } }, upsert: true })
    expect(outcome.upserted).toEqual({ id: null })
  })

  test('that would be too large is 17420', async () => {
    const db = new Database()
    const u = { $set: { a: 'x'.repeat(16_777_216) } }
    expect(await refusal(db.update({ q: { _id: 1 }, u, upsert: true }))).toMatchObject({
      code: 17420,
    })
    expect(documentsOf(db.engine)).toEqual([])
  })

  test('in a transaction is of the transaction, the collection included', async () => {
    const db = new Database()
    const t = db.begin()
    await t.update({ q: { _id: 1 }, u: { $inc: { a: 1 } }, upsert: true })
    await t.update({ q: { _id: 1 }, u: { $inc: { a: 1 } }, upsert: true })
    expect(db.engine.services.catalog.databases()).toEqual([])
    t.commit()
    expect(documentsOf(db.engine)).toEqual([{ _id: 1, a: 2 }])
  })
})

describe('an upsert that meets a duplicate key', () => {
  /** Somebody inserts while the upsert waits, and commits. */
  async function raced(document: Document, request: Document, unique?: Document) {
    const trace = new Trace()
    const db = new Database({ trace })
    await db.insert({ _id: 'other' })
    if (unique !== undefined) await db.createIndex(unique, { unique: true, sparse: true })
    const t = db.begin()
    await t.insert(document)
    const waiting = db.update({ q: {}, u: {}, ...request, upsert: true })
    await db.clock.sleep(1)
    t.commit()
    return { db, waiting }
  }

  // Source: shouldRetryDuplicateKeyException (write_ops_retryability.cpp): equalities on exactly
  // the fields of the violated index, with the values of the duplicate.
  test.each<[string, Document, Document, Document | undefined]>([
    ['by _id', { _id: 1 }, { q: { _id: 1 }, u: { $set: { a: 1 } } }, undefined],
    ['by a unique field', { _id: 1, k: 5 }, { q: { k: 5 }, u: { $set: { a: 1 } } }, { k: 1 }],
    [
      'by both fields of a unique index, in any order',
      { _id: 1, k: 5, l: 6 },
      { q: { l: 6, k: 5 }, u: { $set: { a: 1 } } },
      { k: 1, l: 1 },
    ],
  ])('%s becomes an update', async (_name, document, request, unique) => {
    const { db, waiting } = await raced(document, request, unique)
    expect(await waiting).toMatchObject({ matched: 1, modified: 1 })
    expect(documentsOf(db.engine)).toContainEqual({ ...document, a: 1 })
    expectQuiet(db.engine)
  })

  test.each<[string, Document, Document, Document | undefined]>([
    [
      'with a range',
      { _id: 1 },
      { q: { _id: 1, a: { $gt: 0 } }, u: { $set: { a: 1 } } },
      undefined,
    ],
    [
      'of another index',
      { _id: 1, k: 5 },
      { q: { _id: 2 }, u: { $setOnInsert: { k: 5 } } },
      { k: 1 },
    ],
    [
      'that names more fields',
      { _id: 1, k: 5, l: 6 },
      { q: { k: 5, l: 6 }, u: { $set: { a: 1 } } },
      { k: 1 },
    ],
  ])('%s is refused', async (_name, document, request, unique) => {
    const { db, waiting } = await raced(document, request, unique)
    const outcome = await waiting.then(
      ({ matched }) => `matched ${matched}`,
      (error: { code: number }) => `error ${error.code}`,
    )
    expect(outcome).toBe('error 11000')
    expectQuiet(db.engine)
  })

  test('gives up after upsertMaxRetryAttemptsOnDuplicateKeyError', () => {
    const parameters = { upsertMaxRetryAttemptsOnDuplicateKeyError: 3 }
    const { engine } = newEngine({ parameters, strategy: { offersTime: false, choose: () => 0 } })
    const statements = new Statements(engine)
    const upserting = statements.update({ q: { _id: 1 }, u: { $set: { a: 1 } }, upsert: true })
    const other = new Statements(engine)
    let inserts = 0
    const run = () => {
      for (let step = upserting.next('ok'); step.done !== true; step = upserting.next('ok')) {
        const at = step.value.kind === 'yieldPoint' ? step.value.name : step.value.why
        // Whenever it looks the document is gone, and whenever it inserts it is there.
        if (at === 'beforeOperation') toEnd(other.delete({ q: { _id: 1 } }))
        if (at === 'beforeWrite') {
          toEnd(other.insert([{ _id: 1 }]))
          inserts++
        }
      }
    }
    expect(run).toThrow('E11000')
    // Each of four times it conflicts once in its snapshot, and finds the duplicate in the next.
    expect(inserts).toBe(8)
    expectQuiet(engine)
  })
})

function toEnd(operation: Operation<unknown>): void {
  while (operation.next('ok').done !== true);
}
