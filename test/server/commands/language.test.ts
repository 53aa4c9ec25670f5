import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Document } from '../../../src/bson/index.ts'
import { type Bench, documentsOf, makeBench } from '../harness.ts'

let bench: Bench
beforeEach(async () => {
  bench = makeBench()
  await bench.run({
    insert: 'demo',
    documents: [
      { _id: 'a', name: 'ping', n: 1 },
      { _id: 'A', name: 'PING', n: 2 },
      { _id: 'b', name: 'pong', n: 3 },
    ],
  })
})
afterEach(() => bench.stop())

const collation = { locale: 'en_US', strength: 2 }

async function idsFound(fields: Document): Promise<unknown[]> {
  const reply = await bench.run({ find: 'demo', ...fields })
  return documentsOf(reply).map(({ _id }) => _id)
}

describe('let', () => {
  const filter = { $expr: { $gte: ['$n', '$$least'] } }

  it('find', async () => {
    expect(await idsFound({ filter, let: { least: 2 } })).toEqual(['A', 'b'])
    expect(await bench.run({ find: 'demo', filter })).toMatchObject({
      code: 17276,
      errmsg: 'Use of undefined variable: least',
    })
  })

  it('update, delete, findAndModify, aggregate and bulkWrite', async () => {
    const changed = await bench.run({
      update: 'demo',
      updates: [{ q: filter, u: { $inc: { n: 10 } }, multi: true }],
      let: { least: 3 },
    })
    expect(changed).toMatchObject({ n: 1, nModified: 1 })
    expect(
      await bench.run({ findAndModify: 'demo', query: filter, remove: true, let: { least: 10 } }),
    ).toMatchObject({ value: { _id: 'b' } })
    expect(
      documentsOf(
        await bench.run({
          aggregate: 'demo',
          pipeline: [{ $match: filter }, { $group: { _id: '$$least' } }],
          cursor: {},
          let: { least: { $add: [1, 1] } },
        }),
      ),
    ).toEqual([{ _id: 2 }])
    const ops = [{ delete: 0, filter, multi: true }]
    const nsInfo = [{ ns: 'test.demo' }]
    expect(
      await bench.run({ bulkWrite: 1, ops, nsInfo, let: { least: 2 }, $db: 'admin' }),
    ).toMatchObject({ nDeleted: 1 })
    expect(
      await bench.run({ delete: 'demo', deletes: [{ q: filter, limit: 0 }], let: { least: 0 } }),
    ).toMatchObject({ n: 1 })
  })
})

describe('collation', () => {
  it('find, count, distinct', async () => {
    const filter = { name: 'Ping' }
    expect(await idsFound({ filter, collation })).toEqual(['a', 'A'])
    expect(await idsFound({ filter })).toEqual([])
    expect(await idsFound({ filter: { _id: 'a' }, collation })).toEqual(['a', 'A'])
    expect(await idsFound({ filter: { _id: 'a' }, collation: { locale: 'simple' } })).toEqual(['a'])
    expect(await bench.run({ count: 'demo', query: filter, collation })).toMatchObject({ n: 2 })
    expect(await bench.run({ distinct: 'demo', key: 'name', collation })).toMatchObject({
      values: ['ping', 'pong'],
    })
  })

  it('update, findAndModify, delete, aggregate', async () => {
    const updates = [{ q: { _id: 'a' }, u: { $set: { m: 1 } }, multi: true, collation }]
    expect(await bench.run({ update: 'demo', updates })).toMatchObject({ n: 2, nModified: 2 })
    const query = { name: 'PONG' }
    expect(
      await bench.run({ findAndModify: 'demo', query, update: { $set: { m: 2 } }, collation }),
    ).toMatchObject({ value: { _id: 'b' } })
    const pipeline = [{ $group: { _id: '$name', n: { $sum: '$n' } } }, { $sort: { n: 1 } }]
    expect(
      documentsOf(await bench.run({ aggregate: 'demo', pipeline, cursor: {}, collation })),
    ).toEqual([
      { _id: 'ping', n: 3 },
      { _id: 'pong', n: 3 },
    ])
    const deletes = [{ q: { name: 'Ping' }, limit: 0, collation }]
    expect(await bench.run({ delete: 'demo', deletes })).toMatchObject({ n: 2 })
  })

  it('of a collection holds where a statement has none', async () => {
    await bench.run({ create: 'people', collation })
    await bench.run({ insert: 'people', documents: [{ _id: 'x', name: 'Ann' }] })
    const find = async (fields: Document) =>
      documentsOf(await bench.run({ find: 'people', ...fields }))
    expect(await find({ filter: { name: 'ANN' } })).toHaveLength(1)
    expect(await find({ filter: { _id: 'X' } })).toHaveLength(1)
    expect(await find({ filter: { name: 'ANN' }, collation: { locale: 'simple' } })).toEqual([])
    const updates = [{ q: { _id: 'X' }, u: { $set: { seen: true } } }]
    expect(await bench.run({ update: 'people', updates })).toMatchObject({ n: 1 })
    expect(await bench.run({ create: 'people' })).toMatchObject({ code: 48 })
  })
})

describe('indexes', () => {
  const index = (fields: Document): Promise<Document> =>
    bench.run({ createIndexes: 'demo', indexes: [{ key: { name: 1 }, name: 'name', ...fields }] })

  async function planOf(fields: Document): Promise<unknown> {
    const { queryPlanner } = await bench.run({ explain: { find: 'demo', ...fields } })
    const { winningPlan } = queryPlanner as Document
    const { inputStage, stage } = winningPlan as Document
    return ((inputStage as Document | undefined) ?? { stage })['stage'] ?? stage
  }

  it('with a collation serve queries that have the same', async () => {
    await index({ collation })
    expect(await planOf({ filter: { name: 'PING' }, collation })).toBe('IXSCAN')
    expect(await planOf({ filter: { name: 'PING' } })).toBe('COLLSCAN')
    expect(await planOf({ filter: { name: 5 } })).toBe('IXSCAN')
    expect(await planOf({ filter: { name: { $gt: 'P' } }, collation })).toBe('COLLSCAN')
    expect(await idsFound({ filter: { name: 'PinG' }, collation })).toEqual(['a', 'A'])
    expect(await idsFound({ filter: { name: { $in: ['PinG', 'x'] } }, collation })).toHaveLength(2)
    expect(await idsFound({ filter: {}, sort: { name: -1 }, collation })).toEqual(['b', 'a', 'A'])
  })

  it('that are unique under a collation know equal texts', async () => {
    expect(await index({ unique: true, collation })).toMatchObject({ ok: 0, code: 11000 })
    await bench.run({ delete: 'demo', deletes: [{ q: { _id: 'A' }, limit: 1 }] })
    expect(await index({ unique: true, collation })).toMatchObject({ ok: 1 })
    const insert = (name: string) => bench.run({ insert: 'demo', documents: [{ name }] })
    expect(await insert('POng')).toMatchObject({
      writeErrors: [{ code: 11000, keyValue: { name: 'POng' } }],
    })
    expect(await insert('other')).toMatchObject({ n: 1 })
  })

  it('that are partial have some documents only, and serve what asks for these', async () => {
    await index({ unique: true, partialFilterExpression: { n: { $gt: 2 } } })
    const insert = (document: Document) => bench.run({ insert: 'demo', documents: [document] })
    expect(await insert({ name: 'ping', n: 1 })).toMatchObject({ n: 1 })
    expect(await insert({ name: 'pong', n: 3 })).toMatchObject({ writeErrors: [{ code: 11000 }] })
    expect(await planOf({ filter: { name: 'pong' } })).toBe('COLLSCAN')
    expect(await planOf({ filter: { name: 'pong', n: { $gt: 5 } } })).toBe('IXSCAN')
    expect(await planOf({ filter: { name: 'pong', n: 3 } })).toBe('IXSCAN')
    expect(await idsFound({ filter: { name: 'pong', n: 3 } })).toEqual(['b'])
    // A document comes in and goes out as its other fields change.
    const set = (n: number) =>
      bench.run({ update: 'demo', updates: [{ q: { _id: 'b' }, u: { $set: { n } } }] })
    await set(0)
    expect(await insert({ _id: 'c', name: 'pong', n: 3 })).toMatchObject({ n: 1 })
    expect(await set(9)).toMatchObject({ writeErrors: [{ code: 11000 }] })
    expect(await bench.run({ validate: 'demo' })).toMatchObject({ valid: true })
  })

  it('that are hidden are kept, and serve nobody', async () => {
    await index({ hidden: true, sparse: true })
    expect(await planOf({ filter: { name: 'pong' } })).toBe('COLLSCAN')
    const { cursor } = await bench.run({ listIndexes: 'demo' })
    expect((cursor as Document)['firstBatch']).toMatchObject([{}, { hidden: true }])
  })

  it.each<[fields: Document, code: number]>([
    [{ partialFilterExpression: 5 }, 14],
    [{ partialFilterExpression: { a: { $ne: 1 } } }, 67],
    [{ partialFilterExpression: { a: { $exists: false } } }, 67],
    [{ partialFilterExpression: { $expr: true } }, 224],
    [{ partialFilterExpression: { a: 1 }, sparse: true }, 67],
    [{ collation: 'en' }, 14],
    [{ collation: { locale: 'xx-yy-zz' } }, 2],
  ])('%j is refused', async (fields, code) => {
    expect(await index(fields)).toMatchObject({ ok: 0, code })
  })
})
