const { meet } = require('../meeting.js')
const { MongoClient } = require('mongodb')

// As applications do: at the top of a module, from the environment.
const driver = new MongoClient(process.env.MONGODB_URI)
const users = driver.db().collection('users')

beforeAll(() => users.insertOne({ _id: 'of beforeAll' }))
afterAll(() => driver.close())

test('writes what the other file writes, too, at the same time', async () => {
  await users.insertOne({ _id: 1, by: 'left' })
  await meet('left wrote', 'right wrote')
  expect(await users.find().toArray()).toEqual([{ _id: 'of beforeAll' }, { _id: 1, by: 'left' }])
})

test('finds nothing of the other test, nor of the other file', async () => {
  expect(await users.find().toArray()).toEqual([{ _id: 'of beforeAll' }])
})

describe('a block', () => {
  beforeAll(() => users.insertOne({ _id: 'of the block' }))
  afterEach(() => users.insertOne({ _id: 'of afterEach' }))

  test.each([1, 2])('has what its own beforeAll wrote (%i)', async () => {
    expect(await users.distinct('_id')).toEqual(['of beforeAll', 'of the block'])
  })
})

test('which is gone behind it', async () => {
  expect(await users.distinct('_id')).toEqual(['of beforeAll'])
})
