import { Long } from 'bson'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Document } from '../../src/bson/index.ts'
import {
  type Bench,
  commit,
  continuing,
  documentsOf,
  lsid,
  lsidText,
  makeBench,
  starting,
} from './harness.ts'

let bench: Bench
beforeEach(async () => {
  bench = makeBench({ manual: true })
  const documents = Array.from({ length: 250 }, (_, i) => ({ _id: i }))
  await bench.run({ insert: 'demo', documents })
})
afterEach(() => bench.stop())

const idOf = (reply: Document): Long => (reply['cursor'] as Document)['id'] as Long
const more = (id: Long, batchSize?: number): Document =>
  batchSize === undefined
    ? { getMore: id, collection: 'demo' }
    : { getMore: id, collection: 'demo', batchSize }

describe('a cursor', () => {
  // Source: internalQueryFindCommandBatchSize; a getMore without a size takes what fits in 16 MiB
  it('gives 101 documents first, then the rest', async () => {
    const first = await bench.run({ find: 'demo' })
    expect(documentsOf(first).length).toBe(101)
    const second = await bench.run(more(idOf(first)))
    expect(documentsOf(second).map(({ _id }) => _id)).toEqual(
      Array.from({ length: 149 }, (_, i) => 101 + i),
    )
    expect(idOf(second)).toEqual(Long.ZERO)
    expect(await bench.run(more(idOf(first)))).toMatchObject({ ok: 0, code: 43 })
  })

  it('replies in the order of the server', async () => {
    const first = await bench.run({ find: 'demo', batchSize: 0 })
    expect(Object.keys(first['cursor'] as Document)).toEqual(['firstBatch', 'id', 'ns'])
    expect(documentsOf(first)).toEqual([])
    const second = await bench.run(more(idOf(first), 2))
    expect(second).toEqual({
      cursor: { nextBatch: [{ _id: 0 }, { _id: 1 }], id: idOf(first), ns: 'test.demo' },
      ok: 1,
    })
  })

  it('is gone with singleBatch, with a limit that was reached, and by killCursors', async () => {
    expect(idOf(await bench.run({ find: 'demo', batchSize: 2, singleBatch: true }))).toEqual(
      Long.ZERO,
    )
    expect(idOf(await bench.run({ find: 'demo', batchSize: 2, limit: 2 }))).toEqual(Long.ZERO)
    const id = idOf(await bench.run({ find: 'demo', batchSize: 2 }))
    const other = Long.fromNumber(77)
    expect(await bench.run({ killCursors: 'demo', cursors: [id, other] })).toEqual({
      cursorsKilled: [id],
      cursorsNotFound: [other],
      cursorsAlive: [],
      cursorsUnknown: [],
      ok: 1,
    })
    expect(await bench.run(more(id))).toMatchObject({ ok: 0, code: 43 })
  })

  it('dies with its collection', async () => {
    const id = idOf(await bench.run({ find: 'demo', batchSize: 2 }))
    await bench.run({ drop: 'demo' })
    const reply = await bench.run(more(id))
    expect(reply).toMatchObject({ ok: 0, code: 175 })
    expect(reply['errmsg']).toMatch(/^Executor error during getMore :: caused by :: /)
    expect(await bench.run(more(id))).toMatchObject({ ok: 0, code: 43 })
  })

  it('is read under its own namespace only', async () => {
    const id = idOf(await bench.run({ find: 'demo', batchSize: 2 }))
    expect(await bench.run({ getMore: id, collection: 'other' })).toMatchObject({
      ok: 0,
      code: 13,
      errmsg:
        "Requested getMore on namespace 'test.other', but cursor belongs to a different namespace test.demo",
    })
  })

  it('knows no maxTimeMS of its own', async () => {
    const id = idOf(await bench.run({ find: 'demo', batchSize: 2 }))
    expect(await bench.run({ ...more(id), maxTimeMS: 10 })).toMatchObject({ ok: 0, code: 2 })
  })

  // Source: cursorTimeoutMillis, clientcursor.cpp
  it('without a session it dies of ten minutes without use; in one it lives on', async () => {
    const alone = idOf(await bench.run({ find: 'demo', batchSize: 2 }))
    const used = idOf(await bench.run({ find: 'demo', batchSize: 2 }))
    const within = idOf(await bench.run({ find: 'demo', batchSize: 2, lsid: lsid(1) }))
    const lasting = idOf(await bench.run({ find: 'demo', batchSize: 2, noCursorTimeout: true }))
    await bench.clock.advance(9 * 60_000)
    await bench.run(more(used, 1))
    await bench.clock.advance(2 * 60_000)
    expect(await bench.run(more(alone))).toMatchObject({ ok: 0, code: 43 })
    expect(await bench.run(more(used))).toMatchObject({ ok: 1 })
    expect(await bench.run({ ...more(within), lsid: lsid(1) })).toMatchObject({ ok: 1 })
    expect(await bench.run(more(lasting))).toMatchObject({ ok: 1 })
    expect(bench.engine.services.metrics.cursor.timedOut).toBe(1)
  })

  it('lists go on in cursors too', async () => {
    await bench.run({ create: 'other' })
    const first = await bench.run({ listCollections: 1, nameOnly: true, cursor: { batchSize: 1 } })
    expect(documentsOf(first)).toEqual([{ name: 'demo', type: 'collection' }])
    const command = { getMore: idOf(first), collection: '$cmd.listCollections' }
    expect(documentsOf(await bench.run(command))).toEqual([{ name: 'other', type: 'collection' }])
  })
})

/** Source: validateLSID and validateTxnNumber, getmore_cmd.cpp (8.0). CURSOR stands for its id. */
const MISMATCHES: readonly [Document, (getMore: Document) => Document, number, string][] = [
  [
    {},
    (getMore) => ({ ...getMore, lsid: lsid(1) }),
    50736,
    `Cannot run getMore on cursor CURSOR, which was not created in a session, in session ${lsidText(1)}`,
  ],
  [
    { lsid: lsid(1) },
    (getMore) => getMore,
    50737,
    `Cannot run getMore on cursor CURSOR, which was created in session ${lsidText(1)}, without an lsid`,
  ],
  [
    { lsid: lsid(1) },
    (getMore) => ({ ...getMore, lsid: lsid(2) }),
    50738,
    `Cannot run getMore on cursor CURSOR, which was created in session ${lsidText(1)}, in session ${lsidText(2)}`,
  ],
  [
    { lsid: lsid(1) },
    (getMore) => starting(1, 1, getMore),
    50739,
    'Cannot run getMore on cursor CURSOR, which was not created in a transaction, in transaction 1',
  ],
  [
    starting(1, 1, {}),
    (getMore) => ({ ...getMore, lsid: lsid(1) }),
    50740,
    'Cannot run getMore on cursor CURSOR, which was created in transaction 1, without a txnNumber',
  ],
  [
    starting(1, 1, {}),
    (getMore) => starting(1, 2, getMore),
    50741,
    'Cannot run getMore on cursor CURSOR, which was created in transaction 1, in transaction 2',
  ],
]

describe('a cursor belongs to who opened it', () => {
  it.each(MISMATCHES)('opened by %j', async (origin, reading, code, errmsg) => {
    const id = idOf(await bench.run({ find: 'demo', batchSize: 2, ...origin }))
    const reply = await bench.run(reading(more(id)))
    expect(reply).toMatchObject({ ok: 0, code, errmsg: errmsg.replace('CURSOR', String(id)) })
  })

  it('in a transaction it reads the snapshot of the transaction', async () => {
    const id = idOf(await bench.run(starting(1, 1, { find: 'demo', batchSize: 2 })))
    await bench.run({ insert: 'demo', documents: [{ _id: 1000 }] })
    const rest = documentsOf(await bench.run(continuing(1, 1, more(id))))
    expect(rest.length).toBe(248)
    expect(await bench.run(commit(1, 1))).toMatchObject({ ok: 1 })
  })
})

it('a query hands what is left of maxTimeMS to its getMores', async () => {
  const id = idOf(await bench.run({ find: 'demo', batchSize: 2, maxTimeMS: 100 }))
  await bench.run(starting(1, 1, { find: 'demo', limit: 1 }))
  const dropping = bench.run({ drop: 'demo' })
  const reading = bench.run(more(id))
  await bench.clock.advance(100)
  expect(await reading).toMatchObject({ ok: 0, code: 50 })
  await bench.run(commit(1, 1))
  expect(await dropping).toMatchObject({ ok: 1 })
})
