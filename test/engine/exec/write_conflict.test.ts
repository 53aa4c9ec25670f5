import { describe, expect, test } from 'vitest'
import { backoffPolicies, type OpDebug } from '../../../src/engine/index.ts'
import { Trace } from '../../../src/sim/index.ts'
import { documentsOf, expectQuiet } from '../consistency.ts'
import {
  Database,
  factsOf,
  refusal,
  refusalCode,
  type Statements,
  type Transaction,
} from '../harness.ts'

/** Document x exists, and a transaction that began at zero holds it, until `endsAtMs`. */
async function heldUntil(
  endsAtMs: number,
  options: ConstructorParameters<typeof Database>[0] = {},
): Promise<Database> {
  const db = new Database(options)
  await db.insert({ _id: 'x', value: 0 })
  const t = db.begin()
  await t.update({ q: { _id: 'x' }, u: { $inc: { value: 1 } } })
  db.clock.schedule(endsAtMs * 1000, 'passive', () => t.participant.abort('expired'))
  return db
}

const incX = { q: { _id: 'x' }, u: { $inc: { value: 8 } } }

describe('a plain update waits for the holder by the 8.0 ladder', () => {
  // The sweep that ends the holder runs at 90 s, so the wait depends on when the waiter came.
  // 981 and 1013 are the counts that the source article saw in mongostat and in the profiler.
  test.each([
    { firstAttemptMs: 10_450, endsAtMs: 90_000, conflicts: 981, waitedMs: 79_556 },
    { firstAttemptMs: 7_300, endsAtMs: 90_000, conflicts: 1_013, waitedMs: 82_756 },
    { firstAttemptMs: 0, endsAtMs: 60_000, conflicts: 786, waitedMs: 60_056 },
  ])(
    '$conflicts conflicts where it comes at $firstAttemptMs ms and is free at $endsAtMs ms',
    async ({ firstAttemptMs, endsAtMs, conflicts, waitedMs }) => {
      const db = await heldUntil(endsAtMs)
      await db.clock.advance(firstAttemptMs)
      const { result, debug } = await factsOf(db, db.statements.update(incX))
      expect(result).toMatchObject({ matched: 1, modified: 1 })
      expect(db.clock.elapsed()).toBe(firstAttemptMs + waitedMs)
      expect(debug).toMatchObject({
        writeConflicts: conflicts,
        numYields: conflicts,
        keysExamined: conflicts + 1,
        docsExamined: conflicts + 1,
        nMatched: 1,
        nModified: 1,
        exclusiveAcquisitions: conflicts + 1,
        flowControlTickets: conflicts + 1,
        planSummary: 'EXPRESS_IXSCAN { _id: 1 },EXPRESS_UPDATE',
      })
      expect(documentsOf(db.engine)).toEqual([{ _id: 'x', value: 8 }])
      expectQuiet(db.engine)
    },
  )

  // Source: `sleepmillis` in logAndBackoffImpl (log_and_backoff.cpp) is not interruptible.
  test('maxTimeMS 1500 is met at the end of the sleep under way, after 1556 ms', async () => {
    const db = await heldUntil(90_000)
    db.statements.setup = (op) => {
      op.deadlineUs = op.startedUs + 1_500_000
    }
    expect(await refusal(db.update(incX))).toMatchObject({
      code: 50,
      codeName: 'MaxTimeMSExpired',
      message: 'operation exceeded time limit',
    })
    expect(db.clock.elapsed()).toBe(1_556)
    expect(db.engine.operations.size).toBe(0)
  })

  test('a kill is met there, too', async () => {
    const db = await heldUntil(90_000)
    db.statements.setup = (op) => {
      db.clock.schedule(1_200_000, 'passive', () => op.kill(11601))
    }
    expect(await refusalCode(db.update(incX))).toBe('11601 Interrupted')
    expect(db.clock.elapsed()).toBe(1_206)
  })
})

/** Times and attempt numbers of the first conflicts, as the trace has them. */
function conflictsOf(trace: Trace, count: number): [atMs: number, attempt: number][] {
  return trace.events
    .filter(({ what }) => what === 'conflict')
    .slice(0, count)
    .map(({ atUs, detail }) => [atUs / 1000, detail?.['attempt'] as number])
}

describe('which schedule a statement waits by', () => {
  // Source: plan_executor_express.cpp passes a count from 0, plan_executor_impl.cpp from 1
  // (server 8.0); the steps are those of log_and_backoff.cpp.
  const express = [0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 11]
  const classic = [0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 11, 16]
  const replacement = { a: 1 }
  test.each([
    ['update by _id', 0, express, (f: Statements) => f.update(incX)],
    [
      'replace by _id',
      0,
      express,
      (f: Statements) => f.update({ q: { _id: 'x' }, u: replacement }),
    ],
    ['delete by _id', 0, express, (f: Statements) => f.delete({ q: { _id: 'x' } })],
    [
      'findAndModify by _id',
      0,
      express,
      (f: Statements) => f.findAndModify({ query: { _id: 'x' }, update: { $inc: { value: 1 } } }),
    ],
    [
      'findAndModify by _id with a projection',
      1,
      classic,
      (f: Statements) =>
        f.findAndModify({
          query: { _id: 'x' },
          update: { $inc: { value: 1 } },
          fields: { _id: 1 },
        }),
    ],
    [
      'findAndModify by _id with a sort',
      1,
      classic,
      (f: Statements) =>
        f.findAndModify({ query: { _id: 'x' }, update: { $inc: { value: 1 } }, sort: { a: 1 } }),
    ],
    ['upsert by _id', 1, classic, (f: Statements) => f.update({ ...incX, upsert: true })],
    ['multi-update', 1, classic, (f: Statements) => f.update({ ...incX, multi: true })],
    ['update with a hint', 1, classic, (f: Statements) => f.update({ ...incX, hint: '_id_' })],
    ['update by a field', 1, classic, (f: Statements) => f.update({ ...incX, q: { value: 0 } })],
    ['delete of many', 1, classic, (f: Statements) => f.delete({ q: { _id: 'x' }, multi: true })],
  ] as const)('%s counts from %i', async (_name, base, times, statement) => {
    const trace = new Trace()
    const db = await heldUntil(30, { trace })
    await db.run<unknown>(statement(db.statements))
    const conflicts = conflictsOf(trace, times.length)
    expect(conflicts).toEqual(times.map((atMs, i) => [atMs, base + i]))
    expectQuiet(db.engine)
  })

  // Source: WriteConflictRetryAlgorithm (exception_util.cpp, 8.0): no sleep after the first, then
  // 0.1 x 1.1^(k-1) / k of what the timed attempts took; an attempt is charged 50 us.
  test('insert waits by its own: a tenth of the attempts so far, growing by a tenth', async () => {
    const trace = new Trace()
    const db = new Database({ trace })
    await db.insert({ _id: 0 })
    const t = db.begin()
    await t.insert({ _id: 'x' })
    db.clock.schedule(1_000_000, 'passive', () => t.participant.abort('expired'))
    const { result, debug } = await factsOf(db, db.statements.insert([{ _id: 'x' }]))
    expect(result.inserted).toBe(1)
    const times = conflictsOf(trace, 8)
    expect(times).toEqual([
      [0, 1],
      [0.05, 2],
      [0.103, 3],
      [0.157, 4],
      [0.212, 5],
      [0.268, 6],
      [0.325, 7],
      [0.383, 8],
    ])
    // The first count whose sleeps add up to the second that the holder lasts.
    expect(debug.writeConflicts).toBe(104)
    expect(debug.numYields).toBe(0)
    expect(debug.ninserted).toBe(1)
    expectQuiet(db.engine)
  })

  test('an insert that waited for one that commits is a duplicate', async () => {
    const db = new Database()
    await db.insert({ _id: 0 })
    const t = db.begin()
    await t.insert({ _id: 'x' })
    const waiting = db.insert({ _id: 'x' })
    await db.clock.sleep(1)
    t.commit()
    expect((await waiting).failures[0]?.error.code).toBe(11000)
  })

  test('a batch conflicts as a group without counting, then one by one', async () => {
    const db = new Database()
    await db.insert({ _id: 0 })
    const t = db.begin()
    await t.insert({ _id: 2 })
    db.clock.schedule(100, 'passive', () => t.participant.abort('expired'))
    const documents = [{ _id: 1 }, { _id: 2 }, { _id: 3 }]
    const { result, debug } = await factsOf(db, db.statements.insert(documents))
    expect(result.inserted).toBe(3)
    expect(debug).toMatchObject({ writeConflicts: 2, ninserted: 3, keysInserted: 3 })
  })
})

describe('in a transaction', () => {
  async function contested(): Promise<{ db: Database; late: Transaction }> {
    const db = new Database()
    await db.insert({ _id: 'x', value: 0 }, { _id: 'y' })
    const [early, late] = [db.begin('early'), db.begin('late')]
    await early.update({ q: { _id: 'x' }, u: { $inc: { value: 1 } } })
    return { db, late }
  }

  test.each([
    ['update', (t: Transaction) => t.update(incX)],
    ['multi-update', (t: Transaction) => t.update({ ...incX, q: {}, multi: true })],
    ['delete', (t: Transaction) => t.delete({ q: { _id: 'x' } })],
  ])('an %s that meets a conflict fails at once and is counted', async (_name, statement) => {
    const { db, late } = await contested()
    let seen: OpDebug | undefined
    late.statements.setup = (op) => {
      seen = op.debug
    }
    expect(await refusal(statement(late))).toMatchObject({
      code: 112,
      codeName: 'WriteConflict',
      message:
        'Caused by :: Write conflict during plan execution and yielding is disabled. :: Please retry your operation or multi-document transaction.',
    })
    expect(seen).toMatchObject({ writeConflicts: 1, numYields: 0 })
    expect(db.clock.elapsed()).toBe(0)
    expect(late.participant.isOpen).toBe(false)
  })

  test('the error knows where it lost, and to whom', async () => {
    const { late } = await contested()
    const error = await refusal(late.update(incX))
    expect(error).toMatchObject({ place: { holderActive: true } })
    const { holderOwner } = (error as unknown as { place: { holderOwner: object } }).place
    expect(String((holderOwner as { describe(): string }).describe())).toContain('session early')
  })

  test('a version committed after the snapshot is a conflict all the same', async () => {
    const db = new Database()
    await db.insert({ _id: 'x', value: 0 })
    const t = db.begin()
    await db.update(incX)
    expect(await refusalCode(t.update(incX))).toBe('112 WriteConflict')
  })

  test('an update that changes nothing writes nothing, and conflicts with nobody', async () => {
    const { late } = await contested()
    const outcome = await late.update({ q: { _id: 'x' }, u: { $set: { value: 0 } } })
    expect(outcome).toMatchObject({ matched: 1, modified: 0 })
    late.commit()
  })

  test('reads never conflict and never wait', async () => {
    const { db, late } = await contested()
    expect(await late.find()).toEqual([{ _id: 'x', value: 0 }, { _id: 'y' }])
    expect(await db.find({ filter: { _id: 'x' } })).toEqual([{ _id: 'x', value: 0 }])
    expect(db.clock.elapsed()).toBe(0)
  })
})

describe('other policies', () => {
  test('the ramp of 2026 can be interrupted, and releases before it sleeps', async () => {
    const db = await heldUntil(90_000, { backoff: backoffPolicies.jitteredRamp })
    db.statements.setup = (op) => {
      op.deadlineUs = op.startedUs + 1_500_000
    }
    let held = -1
    db.clock.schedule(1_000_000, 'passive', () => {
      held = db.engine.services.catalog.collectionLock(db.statements.ns).intents
    })
    expect(await refusalCode(db.update(incX))).toBe('50 MaxTimeMSExpired')
    expect(db.clock.elapsed()).toBe(1_500)
    // The transaction's own intent alone.
    expect(held).toBe(1)
  })

  test('the ladder keeps its intent while it sleeps', async () => {
    const db = await heldUntil(2_000)
    let held = -1
    db.clock.schedule(1_000_000, 'passive', () => {
      held = db.engine.services.catalog.collectionLock(db.statements.ns).intents
    })
    await db.update(incX)
    expect(held).toBe(2)
  })

  test('immediate retries are charged a minimum, so that time passes', async () => {
    const db = await heldUntil(1_000, { backoff: backoffPolicies.immediate })
    const { debug } = await factsOf(db, db.statements.update(incX))
    expect(debug.writeConflicts).toBe(10 + 1_000_000 / 50)
    expect(db.clock.elapsed()).toBe(1_000)
  })

  test('skipWriteConflictRetries lets the conflict through', async () => {
    const db = await heldUntil(1_000)
    db.engine.services.hooks.skipWriteConflictRetries = true
    expect(await refusalCode(db.update(incX))).toBe('112 WriteConflict')
    expect(db.engine.operations.size).toBe(0)
  })

  test('a forced conflict is met as a real one', async () => {
    const db = new Database()
    await db.insert({ _id: 'x', value: 0 })
    let times = 3
    db.engine.services.hooks.forceConflict = () => times-- > 0
    const { debug } = await factsOf(db, db.statements.update(incX))
    expect(debug.writeConflicts).toBe(3)
    expect(documentsOf(db.engine)).toEqual([{ _id: 'x', value: 8 }])
  })
})

test('who looks at a waiting update is told whom it waits for', async () => {
  const db = await heldUntil(1_000)
  let seen: string[] = []
  db.clock.schedule(500_000, 'passive', () => {
    seen = db.engine.services.scheduler.describeSleepers()
  })
  await db.update(incX)
  expect(seen).toEqual([
    expect.stringMatching(
      /^client sleeps \(write conflict\): on the transaction \d+ of session s1$/,
    ),
  ])
})
