import { Timestamp } from 'bson'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Document } from '../../src/bson/index.ts'
import { type Bench, commit, continuing, makeBench, starting } from './harness.ts'

let bench: Bench
beforeEach(async () => {
  bench = makeBench()
  await bench.run({ create: 'demo' })
})
afterEach(() => bench.stop())

interface Cursor {
  readonly id: bigint
  readonly events: Document[]
  readonly token: Document
  readonly ns: string
}

const cursorOf = ({ cursor }: Document): Cursor => {
  const { id, ns, firstBatch, nextBatch, postBatchResumeToken: token } = cursor as Document
  return { id, ns, events: firstBatch ?? nextBatch, token } as Cursor
}

/** Opens a stream on `test.demo`, unless something else is said. */
const watch = async (
  spec: Document = {},
  { target = 'demo' as unknown, stages = [] as Document[], $db = 'test' } = {},
): Promise<Document> => {
  const pipeline = [{ $changeStream: spec }, ...stages]
  return bench.run({ aggregate: target, pipeline, cursor: {}, $db })
}

/** What has happened since; what a stream can't say twice is left out. */
const more = async (opened: Document, maxTimeMS = 1): Promise<Cursor> => {
  const { id, ns } = cursorOf(opened)
  const [$db, ...names] = ns.split('.')
  const waiting = bench.run({ getMore: id, collection: names.join('.'), maxTimeMS, $db })
  await bench.clock.advance(maxTimeMS)
  return cursorOf(await waiting)
}

const plain = ({ _id, clusterTime, wallTime, ...event }: Document): Document => {
  expect(_id).toEqual({ _data: expect.stringMatching(/^82[0-9A-F]+04$/) })
  expect(clusterTime).toBeInstanceOf(Timestamp)
  expect(wallTime).toBeInstanceOf(Date)
  return event
}

const eventsOf = async (opened: Document): Promise<Document[]> =>
  (await more(opened)).events.map(plain)

const insert = (...documents: Document[]) => bench.run({ insert: 'demo', documents })
const update = (q: Document, u: unknown) => bench.run({ update: 'demo', updates: [{ q, u }] })
const remove = (q: Document) => bench.run({ delete: 'demo', deletes: [{ q, limit: 1 }] })

const ns = { db: 'test', coll: 'demo' }

describe('events', () => {
  // Source: change_stream_event_transform.cpp
  it('tell what was inserted, changed, replaced and deleted, in order', async () => {
    const stream = await watch()
    await insert({ _id: 1, a: 1, b: { c: 1 } })
    await update({ _id: 1 }, { $set: { 'b.c': 2, d: 3 }, $unset: { a: '' } })
    await update({ _id: 1 }, { x: 1 })
    await remove({ _id: 1 })
    const documentKey = { _id: 1 }
    expect(await eventsOf(stream)).toEqual([
      { operationType: 'insert', fullDocument: { _id: 1, a: 1, b: { c: 1 } }, ns, documentKey },
      {
        operationType: 'update',
        ns,
        documentKey,
        updateDescription: {
          updatedFields: { 'b.c': 2, d: 3 },
          removedFields: ['a'],
          truncatedArrays: [],
        },
      },
      { operationType: 'replace', fullDocument: { _id: 1, x: 1 }, ns, documentKey },
      { operationType: 'delete', ns, documentKey },
    ])
  })

  it('come from the stream on, and only of what changed something', async () => {
    await insert({ _id: 1, a: 1 })
    const stream = await watch()
    await update({ _id: 1 }, { $set: { a: 1 } })
    await update({ _id: 7 }, { $set: { a: 1 } })
    expect(await eventsOf(stream)).toEqual([])
  })

  it('of a transaction come when it commits, with its name; of an aborted one, never', async () => {
    const stream = await watch()
    await bench.run(starting(1, 1, { insert: 'demo', documents: [{ _id: 1 }] }))
    await bench.run(continuing(1, 1, { insert: 'demo', documents: [{ _id: 2 }] }))
    await bench.run(starting(2, 1, { insert: 'demo', documents: [{ _id: 3 }] }))
    expect(await eventsOf(stream)).toEqual([])
    await bench.run(commit(1, 1))
    await bench.run({ ...continuing(2, 1, { abortTransaction: 1 }), $db: 'admin' })
    const { events } = await more(stream)
    expect(events.map(({ documentKey }) => documentKey)).toEqual([{ _id: 1 }, { _id: 2 }])
    expect(events[0]!['clusterTime']).toEqual(events[1]!['clusterTime'])
    for (const event of events) expect(event).toMatchObject({ txnNumber: expect.anything() })
  })

  it('are waited for', async () => {
    const stream = await watch()
    const { id } = cursorOf(stream)
    const waiting = bench.run({ getMore: id, collection: 'demo', maxTimeMS: 5_000 })
    await insert({ _id: 1 })
    expect(cursorOf(await waiting).events).toHaveLength(1)
    expect(bench.clock.elapsed()).toBe(0)
  })

  it('are waited for no longer than asked', async () => {
    expect((await more(await watch(), 50)).events).toEqual([])
    expect(bench.clock.elapsed()).toBe(50)
  })

  it('run through the stages behind', async () => {
    const stages = [{ $match: { operationType: 'insert' } }, { $project: { fullDocument: 1 } }]
    const stream = await watch({}, { stages })
    await insert({ _id: 1 })
    await remove({ _id: 1 })
    const { events } = await more(stream)
    expect(events).toEqual([{ _id: expect.anything(), fullDocument: { _id: 1 } }])
  })
})

describe('what is watched', () => {
  it('is a collection, a database or everything, but the server itself', async () => {
    const collection = await watch()
    const database = await watch({}, { target: 1 })
    const all = await watch({ allChangesForCluster: true }, { target: 1, $db: 'admin' })
    await insert({ _id: 1 })
    await bench.run({ insert: 'other', documents: [{ _id: 2 }] })
    await bench.run({ insert: 'demo', documents: [{ _id: 3 }], $db: 'elsewhere' })
    await bench.run({ insert: 'demo', documents: [{ _id: 4 }], $db: 'config' })
    const keys = async (stream: Document) =>
      (await more(stream)).events.map(({ documentKey }) => (documentKey as Document)['_id'])
    expect(await keys(collection)).toEqual([1])
    expect(await keys(database)).toEqual([1, 2])
    expect(await keys(all)).toEqual([1, 2, 3])
  })

  it('may go away: the stream says so, and ends', async () => {
    const collection = await watch()
    const database = await watch({}, { target: 1 })
    await bench.run({ dropDatabase: 1 })
    const { events, id } = await more(collection)
    expect(events.map(plain)).toEqual([
      { operationType: 'drop', ns },
      { operationType: 'invalidate' },
    ])
    expect(Number(id)).toBe(0)
    expect((await more(database)).events.map(plain)).toEqual([
      { operationType: 'drop', ns },
      { operationType: 'dropDatabase', ns: { db: 'test' } },
      { operationType: 'invalidate' },
    ])
  })

  it('may get another name', async () => {
    const from = await watch()
    const to = await watch({}, { target: 'new' })
    await bench.run({ renameCollection: 'test.demo', to: 'test.new', $db: 'admin' })
    const renamed = { operationType: 'rename', ns, to: { db: 'test', coll: 'new' } }
    expect(await eventsOf(from)).toEqual([renamed, { operationType: 'invalidate' }])
    expect(await eventsOf(to)).toEqual([renamed, { operationType: 'invalidate' }])
  })
})

describe('expanded events', () => {
  it('tell of the catalog as well', async () => {
    const stream = await watch({ showExpandedEvents: true }, { target: 1 })
    await bench.run({ create: 'new' })
    const key = { a: 1 }
    await bench.run({ createIndexes: 'new', indexes: [{ key, name: 'a_1' }] })
    await bench.run({ collMod: 'new', index: { name: 'a_1', expireAfterSeconds: 5 } })
    await bench.run({ dropIndexes: 'new', index: 'a_1' })
    const events = await eventsOf(stream)
    expect(events.map(({ operationType }) => operationType)).toEqual([
      'create',
      'createIndexes',
      'modify',
      'dropIndexes',
    ])
    expect(events[1]).toMatchObject({
      collectionUUID: expect.anything(),
      operationDescription: { indexes: [{ key, name: 'a_1' }] },
    })
    expect(events[2]).toMatchObject({
      operationDescription: { index: { name: 'a_1', expireAfterSeconds: 5 } },
    })
  })

  it('tell of views, which have none of the usual ones', async () => {
    const expanded = await watch({ showExpandedEvents: true }, { target: 1 })
    const usual = await watch({}, { target: 1 })
    await bench.run({ create: 'view', viewOn: 'demo', pipeline: [] })
    await bench.run({ collMod: 'view', viewOn: 'demo', pipeline: [{ $limit: 1 }] })
    await bench.run({ drop: 'view' })
    const view = { db: 'test', coll: 'view' }
    expect(await eventsOf(expanded)).toEqual([
      { operationType: 'create', ns: view, operationDescription: { viewOn: 'demo', pipeline: [] } },
      {
        operationType: 'modify',
        ns: view,
        operationDescription: { viewOn: 'demo', pipeline: [{ $limit: 1 }] },
      },
      { operationType: 'drop', ns: view },
    ])
    expect(await eventsOf(usual)).toEqual([])
  })

  it.each([
    [{ a: { '1': 1 } }, 'a.1', ['a', '1']],
    [{ a: [{ '1': 1 }] }, 'a.0.1', ['a', 0, '1']],
  ])('tell the parts of a path apart: in %j, %s is %j', async (document, path, parts) => {
    await insert({ _id: 1, ...document })
    const stream = await watch({ showExpandedEvents: true })
    const usual = await watch()
    await update({ _id: 1 }, { $set: { [path]: 2 } })
    const [expanded] = await eventsOf(stream)
    const { updateDescription } = expanded as { updateDescription: Document }
    expect(updateDescription['disambiguatedPaths']).toEqual({ [path]: parts })
    const [event] = await eventsOf(usual)
    expect(event!['updateDescription']).not.toHaveProperty('disambiguatedPaths')
  })
})

describe('images', () => {
  it('of the document now are looked up', async () => {
    await insert({ _id: 1, a: 1 }, { _id: 2 })
    const stream = await watch({ fullDocument: 'updateLookup' })
    await update({ _id: 1 }, { $set: { a: 2 } })
    await update({ _id: 1 }, { $set: { b: 3 } })
    await update({ _id: 2 }, { $set: { b: 3 } })
    await remove({ _id: 2 })
    const found = (await eventsOf(stream)).map(({ fullDocument }) => fullDocument)
    expect(found).toEqual([{ _id: 1, a: 2, b: 3 }, { _id: 1, a: 2, b: 3 }, null, undefined])
  })

  const both = { fullDocument: 'whenAvailable', fullDocumentBeforeChange: 'whenAvailable' }

  it('of before and after are shown where the collection keeps them', async () => {
    await bench.run({ collMod: 'demo', changeStreamPreAndPostImages: { enabled: true } })
    await insert({ _id: 1, a: 1 })
    const stream = await watch(both)
    await update({ _id: 1 }, { $set: { a: 2 } })
    await update({ _id: 1 }, { $set: { a: 3 } })
    await remove({ _id: 1 })
    expect(await eventsOf(stream)).toMatchObject([
      { fullDocument: { a: 2 }, fullDocumentBeforeChange: { a: 1 } },
      { fullDocument: { a: 3 }, fullDocumentBeforeChange: { a: 2 } },
      { fullDocumentBeforeChange: { a: 3 } },
    ])
  })

  it('are null where it does not, or an error for who insists', async () => {
    await insert({ _id: 1 })
    const stream = await watch(both)
    const insisting = await watch({ fullDocument: 'required' })
    await update({ _id: 1 }, { $set: { a: 2 } })
    expect(await eventsOf(stream)).toMatchObject([
      { fullDocument: null, fullDocumentBeforeChange: null },
    ])
    const { id } = cursorOf(insisting)
    expect(await bench.run({ getMore: id, collection: 'demo' })).toMatchObject({ code: 47 })
  })
})

describe('a resume token', () => {
  it('is where another stream goes on', async () => {
    const stream = await watch()
    await insert({ _id: 1 }, { _id: 2 }, { _id: 3 })
    const { events } = await more(stream)
    const tokens = events.map(({ _id }) => (_id as Document)['_data'])
    expect(tokens).toEqual([...tokens].sort())
    for (const name of ['resumeAfter', 'startAfter']) {
      const resumed = cursorOf(await watch({ [name]: events[0]!['_id'] }))
      expect(resumed.events.map(({ documentKey }) => documentKey)).toEqual([{ _id: 2 }, { _id: 3 }])
    }
  })

  it('of a batch goes on behind what was read, even where that was nothing', async () => {
    const { token } = cursorOf(await watch())
    await insert({ _id: 1 })
    const { events, token: next } = cursorOf(await watch({ resumeAfter: token }))
    expect(events).toHaveLength(1)
    expect(cursorOf(await watch({ resumeAfter: next })).events).toEqual([])
  })

  it('may be a time', async () => {
    await watch()
    const time = bench.server.clusterTime()
    await insert({ _id: 1 })
    const stream = await watch({ startAtOperationTime: time })
    expect(cursorOf(stream).events.map(plain)).toMatchObject([{ documentKey: { _id: 1 } }])
  })

  it('of the end is only good to start after', async () => {
    const stream = await watch()
    await bench.run({ drop: 'demo' })
    const { events } = await more(stream)
    const [dropped, invalidated] = events.map(({ _id }) => _id)
    await insert({ _id: 1 })
    expect(await watch({ resumeAfter: invalidated })).toMatchObject({ code: 260 })
    const after = cursorOf(await watch({ startAfter: invalidated }))
    expect(after.events.map(plain)).toMatchObject([{ operationType: 'insert' }])
    const again = cursorOf(await watch({ resumeAfter: dropped }))
    expect(again.events.map(plain)).toEqual([{ operationType: 'invalidate' }])
  })

  it('that is from before the first stream leads nowhere', async () => {
    const startAtOperationTime = new Timestamp({ t: 0, i: 1 })
    await insert({ _id: 1 })
    await insert({ _id: 2 })
    expect(await watch({ startAtOperationTime })).toMatchObject({
      code: 286,
      errorLabels: ['NonResumableChangeStreamError'],
    })
  })
})

// Source: document_source_change_stream.cpp, plan_executor_pipeline.cpp
describe('errors', () => {
  it('a stage that touches the token ends the stream', async () => {
    const stream = await watch({}, { stages: [{ $project: { _id: 0 } }] })
    await insert({ _id: 1 })
    const { id } = cursorOf(stream)
    expect(await bench.run({ getMore: id, collection: 'demo' })).toMatchObject({
      code: 280,
      codeName: 'ChangeStreamFatalError',
      errorLabels: ['NonResumableChangeStreamError'],
    })
  })

  it('what can be resumed from is labelled so, on change streams only', async () => {
    const point = {
      configureFailPoint: 'failGetMoreAfterCursorCheckout',
      mode: { times: 1 },
      data: { errorCode: 234 },
      $db: 'admin',
    }
    const { id } = cursorOf(await watch())
    await bench.run(point)
    expect(await bench.run({ getMore: id, collection: 'demo' })).toMatchObject({
      code: 234,
      errorLabels: ['ResumableChangeStreamError'],
    })
    await insert({ _id: 1 }, { _id: 2 })
    const { cursor } = await bench.run({ find: 'demo', batchSize: 1 })
    await bench.run(point)
    const reply = await bench.run({ getMore: (cursor as Document)['id'], collection: 'demo' })
    expect(reply).not.toHaveProperty('errorLabels')
  })

  it.each<[Document, Document, number]>([
    [{ fullDocument: 'sometimes' }, {}, 2],
    [{ nosuch: 1 }, {}, 40415],
    [{ resumeAfter: { _data: 'zz' } }, {}, 9],
    [{ resumeAfter: {} }, {}, 40647],
    [
      { resumeAfter: { _data: '82' }, startAtOperationTime: new Timestamp({ t: 1, i: 1 }) },
      {},
      50865,
    ],
    [{}, { stages: [{ $sort: { a: 1 } }] }, 20],
    [{}, { $db: 'config' }, 73],
    [{ allChangesForCluster: true }, {}, 72],
    [{}, { target: 'system.views' }, 73],
  ])('%j, %j: %i', async (spec, place, code) => {
    expect(await watch(spec, place)).toMatchObject({ ok: 0, code })
  })

  it('only a replica set has them, and no transaction', async () => {
    const alone = makeBench({ persona: 'standalone' })
    const command = { aggregate: 'demo', pipeline: [{ $changeStream: {} }], cursor: {} }
    expect(await alone.run(command)).toMatchObject({ code: 40573 })
    alone.stop()
    expect(await bench.run(starting(1, 1, command))).toMatchObject({ code: 263 })
  })
})

it('a store that nobody watches keeps nothing, and a restore forgets', async () => {
  const { changes } = bench.engine.services
  await insert({ _id: 1 })
  expect(changes.end).toBe(0)
  const saved = bench.engine.save()
  await watch()
  await insert({ _id: 2 })
  expect(changes.end).toBe(1)
  bench.engine.restore(saved)
  expect(changes.isOn).toBe(false)
})
