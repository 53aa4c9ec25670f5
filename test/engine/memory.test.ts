import { describe, expect, test } from 'vitest'
import { Database } from './harness.ts'

const UPDATES = 100_000

/** Statements run without a promise each: here it is storage that is looked at. */
function updateTimes(db: Database, count: number): void {
  for (let i = 0; i < count; i++) {
    const update = db.statements.update({ q: { _id: 1 }, u: { $inc: { n: 1 } } })
    while (update.next('ok').done !== true);
  }
}

describe('100,000 updates of one document', () => {
  test('leave memory flat where nobody looks back', async () => {
    const db = new Database()
    await db.createIndex({ n: 1 })
    await db.insert({ _id: 1, n: 0 })
    const { store } = db.engine.services
    updateTimes(db, UPDATES)
    const { updates, rows, pinnedUpdates } = store.statistics()
    expect(await db.find()).toEqual([{ _id: 1, n: UPDATES }])
    expect(pinnedUpdates).toBe(0)
    // The catalog entry, the record and its two index entries, and rows not swept yet.
    expect(rows).toBeLessThan(200)
    expect(updates).toBeLessThan(200)
  })

  test('are pinned by a snapshot, which statistics show, and let go when it ends', async () => {
    const db = new Database()
    await db.insert({ _id: 1, n: 0 })
    const { store } = db.engine.services
    const t = db.begin()
    expect(await t.find()).toEqual([{ _id: 1, n: 0 }])
    const before = store.statistics()
    updateTimes(db, UPDATES)
    const pinned = store.statistics()
    expect(pinned.updates - before.updates).toBe(UPDATES)
    expect(pinned.pinnedUpdates).toBe(UPDATES)
    expect(pinned.txnPinnedRange).toBe(UPDATES)
    expect(await t.find()).toEqual([{ _id: 1, n: 0 }])
    t.commit()
    const after = store.statistics()
    expect(after.pinnedUpdates).toBe(0)
    expect(after.txnPinnedRange).toBe(0)
    expect(after.updates).toBe(before.updates)
  })
})

test('inserts and deletes leave no rows behind', async () => {
  const db = new Database()
  await db.createIndex({ n: 1 }, { unique: true })
  for (let i = 0; i < 5_000; i++) {
    for (const statement of [
      db.statements.insert([{ _id: i, n: i }]),
      db.statements.delete({ q: { _id: i } }),
    ] as const) {
      while (statement.next('ok').done !== true);
    }
  }
  const { rows, updates } = db.engine.services.store.statistics()
  // Each of the tables may keep 127 dead rows before it looks for them; the unique one counts
  // twice.
  expect(rows).toBeLessThan(5 * 128)
  expect(updates).toBeLessThan(10 * 128)
})
