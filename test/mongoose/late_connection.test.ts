/** An application that connects only when it is first used: in the middle of the first test. */
import mongoose, { Schema } from 'mongoose'
import { afterAll, expect, test } from 'vitest'
import { usePalimpsest } from '../../src/testing/vitest.ts'
import { failure } from './failure.ts'

const db = usePalimpsest({ env: 'DATABASE_URL', database: 'app' })

const User = mongoose.model('User', new Schema({ email: { type: String, unique: true } }))

async function signUp(email: string): Promise<void> {
  if (mongoose.connection.readyState === 0) {
    await mongoose.connect(process.env['DATABASE_URL']!)
    await User.init()
  }
  await User.create({ email })
}

afterAll(() => mongoose.disconnect())

// Mongoose made the index during the first test, and would not make it for the second: it stays.
test.each([1, 2])('its unique index holds in every test (%i)', async () => {
  await signUp('ada@x')
  expect(await failure(signUp('ada@x'))).toMatchObject({ code: 11000 })
  expect(await User.countDocuments()).toBe(1)
})

test('what the native driver makes stays as well, while Mongoose is connected', async () => {
  await mongoose.connection.collection('raw').createIndex({ a: 1 })
})

test('without its documents', async () => {
  const raw = mongoose.connection.collection('raw')
  expect((await raw.indexes()).map(({ name }) => name)).toEqual(['_id_', 'a_1'])
  expect(await raw.countDocuments()).toBe(0)
  expect([...db.sim.server.connections()].map(({ driverName }) => driverName)).toContain(
    'nodejs|Mongoose',
  )
})
