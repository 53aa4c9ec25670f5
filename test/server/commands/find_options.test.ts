/** What few finds say. Source: query_planner.cpp, query_request_helper.cpp, return_key.cpp (8.0). */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Document } from '../../../src/bson/index.ts'
import { type Bench, documentsOf, makeBench } from '../harness.ts'

let bench: Bench
beforeEach(async () => {
  bench = makeBench()
  const documents = Array.from({ length: 6 }, (_, n) => ({
    _id: n,
    a: n % 3,
    b: n,
    tags: [n, n + 10],
  }))
  await bench.run({ insert: 'demo', documents })
  await bench.run({
    createIndexes: 'demo',
    indexes: [
      { key: { a: 1, b: -1 }, name: 'a_b' },
      { key: { tags: 1 }, name: 'tags' },
      { key: { t: 1 }, name: 't', collation: { locale: 'de' } },
    ],
  })
})
afterEach(() => bench.stop())

const found = async (options: Document): Promise<Document[]> =>
  documentsOf(await bench.run({ find: 'demo', ...options }))

const ids = async (options: Document): Promise<unknown[]> =>
  (await found(options)).map(({ _id }) => _id)

describe('min and max', () => {
  it('are the first key read, and the first not read', async () => {
    const hint = { _id: 1 }
    expect(await ids({ hint, min: { _id: 2 }, max: { _id: 4 } })).toEqual([2, 3])
    expect(await ids({ hint: '_id_', min: { _id: 4 } })).toEqual([4, 5])
    expect(await ids({ hint, max: { _id: 2 }, filter: { b: { $gt: 0 } } })).toEqual([1])
    expect(await ids({ hint, min: { _id: 1 }, sort: { _id: -1 }, limit: 2 })).toEqual([5, 4])
    expect(await ids({ hint, max: { _id: 3 }, sort: { a: -1, b: 1 } })).toEqual([2, 1, 0])
  })

  it('follow the directions of a compound index', async () => {
    const hint = { a: 1, b: -1 }
    expect(await ids({ hint })).toEqual([3, 0, 4, 1, 5, 2])
    expect(await ids({ hint, min: { a: 0, b: 2 }, max: { a: 2, b: 5 } })).toEqual([0, 4, 1])
  })

  it('meet a document of several keys once', async () => {
    expect(await ids({ hint: 'tags', min: { tags: 4 }, max: { tags: 12 } })).toEqual([4, 5, 0, 1])
  })

  it('span several batches', async () => {
    const reply = await bench.run({ find: 'demo', hint: '_id_', min: { _id: 1 }, batchSize: 2 })
    const { id } = reply['cursor'] as Document
    const more = await bench.run({ getMore: id, collection: 'demo' })
    const { nextBatch } = more['cursor'] as { nextBatch: Document[] }
    expect(nextBatch.map(({ _id }) => _id)).toEqual([3, 4, 5])
  })

  it.each([
    [51173, {}],
    [51173, { hint: { $natural: 1 } }],
    [2, { hint: 'none' }],
    [51174, { hint: 'a_b' }],
    [51174, { hint: 'tags' }],
    [51174, { hint: 't', min: { t: 'a' }, max: { t: 'b' } }],
    [238, { hint: 't', min: { t: 'a' }, max: { t: 'b' }, collation: { locale: 'de' } }],
    [51175, { hint: '_id_', min: { _id: 2 }, max: { _id: 2 } }],
    [51175, { hint: 'a_b', min: { a: 1, b: 1 }, max: { a: 1, b: 2 } }],
    [51176, { hint: '_id_', max: { id: 2 } }],
  ])('are refused with %i: %o', async (code, options) => {
    const command = { find: 'demo', min: { _id: 1 }, max: { _id: 4 }, ...options }
    expect(await bench.run(command)).toMatchObject({ ok: 0, code })
  })
})

describe('returnKey', () => {
  it('gives the key that was read', async () => {
    const filter = { a: 1, b: { $gt: 1 } }
    expect(await found({ filter, returnKey: true })).toEqual([{ a: 1, b: 4 }])
    expect(await found({ filter: { _id: 3 }, returnKey: true })).toEqual([{ _id: 3 }])
    expect(await found({ filter: { a: 7 }, returnKey: true })).toEqual([])
  })

  it('of several keys the first within the bounds', async () => {
    const filter = { tags: { $gte: 5, $lt: 20 } }
    const keys = await found({ filter, hint: 'tags', returnKey: true })
    expect(keys.map(({ tags }) => tags)).toEqual([5, 10, 11, 12, 13, 14])
  })

  it('gives nothing of a collection scan, whatever the projection', async () => {
    expect(await found({ filter: { x: null }, limit: 1, returnKey: true })).toEqual([{}])
    const projection = { _id: 1 }
    expect(await found({ filter: { b: 4 }, projection, returnKey: true })).toEqual([{}])
  })
})

describe('showRecordId', () => {
  it('adds the number of the record', async () => {
    const reply = await found({ filter: { _id: 2 }, projection: { a: 1 }, showRecordId: true })
    expect(reply).toMatchObject([{ _id: 2, a: 2 }])
    expect(String(reply[0]?.['$recordId'])).toBe('3')
    expect(Object.keys((await found({ showRecordId: true }))[0]!)).toContain('$recordId')
  })
})
