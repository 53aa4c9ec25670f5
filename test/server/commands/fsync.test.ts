/** Source: fsync.cpp (8.0). */
import { Long } from 'bson'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Document } from '../../../src/bson/index.ts'
import {
  abort,
  type Bench,
  continuing,
  documentsOf,
  findAll,
  insertOne,
  makeBench,
  starting,
} from '../harness.ts'

let bench: Bench
beforeEach(async () => {
  bench = makeBench({ manual: true })
  await bench.run(insertOne({ _id: 1 }))
})
afterEach(() => bench.stop())

const admin = (command: Document): Promise<Document> => bench.run({ ...command, $db: 'admin' })
const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0))

const isDone = async (promise: Promise<unknown>): Promise<boolean> => {
  const pending = turn().then(() => false)
  return Promise.race([promise.then(() => true), pending])
}

it('without lock there is nothing to do', async () => {
  expect(await admin({ fsync: 1 })).toEqual({ numFiles: 1, ok: 1 })
})

it('keeps writes out until it was unlocked as often; reads go on', async () => {
  expect(await admin({ fsync: 1, lock: true })).toEqual({
    info: 'now locked against writes, use db.fsyncUnlock() to unlock',
    lockCount: Long.fromNumber(1),
    seeAlso: 'http://dochub.mongodb.org/core/fsynccommand',
    ok: 1,
  })
  expect(await admin({ fsync: 1, lock: true })).toMatchObject({ lockCount: Long.fromNumber(2) })
  const inserting = bench.run(insertOne({ _id: 2 }))
  expect(await isDone(inserting)).toBe(false)
  expect(documentsOf(await bench.run(findAll()))).toEqual([{ _id: 1 }])
  const { inprog, fsyncLock } = await admin({ currentOp: 1, op: 'insert' })
  expect({ inprog, fsyncLock }).toMatchObject({
    inprog: [{ waitingForLock: true }],
    fsyncLock: true,
  })
  await admin({ fsyncUnlock: 1 })
  expect(await isDone(inserting)).toBe(false)
  expect(await admin({ fsyncUnlock: 1 })).toEqual({
    info: 'fsyncUnlock completed',
    lockCount: Long.fromNumber(0),
    ok: 1,
  })
  expect(await inserting).toEqual({ n: 1, ok: 1 })
})

it('waits for transactions, before whom newcomers wait', async () => {
  await bench.run(starting(1, 1, insertOne({ _id: 2 })))
  const locking = admin({ fsync: 1, lock: true })
  expect(await isDone(locking)).toBe(false)
  const beginning = bench.run(starting(2, 1, findAll()))
  const inserting = bench.run(insertOne({ _id: 3 }))
  expect(await isDone(Promise.race([beginning, inserting]))).toBe(false)
  // What has begun goes on.
  expect(await bench.run(continuing(1, 1, findAll()))).toMatchObject({ ok: 1 })
  await bench.run(abort(1, 1))
  await bench.clock.advance(500)
  expect(await locking).toMatchObject({ lockCount: Long.fromNumber(1) })
  expect(await isDone(Promise.race([beginning, inserting]))).toBe(false)
  await admin({ fsyncUnlock: 1 })
  expect(await beginning).toMatchObject({ ok: 1 })
  expect(await inserting).toMatchObject({ n: 1 })
})

it('gives up in the end, and lets go whom it kept out', async () => {
  await bench.run(starting(1, 1, insertOne({ _id: 2 })))
  const locking = admin({ fsync: 1, lock: true, fsyncLockAcquisitionTimeoutMillis: 1_000 })
  const inserting = bench.run(insertOne({ _id: 3 }))
  await bench.clock.advance(1_000)
  expect(await locking).toMatchObject({ ok: 0, code: 24 })
  expect(await inserting).toMatchObject({ n: 1 })
})

it('whoever waits outside may be out of time', async () => {
  await admin({ fsync: 1, lock: true })
  const inserting = bench.run({ ...insertOne({ _id: 2 }), maxTimeMS: 100 })
  await turn()
  await bench.clock.advance(100)
  expect(await inserting).toMatchObject({ ok: 0, code: 50 })
})

it('unlocking what is not locked is an error', async () => {
  expect(await admin({ fsyncUnlock: 1 })).toMatchObject({
    code: 20,
    errmsg: 'fsyncUnlock called when not locked',
  })
})

it('nothing expires while it is locked', async () => {
  const index = { key: { at: 1 }, name: 'at_1', expireAfterSeconds: 1 }
  await bench.run({ createIndexes: 'demo', indexes: [index] })
  await bench.run(insertOne({ _id: 2, at: new Date(0) }))
  await admin({ fsync: 1, lock: true })
  await bench.clock.advance(130_000)
  expect(documentsOf(await bench.run(findAll()))).toHaveLength(2)
  await admin({ fsyncUnlock: 1 })
  await bench.clock.advance(60_000)
  expect(documentsOf(await bench.run(findAll()))).toHaveLength(1)
})
