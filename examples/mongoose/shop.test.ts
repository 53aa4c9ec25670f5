/**
 * The shop's tests. Mongoose is connected once; the store is put back after each test, so each one
 * finds two customers and two items, whatever ran before it.
 *
 * A test of yours imports `palimpsest/vitest`.
 */
import mongoose from 'mongoose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { usePalimpsest } from '../../src/testing/vitest.ts'
import { Customer, cancelOrder, Item, Order, OrderRefused, placeOrder, turnover } from './shop.ts'

const db = usePalimpsest({ listen: true, database: 'shop' })

let ada: mongoose.Types.ObjectId
let brian: mongoose.Types.ObjectId

beforeAll(async () => {
  await mongoose.connect(db.uri)
  const customers = await Customer.insertMany([
    { name: 'Ada', email: 'ada@example.com', credit: 100 },
    { name: 'Brian', email: 'brian@example.com', credit: 100 },
  ])
  ada = customers[0]!._id
  brian = customers[1]!._id
  await Item.insertMany([
    { _id: 'pen', price: 2, inStock: 10 },
    { _id: 'book', price: 30, inStock: 3 },
  ])
})
afterAll(() => mongoose.disconnect())

/** What is left of the items and of the customers' credit: nothing may come or go unnoticed. */
async function books() {
  const items = await Item.find().sort('_id').lean()
  const customers = await Customer.find().sort('name').lean()
  return {
    stock: items.map(({ inStock }) => inStock),
    credit: customers.map(({ credit }) => credit),
  }
}

describe('an order', () => {
  test('takes from the stock and from the credit', async () => {
    const order = await placeOrder(ada, [
      { sku: 'pen', count: 5 },
      { sku: 'book', count: 1 },
    ])
    expect(order).toMatchObject({ total: 40, state: 'placed' })
    expect(await books()).toEqual({ stock: [2, 5], credit: [60, 100] })
  })

  test('that can not be paid leaves everything as it was', async () => {
    const lines = [
      { sku: 'pen', count: 10 },
      { sku: 'book', count: 3 },
    ]
    await expect(placeOrder(ada, lines)).rejects.toThrow('A credit of 110 is needed.')
    expect(await books()).toEqual({ stock: [3, 10], credit: [100, 100] })
    expect(await Order.countDocuments()).toBe(0)
  })

  test('can be cancelled, once', async () => {
    const order = await placeOrder(brian, [{ sku: 'book', count: 2 }])
    const attempts = await Promise.allSettled([cancelOrder(order._id), cancelOrder(order._id)])
    expect(attempts.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(await books()).toEqual({ stock: [3, 10], credit: [100, 100] })
  })

  test('that somebody else has saved since it was read is not overwritten', async () => {
    const { _id } = await placeOrder(ada, [{ sku: 'pen', count: 1 }])
    const stale = await Order.findById(_id).orFail()
    await cancelOrder(_id)
    stale.total = 0
    await expect(stale.save()).rejects.toThrow(mongoose.Error.VersionError)
  })
})

test('of ten who want one of the last three, three get one', async () => {
  const buyers = Array.from({ length: 10 }, (_, index) => (index % 2 === 0 ? ada : brian))
  const attempts = await Promise.allSettled(
    buyers.map((buyer) => placeOrder(buyer, [{ sku: 'book', count: 1 }])),
  )
  const refusals = attempts.filter((attempt) => attempt.status === 'rejected')
  expect(refusals).toHaveLength(7)
  for (const { reason } of refusals) expect(reason).toBeInstanceOf(OrderRefused)

  const { stock, credit } = await books()
  expect(stock).toEqual([0, 10])
  expect(credit[0]! + credit[1]!).toBe(200 - 3 * 30)
  const spent = (await turnover()).map((customer) => customer.spent)
  expect(spent.reduce((sum, one) => sum + one, 0)).toBe(3 * 30)
  // They did get in each other's way.
  expect(db.sim.stats().storageConflicts).toBeGreaterThan(0)
})

test('no two customers have the same address', async () => {
  const twin = Customer.create({ name: 'Ada II', email: 'ADA@example.com' })
  await expect(twin).rejects.toMatchObject({ code: 11000, keyValue: { email: 'ada@example.com' } })
})
