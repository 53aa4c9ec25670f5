import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Document } from '../../src/bson/index.ts'
import { type Engine, ServerError, TransactionParticipant } from '../../src/engine/index.ts'
import type { Choice, Operation, Strategy } from '../../src/sim/index.ts'
import { documentsOf, expectIndexesToMatchRecords, expectQuiet } from './consistency.ts'
import { begin, Database, newEngine, Statements } from './harness.ts'
import { type Contents, NaiveStore, type NaiveTransaction } from './naive_store.ts'

type Step =
  | { readonly kind: 'increment'; readonly id: string; readonly by: number }
  | { readonly kind: 'insert'; readonly id: string; readonly value: number }
  | { readonly kind: 'delete'; readonly id: string }
  | { readonly kind: 'read'; readonly id: string }
  | { readonly kind: 'readAll' }

/** What a client does next: a transaction, or plain statements one after the other. */
interface Block {
  readonly kind: 'plain' | 'committed' | 'aborted'
  readonly steps: readonly Step[]
}

const id = fc.constantFrom('a', 'b', 'c')
const by = fc.constantFrom(1, 10)
const anyStep = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('increment' as const), id, by }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('insert' as const), id, value: by }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete' as const), id }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('read' as const), id }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('readAll' as const) }) },
) satisfies fc.Arbitrary<Step>
const anyBlock: fc.Arbitrary<Block> = fc.record({
  kind: fc.constantFrom('plain', 'committed', 'committed', 'aborted'),
  steps: fc.array(anyStep, { minLength: 1, maxLength: 4 }),
})
const anyProgram = fc.array(fc.array(anyBlock, { minLength: 1, maxLength: 3 }), {
  minLength: 2,
  maxLength: 5,
})
const anySchedule = fc.array(fc.nat(11), { minLength: 1, maxLength: 40 })

/** Who goes next, over and over. */
class ScheduleStrategy implements Strategy {
  readonly offersTime = false
  readonly #schedule: readonly number[]
  #at = 0

  constructor(schedule: readonly number[]) {
    this.#schedule = schedule
  }

  choose(choices: readonly Choice[]): number {
    return this.#schedule[this.#at++ % this.#schedule.length]! % choices.length
  }
}

/** What a client sees of a step: how many it wrote, what it read, or the name of the error. */
type Seen = number | string | Contents

function* seenOf(statements: Statements, step: Step): Operation<Seen> {
  try {
    switch (step.kind) {
      case 'increment': {
        const u = { $inc: { value: step.by } }
        return (yield* statements.update({ q: { _id: step.id }, u })).matched
      }
      case 'insert': {
        const document = { _id: step.id, value: step.value }
        const { inserted, failures } = yield* statements.insert([document])
        return failures[0]?.error.codeName ?? inserted
      }
      case 'delete':
        return (yield* statements.delete({ q: { _id: step.id } })).deleted
      case 'read':
        return contentsOf((yield* statements.find({ filter: { _id: step.id } })).documents)
      case 'readAll':
        return contentsOf((yield* statements.find()).documents)
    }
  } catch (error) {
    if (error instanceof ServerError) return error.codeName
    throw error
  }
}

function naivelySeen(naive: NaiveTransaction, step: Step): Seen {
  switch (step.kind) {
    case 'increment': {
      const value = naive.get(step.id)
      return value === undefined ? 0 : naive.write(step.id, value + step.by)
    }
    case 'insert':
      return naive.get(step.id) === undefined ? naive.write(step.id, step.value) : 'DuplicateKey'
    case 'delete':
      return naive.get(step.id) === undefined ? 0 : naive.write(step.id, undefined)
    case 'read': {
      const value = naive.get(step.id)
      return new Map(value === undefined ? [] : [[step.id, value]])
    }
    case 'readAll':
      return naive.contents()
  }
}

function contentsOf(documents: readonly Document[]): Contents {
  return new Map(documents.map(({ _id, value }) => [_id as string, value as number]))
}

/** What was met over all runs: a property that never meets a conflict says nothing. */
const met = { inTransactions: new Set<Seen>(), plainConflicts: 0, commits: 0 }

/**
 * A client of an engine, whose every statement is mirrored in the naive store in the very step in
 * which the engine answered.
 */
class MirroredClient {
  readonly #engine: Engine
  readonly #store: NaiveStore
  readonly #participant: TransactionParticipant

  constructor(engine: Engine, store: NaiveStore, session: string) {
    this.#engine = engine
    this.#store = store
    this.#participant = new TransactionParticipant(engine.services, session)
  }

  *run(blocks: readonly Block[]): Operation<void> {
    for (const { kind, steps } of blocks) {
      if (kind === 'plain') for (const step of steps) yield* this.#plain(step)
      else yield* this.#transaction(steps, kind === 'committed')
    }
  }

  *#plain(step: Step): Operation<void> {
    const statements = new Statements(this.#engine)
    const seen = yield* seenOf(statements, step)
    const naive = this.#store.begin()
    expect(seen).toEqual(naivelySeen(naive, step))
    this.#store.end(naive, true)
    met.plainConflicts += statements.lastOp?.debug.writeConflicts ?? 0
  }

  *#transaction(steps: readonly Step[], commits: boolean): Operation<void> {
    begin(this.#participant)
    const naive = this.#store.begin()
    const statements = new Statements(this.#engine, this.#participant)
    for (const step of steps) {
      const seen = yield* seenOf(statements, step)
      expect(seen).toEqual(naivelySeen(naive, step))
      if (typeof seen !== 'string') continue
      met.inTransactions.add(seen)
      this.#store.end(naive, false)
      return
    }
    if (commits) this.#participant.commit()
    else this.#participant.abortByClient()
    this.#store.end(naive, commits)
    met.commits += commits ? 1 : 0
  }
}

/** Plays clients side by side; the first thing that goes wrong in one is thrown. */
function play(program: readonly (readonly Block[])[], schedule: readonly number[]): void {
  const { engine } = newEngine({ strategy: new ScheduleStrategy(schedule) })
  const { scheduler } = engine.services
  const store = new NaiveStore()
  const failures: unknown[] = []
  const start = (name: string, operation: Operation<void>) =>
    scheduler.start(name, operation, (error) => failures.push(error))
  const setup: Block = {
    kind: 'plain',
    steps: [
      { kind: 'insert', id: 'a', value: 0 },
      { kind: 'insert', id: 'b', value: 0 },
    ],
  }
  start('setup', new MirroredClient(engine, store, 'setup').run([setup]))
  scheduler.runToEnd()
  for (const [i, blocks] of program.entries()) {
    start(`client ${i}`, new MirroredClient(engine, store, `session ${i}`).run(blocks))
  }
  scheduler.runToEnd()
  if (failures.length > 0) throw failures[0]
  expect(contentsOf(documentsOf(engine))).toEqual(store.committed)
  expectIndexesToMatchRecords(engine)
  expectQuiet(engine)
}

test('any clients under any schedule see what a naive store would show them', () => {
  fc.assert(fc.property(anyProgram, anySchedule, play), { numRuns: 1_000 })
  expect(met.inTransactions).toEqual(new Set(['WriteConflict', 'DuplicateKey']))
  expect(met.plainConflicts).toBeGreaterThan(0)
  expect(met.commits).toBeGreaterThan(0)
})

test('increments by multi-updates and by _id are never lost, whoever comes in between', () => {
  const increment = fc.record({ multi: fc.boolean(), inTransaction: fc.boolean() })
  const clients = fc.array(fc.array(increment, { minLength: 1, maxLength: 3 }), {
    minLength: 2,
    maxLength: 5,
  })
  fc.assert(
    fc.property(clients, anySchedule, (program, schedule) => {
      const { engine } = newEngine({ strategy: new ScheduleStrategy(schedule) })
      const { scheduler } = engine.services
      let expected = 0
      const failures: unknown[] = []
      const start = (operation: Operation<void>) =>
        scheduler.start('client', operation, (error) => failures.push(error))
      function* client(increments: (typeof program)[number], session: string): Operation<void> {
        const participant = new TransactionParticipant(engine.services, session)
        for (const { multi, inTransaction } of increments) {
          if (inTransaction) begin(participant)
          const statements = new Statements(engine, inTransaction ? participant : undefined)
          try {
            const q = multi ? {} : { _id: 1 }
            const u = { $inc: { value: 1 } }
            const { modified } = yield* statements.update({ q, u, multi })
            if (inTransaction) participant.commit()
            expected += modified
          } catch (error) {
            if (!(error instanceof ServerError) || error.code !== 112) throw error
          }
        }
      }
      start(setUp(new Statements(engine)))
      scheduler.runToEnd()
      for (const [i, increments] of program.entries()) start(client(increments, `session ${i}`))
      scheduler.runToEnd()
      if (failures.length > 0) throw failures[0]
      const total = documentsOf(engine).reduce((sum, { value }) => sum + (value as number), 0)
      expect(total).toBe(expected)
      expectIndexesToMatchRecords(engine)
      expectQuiet(engine)
    }),
    { numRuns: 500 },
  )
})

function* setUp(statements: Statements): Operation<void> {
  yield* statements.createIndexes({ key: { value: 1 }, name: 'value_1' })
  yield* statements.insert([1, 2, 3].map((_id) => ({ _id, value: 0 })))
}

describe('what snapshot isolation is, and is not', () => {
  test('write skew happens: two transactions read both accounts and each empties another', async () => {
    const db = new Database()
    await db.insert({ _id: 'x', value: 100 }, { _id: 'y', value: 100 })
    const withdraw = async (session: string, from: string) => {
      const t = db.begin(session)
      const balances = await t.find()
      const total = balances.reduce((sum, { value }) => sum + (value as number), 0)
      return async () => {
        if (total >= 200) await t.update({ q: { _id: from }, u: { $inc: { value: -200 } } })
        t.commit()
      }
    }
    const [first, second] = [await withdraw('a', 'x'), await withdraw('b', 'y')]
    await first()
    await second()
    expect(documentsOf(db.engine)).toEqual([
      { _id: 'x', value: -100 },
      { _id: 'y', value: -100 },
    ])
  })

  test('a transaction sees neither later commits nor phantoms, and its own writes at once', async () => {
    const db = new Database()
    await db.createIndex({ value: 1 })
    await db.insert({ _id: 'x', value: 1 })
    const t = db.begin()
    await db.update({ q: { _id: 'x' }, u: { $set: { value: 2 } } })
    await db.insert({ _id: 'y', value: 1 })
    const inRange = { filter: { value: { $gte: 1 } } }
    expect(await t.find(inRange)).toEqual([{ _id: 'x', value: 1 }])
    await t.insert({ _id: 'z', value: [7, 8] })
    expect(await t.find({ filter: { value: 8 } })).toEqual([{ _id: 'z', value: [7, 8] }])
    t.abort()
    expect(await db.find(inRange)).toEqual([
      { _id: 'y', value: 1 },
      { _id: 'x', value: 2 },
    ])
  })
})
