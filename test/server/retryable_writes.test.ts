import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Document } from '../../src/bson/index.ts'
import {
  abort,
  type Bench,
  documentsOf,
  findAll,
  increment,
  insertOne,
  makeBench,
  remove,
  retryable,
  starting,
} from './harness.ts'

let bench: Bench
beforeEach(async () => {
  bench = makeBench()
  await bench.run({
    insert: 'demo',
    documents: [
      { _id: 1, value: 0 },
      { _id: 2, value: 0 },
    ],
  })
})
afterEach(() => bench.stop())

const counters = () => bench.engine.services.metrics.transactions

/**
 * A command, and what its retry answers. Source: write_ops_retryability.cpp, write_ops_exec.cpp
 * (8.0)
 */
const REPLAYS: readonly [string, Document, Document, Document][] = [
  ['an insert', insertOne({ _id: 3 }), { n: 1, ok: 1 }, { n: 1, retriedStmtIds: [0], ok: 1 }],
  [
    'an update',
    increment(1, 5),
    { n: 1, nModified: 1, ok: 1 },
    { n: 1, retriedStmtIds: [0], nModified: 1, ok: 1 },
  ],
  [
    'an upsert that inserted',
    { update: 'demo', updates: [{ q: { _id: 9 }, u: { $inc: { value: 1 } }, upsert: true }] },
    { n: 1, upserted: [{ index: 0, _id: 9 }], nModified: 0, ok: 1 },
    { n: 1, retriedStmtIds: [0], upserted: [{ index: 0, _id: 9 }], nModified: 0, ok: 1 },
  ],
  ['a delete', remove(1), { n: 1, ok: 1 }, { n: 1, retriedStmtIds: [0], ok: 1 }],
  [
    'a findAndModify',
    { findAndModify: 'demo', query: { _id: 1 }, update: { $inc: { value: 5 } }, new: true },
    {
      lastErrorObject: { n: 1, updatedExisting: true },
      value: { _id: 1, value: 5 },
      ok: 1,
    },
    {
      lastErrorObject: { n: 1, updatedExisting: true },
      value: { _id: 1, value: 5 },
      retriedStmtId: 0,
      ok: 1,
    },
  ],
  [
    'a findAndModify that removed',
    { findAndModify: 'demo', query: { _id: 1 }, remove: true },
    { lastErrorObject: { n: 1 }, value: { _id: 1, value: 0 }, ok: 1 },
    { lastErrorObject: { n: 1 }, value: { _id: 1, value: 0 }, retriedStmtId: 0, ok: 1 },
  ],
]

describe('a retryable write', () => {
  it.each(REPLAYS)('%s is done once, and answered again', async (_name, command, first, again) => {
    expect(await bench.run(retryable(1, 1, command))).toEqual(first)
    const after = documentsOf(await bench.run(findAll()))
    expect(await bench.run(retryable(1, 1, command))).toEqual(again)
    expect(documentsOf(await bench.run(findAll()))).toEqual(after)
    expect(counters()).toMatchObject({
      retriedCommandsCount: 1,
      retriedStatementsCount: 1,
      transactionsCollectionWriteCount: 1,
    })
  })

  // Statements are recorded with the data they wrote, so an interruption loses none of them.
  it('remembers what it inserted before it was interrupted', async () => {
    await bench.run(starting(2, 1, insertOne({ _id: 4 })))
    const documents = [{ _id: 3 }, { _id: 4 }, { _id: 5 }]
    const command = { insert: 'demo', documents, maxTimeMS: 20 }
    expect(await bench.run(retryable(1, 1, command))).toMatchObject({ ok: 0, code: 50 })
    await bench.run(abort(2, 1))
    expect(await bench.run(retryable(1, 1, command))).toEqual({ n: 3, retriedStmtIds: [0], ok: 1 })
  })

  it('a new number does it anew', async () => {
    await bench.run(retryable(1, 1, increment(1, 5)))
    expect(await bench.run(retryable(1, 2, increment(1, 5)))).toEqual({ n: 1, nModified: 1, ok: 1 })
    expect(documentsOf(await bench.run(findAll()))[0]).toEqual({ _id: 1, value: 10 })
  })

  it('only the statements that are missing are done', async () => {
    await bench.run(retryable(1, 1, insertOne({ _id: 3 })))
    const command = { insert: 'demo', documents: [{ _id: 3 }, { _id: 4 }, { _id: 5 }] }
    expect(await bench.run(retryable(1, 1, command))).toEqual({ n: 3, retriedStmtIds: [0], ok: 1 })
    expect(documentsOf(await bench.run(findAll())).length).toBe(5)
  })

  it('errors of the others keep their place', async () => {
    await bench.run(retryable(1, 1, insertOne({ _id: 3 })))
    const documents = [{ _id: 3 }, { _id: 4 }, { _id: 1 }, { _id: 5 }]
    const reply = await bench.run(retryable(1, 1, { insert: 'demo', documents, ordered: false }))
    expect(reply).toMatchObject({ n: 3, writeErrors: [{ index: 2, code: 11000 }], ok: 1 })
  })

  it('statements may have ids of their own', async () => {
    await bench.run(retryable(1, 1, { ...increment(1, 5), stmtId: 7 }))
    const both = [
      ...(increment(1, 5)['updates'] as Document[]),
      { q: { _id: 2 }, u: { $inc: { value: 1 } } },
    ]
    const reply = await bench.run(
      retryable(1, 1, { update: 'demo', updates: both, stmtIds: [7, 3] }),
    )
    expect(reply).toEqual({ n: 2, retriedStmtIds: [7], nModified: 2, ok: 1 })
  })

  // Nothing was written, so nothing was remembered: it is done again.
  it('a statement that changed nothing is executed again', async () => {
    expect(await bench.run(retryable(1, 1, increment(8, 5)))).toEqual({ n: 0, nModified: 0, ok: 1 })
    await bench.run(insertOne({ _id: 8, value: 0 }))
    expect(await bench.run(retryable(1, 1, increment(8, 5)))).toEqual({ n: 1, nModified: 1, ok: 1 })
  })

  it('a replay does not count as an operation', async () => {
    await bench.run(retryable(1, 1, insertOne({ _id: 3 })))
    const before = { ...bench.engine.services.metrics.opcounters }
    await bench.run(retryable(1, 1, insertOne({ _id: 3 })))
    expect(bench.engine.services.metrics.opcounters).toEqual(before)
  })

  it.each([
    [
      { update: 'demo', updates: [{ q: {}, u: { $set: { a: 1 } }, multi: true }] },
      'Cannot use (or request) retryable writes with multi=true',
    ],
    [
      { delete: 'demo', deletes: [{ q: {}, limit: 0 }] },
      'Cannot use (or request) retryable writes with limit=0',
    ],
  ])('%j is refused as a write error', async (command, errmsg) => {
    expect(await bench.run(retryable(1, 1, command))).toMatchObject({
      n: 0,
      writeErrors: [{ index: 0, code: 72, errmsg }],
      ok: 1,
    })
  })

  const image = { findAndModify: 'demo', query: { _id: 1 }, update: { $inc: { value: 5 } } }

  it.each([
    [image, { findAndModify: 'demo', query: { _id: 1 }, remove: true }, 40609],
    [image, { ...image, new: true }, 40611],
    [{ ...image, new: true }, image, 40612],
    [{ findAndModify: 'demo', query: { _id: 1 }, remove: true }, image, 40606],
    [{ ...image, query: { _id: 7 }, upsert: true }, { ...image, query: { _id: 7 } }, 40608],
  ])('%j then %j: the retry asks for something else', async (first, second, code) => {
    expect(await bench.run(retryable(1, 1, first))).toMatchObject({ ok: 1 })
    expect(await bench.run(retryable(1, 1, second))).toMatchObject({ ok: 0, code })
  })

  it('is forgotten where the store goes back to a save', async () => {
    const save = bench.engine.save()
    await bench.run(retryable(1, 1, increment(1, 5)))
    bench.engine.restore(save)
    expect(await bench.run(retryable(1, 1, increment(1, 5)))).toEqual({ n: 1, nModified: 1, ok: 1 })
  })
})
