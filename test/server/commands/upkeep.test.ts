import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Document } from '../../../src/bson/index.ts'
import { type Bench, documentsOf, findAll, increment, insertOne, makeBench } from '../harness.ts'

let bench: Bench
beforeEach(() => {
  bench = makeBench()
})
afterEach(() => bench.stop())

const admin = (command: Document): Promise<Document> => bench.run({ ...command, $db: 'admin' })

const numbered = (count: number) => Array.from({ length: count }, (_, _id) => ({ _id }))

const optionsOf = async (name: string): Promise<unknown> => {
  const [found] = documentsOf(await bench.run({ listCollections: 1, filter: { name } }))
  return found?.['options']
}

// Source: capped_utils.cpp, collection_options.cpp (8.0)
describe('convertToCapped', () => {
  it('keeps the newest documents, and no index but that of _id', async () => {
    await bench.run({ insert: 'demo', documents: numbered(100) })
    const indexes = [{ key: { a: 1 }, name: 'a_1' }]
    await bench.run({ createIndexes: 'demo', indexes })
    // Each document takes 14 bytes: 18 fit.
    expect(await bench.run({ convertToCapped: 'demo', size: 255 })).toEqual({ ok: 1 })
    expect(await optionsOf('demo')).toEqual({ capped: true, size: 256 })
    const kept = documentsOf(await bench.run(findAll()))
    expect(kept).toEqual(numbered(100).slice(-18))
    const { n } = (await bench.run({ count: 'demo' })) as { n: number }
    expect(n).toBe(18)
    expect(documentsOf(await bench.run({ listIndexes: 'demo' }))).toHaveLength(1)
    await bench.run(insertOne({ _id: 100 }))
    expect(documentsOf(await bench.run(findAll()))).toHaveLength(18)
  })

  it.each([
    [{ convertToCapped: 'nosuch', size: 1000 }, 26, 'source collection test.nosuch does not exist'],
    [{ convertToCapped: 'demo', size: 0 }, 72, 'Capped collection size must be greater than zero'],
    [{ convertToCapped: 'demo', size: -1 }, 2, 'size has to be >= 0'],
    [{ convertToCapped: 'demo' }, 40414, undefined],
  ])('%j', async (command, code, errmsg) => {
    await bench.run(insertOne({ _id: 1 }))
    const reply = await bench.run(command)
    expect(reply).toMatchObject({ ok: 0, code })
    if (errmsg !== undefined) expect(reply['errmsg']).toBe(errmsg)
  })
})

describe('cloneCollectionAsCapped', () => {
  it('leaves the original as it is', async () => {
    await bench.run({ insert: 'demo', documents: numbered(100) })
    const clone = { cloneCollectionAsCapped: 'demo', toCollection: 'copy', size: 256 }
    expect(await bench.run(clone)).toEqual({ ok: 1 })
    expect(documentsOf(await bench.run(findAll('copy')))).toEqual(numbered(100).slice(-18))
    expect(await bench.run({ count: 'demo' })).toMatchObject({ n: 100 })
    expect(await bench.run(clone)).toMatchObject({
      code: 48,
      errmsg:
        'cloneCollectionAsCapped failed - destination collection test.copy already exists. source collection: test.demo',
    })
    const other = { ...clone, cloneCollectionAsCapped: 'nosuch', toCollection: 'c2' }
    expect(await bench.run(other)).toMatchObject({ code: 26 })
  })
})

// Source: drop_indexes.cpp (8.0)
describe('reIndex', () => {
  it('is for a server by itself', async () => {
    expect(await bench.run({ reIndex: 'demo' })).toMatchObject({
      code: 20,
      errmsg: 'reIndex is only allowed on a standalone mongod instance.',
    })
  })

  it('builds all indexes anew', async () => {
    const alone = makeBench({ persona: 'standalone' })
    await alone.run({ insert: 'demo', documents: numbered(5).map((one) => ({ ...one, a: 1 })) })
    await alone.run({ createIndexes: 'demo', indexes: [{ key: { a: 1 }, name: 'a_1' }] })
    expect(await alone.run({ reIndex: 'demo' })).toEqual({
      nIndexesWas: 2,
      nIndexes: 2,
      indexes: [
        { v: 2, key: { _id: 1 }, name: '_id_' },
        { v: 2, key: { a: 1 }, name: 'a_1' },
      ],
      ok: 1,
    })
    expect(await alone.run({ validate: 'demo' })).toMatchObject({
      valid: true,
      keysPerIndex: { _id_: 5, a_1: 5 },
    })
    alone.stop()
  })
})

describe('compact', () => {
  it('wants to be forced on a primary', async () => {
    await bench.run(insertOne({ _id: 1 }))
    expect(await bench.run({ compact: 'demo' })).toMatchObject({
      code: 20,
      errmsg:
        'will not run compact on an active replica set primary as this will slow down other running operations. use force:true to force',
    })
    expect(await bench.run({ compact: 'demo', force: true })).toEqual({ bytesFreed: 0, ok: 1 })
    expect(await bench.run({ compact: 'nosuch', force: true })).toMatchObject({ code: 26 })
  })
})

// Source: set_feature_compatibility_version_command.cpp (8.0)
describe('setFeatureCompatibilityVersion', () => {
  it.each([
    [{ setFeatureCompatibilityVersion: '8.0' }, 7369100, /Please re-run this command with/],
    [{ setFeatureCompatibilityVersion: '7.0', confirm: true }, 238, /7\.0 is not supported/],
    [{ setFeatureCompatibilityVersion: '9.9' }, 4926900, /^Invalid feature .* value '9\.9'/],
    [{ setFeatureCompatibilityVersion: 8 }, 14, /wrong type 'int', expected type 'string'/],
  ])('%j is refused', async (command, code, errmsg) => {
    const reply = await admin(command)
    expect(reply).toMatchObject({ ok: 0, code, errmsg: expect.stringMatching(errmsg) })
  })

  it('may stay what it is', async () => {
    const command = { setFeatureCompatibilityVersion: '8.0', confirm: true }
    expect(await admin(command)).toEqual({ ok: 1 })
  })
})

describe('others', () => {
  it.each([{ planCacheClear: 'demo' }, { logRotate: 1, $db: 'admin' }])('%j', async (command) => {
    expect(await bench.run(command)).toEqual({ ok: 1 })
  })

  it('are refused for what makes no sense', async () => {
    expect(await bench.run({ planCacheClear: 'demo', sort: { a: 1 } })).toMatchObject({ code: 2 })
    expect(await admin({ logRotate: 'x' })).toMatchObject({ code: 4 })
  })

  // There is no JavaScript in here; nobody shall think that the command is not known.
  it('mapReduce is known by name', async () => {
    const command = { mapReduce: 'demo', map: '', reduce: '', out: { inline: 1 } }
    expect(await bench.run(command)).toMatchObject({ code: 238 })
  })
})

// Source: stats/top.cpp, top_command.cpp (8.0)
describe('top', () => {
  it('counts by collection and kind, for as long as the collection is there', async () => {
    await bench.run(insertOne({ _id: 1, value: 0 }))
    await bench.run(increment(1, 1))
    await bench.run(increment(1, 1))
    await bench.run(findAll())
    await bench.run({ count: 'demo' })
    await bench.run(findAll('nosuch'))
    const { totals } = (await admin({ top: 1 })) as { totals: Record<string, Document> }
    const { note, ...collections } = totals
    expect(note).toBe('all times in microseconds')
    expect(Object.keys(collections)).toContain('test.demo')
    const counted = (count: number) => ({ time: 0, count })
    expect(collections['test.demo']).toEqual({
      total: counted(5),
      readLock: counted(2),
      writeLock: counted(3),
      queries: counted(1),
      getmore: counted(0),
      insert: counted(1),
      update: counted(2),
      remove: counted(0),
      commands: counted(1),
    })
    await bench.run({ drop: 'demo' })
    await bench.run(insertOne({ _id: 1 }))
    const after = (await admin({ top: 1 }))['totals'] as Record<string, Document>
    expect(after['test.demo']!['total']).toEqual(counted(1))
  })
})

describe('statistics', () => {
  it('dataSize', async () => {
    await bench.run({ insert: 'demo', documents: numbered(3) })
    expect(await bench.run({ dataSize: 'test.demo' })).toEqual({
      estimate: false,
      size: 42,
      numObjects: 3,
      millis: 0,
      ok: 1,
    })
    expect(await bench.run({ dataSize: 'test.nosuch' })).toMatchObject({ size: 0, numObjects: 0 })
    expect(await bench.run({ dataSize: 'demo' })).toMatchObject({ code: 73 })
  })

  it('of what a set of one has not', async () => {
    expect(await bench.run({ connPoolStats: 1 })).toMatchObject({ totalCreated: 0, hosts: {} })
    expect(await admin({ shardingState: 1 })).toEqual({ enabled: false, ok: 1 })
    expect(await bench.run({ features: 1 })).toMatchObject({ js: { utf8: true }, ok: 1 })
  })
})
