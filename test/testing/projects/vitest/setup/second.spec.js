import { MongoClient } from 'mongodb'
import { afterAll, expect, test } from 'vitest'

// As applications do: at the top of a module, from the environment.
const driver = new MongoClient(process.env.MONGODB_URI)
const users = driver.db('app').collection('users')

afterAll(() => driver.close())

test.each([1, 2])('a store of its own for second, test %i', async () => {
  expect(await users.find().toArray()).toEqual([])
  await users.insertOne({ _id: 'second' })
  expect(await users.countDocuments()).toBe(1)
})
