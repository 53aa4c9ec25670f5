import { describe, expect, test } from 'vitest'
import type { Choice } from '../../src/sim/index.ts'
import { documentsOf, expectIndexesToMatchRecords, expectQuiet } from './consistency.ts'
import { Database, newEngine, Statements } from './harness.ts'

/** Documents that expire 100 s after their `at`. */
async function expiring(options = {}): Promise<Database> {
  const db = new Database(options)
  await db.createIndex({ at: 1 }, { expireAfterSeconds: 100 })
  return db
}

const ids = (db: Database): unknown[] => documentsOf(db.engine).map(({ _id }) => _id)
const at = (db: Database, ageMs: number): Date => new Date(db.clock.now() - ageMs)

describe('the TTL monitor', () => {
  test('deletes what has expired when its minute is over, and no sooner', async () => {
    const db = await expiring()
    await db.insert({ _id: 'old', at: at(db, 99_000) }, { _id: 'young', at: at(db, 0) })
    await db.clock.advance(59_999)
    expect(ids(db)).toEqual(['old', 'young'])
    await db.clock.advance(1)
    expect(ids(db)).toEqual(['young'])
    expect(db.engine.services.metrics.ttl).toEqual({ deletedDocuments: 1, passes: 1 })
    await db.clock.advance(60_000)
    expect(ids(db)).toEqual([])
    expectIndexesToMatchRecords(db.engine)
    expectQuiet(db.engine)
  })

  // Source: ttl.cpp: keys from the dawn of time up to and including now less the age.
  test('deletes what expires at this very moment', async () => {
    const db = await expiring()
    await db.insert({ _id: 'on time', at: at(db, 40_000) }, { _id: 'late', at: at(db, 39_999) })
    await db.clock.advance(60_000)
    expect(ids(db)).toEqual(['late'])
  })

  test('looks at dates only, in arrays too', async () => {
    const db = await expiring()
    const old = at(db, 1_000_000)
    await db.insert(
      { _id: 1 },
      { _id: 2, at: null },
      { _id: 3, at: 5 },
      { _id: 4, at: 'long ago' },
      { _id: 5, at: [at(db, -1_000_000), old] },
      { _id: 6, at: [] },
    )
    await db.clock.advance(60_000)
    expect(ids(db)).toEqual([1, 2, 3, 4, 6])
  })

  test('does not make time pass', async () => {
    const db = await expiring()
    await db.insert({ _id: 'old', at: at(db, 1_000_000) })
    await new Promise((resolve) => setTimeout(resolve, 5))
    expect(db.clock.elapsed()).toBe(0)
    expect(ids(db)).toEqual(['old'])
  })

  test('waits for a document that is held, and does not make time pass for that either', async () => {
    const db = await expiring()
    await db.insert({ _id: 'old', at: at(db, 1_000_000) })
    const t = db.begin()
    await t.update({ q: { _id: 'old' }, u: { $set: { held: true } } })
    await db.clock.advance(60_000)
    await new Promise((resolve) => setTimeout(resolve, 5))
    expect(db.clock.elapsed()).toBe(60_000)
    t.commit()
    await db.clock.advance(1_000)
    expect(ids(db)).toEqual([])
    expectQuiet(db.engine)
  })

  test('can be switched off and on, and given another period', async () => {
    const db = await expiring({ parameters: { ttlMonitorSleepSecs: 5, ttlMonitorEnabled: false } })
    await db.insert({ _id: 'old', at: at(db, 1_000_000) })
    await db.clock.advance(20_000)
    expect(ids(db)).toEqual(['old'])
    db.engine.services.parameters.set('ttlMonitorEnabled', true)
    await db.clock.advance(5_000)
    expect(ids(db)).toEqual([])
  })

  test('goes on after an error: an index that goes while it waits', async () => {
    const db = await expiring({ parameters: { ttlMonitorSleepSecs: 5 } })
    const other = new Statements(db.engine, undefined, { db: 'test', coll: 'other' })
    const key = { key: { at: 1 }, name: 'at_1', expireAfterSeconds: 100 }
    await db.run(other.createIndexes(key))
    const old = at(db, 1_000_000)
    await db.insert({ _id: 'old', at: old })
    await db.run(other.insert([{ _id: 'old', at: old }]))
    const t = db.begin()
    await t.update({ q: { _id: 'old' }, u: { $set: { held: true } } })
    await db.clock.advance(5_000)
    const dropped = db.run(db.statements.dropIndexes())
    t.abort()
    await dropped
    await db.clock.advance(10_000)
    expect(ids(db)).toEqual(['old'])
    expect(documentsOf(db.engine, 'test', 'other')).toEqual([])
    expectQuiet(db.engine)
  })

  test('is nobody to choose for a strategy, until it has something to do', () => {
    const offered: number[] = []
    const choose = (choices: readonly Choice[]): number => {
      offered.push(choices.length)
      return 0
    }
    const { engine } = newEngine({ strategy: { offersTime: true, choose } })
    const { scheduler } = engine.services
    function* insert() {
      yield* new Statements(engine).insert([{ _id: 1 }])
    }
    scheduler.start('insert', insert(), (error) => {
      throw error
    })
    scheduler.runToEnd()
    expect(new Set(offered)).toEqual(new Set([1]))
  })
})
