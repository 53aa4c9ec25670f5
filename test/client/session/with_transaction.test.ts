import type { Document } from 'bson'
import { describe, expect, test } from 'vitest'
import { type ClientSession, MongoOperationTimeoutError } from '../../../src/client/index.ts'
import { type Reply, type Scripted, scripted } from '../scripted.ts'

const ok = { ok: 1 }
const conflict = {
  ...{ ok: 0, code: 112, codeName: 'WriteConflict', errmsg: 'Write conflict' },
  errorLabels: ['TransientTransactionError'],
}
const doubtful = { ok: 1, writeConcernError: { code: 64, errmsg: 'timed out' } }

/** Answers commits and everything else each in one way, for as long as it is asked. */
function answering(given: { insert: Document; commit: Document }): Reply {
  return (command) => {
    transport().expect(answering(given))
    if ('commitTransaction' in command) return given.commit
    return 'abortTransaction' in command ? ok : given.insert
  }
}

let current: Scripted
const transport = () => current.transport

const insert = (session: ClientSession) =>
  current.client.db('shop').collection('things').insertOne({ _id: 1 }, { session })

const run = (given: { insert: Document; commit: Document }) => {
  current = scripted()
  transport().expect(answering(given))
  return current.client.startSession().withTransaction(insert)
}

const attempts = () => transport().commands.filter((command) => command['startTransaction']).length

describe('a transaction that always conflicts', () => {
  test('is tried for 120 seconds of the clock, and no longer', async () => {
    await expect(run({ insert: conflict, commit: ok })).rejects.toThrow(MongoOperationTimeoutError)
    const sleptMs = current.clock.sleepsMs.reduce((sum, ms) => sum + ms, 0)
    expect(sleptMs).toBeGreaterThan(120_000 - 500)
    expect(sleptMs).toBeLessThan(120_000)
  })

  test('ends with the last error as cause, and its labels', async () => {
    const error = await run({ insert: conflict, commit: ok }).catch((caught) => caught)
    expect(error.message).toBe('Timed out during withTransaction')
    expect(error.cause).toMatchObject({ code: 112, codeName: 'WriteConflict' })
    expect(error.errorLabels).toEqual(['TransientTransactionError'])
  })

  // Source: specifications, transactions-convenient-api: jitter * min(5 ms * 1.5^n, 500 ms).
  test('backs off below a ceiling that grows, by chance of the simulator', async () => {
    await run({ insert: conflict, commit: ok }).catch(() => undefined)
    const { sleepsMs } = current.clock
    expect(attempts()).toBe(sleepsMs.length + 1)
    for (const [i, ms] of sleepsMs.entries()) {
      expect(ms).toBeGreaterThanOrEqual(0)
      expect(ms).toBeLessThan(Math.min(5 * 1.5 ** (i + 1), 500))
    }
    const late = sleepsMs.slice(12)
    const meanMs = late.reduce((sum, ms) => sum + ms, 0) / late.length
    expect(meanMs).toBeGreaterThan(200)
    expect(meanMs).toBeLessThan(300)
    const same = [...sleepsMs]
    await run({ insert: conflict, commit: ok }).catch(() => undefined)
    expect(current.clock.sleepsMs).toEqual(same)
  })

  test('is aborted before each new attempt, and takes a new number', async () => {
    let left = 3
    current = scripted()
    const flaky: Reply = (command) => {
      transport().expect(flaky)
      return 'insert' in command && left-- > 0 ? conflict : ok
    }
    transport().expect(flaky)
    await current.client.startSession().withTransaction(insert)
    const sent = transport().commands.map((command) => [
      Object.keys(command)[0],
      Number(command['txnNumber']),
    ])
    expect(sent).toEqual([
      ...[1, 2, 3].flatMap((n) => [
        ['insert', n],
        ['abortTransaction', n],
      ]),
      ['insert', 4],
      ['commitTransaction', 4],
    ])
  })
})

describe('a commit whose result is never known', () => {
  test('is repeated for 120 seconds, at the pace of round trips', async () => {
    const error = await run({ insert: ok, commit: doubtful }).catch((caught) => caught)
    expect(error).toBeInstanceOf(MongoOperationTimeoutError)
    expect(error.errorLabels).toEqual(['UnknownTransactionCommitResult'])
    expect(error.cause).toMatchObject({ name: 'MongoWriteConcernError', code: 64 })
    expect(attempts()).toBe(1)
    expect(new Set(current.clock.sleepsMs)).toEqual(new Set([1]))
    expect(current.clock.sleepsMs).toHaveLength(120_000)
  })

  test('asks for a majority from the second time on', async () => {
    let left = 2
    current = scripted()
    const flaky: Reply = (command) => {
      transport().expect(flaky)
      return 'commitTransaction' in command && left-- > 0 ? doubtful : ok
    }
    transport().expect(flaky)
    await current.client.startSession().withTransaction(insert)
    const commits = transport().commands.filter((command) => 'commitTransaction' in command)
    expect(commits.map((command) => command['writeConcern'])).toEqual([
      undefined,
      { w: 'majority', wtimeout: 10_000 },
      { w: 'majority', wtimeout: 10_000 },
    ])
  })
})

test('time that attempts take counts', async () => {
  current = scripted()
  const slow: Reply = (command) => {
    transport().expect(slow)
    if ('insert' in command) current.clock.pass(50_000)
    return 'insert' in command ? conflict : ok
  }
  transport().expect(slow)
  const running = current.client.startSession().withTransaction(insert)
  await expect(running).rejects.toThrow('Timed out')
  expect(attempts()).toBe(3)
})
