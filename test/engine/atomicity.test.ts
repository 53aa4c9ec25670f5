import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Document } from '../../src/bson/index.ts'
import { ServerError } from '../../src/engine/index.ts'
import { compileSort } from '../../src/engine/sort/index.ts'
import { documentsOf, expectIndexesToMatchRecords, expectQuiet } from './consistency.ts'
import { Database, type Transaction } from './harness.ts'

/** Values that make unique indexes clash, arrays meet in parallel, numbers meet what is none. */
const value = fc.oneof(
  fc.integer({ min: 0, max: 3 }),
  fc.constant(null),
  fc.constant('text'),
  fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 3 }),
  fc.record({ c: fc.integer({ min: 0, max: 2 }) }, { noNullPrototype: true }),
)
const fields = fc.record(
  { u: value, a: value, b: value },
  { requiredKeys: [], noNullPrototype: true },
)
const id = fc.integer({ min: 1, max: 4 })
const document = fc.tuple(id, fields).map(([_id, rest]): Document => ({ _id, ...rest }))
const query = fc.oneof(
  id.map((_id): Document => ({ _id })),
  fc.constant<Document>({}),
  value.map((u): Document => ({ u })),
  fc.integer({ min: 0, max: 3 }).map((a): Document => ({ a: { $gte: a } })),
  fc.constant<Document>({ a: { $nonsense: 1 } }),
)
const update = fc.oneof(
  fields.map((set): Document => ({ $set: { z: 1, ...set } })),
  fc.constantFrom<Document>(
    { $inc: { u: 1 } },
    { $inc: { 'a.c': 1 } },
    { $unset: { a: 1 } },
    { $set: { _id: 9 } },
    { $mul: { b: 2 } },
  ),
  fields,
)

const statement = fc.oneof(
  fc.record({
    kind: fc.constant('insert' as const),
    documents: fc.array(document, { minLength: 1, maxLength: 4 }),
    ordered: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant('update' as const),
    q: query,
    u: update,
    multi: fc.boolean(),
    upsert: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('delete' as const), q: query, multi: fc.boolean() }),
)
type AnyStatement = typeof statement extends fc.Arbitrary<infer T> ? T : never

function run(statements: Database['statements'], given: AnyStatement) {
  switch (given.kind) {
    case 'insert':
      return statements.insert(given.documents, given.ordered)
    case 'update':
      return statements.update(given)
    case 'delete':
      return statements.delete(given)
  }
}

async function succeeds(db: Database, given: AnyStatement, t?: Transaction): Promise<boolean> {
  try {
    await db.run<unknown>(run((t ?? db).statements, given))
    return true
  } catch (error) {
    if (error instanceof ServerError) return false
    throw error
  }
}

async function withIndexes(): Promise<Database> {
  const db = new Database()
  await db.createIndex({ u: 1 }, { unique: true, sparse: true })
  await db.createIndex({ a: 1, b: -1 })
  await db.createIndex({ 'a.c': 1 })
  return db
}

test('whatever a statement does or fails to do, indexes match records and nothing is left open', async () => {
  const met = { ok: 0, failed: 0 }
  await fc.assert(
    fc.asyncProperty(fc.array(statement, { maxLength: 12 }), async (statements) => {
      const db = await withIndexes()
      for (const given of statements) {
        const before = documentsOf(db.engine)
        const ok = await succeeds(db, given)
        met[ok ? 'ok' : 'failed']++
        expectQuiet(db.engine)
        expectIndexesToMatchRecords(db.engine)
        // One that writes at most one document has done it, or left no trace.
        if (!ok && given.kind !== 'insert' && !given.multi) {
          expect(documentsOf(db.engine)).toEqual(before)
        }
      }
    }),
    { numRuns: 150 },
  )
  expect(met.ok).toBeGreaterThan(0)
  expect(met.failed).toBeGreaterThan(0)
})

test('a transaction is all there or not at all', async () => {
  const met = { committed: 0, failed: 0 }
  const program = fc.array(statement, { minLength: 1, maxLength: 6 })
  await fc.assert(
    fc.asyncProperty(program, program, fc.boolean(), async (setup, statements, commits) => {
      const db = await withIndexes()
      for (const given of setup) await succeeds(db, given)
      const before = documentsOf(db.engine)
      const t = db.begin()
      let seen: Document[] = []
      for (const given of statements) {
        if (!(await succeeds(db, given, t))) break
        seen = await t.find()
      }
      if (!t.participant.isOpen) {
        met.failed++
        expect(documentsOf(db.engine)).toEqual(before)
      } else if (commits) {
        met.committed++
        t.commit()
        expect(documentsOf(db.engine)).toEqual(seen)
      } else {
        t.abort()
        expect(documentsOf(db.engine)).toEqual(before)
      }
      expectQuiet(db.engine)
      expectIndexesToMatchRecords(db.engine)
    }),
    { numRuns: 150 },
  )
  expect(met.committed).toBeGreaterThan(0)
  expect(met.failed).toBeGreaterThan(0)
})

test('queries by an index find what a look at every document finds', async () => {
  const bound = fc.integer({ min: -1, max: 3 })
  const filter = fc.oneof(
    query.filter((q) => JSON.stringify(q) !== '{"a":{"$nonsense":1}}'),
    fc.tuple(bound, bound).map(([low, high]): Document => ({ a: { $gt: low, $lt: high } })),
    fc.tuple(value, value).map(([a, b]): Document => ({ a, b })),
    fc.tuple(value, bound).map(([a, b]): Document => ({ a, b: { $lte: b } })),
    fc.array(value, { maxLength: 3 }).map((values): Document => ({ u: { $in: values } })),
    bound.map((c): Document => ({ 'a.c': c })),
  )
  const sort = fc.constantFrom<Document | undefined>(
    undefined,
    { a: 1 },
    { a: 1, b: -1 },
    { a: -1 },
    { u: 1 },
  )
  await fc.assert(
    fc.asyncProperty(
      fc.array(document, { maxLength: 6 }),
      filter,
      sort,
      async (documents, asked, order) => {
        const db = await withIndexes()
        await db.run(db.statements.insert(documents, false))
        const byIndex = await db.find({ filter: asked, sort: order })
        const byScan = await db.find({ filter: asked, sort: order, hint: { $natural: 1 } })
        const ids = (found: readonly Document[]) => found.map(({ _id }) => _id)
        expect(ids(byIndex).toSorted()).toEqual(ids(byScan).toSorted())
        if (order !== undefined)
          expect(keysInOrder(byIndex, order)).toEqual(keysInOrder(byScan, order))
      },
    ),
    { numRuns: 500 },
  )
})

/** What the order is decided by: documents that are equal in it may come either way round. */
function keysInOrder(found: readonly Document[], order: Document): unknown[] {
  const sort = compileSort(order)
  return found.map((document) => sort.keyOf(document))
}
