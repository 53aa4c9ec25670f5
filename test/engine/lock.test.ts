import { describe, expect, test } from 'vitest'
import { Lock } from '../../src/engine/lock.ts'
import { takeExclusive, waitForIntent } from '../../src/engine/lock_wait.ts'
import type { Operation } from '../../src/sim/index.ts'
import { Database, perform } from './harness.ts'

/** Takes a lock for a time, and notes when it had it. */
function contender(db: Database, lock: Lock, log: string[]) {
  const note = (what: string) => log.push(`${what} at ${db.clock.elapsed()}`)
  return {
    *exclusive(name: string, holdMs: number): Operation<void> {
      yield* perform(db.engine, name, function* (op) {
        yield* takeExclusive(op, lock)
        note(name)
        yield* op.sleepFor(holdMs * 1000, 'work', { interruptible: true })
        lock.releaseExclusive()
      })
    },
    *intent(name: string, holdMs: number): Operation<void> {
      yield* perform(db.engine, name, function* (op) {
        while (!op.tryIntent(lock)) yield* waitForIntent(op, lock)
        note(name)
        yield* op.sleepFor(holdMs * 1000, 'work', { interruptible: true })
      })
    },
  }
}

describe('a lock', () => {
  test('is shared by intents, and waited for by who wants it alone, before newcomers', async () => {
    const db = new Database()
    const log: string[] = []
    const { exclusive, intent } = contender(db, new Lock('Collection', 'a.b'), log)
    await Promise.all([
      db.run(intent('first', 30)),
      db.run(intent('second', 10)),
      db.run(exclusive('alone', 5)),
      db.run(intent('newcomer', 1)),
    ])
    expect(log).toEqual(['first at 0', 'second at 0', 'alone at 30', 'newcomer at 35'])
  })

  test('goes from one who had it alone to the next', async () => {
    const db = new Database()
    const log: string[] = []
    const { exclusive, intent } = contender(db, new Lock('Collection', 'a.b'), log)
    await Promise.all([
      db.run(intent('reader', 10)),
      db.run(exclusive('one', 10)),
      db.run(exclusive('two', 10)),
      db.run(intent('last', 0)),
    ])
    expect(log).toEqual(['reader at 0', 'one at 10', 'two at 20', 'last at 30'])
  })

  test('that somebody gave up waiting for is free for those behind', async () => {
    const db = new Database()
    const log: string[] = []
    const lock = new Lock('Collection', 'a.b')
    const { intent } = contender(db, lock, log)
    const reader = db.run(intent('reader', 1_000))
    const impatient = db.run(
      perform(
        db.engine,
        'impatient',
        (op) => takeExclusive(op, lock),
        (op) => {
          op.deadlineUs = op.startedUs + 20_000
        },
      ),
    )
    const behind = db.run(intent('behind', 0))
    await expect(impatient).rejects.toThrow('operation exceeded time limit')
    await behind
    expect(log).toEqual(['reader at 0', 'behind at 20'])
    await reader
  })

  test('is named as the server names it', () => {
    expect(new Lock('Database', 'test').resource).toBe('{Database, test}')
  })
})
