import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Document } from '../../src/bson/index.ts'
import {
  abort,
  type Bench,
  commit,
  continuing,
  documentsOf,
  findAll,
  increment,
  insertOne,
  lsid,
  lsidText,
  makeBench,
  retryable,
  starting,
} from './harness.ts'

let bench: Bench
beforeEach(async () => {
  bench = makeBench()
  await bench.run(insertOne({ _id: 1, value: 0 }))
})
afterEach(() => bench.stop())

const OLDER_TRANSACTION = `Cannot start transaction with { txnNumber: 4 } on session ${lsidText(1)} because a newer`

/**
 * What came before, what comes, and what comes of it. Source: beginOrContinue,
 * transaction_participant.cpp
 */
const RULES: readonly [string, Document[], Document, number, string?][] = [
  [
    'an older number than that of a transaction',
    [starting(1, 5, findAll())],
    starting(1, 4, findAll()),
    225,
    `${OLDER_TRANSACTION} transaction with txnNumberAndRetryCounter { txnNumber: 5 } has already started on this session.`,
  ],
  [
    'an older number than that of a retryable write',
    [retryable(1, 5, increment(1, 1))],
    starting(1, 4, findAll()),
    225,
    `${OLDER_TRANSACTION} retryable write with txnNumberAndRetryCounter { txnNumber: 5 } has already started on this session.`,
  ],
  [
    'an older retryable write',
    [retryable(1, 5, increment(1, 1))],
    retryable(1, 4, increment(1, 1)),
    225,
    `Retryable write with txnNumber 4 is prohibited on session ${lsidText(1)} because a newer retryable write with txnNumber 5 has already started on this session.`,
  ],
  [
    'the same number once more, in progress',
    [starting(1, 5, findAll())],
    starting(1, 5, findAll()),
    117,
    'Only servers in a sharded cluster can start a new transaction at the active transaction number',
  ],
  ['... committed', [starting(1, 5, findAll()), commit(1, 5)], starting(1, 5, findAll()), 117],
  ['... aborted', [starting(1, 5, findAll()), abort(1, 5)], starting(1, 5, findAll()), 117],
  [
    'going on where nothing began',
    [],
    continuing(1, 5, findAll()),
    251,
    'Given transaction number 5 does not match any in-progress transactions. The active transaction number is -1',
  ],
  [
    'going on with another number',
    [starting(1, 5, findAll())],
    continuing(1, 6, findAll()),
    251,
    'Given transaction number 6 does not match any in-progress transactions. The active transaction number is 5',
  ],
  [
    'going on with a retryable write',
    [retryable(1, 5, increment(1, 1))],
    continuing(1, 5, findAll()),
    251,
    'Given transaction number 5 does not match any in-progress transactions. The active transaction number is 5',
  ],
  [
    "a retryable write with a transaction's number",
    [starting(1, 5, findAll()), commit(1, 5)],
    retryable(1, 5, increment(1, 1)),
    217,
    'Cannot retry a retryable write that has been converted into a transaction',
  ],
]

describe('transaction numbers', () => {
  it.each(RULES)('refuse %s', async (_name, before, command, code, errmsg) => {
    for (const earlier of before) expect(await bench.run(earlier)).toMatchObject({ ok: 1 })
    const reply = await bench.run(command)
    expect(reply).toMatchObject({ ok: 0, code })
    if (errmsg !== undefined) expect(reply['errmsg']).toBe(errmsg)
  })

  it('a newer transaction ends the one in progress, silently', async () => {
    await bench.run(starting(1, 1, increment(1, 5)))
    expect(await bench.run(starting(1, 2, increment(1, 7)))).toMatchObject({ ok: 1 })
    expect(await bench.run(commit(1, 2))).toMatchObject({ ok: 1 })
    expect(documentsOf(await bench.run(findAll()))).toEqual([{ _id: 1, value: 7 }])
  })

  it('so does a newer retryable write', async () => {
    await bench.run(starting(1, 1, increment(1, 5)))
    expect(await bench.run(retryable(1, 2, increment(1, 7)))).toMatchObject({ ok: 1, nModified: 1 })
    expect(await bench.run(commit(1, 1))).toMatchObject({ ok: 0, code: 225 })
  })

  // Source: jstests/core/txns, non-transactional operations with the same session
  it('operations without a number run beside the transaction and do not see it', async () => {
    await bench.run(starting(1, 1, increment(1, 5)))
    const beside = await bench.run({ ...findAll(), lsid: lsid(1) })
    expect(documentsOf(beside)).toEqual([{ _id: 1, value: 0 }])
    expect(await bench.run(commit(1, 1))).toMatchObject({ ok: 1 })
  })
})

/**
 * Rows: what is sent after the transaction ended so. Source: txn_cmds.cpp,
 * transaction_participant.cpp
 */
const ENDED: readonly [string, Document, string, Document, number | 'ok'][] = [
  ['commit', commit(1, 1), 'commit', commit(1, 1), 'ok'],
  ['commit', commit(1, 1), 'abort', abort(1, 1), 256],
  ['commit', commit(1, 1), 'statement', continuing(1, 1, findAll()), 256],
  ['commit', commit(1, 1), 'start', starting(1, 1, findAll()), 117],
  ['abort', abort(1, 1), 'commit', commit(1, 1), 251],
  ['abort', abort(1, 1), 'abort', abort(1, 1), 251],
  ['abort', abort(1, 1), 'statement', continuing(1, 1, findAll()), 251],
  ['abort', abort(1, 1), 'start', starting(1, 1, findAll()), 117],
]

const MESSAGES: Readonly<Record<number, string>> = {
  251: 'Transaction with { txnNumber: 1 } has been aborted.',
  256: 'Transaction with { txnNumber: 1 } has been committed.',
}

describe('after the end of a transaction', () => {
  it.each(ENDED)('after %2$s... %1$s, %3$s: %5$s', async (_ended, end, _then, command, outcome) => {
    await bench.run(starting(1, 1, increment(1, 5)))
    expect(await bench.run(end)).toEqual({ ok: 1 })
    const reply = await bench.run(command)
    if (outcome === 'ok') {
      expect(reply).toEqual({ ok: 1 })
    } else {
      expect(reply).toMatchObject({ ok: 0, code: outcome })
      const message = MESSAGES[outcome]
      if (message !== undefined) expect(reply['errmsg']).toBe(message)
    }
  })

  it('a commit waits for its write concern each time', async () => {
    await bench.run(starting(1, 1, findAll()))
    for (let i = 0; i < 2; i++) {
      const reply = await bench.run({ ...commit(1, 1), writeConcern: { w: 2 } })
      expect(reply).toMatchObject({ ok: 1, writeConcernError: { code: 100 } })
    }
  })

  it('a commit leaves no lock, no snapshot and no open transaction behind', async () => {
    await bench.run(starting(1, 1, increment(1, 5)))
    expect(bench.engine.services.openTransactions.size).toBe(1)
    await bench.run(commit(1, 1))
    await bench.run(commit(1, 1))
    expect(bench.engine.services.openTransactions.size).toBe(0)
    expect(bench.engine.operations.size).toBe(0)
    expect(await bench.run({ drop: 'demo' })).toMatchObject({ ok: 1, nIndexesWas: 1 })
  })
})
