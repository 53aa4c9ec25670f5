import { MongoClient } from 'mongodb'
import { usePalimpsest } from 'palimpsest/vitest'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { meet } from '../meeting.js'

const db = usePalimpsest({ listen: true })
let users

beforeAll(async () => {
  const driver = await MongoClient.connect(db.uri)
  users = driver.db('app').collection('users')
  return () => driver.close()
})

afterAll(() => meet('right is done', 'left is done'))

test('writes what the other file writes, too, at the same time', async () => {
  await users.insertOne({ _id: 1, by: 'right' })
  await meet('right wrote', 'left wrote')
  expect(await users.find().toArray()).toEqual([{ _id: 1, by: 'right' }])
})

test('finds nothing of the other test, nor of the other file', async () => {
  await meet('right looks', 'left looks')
  expect(await users.find().toArray()).toEqual([])
})
