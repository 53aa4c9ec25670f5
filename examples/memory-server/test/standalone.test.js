/** With a server by itself: everything but transactions. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { MongoClient } from 'mongodb'
import { MongoMemoryServer } from 'mongodb-memory-server'
import { Library } from '../library.js'

let server
let client

before(async () => {
  server = await MongoMemoryServer.create()
  client = await MongoClient.connect(server.getUri())
})

after(async () => {
  await client.close()
  await server.stop()
})

test('an ISBN is unique', async () => {
  const library = new Library(client)
  await library.open()
  await library.add('978-0', 1)
  await assert.rejects(library.add('978-0', 1), { code: 11000 })
  assert.equal(await library.copiesOf('978-0'), 1)
})

test('lending needs a replica set', async () => {
  const library = new Library(client)
  await assert.rejects(library.lend('978-0', 'Ada'), /does not support|only allowed on/)
})
