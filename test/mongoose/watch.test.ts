/** Change streams by way of Mongoose, open across tests as an application has them. */
import mongoose, { Schema } from 'mongoose'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { usePalimpsest } from '../../src/testing/vitest.ts'

const db = usePalimpsest({ listen: true, database: 'app' })

const User = mongoose.model('User', new Schema({ name: String }))

/** What the application has heard of. */
const heard: string[] = []
let stream: ReturnType<typeof User.watch>

beforeAll(async () => {
  await mongoose.connect(db.uri)
  await User.init()
  stream = User.watch([], { fullDocument: 'updateLookup' })
  stream.on('change', (change: { operationType: string; fullDocument?: { name: string } }) => {
    heard.push(`${change.operationType} ${change.fullDocument?.name}`)
  })
  stream.on('error', (error) => heard.push(String(error)))
  await vi.waitFor(() => expect(db.sim.stats().operationsInFlight).toBeGreaterThan(0), {
    timeout: 60_000,
  })
})

afterAll(async () => {
  await stream.close()
  await mongoose.disconnect()
})

test.each([1, 2, 3])('a stream tells of changes, in every test (%i)', async (round) => {
  heard.length = 0
  const user = await User.create({ name: `Ada ${round}` })
  user.name = `Brian ${round}`
  await user.save()
  await expect.poll(() => heard).toHaveLength(2)
  expect(heard).toEqual([`insert Ada ${round}`, `update Brian ${round}`])
})
