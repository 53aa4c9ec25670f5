import { describe, expect, test } from 'vitest'
import type { OperationClient } from '../../src/client/index.ts'
import { type Actor, explore } from '../../src/explore/index.ts'
import type { Operation } from '../../src/sim/index.ts'
import { adding, type Item, summing, threeItems } from './programs.ts'

type Actors = (log: (line: string) => void) => Record<string, Actor<void>>

/** What each schedule comes to: what the actors saw, and what is there at the end. */
async function outcomes(actors: Actors, reduction: boolean, looks = true) {
  const seen = new Set<string>()
  const lines: string[] = []
  const report = await explore({
    setup: threeItems,
    strategy: 'exhaustive',
    reduction,
    actors: actors((line) => lines.push(line)),
    invariant(client) {
      const said = lines.toSorted().join('; ')
      lines.length = 0
      if (!looks) return void seen.add(said)
      const items = client.db().collection('items').find().toArray()
      return items.then((found) => void seen.add(`${said} -> ${JSON.stringify(found)}`))
    },
  })
  expect(report.counterexample?.explanation).toBeUndefined()
  expect(report.complete).toBe(true)
  return { seen: [...seen].sort(), explored: report.explored, total: report.total }
}

function reading(log: (line: string) => void, filter: object) {
  return function* read(client: OperationClient): Operation<void> {
    const items = client.db().collection<Item>('items')
    const found = yield* items.find(filter, { sort: { _id: 1 } }).toArray()
    log(`found ${JSON.stringify(found)}`)
  }
}

function inserting(id: string, value: number) {
  return function* insert(client: OperationClient): Operation<void> {
    yield* client.db().collection<Item>('items').insertOne({ _id: id, value })
  }
}

/** Writes without a transaction what a transaction may hold: it waits. */
function incrementing(id: string, times: number) {
  return function* increment(client: OperationClient): Operation<void> {
    const items = client.db().collection<Item>('items')
    for (let i = 0; i < times; i++) yield* items.updateOne({ _id: id }, { $inc: { value: 10 } })
  }
}

function aborting(id: string) {
  return function* abort(client: OperationClient): Operation<void> {
    const items = client.db().collection<Item>('items')
    const session = client.startSession()
    session.startTransaction()
    try {
      yield* items.updateOne({ _id: id }, { $inc: { value: 100 } }, { session })
    } catch {
      // Somebody else was first.
    }
    if (session.inTransaction()) yield* session.abortTransaction()
  }
}

const PROGRAMS: Record<string, Actors> = {
  'two transactions that skew': (log) => ({ a: summing('x', 'y', log), b: summing('y', 'x', log) }),
  'lost updates': () => ({ a: adding(1), b: adding(2), c: adding(3) }),
  'a transaction and plain writes that wait for it': (log) => ({
    a: summing('x', 'y', log),
    b: incrementing('y', 2),
  }),
  'a transaction that aborts': (log) => ({
    a: aborting('x'),
    b: incrementing('x', 2),
    c: reading(log, { _id: 'x' }),
  }),
  'a query and inserts that it may find': (log) => ({
    a: reading(log, { value: { $gt: 1 } }),
    b: inserting('p', 2),
    c: inserting('q', 1),
    d: incrementing('x', 1),
  }),
  'two that insert the same': (log) => ({
    a: function* (client: OperationClient): Operation<void> {
      try {
        yield* inserting('p', 1)(client)
      } catch (error) {
        log((error as Error).message)
      }
    },
    b: function* (client: OperationClient): Operation<void> {
      const items = client.db().collection<Item>('items')
      yield* items.updateOne({ _id: 'p' }, { $set: { value: 7 } }, { upsert: true })
      yield* items.deleteOne({ _id: 'p' })
    },
  }),
}

describe('the reduced exploration', () => {
  test.each(Object.entries(PROGRAMS))('of %s comes to all outcomes', async (_name, actors) => {
    const all = await outcomes(actors, false)
    const reduced = await outcomes(actors, true)
    expect(reduced.seen).toEqual(all.seen)
    expect(reduced.explored).toBeLessThanOrEqual(all.explored)
    expect(all.seen.length).toBeGreaterThan(0)
  })

  test('of three transactions of four statements takes a twentieth of 34,650 schedules', async () => {
    const ring: Actors = (log) => ({
      a: summing('x', 'y', log),
      b: summing('y', 'z', log),
      c: summing('z', 'x', log),
    })
    // What was committed, and by whom, says what is there at the end.
    const all = await outcomes(ring, false, false)
    expect(all.explored).toBe(34_650)
    const reduced = await outcomes(ring, true, false)
    expect(reduced.seen).toEqual(all.seen)
    expect(reduced.total).toBe(34_650)
    expect(reduced.explored).toBeLessThanOrEqual(34_650 / 20)
  })

  test('of three that write the same item takes a twentieth, too', async () => {
    const reduced = await outcomes(
      (log) => ({
        a: summing('x', 'x', log),
        b: summing('x', 'x', log),
        c: summing('x', 'x', log),
      }),
      true,
    )
    expect(reduced.total).toBe(34_650)
    expect(reduced.explored).toBeLessThanOrEqual(34_650 / 20)
  })
})
