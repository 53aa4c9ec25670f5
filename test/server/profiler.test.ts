import { Long } from 'bson'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Document } from '../../src/bson/index.ts'
import {
  type Bench,
  commit,
  continuing,
  documentsOf,
  findAll,
  increment,
  insertOne,
  lsid,
  makeBench,
  remove,
  retryable,
  starting,
} from './harness.ts'

let bench: Bench
beforeEach(async () => {
  bench = makeBench()
  await bench.run(insertOne({ _id: 'x', value: 0 }))
})
afterEach(() => bench.stop())

async function entries(): Promise<Document[]> {
  await bench.run({ profile: 0 })
  return documentsOf(await bench.run({ find: 'system.profile' }))
}

const long = (value: number) => Long.fromNumber(value)

describe('the entry of an update that waited', () => {
  /** As the article shows it, of an 8.0 server: "I/O" and timings aside. Field order: curop.cpp */
  const EXPECTED: Document = {
    op: 'update',
    ns: 'test.demo',
    command: { q: { _id: 'x' }, u: { $inc: { value: 8 } }, multi: false, upsert: false },
    keysExamined: 1014,
    docsExamined: 1014,
    nMatched: 1,
    nModified: 1,
    nUpserted: 0,
    keysInserted: 0,
    keysDeleted: 0,
    writeConflicts: 1013,
    numYield: 1013,
    locks: {
      ReplicationStateTransition: { acquireCount: { w: long(1015) } },
      Global: { acquireCount: { r: long(1), w: long(1015) } },
      Database: { acquireCount: { w: long(1015) } },
      Collection: { acquireCount: { w: long(1015) } },
    },
    flowControl: { acquireCount: long(1014) },
    readConcern: { level: 'local', provenance: 'implicitDefault' },
    storage: {},
    millis: 82_756,
    planSummary: 'EXPRESS_IXSCAN { _id: 1 },EXPRESS_UPDATE',
    execStats: {
      isCached: false,
      stage: 'EXPRESS_UPDATE',
      keyPattern: '{ _id: 1 }',
      indexName: '_id_',
      keysExamined: 1014,
      docsExamined: 1014,
      nReturned: 0,
      nWouldModify: 1,
      nWouldUpsert: 0,
      nWouldDelete: 0,
    },
    ts: new Date(90_056),
    client: '127.0.0.1',
    allUsers: [],
    user: '',
  }

  it('says 1,013 conflicts and yields, 1,014 attempts', async () => {
    await bench.clock.advance(1)
    await bench.run(starting(1, 2, increment('x', 1)))
    await bench.clock.advance(7_299)
    await bench.run({ profile: 2 })
    const statement = { q: { _id: 'x' }, u: { $inc: { value: 8 } }, multi: false, upsert: false }
    // Retryable, as shells send it: its session's record takes one more intent on each level.
    await bench.run(retryable(2, 1, { update: 'demo', updates: [statement] }))
    const [entry] = await entries()
    expect(entry).toEqual(EXPECTED)
    expect(Object.keys(entry!)).toEqual(Object.keys(EXPECTED))
  })
})

describe('entries', () => {
  beforeEach(() => bench.run({ profile: 2 }))

  /** Source: logicalOpToString, and the jstests that profile each command. */
  it.each<[Document, Document]>([
    [
      findAll(),
      { op: 'query', nreturned: 1, nBatches: 1, cursorExhausted: true, planSummary: 'COLLSCAN' },
    ],
    [
      { find: 'demo', filter: { _id: 'x' } },
      { op: 'query', keysExamined: 1, docsExamined: 1, planSummary: 'EXPRESS_IXSCAN { _id: 1 }' },
    ],
    [insertOne({ _id: 'y' }), { op: 'insert', ninserted: 1, keysInserted: 1 }],
    [increment('x', 1), { op: 'update', nMatched: 1, nModified: 1 }],
    [remove('x'), { op: 'remove', ndeleted: 1, keysDeleted: 1 }],
    [
      { findAndModify: 'demo', query: { _id: 'x' }, update: { $set: { a: 1 } } },
      { op: 'command', nMatched: 1, nModified: 1 },
    ],
    [{ create: 'made' }, { op: 'command', ns: 'test.made' }],
  ])('%j', async (command, expected) => {
    await bench.run(command)
    const [entry] = await entries()
    expect(entry).toMatchObject({ ns: 'test.demo', millis: 0, numYield: 0, ...expected })
  })

  it('one for each statement of an update and of a delete', async () => {
    const updates = [1, 2, 3].map((n) => ({ q: { _id: n }, u: { $set: { n } }, upsert: n === 2 }))
    await bench.run({ update: 'demo', updates })
    await bench.run({
      delete: 'demo',
      deletes: [
        { q: {}, limit: 0 },
        { q: { _id: 1 }, limit: 1 },
      ],
    })
    const found = await entries()
    expect(found.map(({ op, command }) => [op, (command as Document)['q']])).toEqual([
      ['update', { _id: 1 }],
      ['update', { _id: 2 }],
      ['update', { _id: 3 }],
      ['remove', {}],
      ['remove', { _id: 1 }],
    ])
    expect(found[1]).toMatchObject({ nUpserted: 1, nMatched: 0 })
  })

  it('commands carry their concerns and the size of their reply, statements do not', async () => {
    await bench.run({ ...insertOne({ _id: 1 }), writeConcern: { w: 1 } })
    await bench.run(increment(1, 1))
    const [insert, update] = await entries()
    expect(insert).toMatchObject({
      writeConcern: { w: 1, wtimeout: 0, provenance: 'clientSupplied' },
      protocol: 'op_msg',
    })
    expect(insert!['responseLength']).toBeGreaterThan(0)
    for (const name of ['writeConcern', 'protocol', 'responseLength']) {
      expect(update).not.toHaveProperty(name)
    }
  })

  it('of a getMore show the command that made the cursor', async () => {
    await bench.run({ insert: 'many', documents: [{ _id: 1 }, { _id: 2 }] })
    const first = await bench.run({ find: 'many', batchSize: 1 })
    const { id } = first['cursor'] as Document
    await bench.run({ getMore: id, collection: 'many' })
    const found = await entries()
    expect(found.at(-1)).toMatchObject({
      op: 'getmore',
      cursorid: id,
      originatingCommand: { find: 'many', batchSize: 1 },
      nreturned: 1,
      cursorExhausted: true,
    })
  })

  // Source: jstests transactions_profiling: written although the transaction is gone
  it('of a statement that failed in its transaction say the error', async () => {
    await bench.run(starting(1, 1, findAll('nothing')))
    await bench.run(increment('x', 1))
    await bench.run(continuing(1, 1, increment('x', 1)))
    const found = await entries()
    expect(found.at(-1)).toMatchObject({
      op: 'update',
      writeConflicts: 1,
      numYield: 0,
      ok: 0,
      errName: 'WriteConflict',
      errCode: 112,
      errMsg:
        'Caused by :: Write conflict during plan execution and yielding is disabled. :: Please retry your operation or multi-document transaction.',
    })
  })

  it('of a commit are in the admin database', async () => {
    await bench.run({ profile: 2, $db: 'admin' })
    await bench.run(starting(1, 1, increment('x', 1)))
    await bench.run(commit(1, 1))
    const found = documentsOf(await bench.run({ find: 'system.profile', $db: 'admin' }))
    expect(found[0]).toMatchObject({ op: 'command', ns: 'admin.$cmd', command: { lsid: lsid(1) } })
  })

  it('large commands are text, cut at 50 KiB', async () => {
    const documents = Array.from({ length: 3_000 }, (_, i) => ({ _id: i, text: 'xxxxx' }))
    await bench.run({ insert: 'demo', documents, comment: 'kept' })
    const [entry] = await entries()
    const { $truncated, comment } = entry!['command'] as Document
    expect($truncated).toMatch(/^\{ insert: "demo", documents: \[ \{ _id: 0, text: "xxxxx" \}/)
    expect(($truncated as string).length).toBe(50 * 1024)
    expect(comment).toBe('kept')
  })

  it('go to a capped collection of one mebibyte, where the oldest make room', async () => {
    const text = 'x'.repeat(40_000)
    for (let i = 0; i < 40; i++) await bench.run(insertOne({ _id: i, text }))
    const found = await entries()
    expect(found.length).toBeLessThan(27)
    expect(found.length).toBeGreaterThan(20)
    const [described] = documentsOf(
      await bench.run({ listCollections: 1, filter: { name: 'system.profile' } }),
    )
    expect(described).toMatchObject({ options: { capped: true, size: 1_048_576 } })
  })
})

describe('what is recorded', () => {
  async function recorded(settings: Document): Promise<number> {
    await bench.run(settings)
    await bench.run(findAll())
    const holder = starting(1, Math.floor(bench.clock.elapsed()) + 1, increment('x', 1))
    await bench.run(holder)
    await bench.run({ ...increment('x', 1), maxTimeMS: 500 })
    return (await entries()).length
  }

  it('level 0: nothing', async () => {
    expect(await recorded({ profile: 0 })).toBe(0)
  })

  it('level 1: what took longer than slowms', async () => {
    expect(await recorded({ profile: 1 })).toBe(1)
  })

  it('level 1, slowms: 10000: nothing here', async () => {
    expect(await recorded({ profile: 1, slowms: 10_000 })).toBe(0)
  })

  it('level 1, sampleRate: 0: nothing', async () => {
    expect(await recorded({ profile: 1, sampleRate: 0 })).toBe(0)
  })

  it('level 1 with a filter: what matches, slow or not', async () => {
    expect(await recorded({ profile: 1, filter: { op: 'query' } })).toBe(1)
  })

  it('level 2: everything but the profile command itself', async () => {
    expect(await recorded({ profile: 2 })).toBe(3)
  })

  it('in one database, not in the other', async () => {
    await bench.run({ profile: 2, $db: 'other' })
    await bench.run(findAll())
    await bench.run({ ...findAll(), $db: 'other' })
    expect(documentsOf(await bench.run(findAll('system.profile')))).toEqual([])
  })

  it('a share of what is slow, by the seed', async () => {
    await bench.run({ profile: 1, slowms: -1, sampleRate: 0.25 })
    for (let i = 0; i < 400; i++) await bench.run(findAll())
    const { length } = await entries()
    expect(length).toBeGreaterThan(60)
    expect(length).toBeLessThan(140)
  })
})

/** Source: profile_common.cpp: a reply has the settings as they were. */
describe('the profile command', () => {
  it('answers what was, and asks with -1', async () => {
    const was = { was: 0, slowms: 100, sampleRate: 1, ok: 1 }
    expect(await bench.run({ profile: 1, slowms: 20, sampleRate: 0.5 })).toEqual(was)
    const now = { was: 1, slowms: 20, sampleRate: 0.5, ok: 1 }
    expect(await bench.run({ profile: -1 })).toEqual(now)
    expect(await bench.run({ profile: -1 })).toEqual(now)
  })

  it('slowms and sampleRate are the whole process s, level and filter the database s', async () => {
    await bench.run({ profile: 1, slowms: 20, filter: { op: 'query' } })
    expect(await bench.run({ profile: -1, $db: 'other' })).toEqual({
      was: 0,
      slowms: 20,
      sampleRate: 1,
      ok: 1,
    })
  })

  it('notes that a filter replaces the others, until it is unset', async () => {
    const note =
      'When a filter expression is set, slowms and sampleRate are not used for profiling and slow-query log lines.'
    const filter = { millis: { $gt: 5 } }
    expect(await bench.run({ profile: 1, filter })).toMatchObject({ was: 0, note })
    expect(await bench.run({ profile: -1, filter: 'unset' })).toMatchObject({ filter, note })
    expect(await bench.run({ profile: -1 })).not.toHaveProperty('note')
  })

  it.each([
    [{ profile: 1, sampleRate: 2 }, 2, "'sampleRate' must be between 0.0 and 1.0 inclusive"],
    [{ profile: 1, filter: 5 }, 2, "Expected an object, or the string 'unset'."],
    [{ profile: 1, filter: { $nosuch: 1 } }, 2, undefined],
    [
      { profile: 'x' },
      14,
      "BSON field 'profile.profile' is the wrong type 'string', expected types '[long, int, decimal, double]'",
    ],
  ])('%j is refused, and changes nothing', async (command, code, errmsg) => {
    const reply = await bench.run(command)
    expect(reply).toMatchObject({ ok: 0, code })
    if (errmsg !== undefined) expect(reply['errmsg']).toBe(errmsg)
    expect(await bench.run({ profile: -1 })).toEqual({ was: 0, slowms: 100, sampleRate: 1, ok: 1 })
  })
})
