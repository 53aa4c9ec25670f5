import { describe, expect, test } from 'vitest'
import { documentsOf, expectIndexesToMatchRecords, expectQuiet } from '../consistency.ts'
import { Database, factsOf, refusal, Statements } from '../harness.ts'

const large = 'x'.repeat(10_000)

/**
 * 40 of 50 kB are in use: beyond, whoever pins the oldest versions is rolled back once it has
 * written.
 */
async function underPressure(parameters = {}): Promise<Database> {
  const db = new Database({ evictionTriggerBytes: 50_000, parameters })
  await db.createIndex({ a: 1 })
  for (let _id = 0; _id < 4; _id++) await db.insert({ _id, a: _id, large })
  return db
}

// Source: wtRCToStatus_slow (wiredtiger_util.cpp), handleTemporarilyUnavailableException
// (exception_util.cpp, 8.0).
describe('a rollback for space', () => {
  test('makes a plain insert sleep a second longer each time, and give up after ten', async () => {
    const db = await underPressure()
    const { failures } = await db.insert({ _id: 4, a: 4, large })
    expect(failures[0]?.error).toMatchObject({
      code: 365,
      codeName: 'TemporarilyUnavailable',
      message: '-31800: oldest pinned transaction ID rolled back for eviction',
    })
    // 1 + 2 + ... + 10 seconds.
    expect(db.clock.elapsed()).toBe(55_000)
    const { operation } = db.engine.services.metrics
    expect(operation).toMatchObject({
      temporarilyUnavailableErrors: 11,
      temporarilyUnavailableErrorsEscaped: 1,
      writeConflicts: 0,
    })
    expectIndexesToMatchRecords(db.engine)
    expectQuiet(db.engine)
  })

  test('is a write conflict in a transaction, which its client retries as a whole', async () => {
    const db = await underPressure()
    const t = db.begin()
    await t.insert({ _id: 10, a: 1 })
    const failed = await refusal(
      (async () => {
        for (let _id = 11; _id < 20; _id++) await t.insert({ _id, a: 1, large })
      })(),
    )
    expect(failed).toMatchObject({
      code: 112,
      message:
        'Caused by :: -31800: oldest pinned transaction ID rolled back for eviction :: Please retry your operation or multi-document transaction.',
    })
    expect(
      db.engine.services.metrics.operation.temporarilyUnavailableErrorsConvertedToWriteConflict,
    ).toBe(1)
    expect(documentsOf(db.engine)).toHaveLength(4)
    expectQuiet(db.engine)
  })

  test('of a transaction that holds most of the cache says so', async () => {
    const db = new Database({ evictionTriggerBytes: 50_000 })
    await db.insert({ _id: 0 })
    const t = db.begin()
    const failed = await refusal(
      (async () => {
        for (let _id = 1; _id < 20; _id++) await t.insert({ _id, large })
      })(),
    )
    expect(failed).toMatchObject({
      code: 388,
      codeName: 'TransactionTooLargeForCache',
      message: '-31800: transaction is too large and will not fit in the storage engine cache',
    })
    expect(db.engine.services.metrics.operation.transactionTooLargeForCacheErrors).toBe(1)
  })

  test('ends when there is room again', async () => {
    const db = await underPressure()
    db.clock.schedule(2_500_000, 'passive', () => {
      const deleting = new Statements(db.engine).delete({ q: { _id: 0 } })
      while (deleting.next('ok').done !== true);
    })
    const { result, debug } = await factsOf(db, db.statements.insert([{ _id: 4, a: 4, large }]))
    expect(result.inserted).toBe(1)
    expect(db.clock.elapsed()).toBe(3_000)
    expect(debug).toMatchObject({ temporarilyUnavailableErrors: 2, writeConflicts: 0 })
  })
})
