import { describe, expect, test } from 'vitest'
import { type Engine, ServerError, TransactionParticipant } from '../../src/engine/index.ts'
import type { Operation, Strategy } from '../../src/sim/index.ts'
import { everyInterleaving } from '../sim/enumerate.ts'
import { documentsOf, expectIndexesToMatchRecords, expectQuiet } from './consistency.ts'
import { begin, newEngine, Statements } from './harness.ts'

type Actor = (engine: Engine) => Operation<unknown>

/**
 * Runs actors in every interleaving of their yield points, each time on an engine of its own that
 * holds one document `{ _id: 'x', value: 0 }`, and says how each ended.
 */
function explore(
  actors: readonly Actor[],
  endsWith = valueOfFirst,
): { outcomes: string[]; runs: number } {
  const outcomes = everyInterleaving((strategy) => {
    const engine = prepared(strategy)
    const endings: string[] = []
    for (const [i, actor] of actors.entries()) {
      engine.services.scheduler.start(`actor ${i}`, ended(actor(engine), i, endings), fail)
    }
    engine.services.scheduler.runToEnd()
    expectQuiet(engine)
    expectIndexesToMatchRecords(engine)
    return `${endings.join(' ')}, ${endsWith(engine)}`
  })
  return { outcomes: [...new Set(outcomes)].sort(), runs: outcomes.length }
}

function valueOfFirst(engine: Engine): string {
  return `value ${String(documentsOf(engine)[0]?.['value'])}`
}

/** The document is there before anybody may choose. */
function prepared(strategy: Strategy): Engine {
  const first = { offersTime: false, choose: () => 0 }
  let current: Strategy = first
  const { engine } = newEngine({
    strategy: {
      offersTime: strategy.offersTime,
      choose: (choices) => current.choose(choices),
    },
  })
  const { scheduler } = engine.services
  const insert = new Statements(engine).insert([{ _id: 'x', value: 0 }])
  scheduler.start('setup', ended(insert, -1, []), fail)
  scheduler.runToEnd()
  current = strategy
  return engine
}

function* ended(operation: Operation<unknown>, i: number, endings: string[]): Operation<void> {
  endings[i] = 'ok'
  try {
    yield* operation
  } catch (error) {
    if (!(error instanceof ServerError)) throw error
    endings[i] = error.codeName
  }
}

function fail(error: unknown): never {
  throw error
}

const increment = { q: { _id: 'x' }, u: { $inc: { value: 1 } } }
const plain: Actor = (engine) => new Statements(engine).update(increment)
const multi: Actor = (engine) => new Statements(engine).update({ ...increment, q: {}, multi: true })
const upsert: Actor = (engine) => new Statements(engine).update({ ...increment, upsert: true })

function inTransaction(session: string): Actor {
  return function* (engine) {
    const participant = new TransactionParticipant(engine.services, session)
    begin(participant)
    const statements = new Statements(engine, participant)
    const { documents } = yield* statements.find({ filter: { _id: 'x' } })
    const value = (documents[0]!['value'] as number) + 1
    yield* statements.update({ q: { _id: 'x' }, u: { $set: { value } } })
    participant.commit()
  }
}

describe('in every interleaving', () => {
  test('two plain updates of one document both count', () => {
    const { outcomes, runs } = explore([plain, plain])
    expect(outcomes).toEqual(['ok ok, value 2'])
    // Three steps each: to the start, to the read, to the write. C(6, 3) orders.
    expect(runs).toBe(20)
  })

  test('so do three', () => {
    const { outcomes, runs } = explore([plain, plain, plain])
    expect(outcomes).toEqual(['ok ok ok, value 3'])
    // 9! / 3!^3 orders, and those in which two of them try again side by side.
    expect(runs).toBeGreaterThanOrEqual(1_680)
  })

  test('so do a multi-update, an upsert and an update by _id', () => {
    expect(explore([multi, plain]).outcomes).toEqual(['ok ok, value 2'])
    expect(explore([multi, upsert]).outcomes).toEqual(['ok ok, value 2'])
  })

  test('of two transactions that write one document at least one commits, and none is lost', () => {
    const { outcomes, runs } = explore([inTransaction('a'), inTransaction('b')])
    expect(outcomes).toEqual([
      'WriteConflict ok, value 1',
      'ok WriteConflict, value 1',
      'ok ok, value 2',
    ])
    // Four steps each, the read's among them. C(8, 4) orders.
    expect(runs).toBe(70)
  })

  test('of two whose snapshots are both open exactly one commits', () => {
    const overlapping = (session: string): Actor => {
      return (engine) => {
        const participant = new TransactionParticipant(engine.services, session)
        begin(participant)
        return updateAndCommit(engine, participant)
      }
    }
    function* updateAndCommit(
      engine: Engine,
      participant: TransactionParticipant,
    ): Operation<void> {
      yield* new Statements(engine, participant).update(increment)
      participant.commit()
    }
    const { outcomes } = explore([overlapping('a'), overlapping('b')])
    expect(outcomes).toEqual(['WriteConflict ok, value 1', 'ok WriteConflict, value 1'])
  })

  test('a plain update beside a transaction is never lost, and makes it fail if it comes between', () => {
    const { outcomes } = explore([inTransaction('a'), plain])
    expect(outcomes).toEqual(['WriteConflict ok, value 1', 'ok ok, value 2'])
  })

  test('of two upserts of a new document one inserts and the other updates', () => {
    const upsertNew: Actor = (engine) =>
      new Statements(engine).update({ q: { _id: 'new' }, u: { $inc: { value: 1 } }, upsert: true })
    const endsWith = (engine: Engine) => {
      const [, found] = documentsOf(engine)
      return `${String(found?.['_id'])} ${String(found?.['value'])}`
    }
    expect(explore([upsertNew, upsertNew], endsWith).outcomes).toEqual(['ok ok, new 2'])
  })

  test('a drop beside an insert leaves the new document or none, and no trace of the old', () => {
    const drop: Actor = (engine) => new Statements(engine).drop()
    const insert: Actor = (engine) => new Statements(engine).insert([{ _id: 'y', value: 9 }])
    expect(explore([drop, insert]).outcomes).toEqual(['ok ok, value 9', 'ok ok, value undefined'])
  })
})
