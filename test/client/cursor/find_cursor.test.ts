import { Long } from 'bson'
import { describe, expect, test } from 'vitest'
import { type Reply, scripted } from '../scripted.ts'

const open = (...firstBatch: object[]) => ({
  ok: 1,
  cursor: { id: Long.fromNumber(5), ns: 'shop.t', firstBatch },
})
const more = (...nextBatch: object[]) => ({
  ok: 1,
  cursor: { id: Long.fromNumber(5), ns: 'shop.t', nextBatch },
})
const last = (...nextBatch: object[]) => ({
  ok: 1,
  cursor: { id: Long.ZERO, ns: 'shop.t', nextBatch },
})

const cursorOver = (...replies: Reply[]) => {
  const all = scripted(replies)
  return { ...all, cursor: all.client.db('shop').collection('t').find() }
}

test('asks for nothing before the first document is asked for', () => {
  const { transport } = cursorOver()
  expect(transport.commands).toEqual([])
})

describe('documents', () => {
  test('come one by one', async () => {
    const { cursor } = cursorOver(open({ a: 1 }), more(), last({ a: 2 }))
    expect(await cursor.next()).toEqual({ a: 1 })
    expect(await cursor.next()).toEqual({ a: 2 })
    expect(await cursor.next()).toBeNull()
    expect(await cursor.next()).toBeNull()
  })

  test('come in a loop', async () => {
    const { cursor } = cursorOver(open({ a: 1 }), last({ a: 2 }))
    const seen: unknown[] = []
    for await (const document of cursor) seen.push(document)
    expect(seen).toEqual([{ a: 1 }, { a: 2 }])
  })

  test('come to a function, until it says no', async () => {
    const { cursor, transport } = cursorOver(open({ a: 1 }, { a: 2 }), { ok: 1 })
    const seen: unknown[] = []
    const stopAtOnce = (document: object) => {
      seen.push(document)
      return false
    }
    await cursor.forEach(stopAtOnce)
    expect(seen).toEqual([{ a: 1 }])
    expect(transport.commands[1]).toMatchObject({ killCursors: 't' })
  })

  test('come out of the buffer', async () => {
    const { cursor } = cursorOver(open({ a: 1 }, { a: 2 }, { a: 3 }))
    await cursor.hasNext()
    expect(cursor.bufferedCount()).toBe(3)
    expect(cursor.readBufferedDocuments(2)).toEqual([{ a: 1 }, { a: 2 }])
    expect(cursor.readBufferedDocuments()).toEqual([{ a: 3 }])
  })

  test('are not awaited where they come at once', async () => {
    const { cursor } = cursorOver(open({ a: 1 }), more({ a: 2 }), last({ a: 3 }))
    let documents: unknown
    cursor.toArray().then((all) => {
      documents = all
    })
    await null
    expect(documents).toEqual([{ a: 1 }, { a: 2 }, { a: 3 }])
  })
})

describe('a tailable cursor that does not wait for data', () => {
  test('asks again at the pace of round trips', async () => {
    const replies = [open(), more(), more(), more({ a: 1 })]
    const { cursor, clock } = cursorOver(...replies)
    expect(await cursor.addCursorFlag('tailable', true).next()).toEqual({ a: 1 })
    expect(clock.sleepsMs).toEqual([1, 1])
  })

  test('is not slowed down where the server waits itself', async () => {
    const waited = (reply: object) => async () => reply
    const replies = [open(), waited(more()), waited(more()), waited(more({ a: 1 }))]
    const { cursor, clock } = cursorOver(...replies)
    expect(await cursor.next()).toEqual({ a: 1 })
    expect(clock.sleepsMs).toEqual([])
  })

  test.each(['limit', 'skip', 'batchSize'] as const)('takes no %s', (method) => {
    const { cursor } = cursorOver()
    cursor.addCursorFlag('tailable', true)
    expect(() => cursor[method](1)).toThrow(`Tailable cursor does not support ${method}`)
  })
})

test('a cursor that was closed before it opened does not stay open', async () => {
  let arrive!: (reply: object) => void
  const opening: Reply = () => new Promise((resolve) => (arrive = resolve))
  const { cursor, transport } = cursorOver(opening, { ok: 1 })
  const running = cursor.next()
  await cursor.close()
  expect(transport.commands).toHaveLength(1)
  arrive(open({ a: 1 }))
  expect(await running).toEqual({ a: 1 })
  expect(transport.commands[1]).toMatchObject({ killCursors: 't' })
})

describe('after an error', () => {
  const refused = { ok: 0, code: 2, errmsg: 'bad' }

  test('of its opening, it is closed', async () => {
    const { cursor } = cursorOver(refused)
    await expect(cursor.next()).rejects.toMatchObject({ code: 2 })
    expect(cursor.closed).toBe(true)
    expect(await cursor.next()).toBeNull()
  })

  test('of a transform, it is closed on the server', async () => {
    const { cursor, transport } = cursorOver(open({ a: 1 }), { ok: 1 })
    const mapped = cursor.map(() => {
      throw new RangeError('mine')
    })
    await expect(mapped.next()).rejects.toThrow('mine')
    expect(transport.commands[1]).toMatchObject({ killCursors: 't' })
  })

  test('of closing, nobody hears, unless it is a fault of ours', async () => {
    const { cursor } = cursorOver(open({ a: 1 }), refused)
    await cursor.next()
    await cursor.close()
    const fault = cursorOver(open({ a: 1 }), () => {
      throw new TypeError('fault')
    })
    await fault.cursor.next()
    await expect(fault.cursor.close()).rejects.toThrow('fault')
  })

  test('of a reply that is no cursor, it says so', async () => {
    const { cursor } = cursorOver({ ok: 1 })
    await expect(cursor.next()).rejects.toThrow('did not contain a batch')
  })
})

test('a clone starts anew, without the session', async () => {
  const { client, transport } = scripted([cursorEnd(), cursorEnd()])
  const session = client.startSession()
  const cursor = client.db('shop').collection('t').find({ a: 1 }, { session, limit: 3 })
  await cursor.toArray()
  await cursor.clone().toArray()
  const [first, second] = transport.commands
  expect(first?.['lsid']).toBeDefined()
  expect(second).toEqual({ find: 't', filter: { a: 1 }, limit: 3, $db: 'shop' })
})

function cursorEnd() {
  return { ok: 1, cursor: { id: Long.ZERO, ns: 'shop.t', firstBatch: [] } }
}
