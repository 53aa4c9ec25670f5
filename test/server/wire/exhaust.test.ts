/** Exhaust cursors: one getMore, many replies. */
import { once } from 'node:events'
import { Long } from 'bson'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { compressorOf } from '../../../src/server/wire/compressors.ts'
import { type Driven, driven, failCommand } from './driven.ts'
import { type Answer, command, compressed, OP_COMPRESSED, RawClient } from './raw_client.ts'

const MORE_TO_COME = 2
const EXHAUST_ALLOWED = 0x10000

let server: Driven
let raw: RawClient

beforeEach(async () => {
  server = await driven()
  raw = await RawClient.connect(server.uri)
})

afterEach(async () => {
  raw.close()
  await server[Symbol.asyncDispose]()
})

async function fill(count: number, text = ''): Promise<void> {
  const documents = Array.from({ length: count }, (_, i) => ({ _id: i as unknown, text }))
  await server.client
    .db('test')
    .collection('demo')
    .insertMany(documents as never)
}

async function openCursor(batchSize: number): Promise<Long> {
  raw.send(command({ find: 'demo', batchSize }, 1, EXHAUST_ALLOWED))
  const answer = (await raw.answer())!
  // A find is answered once, whatever is allowed.
  expect(answer.flags).toBe(0)
  return Long.fromValue(answer.document['cursor'].id)
}

const getMore = (id: Long, batchSize: number, requestId = 2): Buffer =>
  command({ getMore: id, collection: 'demo', batchSize }, requestId, EXHAUST_ALLOWED)

/** Replies up to the last one. */
async function replies(): Promise<Answer[]> {
  const all: Answer[] = []
  for (;;) {
    const answer = (await raw.answer())!
    all.push(answer)
    if ((answer.flags & MORE_TO_COME) === 0) return all
  }
}

const cursors = (): number => [...server.sim.server.engine.cursors.all()].length

// Server: makeExhaustMessage, session_workflow.cpp (8.0).
test('each reply answers the one before, and all but the last say that there is more', async () => {
  await fill(10)
  const id = await openCursor(2)
  raw.send(getMore(id, 3, 40))
  raw.send(command({ ping: 1 }, 41))
  const all = await replies()
  expect(all.map(({ flags }) => flags)).toEqual([MORE_TO_COME, MORE_TO_COME, 0])
  expect(all.map(({ responseTo }) => responseTo)).toEqual([
    40,
    all[0]!.requestId,
    all[1]!.requestId,
  ])
  const found = all.flatMap(({ document }) => document['cursor'].nextBatch)
  expect(found.map(({ _id }) => _id)).toEqual([2, 3, 4, 5, 6, 7, 8, 9])
  expect(Long.fromValue(all.at(-1)!.document['cursor'].id)).toEqual(Long.ZERO)
  // Whoever comes behind a stream waits for its end.
  expect(await raw.answer()).toMatchObject({ responseTo: 41, document: { ok: 1 } })
})

test('a getMore without the flag is answered once', async () => {
  await fill(10)
  const id = await openCursor(2)
  const reply = await raw.run({ getMore: id, collection: 'demo', batchSize: 3 })
  expect(reply['cursor'].nextBatch).toHaveLength(3)
  expect(await raw.run({ ping: 1 })).toMatchObject({ ok: 1 })
  expect(cursors()).toBe(1)
})

test('an error is the last reply', async () => {
  await fill(10)
  const id = await openCursor(2)
  await failCommand(server.client, { skip: 1 }, { failCommands: ['getMore'], errorCode: 43 })
  raw.send(getMore(id, 3))
  const all = await replies()
  expect(all.map(({ document }) => document['ok'])).toEqual([1, 0])
  expect(all[1]!.document).toMatchObject({ code: 43 })
})

test('a stream is compressed as its getMore was', async () => {
  await fill(10)
  const id = await openCursor(2)
  raw.send(compressed(getMore(id, 4), compressorOf(1)!))
  const all = await replies()
  expect(all.map(({ flags }) => flags)).toEqual([MORE_TO_COME, MORE_TO_COME, 0])
  expect(all.every(({ opCode }) => opCode === OP_COMPRESSED)).toBe(true)
})

test('others have their turn while one streams', async () => {
  await fill(3_000)
  const id = await openCursor(2)
  raw.send(getMore(id, 1))
  await raw.answer()
  const before = await server.client.db('test').command({ ping: 1 })
  expect(before).toMatchObject({ ok: 1 })
  expect(cursors()).toBe(1)
  // One document each, and the end.
  expect(await replies()).toHaveLength(2_997 + 1)
})

test('who goes in the middle takes the cursor along', async () => {
  await fill(2_000, 'x'.repeat(10_000))
  const id = await openCursor(1)
  raw.send(getMore(id, 10))
  await raw.answer()
  raw.socket.pause()
  // The stream stands still once nobody takes it.
  await expect.poll(() => raw.socket.isPaused()).toBe(true)
  expect(cursors()).toBe(1)
  raw.close()
  await once(raw.socket, 'close')
  await expect.poll(cursors).toBe(0)
  expect(server.log).toEqual([])
})
