/** Source: create_collection.cpp, clustered_collection_util.cpp, list_indexes.cpp (8.0). */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Document } from '../../../src/bson/index.ts'
import { type Bench, documentsOf, increment, makeBench } from '../harness.ts'

const CLUSTERED = { key: { _id: 1 }, unique: true, name: 'cluster' }

let bench: Bench
beforeEach(async () => {
  bench = makeBench()
  await bench.run({ create: 'demo', clusteredIndex: CLUSTERED })
  const documents = [3, 1, 2, 5, 4].map((n) => ({ _id: n, n: n % 2 }))
  await bench.run({ insert: 'demo', documents })
})
afterEach(() => bench.stop())

const ids = async (options: Document = {}): Promise<unknown[]> =>
  documentsOf(await bench.run({ find: 'demo', ...options })).map(({ _id }) => _id)

const refused = async (command: Document, code: number, errmsg?: string): Promise<void> => {
  const reply = await bench.run(command)
  expect(reply).toMatchObject({ ok: 0, code, ...(errmsg === undefined ? {} : { errmsg }) })
}

describe('a clustered collection', () => {
  it('is in the order of its _id, whatever the order of insertion', async () => {
    expect(await ids()).toEqual([1, 2, 3, 4, 5])
    expect(await ids({ filter: { n: 1 } })).toEqual([1, 3, 5])
    expect(await ids({ sort: { $natural: -1 } })).toEqual([5, 4, 3, 2, 1])
    expect(await ids({ filter: { n: 0 }, hint: { $natural: -1 } })).toEqual([4, 2])
    const first = await bench.run({ find: 'demo', batchSize: 2 })
    await bench.run({ insert: 'demo', documents: [{ _id: 2.5 }, { _id: 0 }] })
    const { id } = first['cursor'] as Document
    const more = await bench.run({ getMore: id, collection: 'demo' })
    const { nextBatch } = more['cursor'] as { nextBatch: Document[] }
    expect(nextBatch.map(({ _id }) => _id)).toEqual([2.5, 3, 4, 5])
  })

  it('is found by _id, and by hints of its index', async () => {
    await bench.run(increment(4, 10))
    expect(await ids({ filter: { _id: { $gt: 3 } } })).toEqual([4, 5])
    expect(await ids({ filter: { n: 0 }, hint: 'cluster' })).toEqual([2, 4])
    expect(await ids({ filter: { _id: 2 }, hint: { _id: 1 } })).toEqual([2])
    await refused({ find: 'demo', hint: '_id_' }, 2)
  })

  it('holds each _id once, and says so without the name of an index', async () => {
    const reply = await bench.run({ insert: 'demo', documents: [{ _id: 3 }] })
    const { writeErrors } = reply as { writeErrors: Document[] }
    expect(writeErrors[0]).toMatchObject({
      code: 11000,
      errmsg: 'E11000 duplicate key error collection: test.demo dup key: { _id: 3 }',
    })
  })

  it('is listed as one', async () => {
    const collections = await bench.run({ listCollections: 1 })
    const [listed] = documentsOf(collections)
    expect(listed).toMatchObject({
      name: 'demo',
      options: { clusteredIndex: { ...CLUSTERED, v: 2 } },
    })
    expect(listed).not.toHaveProperty('idIndex')
    await bench.run({ createIndexes: 'demo', indexes: [{ key: { n: 1 }, name: 'n_1' }] })
    expect(documentsOf(await bench.run({ listIndexes: 'demo' }))).toEqual([
      { v: 2, key: { _id: 1 }, name: 'cluster', unique: true, clustered: true },
      { v: 2, key: { n: 1 }, name: 'n_1' },
    ])
  })

  it('keeps its clustered index', async () => {
    const illegal = 'It is illegal to drop the clusteredIndex'
    await refused({ dropIndexes: 'demo', index: 'cluster' }, 5979800, illegal)
    await refused({ dropIndexes: 'demo', index: { _id: 1 } }, 5979800, illegal)
    await bench.run({ dropIndexes: 'demo', index: '*' })
    expect(documentsOf(await bench.run({ listIndexes: 'demo' }))).toHaveLength(1)
    await refused({ createIndexes: 'demo', indexes: [{ key: { _id: 1 }, name: '_id_' }] }, 67)
    await refused({ convertToCapped: 'demo', size: 4096 }, 238)
  })

  it('stays one through $out, and through a rename', async () => {
    const pipeline = [{ $sort: { _id: -1 } }, { $match: { n: 1 } }, { $out: 'demo' }]
    expect(await bench.run({ aggregate: 'demo', pipeline, cursor: {} })).toMatchObject({ ok: 1 })
    expect(await ids()).toEqual([1, 3, 5])
    await bench.run({ renameCollection: 'test.demo', to: 'test.other', $db: 'admin' })
    const indexes = documentsOf(await bench.run({ listIndexes: 'other' }))
    expect(indexes).toMatchObject([{ name: 'cluster', clustered: true }])
  })

  it('is the same to create twice, and another with another index', async () => {
    expect(await bench.run({ create: 'demo', clusteredIndex: CLUSTERED })).toMatchObject({ ok: 1 })
    await refused({ create: 'demo' }, 48)
  })
})

describe('create refuses a clustered index', () => {
  it.each([
    [5979700, { key: { _id: 1 } }],
    [5979700, { key: { _id: 1 }, unique: false }],
    [197, { key: { a: 1 }, unique: true }],
    [197, { key: { _id: -1 }, unique: true }],
    [5979703, true],
    [14, 'x'],
  ])('%i: %o', async (code, clusteredIndex) => {
    await refused({ create: 'other', clusteredIndex }, code)
  })

  it('with other options that it does not go with', async () => {
    await refused({ create: 'o', clusteredIndex: CLUSTERED, capped: true, size: 4096 }, 238)
    await refused({ create: 'o', clusteredIndex: CLUSTERED, collation: { locale: 'de' } }, 238)
  })
})
