/**
 * How long is a delivery kept waiting by an order that nobody ends? A minute and more, and this test
 * takes a blink: time is `auto`, and passes by itself where everybody waits.
 */
import mongoose from 'mongoose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { usePalimpsest } from '../../src/testing/vitest.ts'
import { Item, restock } from './shop.ts'

const db = usePalimpsest({ listen: true, time: 'auto', database: 'shop' })

beforeAll(async () => {
  await mongoose.connect(db.uri)
  await Item.create({ _id: 'pen', price: 2, inStock: 10 })
})
afterAll(() => mongoose.disconnect())

test('a delivery waits for a forgotten order until the server gives that up', async () => {
  const forgotten = await mongoose.startSession()
  forgotten.startTransaction()
  await Item.updateOne({ _id: 'pen' }, { $inc: { inStock: -10 } }, { session: forgotten })

  const before = db.sim.clock.elapsed()
  await restock('pen', 100)
  const waitedSeconds = (db.sim.clock.elapsed() - before) / 1000
  expect(waitedSeconds).toBeGreaterThan(60)
  expect(waitedSeconds).toBeLessThan(91)

  expect(await Item.findById('pen').lean()).toMatchObject({ inStock: 110 })
  await expect(forgotten.commitTransaction()).rejects.toMatchObject({ code: 251 })
  await forgotten.endSession()
})
