import { describe, expect, test } from 'vitest'
import { documentsOf, expectIndexesToMatchRecords, expectQuiet } from '../consistency.ts'
import { Database, factsOf, refusalCode } from '../harness.ts'

async function numbered(count: number, options = {}): Promise<Database> {
  const db = new Database(options)
  await db.createIndex({ a: 1 })
  await db.insert(...Array.from({ length: count }, (_, i) => ({ _id: i, a: i })))
  return db
}

const valuesOf = (db: Database): unknown[] => documentsOf(db.engine).map(({ a }) => a)

describe('a multi-update over the field that it changes', () => {
  // The Halloween problem: each document moves ahead in the index that is being scanned.
  test.each([
    ['ahead', 100, [100, 101, 102, 103, 104]],
    ['a little', 1, [1, 2, 3, 4, 5]],
    ['back', -100, [-100, -99, -98, -97, -96]],
  ])('that moves documents %s writes each once', async (_name, by, expected) => {
    const db = await numbered(5)
    const request = { q: { a: { $gte: -1000 } }, u: { $inc: { a: by } }, multi: true }
    const { result, debug } = await factsOf(db, db.statements.update(request))
    expect(debug.planSummary).toBe('IXSCAN { a: 1 }')
    expect(result).toMatchObject({ matched: 5, modified: 5 })
    expect(valuesOf(db)).toEqual(expected)
    expectIndexesToMatchRecords(db.engine)
  })

  test('does so in a transaction, which sees its own writes', async () => {
    const db = await numbered(5)
    const t = db.begin()
    await t.update({ q: { a: { $gte: 0 } }, u: { $inc: { a: 1 } }, multi: true })
    await t.update({ q: { a: { $gte: 0 } }, u: { $inc: { a: 1 } }, multi: true })
    t.commit()
    expect(valuesOf(db)).toEqual([2, 3, 4, 5, 6])
    expectIndexesToMatchRecords(db.engine)
  })

  test('and with arrays, where a document stands in the index several times', async () => {
    const db = await numbered(0)
    await db.insert({ _id: 1, a: [1, 2, 3] }, { _id: 2, a: [2, 9] })
    const { matched } = await db
      .update({ q: { a: { $gt: 0 } }, u: { $push: { a: 50 } }, multi: true })
      .catch(() => db.update({ q: { a: { $gt: 0 } }, u: { $set: { a: [50, 60] } }, multi: true }))
    expect(matched).toBe(2)
    expectIndexesToMatchRecords(db.engine)
  })
})

describe('a plain multi-statement', () => {
  test('commits each document by itself: what came before an error stays', async () => {
    const db = await numbered(3)
    await db.update({ q: { _id: 2 }, u: { $set: { b: 'text' } } })
    const request = { q: {}, u: { $inc: { b: 1 } }, multi: true }
    expect(await refusalCode(db.update(request))).toBe('14 TypeMismatch')
    expect(documentsOf(db.engine)).toEqual([
      { _id: 0, a: 0, b: 1 },
      { _id: 1, a: 1, b: 1 },
      { _id: 2, a: 2, b: 'text' },
    ])
    expectQuiet(db.engine)
  })

  test('waits for one document that is held, and then goes on', async () => {
    const db = await numbered(3)
    const t = db.begin()
    await t.update({ q: { _id: 1 }, u: { $set: { a: 50 } } })
    db.clock.schedule(200_000, 'passive', () => t.participant.commit())
    const request = { q: {}, u: { $inc: { a: 1 } }, multi: true }
    const { result, debug } = await factsOf(db, db.statements.update(request))
    expect(result).toMatchObject({ matched: 3, modified: 3 })
    expect(valuesOf(db)).toEqual([1, 51, 3])
    expect(debug.writeConflicts).toBe(debug.numYields)
    // 3 at once, 6 of 1 ms, then every 5 ms until past 200.
    expect(debug.writeConflicts).toBe(48)
  })

  test('passes by a document that no longer matches when its turn comes', async () => {
    const db = await numbered(3)
    const t = db.begin()
    await t.update({ q: { _id: 1 }, u: { $set: { a: -5 } } })
    db.clock.schedule(50_000, 'passive', () => t.participant.commit())
    const { matched } = await db.update({
      q: { a: { $gte: 0 } },
      u: { $set: { seen: true } },
      multi: true,
    })
    expect(matched).toBe(2)
    expect(documentsOf(db.engine)[1]).toEqual({ _id: 1, a: -5 })
  })

  test('and by one that is gone', async () => {
    const db = await numbered(3)
    const t = db.begin()
    await t.delete({ q: { _id: 1 } })
    db.clock.schedule(50_000, 'passive', () => t.participant.commit())
    const { deleted } = await db.delete({ q: {}, multi: true })
    expect(deleted).toBe(2)
    expect(documentsOf(db.engine)).toEqual([])
    expectIndexesToMatchRecords(db.engine)
  })

  test('counts conflicts in a row from the start again after each document', async () => {
    const db = await numbered(2)
    const [first, second] = [db.begin('a'), db.begin('b')]
    await first.update({ q: { _id: 0 }, u: { $set: { a: 9 } } })
    await second.update({ q: { _id: 1 }, u: { $set: { a: 9 } } })
    db.clock.schedule(3_500, 'passive', () => first.participant.abort('killed'))
    db.clock.schedule(6_500, 'passive', () => second.participant.abort('killed'))
    const request = { q: {}, u: { $inc: { a: 1 } }, multi: true }
    const { debug } = await factsOf(db, db.statements.update(request))
    // To 4 ms: 3 + 4 attempts. The second ladder begins there: 3 at once, then to 7 ms.
    expect(debug.writeConflicts).toBe(7 + 6)
    expect(db.clock.elapsed()).toBe(7)
  })

  test('yields every thousand documents', async () => {
    const db = new Database()
    await db.insert(...Array.from({ length: 2_500 }, (_, _id) => ({ _id })))
    const request = { q: {}, u: { $set: { a: 1 } }, multi: true }
    const { result, debug } = await factsOf(db, db.statements.update(request))
    expect(result.modified).toBe(2_500)
    expect(debug.numYields).toBe(2)
    expectQuiet(db.engine)
  })
})

describe('a write behind a blocking sort', () => {
  test('takes the first in order', async () => {
    const db = await numbered(5)
    await db.update({ q: {}, sort: { _id: -1 }, u: { $set: { last: true } } })
    expect(documentsOf(db.engine)[4]).toEqual({ _id: 4, a: 4, last: true })
  })

  test('that lost its snapshot reads the next record anew', async () => {
    const db = new Database()
    await db.insert({ _id: 1, rank: 1, n: 0 }, { _id: 2, rank: 2, n: 0 })
    const t = db.begin()
    await t.update({ q: { _id: 1 }, u: { $set: { rank: 99 } } })
    // While the first is waited for, the second changes; then the first no longer matches.
    db.clock.schedule(10_000, 'passive', () => {
      const other = db.statements.update({ q: { _id: 2 }, u: { $inc: { n: 100 } } })
      while (other.next('ok').done !== true);
    })
    db.clock.schedule(20_000, 'passive', () => t.participant.commit())
    const { value } = await db.findAndModify({
      query: { rank: { $lt: 50 } },
      sort: { rank: 1 },
      update: { $inc: { n: 1 } },
      new: true,
    })
    expect(value).toEqual({ _id: 2, rank: 2, n: 101 })
  })
})

test('a document is updated twice in one transaction, by either path', async () => {
  const db = await numbered(1)
  const t = db.begin()
  await t.update({ q: { _id: 0 }, u: { $inc: { a: 1 } } })
  await t.update({ q: { a: 1 }, u: { $inc: { a: 1 } } })
  await t.update({ q: {}, u: { $inc: { a: 1 } }, multi: true })
  expect(await t.find()).toEqual([{ _id: 0, a: 3 }])
  t.commit()
  expect(valuesOf(db)).toEqual([3])
  expectIndexesToMatchRecords(db.engine)
})

test('an update that makes a document too deep, or too large, is refused', async () => {
  const db = await numbered(1)
  let deep: object = { x: 'x'.repeat(2_000) }
  for (let i = 0; i < 180; i++) deep = { d: deep }
  expect(await refusalCode(db.update({ q: { _id: 0 }, u: { $set: { deep } } }))).toBe('15 Overflow')
  const u = { $set: { large: 'x'.repeat(16_777_216) } }
  expect(await refusalCode(db.update({ q: { _id: 0 }, u }))).toBe('17419 Location17419')
  expect(documentsOf(db.engine)).toEqual([{ _id: 0, a: 0 }])
})
