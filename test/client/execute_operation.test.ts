import type { Document } from 'bson'
import { describe, expect, test, vi } from 'vitest'
import { MongoNotConnectedError } from '../../src/client/index.ts'
import { type Reply, scripted } from './scripted.ts'

const ok = { ok: 1, n: 1 }

/** A reply that comes when it is told to. */
function later(): { reply: Reply; arrive: (reply: Document) => void; break: (why: Error) => void } {
  let arrive!: (reply: Document) => void
  let broken!: (why: Error) => void
  const promise = new Promise<Document>((resolve, reject) => {
    arrive = resolve
    broken = reject
  })
  return { reply: () => promise, arrive, break: broken }
}

const things = (replies: Reply[] = []) => {
  const all = scripted(replies)
  return { ...all, things: all.client.db('shop').collection<{ _id: number; a?: unknown }>('t') }
}

describe('a reply that comes at once', () => {
  test('is a result in the next microtask', async () => {
    const { things: t } = things([ok])
    let result: unknown
    t.insertOne({ _id: 1 }).then((inserted) => {
      result = inserted
    })
    expect(result).toBeUndefined()
    await null
    expect(result).toEqual({ acknowledged: true, insertedId: 1 })
  })

  test('sends before the call returns, so that two calls go out in order', () => {
    const { things: t, transport } = things([ok, ok])
    void t.insertOne({ _id: 1 })
    void t.insertOne({ _id: 2 })
    expect(transport.commands.map((command) => command['documents'])).toEqual([
      [{ _id: 1 }],
      [{ _id: 2 }],
    ])
  })
})

describe('a reply that comes later', () => {
  test('is a result then', async () => {
    const pending = later()
    const { things: t } = things([pending.reply])
    const running = t.updateOne({ _id: 1 }, { $set: { a: 1 } })
    pending.arrive({ ok: 1, n: 1, nModified: 1 })
    expect(await running).toMatchObject({ matchedCount: 1 })
  })

  test('may be an error', async () => {
    const pending = later()
    const { things: t } = things([pending.reply])
    const running = t.deleteOne({ _id: 1 })
    pending.arrive({ ok: 0, code: 11601, codeName: 'Interrupted', errmsg: 'interrupted' })
    await expect(running).rejects.toMatchObject({ code: 11601, message: 'interrupted' })
  })

  test('makes the same of a cursor', async () => {
    const [opening, more] = [later(), later()]
    const { things: t } = things([opening.reply, more.reply])
    const running = t.find().toArray()
    opening.arrive({ ok: 1, cursor: { id: 5, ns: 'shop.t', firstBatch: [{ a: 1 }] } })
    await new Promise((resolve) => setTimeout(resolve))
    more.arrive({ ok: 1, cursor: { id: 0, ns: 'shop.t', nextBatch: [{ a: 2 }] } })
    expect(await running).toEqual([{ a: 1 }, { a: 2 }])
  })
})

describe('a signal', () => {
  test('that has aborted keeps the command from going out', async () => {
    const { things: t, transport } = things()
    const signal = AbortSignal.abort(new Error('enough'))
    await expect(t.findOne({}, { signal })).rejects.toThrow('enough')
    await expect(t.find({}, { signal }).toArray()).rejects.toThrow('enough')
    expect(transport.commands).toEqual([])
  })

  test('that aborts rejects what is under way, and reaches the server', async () => {
    const pending = later()
    const { things: t, transport } = things([pending.reply])
    const controller = new AbortController()
    const running = t.insertOne({ _id: 1 }, { signal: controller.signal })
    controller.abort(new Error('enough'))
    await expect(running).rejects.toThrow('enough')
    expect(transport.options[0]?.signal?.aborted).toBe(true)
    pending.arrive(ok)
  })

  test('leaves no listener behind', async () => {
    const pending = later()
    const { things: t } = things([pending.reply, { ok: 1, cursor: { id: 0, firstBatch: [] } }])
    const { signal } = new AbortController()
    const [adds, removes] = [
      vi.spyOn(signal, 'addEventListener'),
      vi.spyOn(signal, 'removeEventListener'),
    ]
    const running = t.insertOne({ _id: 1 }, { signal })
    pending.arrive(ok)
    await running
    await t.find({}, { signal }).toArray()
    await null
    expect(adds.mock.calls.length).toBeGreaterThan(1)
    expect(removes.mock.calls.length).toBe(adds.mock.calls.length)
  })

  test('closes a cursor', async () => {
    const open = { ok: 1, cursor: { id: 5, ns: 'shop.t', firstBatch: [{ a: 1 }, { a: 2 }] } }
    const { things: t, transport } = things([open, ok])
    const controller = new AbortController()
    const cursor = t.find({}, { signal: controller.signal })
    await cursor.next()
    controller.abort(new Error('enough'))
    await expect(cursor.next()).rejects.toThrow('enough')
    expect(transport.commands[1]).toMatchObject({ killCursors: 't', cursors: [5] })
  })
})

describe('a connection that breaks', () => {
  test('rejects, whether at once or later', async () => {
    const broken = () => {
      throw new Error('broken pipe')
    }
    const pending = later()
    const { things: t } = things([broken, pending.reply])
    await expect(t.findOne({})).rejects.toThrow('broken pipe')
    const running = t.findOne({})
    pending.break(new Error('reset'))
    await expect(running).rejects.toThrow('reset')
  })

  test('leaves a transaction that the server may have begun in progress', async () => {
    const broken = () => {
      throw new Error('broken pipe')
    }
    const pending = later()
    const { client, things: t, transport } = things([broken, pending.reply, ok])
    for (const breaking of [async () => {}, async () => pending.break(new Error('reset'))]) {
      const session = client.startSession()
      session.startTransaction()
      const running = t.findOne({}, { session })
      await breaking()
      await expect(running).rejects.toThrow()
      expect(session.transaction.state).toBe('TRANSACTION_IN_PROGRESS')
    }
    expect(transport.commands).toHaveLength(2)
  })

  test('does not matter to a write that nobody waits for', async () => {
    const pending = later()
    const { things: t } = things([pending.reply])
    const written = await t.insertOne({ _id: 1 }, { writeConcern: { w: 0 } })
    expect(written).toEqual({ acknowledged: false, insertedId: 1 })
    pending.break(new Error('reset'))
  })
})

describe('values', () => {
  test('given may be changed afterwards', async () => {
    const { things: t, transport } = things([ok, ok, { ok: 1, cursor: { id: 0, firstBatch: [] } }])
    const document = { _id: 1, a: { deep: [new Date(5)] } }
    const filter = { a: { $in: [1] } }
    const change = { $set: { a: { b: 1 } } }
    await t.insertOne(document)
    await t.updateOne(filter, change, { comment: filter })
    await t.findOne(filter, { comment: filter })
    const sent = JSON.stringify(transport.commands)
    document.a.deep[0]?.setTime(0)
    filter.a.$in.push(2)
    change.$set.a.b = 2
    expect(JSON.stringify(transport.commands)).toBe(sent)
  })

  test('returned belong to the caller', async () => {
    const stored = Object.freeze({ _id: 1, a: Object.freeze({ b: Object.freeze([1]) }) })
    const cursor = { id: 0, firstBatch: [stored] }
    const replies = [
      { ok: 1, cursor },
      { ok: 1, cursor },
      { ok: 1, value: stored },
      { ok: 1, values: [stored] },
      { ok: 1, stored },
    ]
    const { things: t, client } = things(replies)
    const returned = [
      await t.findOne({}),
      (await t.find().toArray())[0],
      await t.findOneAndDelete({}),
      (await t.distinct('x' as never))[0],
      (await client.db('shop').command({ x: 1 }))['stored'],
    ] as { a: { b: number[] } }[]
    for (const document of returned) document.a.b.push(2)
    expect(stored).toEqual({ _id: 1, a: { b: [1] } })
  })

  test('an id is minted into the document given, and sent first', async () => {
    const { client, transport } = scripted([ok, { ok: 1, n: 2 }])
    const t = client.db('shop').collection('t')
    const [one, two, three] = [{ a: 1 }, { b: 2 }, { c: 3 }] as Document[]
    const { insertedId } = await t.insertOne(one as Document)
    const { insertedIds } = await t.insertMany([two as Document, three as Document])
    expect([insertedId, insertedIds[0], insertedIds[1]]).toEqual([
      one?.['_id'],
      two?.['_id'],
      three?.['_id'],
    ])
    expect(Object.keys(one as Document)).toEqual(['a', '_id'])
    const sent = transport.commands.flatMap((command) => command['documents'])
    expect(sent.map((document) => Object.keys(document))).toEqual([
      ['_id', 'a'],
      ['_id', 'b'],
      ['_id', 'c'],
    ])
  })
})

test('what the wire would do is refused', async () => {
  const { things: t } = things()
  for (const option of ['raw', 'checkKeys', 'fieldsAsRaw']) {
    const running = t.findOne({}, { [option]: true })
    await expect(running).rejects.toThrow(`Option "${option}" is not supported`)
  }
})

test('there is no secondary to read from', async () => {
  const { things: t, transport } = things()
  const reading = t.findOne({}, { readPreference: 'secondary' })
  await expect(reading).rejects.toMatchObject({ name: 'MongoServerSelectionError' })
  const bad = t.findOne({}, { readPreference: 'tertiary' as never })
  await expect(bad).rejects.toThrow('Invalid read preference mode "tertiary"')
  expect(transport.commands).toEqual([])
})

test('a session of another client is refused', async () => {
  const { things: t } = things()
  const session = scripted().client.startSession()
  await expect(t.findOne({}, { session })).rejects.toThrow(
    'ClientSession must be from the same MongoClient',
  )
})

test('a closed client refuses operations, until it is connected again', async () => {
  const { client, things: t } = things([ok])
  await client.close()
  await client.close()
  await expect(t.insertOne({ _id: 1 })).rejects.toThrow(MongoNotConnectedError)
  await client.connect()
  expect(await t.insertOne({ _id: 1 })).toMatchObject({ acknowledged: true })
})
