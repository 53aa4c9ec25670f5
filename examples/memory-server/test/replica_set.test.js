/** With a replica set: transactions. */
import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { MongoClient } from 'mongodb'
import { MongoMemoryReplSet } from 'mongodb-memory-server'
import { Library } from '../library.js'

let servers
let client
let library

before(async () => {
  servers = await MongoMemoryReplSet.create({ replSet: { count: 1 } })
  client = await MongoClient.connect(servers.getUri())
})

after(async () => {
  await client.close()
  await servers.stop()
})

beforeEach(async () => {
  await client.db('library').dropDatabase()
  library = new Library(client)
  await library.open()
})

test('a copy is lent', async () => {
  await library.add('978-0', 2)
  await library.lend('978-0', 'Ada')
  assert.equal(await library.copiesOf('978-0'), 1)
  assert.deepEqual(await library.readersOf('978-0'), ['Ada'])
})

test('the last copy is lent once, however many ask', async () => {
  await library.add('978-0', 1)
  const readers = ['Ada', 'Brian', 'Chen', 'Dora']
  const outcomes = await Promise.allSettled(readers.map((one) => library.lend('978-0', one)))
  assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1)
  assert.equal(await library.copiesOf('978-0'), 0)
  assert.equal((await library.readersOf('978-0')).length, 1)
})

test('a reader has one copy at most, and nothing happens on the second attempt', async () => {
  await library.add('978-0', 2)
  await library.lend('978-0', 'Ada')
  await assert.rejects(library.lend('978-0', 'Ada'), { code: 11000 })
  assert.equal(await library.copiesOf('978-0'), 1)
})

test('the set is one of a single primary', async () => {
  const hello = await client.db('admin').command({ hello: 1 })
  assert.equal(hello.setName, 'testset')
  assert.equal(hello.isWritablePrimary, true)
  assert.deepEqual(hello.hosts, [hello.me])
})
