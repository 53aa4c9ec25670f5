/** Cursors that follow a capped collection, where a schedule does not reach. */
import type { Long } from 'bson'
import { afterEach, describe, expect, it } from 'vitest'
import type { Document } from '../../src/bson/index.ts'
import { type Bench, documentsOf, lsid, makeBench, starting } from './harness.ts'

let bench: Bench
afterEach(() => bench.stop())

const idOf = (reply: Document): Long => (reply['cursor'] as Document)['id'] as Long
const tail = { find: 'log', tailable: true, awaitData: true }

async function capped(manual: boolean): Promise<Bench> {
  bench = makeBench({ manual })
  await bench.run({ create: 'log', capped: true, size: 4096 })
  await bench.run({ insert: 'log', documents: [{ _id: 1 }] })
  return bench
}

const more = (id: Long): Document => ({ getMore: id, collection: 'log' })
const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0))

describe('a cursor at the end of a capped collection', () => {
  it('is answered at once where it does not wait for data', async () => {
    await capped(true)
    const id = idOf(await bench.run({ find: 'log', tailable: true }))
    const reply = await bench.run(more(id))
    expect(documentsOf(reply)).toEqual([])
    expect(idOf(reply)).toEqual(id)
    await bench.run({ insert: 'log', documents: [{ _id: 2 }] })
    expect(documentsOf(await bench.run(more(id)))).toEqual([{ _id: 2 }])
    expect(await bench.run({ ...more(id), maxTimeMS: 10 })).toMatchObject({ ok: 0, code: 2 })
  })

  it('does not make virtual time pass, and is passed by it', async () => {
    await capped(false)
    const id = idOf(await bench.run(tail))
    const before = bench.clock.now()
    const waiting = bench.run(more(id))
    await turn()
    expect(bench.clock.now()).toBe(before)
    await bench.clock.sleep(1_500)
    expect(documentsOf(await waiting)).toEqual([])
  })

  it('has no deadline of the query that opened it', async () => {
    await capped(true)
    const id = idOf(await bench.run({ ...tail, maxTimeMS: 100 }))
    const waiting = bench.run({ ...more(id), maxTimeMS: 5_000 })
    await bench.clock.advance(4_000)
    await bench.run({ insert: 'log', documents: [{ _id: 2 }] })
    expect(documentsOf(await waiting)).toEqual([{ _id: 2 }])
  })

  it('is shown by serverStatus while it is read', async () => {
    await capped(true)
    const id = idOf(await bench.run({ ...tail, noCursorTimeout: true }))
    const waiting = bench.run(more(id))
    const status = await bench.run({ serverStatus: 1 })
    const { open } = ((status['metrics'] as Document)['cursor'] ?? {}) as Document
    expect(JSON.parse(JSON.stringify(open))).toEqual({ noTimeout: 1, pinned: 1, total: 1 })
    await bench.clock.advance(1_000)
    await waiting
  })

  it('ends when its session is killed, or its client goes', async () => {
    await capped(true)
    const id = idOf(await bench.run({ ...tail, lsid: lsid(1) }))
    const killed = bench.run({ ...more(id), lsid: lsid(1) })
    await bench.run({ killSessions: [lsid(1)] })
    expect(await killed).toMatchObject({ ok: 0, code: 11601 })

    const connection = bench.server.connect()
    const send = (command: Document) => bench.server.send({ ...command, $db: 'test' }, connection)
    const other = idOf(await send(tail))
    const left = send(more(other))
    bench.server.disconnect(connection)
    expect(await left).toMatchObject({ ok: 0, code: 279 })
    expect(await bench.run(more(other))).toMatchObject({ ok: 0, code: 43 })
  })

  it('lets the store be saved while it waits, and ends where the store goes back', async () => {
    await capped(true)
    const id = idOf(await bench.run(tail))
    const waiting = bench.run(more(id))
    const save = bench.engine.save()
    bench.engine.restore(save)
    expect(await waiting).toMatchObject({ ok: 0, code: 237 })
  })

  it('is read in the order of insertion, whatever the filter', async () => {
    await capped(true)
    await bench.run({ insert: 'log', documents: [{ _id: 0 }] })
    const reply = await bench.run({ ...tail, filter: { _id: { $gte: 0 } } })
    expect(documentsOf(reply)).toEqual([{ _id: 1 }, { _id: 0 }])
  })
})

/** Source: query_request_helper.cpp, tailable_mode.cpp, find_cmd.cpp (8.0) */
const REFUSALS: readonly [Document, number, string][] = [
  [{ awaitData: true }, 9, "Cannot set 'awaitData' without also setting 'tailable'"],
  [
    { tailable: true, sort: { _id: 1 } },
    2,
    'cannot use tailable option with a sort other than {$natural: 1}',
  ],
  [
    { tailable: true, singleBatch: true },
    2,
    "cannot use tailable option with the 'singleBatch' option",
  ],
]

it.each(REFUSALS)('%j is refused', async (options, code, errmsg) => {
  await capped(true)
  expect(await bench.run({ find: 'log', ...options })).toMatchObject({ ok: 0, code, errmsg })
  const natural = { find: 'log', tailable: true, sort: { $natural: 1 } }
  expect(await bench.run(natural)).toMatchObject({ ok: 1 })
})

it('a transaction follows nothing', async () => {
  await capped(true)
  expect(await bench.run(starting(1, 1, tail))).toMatchObject({
    ok: 0,
    code: 72,
    errmsg: 'It is illegal to open a tailable cursor in a transaction',
  })
})
