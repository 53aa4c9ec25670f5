import { MongoClient } from 'mongodb'
import { palimpsestTest } from 'palimpsest/vitest'
import { describe, expect } from 'vitest'

const test = palimpsestTest({
  seed: 7,
  database: 'app',
  seedWith: (client) => client.db('app').collection('users').insertOne({ _id: 'seed' }),
})

describe.concurrent('tests beside each other have a simulator each', () => {
  for (const n of [1, 2, 3]) {
    test(`in process, ${n}`, async ({ client, sim, expect }) => {
      const users = client.db('app').collection('users')
      await users.insertOne({ _id: n })
      await sim.clock.sleep(60_000 * n)
      expect(sim.clock.elapsed()).toBe(60_000 * n)
      expect(await users.find().toArray()).toEqual([{ _id: 'seed' }, { _id: n }])
    })

    test(`by a driver, ${n}`, async ({ uri, expect }) => {
      const driver = await MongoClient.connect(uri)
      const users = driver.db().collection('users')
      await users.insertOne({ _id: n })
      expect(await users.find().toArray()).toEqual([{ _id: 'seed' }, { _id: n }])
      await driver.close()
    })
  }
})

test('a test that asks for none has none', () => expect(1).toBe(1))

const chance = []
for (const round of [1, 2]) {
  test(`chance is the same for each, ${round}`, async ({ client, sim }) => {
    await client.db('app').command({ ping: 1 })
    chance.push(sim.server.services.random.uint32())
    expect(new Set(chance).size).toBe(1)
  })
}
