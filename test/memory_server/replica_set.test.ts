/** `MongoMemoryReplSet`, as suites use it that were written for mongodb-memory-server. */
import { MongoClient } from 'mongodb'
import { afterEach, describe, expect, test, vi } from 'vitest'
import {
  errors,
  MongoMemoryReplSet,
  type MongoMemoryReplSetOpts,
} from '../../src/memory_server/index.ts'

const sets: MongoMemoryReplSet[] = []
const clients: MongoClient[] = []

afterEach(async () => {
  vi.restoreAllMocks()
  await Promise.all(clients.splice(0).map((client) => client.close()))
  await Promise.all(sets.splice(0).map((set) => set.stop()))
})

async function create(opts?: MongoMemoryReplSetOpts): Promise<MongoMemoryReplSet> {
  const set = await MongoMemoryReplSet.create(opts)
  sets.push(set)
  return set
}

async function connect(uri: string, options = {}): Promise<MongoClient> {
  const client = await MongoClient.connect(uri, options)
  clients.push(client)
  return client
}

async function transact(client: MongoClient): Promise<void> {
  await client.withSession((session) =>
    session.withTransaction(() =>
      client.db('test').collection('demo').insertOne({ a: 1 }, { session }),
    ),
  )
}

describe('a set', () => {
  test('is there at once, with transactions', async () => {
    const set = await create()
    expect(set.state).toBe('running')
    expect(set.getUri()).toMatch(/^mongodb:\/\/127\.0\.0\.1:\d+\/\?replicaSet=testset$/)
    expect(set.getUri('shop', 'localhost')).toMatch(
      /^mongodb:\/\/localhost:\d+\/shop\?replicaSet=testset$/,
    )
    await transact(await connect(set.getUri()))
    await transact(await connect(set.getUri('', 'localhost')))
    expect(set.servers).toHaveLength(1)
    expect(set.servers[0]!.instanceInfo!.instance.isInstancePrimary).toBe(true)
    expect(set.simulator).toBe(set.servers[0]!.simulator)
  })

  test('has the name, the port and the settings that it is given', async () => {
    const port = (await create()).servers[0]!.instanceInfo!.port
    await sets.pop()!.stop()
    const set = await create({
      replSet: {
        name: 'books',
        count: 1,
        dbName: 'shop',
        storageEngine: 'wiredTiger',
        configSettings: { heartbeatTimeoutSecs: 3 },
        args: ['--setParameter', 'cursorTimeoutMillis=5'],
      },
      instanceOpts: [{ port, replicaMemberConfig: { tags: { rack: 'a' }, priority: 2 } }],
      binary: { version: '7.0.0' },
    })
    expect(set.getUri()).toBe(`mongodb://127.0.0.1:${port}/?replicaSet=books`)
    const client = await connect(set.getUri())
    const admin = client.db('admin')
    expect(await admin.command({ hello: 1 })).toMatchObject({
      hosts: [`127.0.0.1:${port}`],
      setName: 'books',
      tags: { rack: 'a' },
    })
    expect(await admin.command({ replSetGetConfig: 1 })).toMatchObject({
      config: {
        members: [{ _id: 0, priority: 2 }],
        settings: { electionTimeoutMillis: 5000, heartbeatTimeoutSecs: 3 },
      },
    })
    const asked = { getParameter: 1, cursorTimeoutMillis: 1 }
    expect(await admin.command(asked)).toMatchObject({ cursorTimeoutMillis: 5 })
  })

  test('of three is one, and says so once', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    const set = await create({ replSet: { count: 3 } })
    expect(warn.mock.calls).toEqual([[expect.stringMatching(/^MongoMemoryReplSet: 3 members/)]])
    const client = await connect(set.getUri())
    const demo = client.db('test').collection('demo')
    await demo.insertOne({}, { writeConcern: { w: 'majority' } })
    expect(set.servers).toHaveLength(1)
  })

  test('members make a set as instanceOpts lists them', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    await create({ instanceOpts: [{}, {}] })
    expect(warn).toHaveBeenCalledTimes(1)
  })
})

describe('states', () => {
  test('go round, and are told', async () => {
    const set = new MongoMemoryReplSet()
    sets.push(set)
    const seen: unknown[] = []
    set.on('stateChange', (state) => seen.push(state))
    expect(set.state).toBe('stopped')
    expect(() => set.getUri()).toThrow(errors.StateError)
    expect(() => set.simulator).toThrow(errors.StateError)
    await expect(set.waitUntilRunning()).rejects.toThrow(errors.StateError)
    set.replSetOpts = { name: 'later' }
    const [started] = await Promise.all([set.start(), set.waitUntilRunning()])
    expect(started).toBeUndefined()
    await set.waitUntilRunning()
    expect(set.getUri()).toContain('replicaSet=later')
    await expect(set.start()).rejects.toThrow(errors.StateError)
    for (const change of [
      () => {
        set.replSetOpts = {}
      },
      () => {
        set.instanceOpts = []
      },
      () => {
        set.binaryOpts = {}
      },
    ]) {
      expect(change).toThrow(errors.StateError)
    }
    expect(await set.stop()).toBe(true)
    expect(set.servers).toEqual([])
    expect(seen).toEqual(['init', 'running', 'stopped'])
  })

  test('await using stops it', async () => {
    let seen: MongoMemoryReplSet
    {
      await using set = await MongoMemoryReplSet.create()
      seen = set
    }
    expect(seen.state).toBe('stopped')
  })

  test('what the server refuses ends the start', async () => {
    const set = new MongoMemoryReplSet({ instanceOpts: [{ replicaMemberConfig: { priority: 0 } }] })
    await expect(set.start()).rejects.toThrow(/^replSetInitiate: Replica set configuration must/)
    expect(set.state).toBe('stopped')
    expect(() => new MongoMemoryReplSet({ replSet: { count: 0 } })).toThrow(
      'ReplSet Count needs to be 1 or higher! (specified count: "0")',
    )
  })
})

test('data stay without cleanup, at the same port; what was under way ends', async () => {
  const set = await create()
  const uri = set.getUri()
  const before = await connect(uri)
  await transact(before)
  const holder = before.startSession()
  holder.startTransaction()
  const demo = before.db('test').collection<{ _id: string; a: number }>('held')
  await demo.insertOne({ _id: 'x', a: 0 })
  await demo.updateOne({ _id: 'x' }, { $inc: { a: 1 } }, { session: holder })
  const waiting = demo.updateOne({ _id: 'x' }, { $inc: { a: 2 } })
  await new Promise((resolve) => setTimeout(resolve, 20))
  await set.stop({ doCleanup: false })
  await set.start()
  expect(set.getUri()).toBe(uri)
  // The transaction is gone; the driver tried the write again, as it does when a server restarts.
  expect(await waiting).toMatchObject({ modifiedCount: 1 })
  expect(await demo.findOne()).toEqual({ _id: 'x', a: 2 })
  await expect(holder.commitTransaction()).rejects.toMatchObject({ code: 251 })
  await holder.endSession()
  expect(await before.db('test').collection('demo').countDocuments()).toBe(1)
  await transact(before)
  await set.stop()
  expect(set.servers).toEqual([])
})

test('authentication: users of the set', async () => {
  const auth = { enable: true, customRootName: 'me', customRootPwd: 'secret' }
  const set = await create({ replSet: { auth } })
  const login = { auth: { username: 'me', password: 'secret' } }
  await transact(await connect(set.getUri(), login))
  const nobody = await connect(set.getUri())
  await expect(nobody.db('test').collection('demo').findOne()).rejects.toMatchObject({ code: 13 })
  await set.stop({ doCleanup: false })
  await set.start()
  await transact(await connect(set.getUri(), login))
})
