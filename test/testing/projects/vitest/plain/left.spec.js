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

afterAll(() => meet('left is done', 'right is done'))

test('writes what the other file writes, too, at the same time', async () => {
  await users.insertOne({ _id: 1, by: 'left' })
  await meet('left wrote', 'right wrote')
  expect(await users.find().toArray()).toEqual([{ _id: 1, by: 'left' }])
})

test('finds nothing of the other test, nor of the other file', async () => {
  await meet('left looks', 'right looks')
  expect(await users.find().toArray()).toEqual([])
})
