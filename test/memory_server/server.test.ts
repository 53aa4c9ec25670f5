/** `MongoMemoryServer`, as suites use it that were written for mongodb-memory-server. */
import { createServer } from 'node:net'
import { MongoClient } from 'mongodb'
import { afterEach, describe, expect, test, vi } from 'vitest'
import {
  errors,
  MongoMemoryServer,
  type MongoMemoryServerOpts,
} from '../../src/memory_server/index.ts'

const servers: MongoMemoryServer[] = []
const clients: MongoClient[] = []

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()))
  await Promise.all(servers.splice(0).map((server) => server.stop()))
})

async function create(opts?: MongoMemoryServerOpts): Promise<MongoMemoryServer> {
  const server = await MongoMemoryServer.create(opts)
  servers.push(server)
  return server
}

async function connect(uri: string, options = {}): Promise<MongoClient> {
  const client = await MongoClient.connect(uri, options)
  clients.push(client)
  return client
}

describe('a server by itself', () => {
  test('is there at once, under a connection string without options', async () => {
    const server = await create()
    expect(server.getUri()).toMatch(/^mongodb:\/\/127\.0\.0\.1:\d+\/$/)
    expect(server.getUri('shop', 'localhost')).toMatch(/^mongodb:\/\/localhost:\d+\/shop$/)
    const client = await connect(server.getUri('shop'))
    await client.db().collection('stock').insertOne({ sku: 'x' })
    expect(await client.db('shop').collection('stock').countDocuments()).toBe(1)
    const hello = await client.db('admin').command({ hello: 1 })
    expect(hello).toMatchObject({ isWritablePrimary: true })
    expect(hello).not.toHaveProperty('setName')
  })

  test('knows no transaction numbers: code 20', async () => {
    const client = await connect((await create()).getUri())
    const session = client.startSession()
    session.startTransaction()
    const insert = client.db('test').collection('demo').insertOne({}, { session })
    await expect(insert).rejects.toMatchObject({ originalError: { code: 20 } })
    await session.endSession()
  })

  test('leads to its simulator', async () => {
    const server = await create({ palimpsest: { time: 'manual', startAt: 0, seed: 7 } })
    const { simulator } = server
    expect(simulator.seed).toBe(7)
    const client = await connect(server.getUri())
    const users = client.db('app').collection('users')
    await users.insertOne({ name: 'Ada' })
    const saved = simulator.save()
    await users.deleteMany({})
    simulator.restore(saved)
    expect(await users.countDocuments()).toBe(1)
    await simulator.clock.advance(60_000)
    const { localTime } = await client.db('admin').command({ hello: 1 })
    expect(localTime).toEqual(new Date(60_000))
    await server.stop()
    expect(() => server.simulator).toThrow(errors.StateError)
  })

  test('a member of a set waits for its configuration', async () => {
    const server = await create({ instance: { replSet: 'books' } })
    const client = await connect(server.getUri(), { directConnection: true })
    const host = `127.0.0.1:${server.instanceInfo!.port}`
    expect(server.instanceInfo).toMatchObject({
      replSet: 'books',
      instance: { isInstancePrimary: false },
    })
    const config = { _id: 'books', members: [{ _id: 0, host }] }
    await client.db('admin').command({ replSetInitiate: config })
    expect(server.instanceInfo!.instance).toMatchObject({
      isInstancePrimary: true,
      isReplSet: true,
    })
  })
})

describe('states', () => {
  test('go round, and are told', async () => {
    const server = new MongoMemoryServer()
    servers.push(server)
    const seen: unknown[] = []
    server.on('stateChange', (state) => seen.push(state))
    expect(server.state).toBe('new')
    expect(server.instanceInfo).toBeUndefined()
    expect(() => server.getUri()).toThrow('Incorrect State for operation: "new"')
    expect(await server.stop()).toBe(false)
    await server.start()
    expect(server.state).toBe('running')
    await expect(server.start()).rejects.toThrow('allowed States: "[new,stopped]"')
    await expect(server.cleanup()).rejects.toThrow('allowed States: "[stopped]"')
    expect(await server.stop()).toBe(true)
    expect(server.instanceInfo).toBeUndefined()
    expect(seen).toEqual(['starting', 'running', 'stopped', 'new'])
  })

  test('ensureInstance starts it once', async () => {
    const server = new MongoMemoryServer()
    servers.push(server)
    const [first, second] = await Promise.all([server.ensureInstance(), server.ensureInstance()])
    expect(first.port).toBe(second.port)
    expect(await server.ensureInstance()).toBe(first)
    expect(first).toMatchObject({
      dbName: '',
      ip: '127.0.0.1',
      storageEngine: 'wiredTiger',
      instance: { isInstanceReady: true, isReplSet: false },
    })
  })

  test('ensureInstance hears of a start that failed', async () => {
    const server = new MongoMemoryServer({ instance: { args: ['--x'] } })
    const started = server.start()
    await expect(Promise.all([server.ensureInstance(), started])).rejects.toThrow()
    await expect(started).rejects.toThrow("unrecognised option '--x'")
    expect(server.state).toBe('stopped')
  })

  test('await using stops it, unless told otherwise', async () => {
    let seen: MongoMemoryServer
    {
      await using server = await MongoMemoryServer.create()
      seen = server
    }
    expect(seen.state).toBe('new')
    const kept = await create({ dispose: { enabled: false } })
    await kept[Symbol.asyncDispose]()
    expect(kept.state).toBe('running')
  })
})

describe('data', () => {
  test('are gone after stop, and stay without cleanup', async () => {
    const server = await create()
    const before = await connect(server.getUri())
    await before.db('test').collection('demo').insertOne({ a: 1 })
    const { port } = server.instanceInfo!
    // What is under way ends: a transaction, and a write that waits for it.
    await server.stop({ doCleanup: false })
    expect(server.state).toBe('stopped')
    await server.start(true)
    expect(server.instanceInfo!.port).toBe(port)
    const after = await connect(server.getUri())
    expect(await after.db('test').collection('demo').countDocuments()).toBe(1)
    await server.stop()
    await server.start()
    const empty = await connect(server.getUri())
    expect(await empty.db('test').collection('demo').countDocuments()).toBe(0)
  })

  test('cleanup after a stop that kept them', async () => {
    const server = await create()
    await server.stop({ doCleanup: false })
    await server.cleanup({ doCleanup: false })
    expect(server.state).toBe('stopped')
    await server.cleanup({ doCleanup: true, force: true })
    expect(server.state).toBe('new')
  })
})

describe('options', () => {
  test('a port: taken where it is free, another one where it is not, or none', async () => {
    const first = await create()
    const { port } = first.instanceInfo!
    const second = await create({ instance: { port } })
    expect(second.instanceInfo!.port).not.toBe(port)
    await expect(
      MongoMemoryServer.create({ instance: { port, portGeneration: false } }),
    ).rejects.toMatchObject({ code: 'EADDRINUSE' })
    await expect(new MongoMemoryServer({ instance: { port } }).start(true)).rejects.toThrow()
    await first.stop()
    const third = await create({ instance: { port } })
    expect(third.instanceInfo!.port).toBe(port)
  })

  test('all addresses', async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => {})
    const server = await create({ instance: { ip: '::,0.0.0.0' } })
    const client = await connect(server.getUri())
    expect(await client.db('admin').command({ ping: 1 })).toMatchObject({ ok: 1 })
    vi.restoreAllMocks()
  })

  test('arguments of mongod', async () => {
    const args = ['--setParameter', 'cursorTimeoutMillis=77', '--setParameter=enableTestCommands=0']
    const server = await create({ instance: { args, dbName: 'shop', dbPath: '/data' } })
    expect(server.instanceInfo).toMatchObject({ dbName: 'shop', dbPath: '/data' })
    const client = await connect(server.getUri())
    const asked = { getParameter: 1, cursorTimeoutMillis: 1, enableTestCommands: 1 }
    expect(await client.db('admin').command(asked)).toMatchObject({
      cursorTimeoutMillis: 77,
      enableTestCommands: false,
    })
    const { argv } = await client.db('admin').command({ getCmdLineOpts: 1 })
    expect(argv).toEqual(expect.arrayContaining(['--noauth', '--dbpath', '/data', ...args]))
  })

  test('about a program: accepted', async () => {
    const server = await create({
      binary: { version: '6.0.4', systemBinary: '/nowhere' },
      spawn: { detached: true },
      instance: { storageEngine: 'ephemeralForTest', launchTimeout: 1 },
    })
    expect(server.instanceInfo!.storageEngine).toBe('ephemeralForTest')
  })

  const refused: [what: string, opts: MongoMemoryServerOpts, message: string][] = [
    ['an unknown argument', { instance: { args: ['--x'] } }, "unrecognised option '--x'"],
    [
      'an unknown parameter',
      { instance: { args: ['--setParameter', 'x=1'] } },
      "Unknown --setParameter 'x'",
    ],
    ['a log', { instance: { args: ['--logpath', 'x'] } }, '--logpath means nothing here'],
    ['help', { instance: { args: ['--help'] } }, '--help means nothing here'],
    [
      'a storage engine',
      { instance: { storageEngine: 'mmapv1' } },
      'unknown storage engine: mmapv1',
    ],
  ]
  test.each(refused)('%s: refused', async (_, opts, message) => {
    await expect(MongoMemoryServer.create(opts)).rejects.toThrow(message)
  })
})

describe('authentication', () => {
  test('a root user with the usual name and password, and others', async () => {
    const reader = { createUser: 'ada', pwd: 'lovelace', roles: 'read', database: 'shop' }
    const server = await create({ auth: { enable: true, extraUsers: [reader] } })
    const nobody = await connect(server.getUri())
    await expect(nobody.db('shop').collection('x').findOne()).rejects.toMatchObject({ code: 13 })
    const auth = { username: 'mongodb-memory-server-root', password: 'rootuser' }
    const root = await connect(server.getUri(), { auth })
    await root.db('shop').collection('x').insertOne({})
    const ada = await connect(server.getUri('shop'), {
      auth: { username: 'ada', password: 'lovelace' },
    })
    expect(await ada.db('shop').collection('x').countDocuments()).toBe(1)
    await expect(ada.db('shop').collection('x').insertOne({})).rejects.toMatchObject({ code: 13 })
    await server.stop({ doCleanup: false })
    await server.start()
    const again = await connect(server.getUri(), { auth })
    expect(await again.db('shop').collection('x').countDocuments()).toBe(1)
  })

  test('is not enabled by its other options', async () => {
    const server = await create({ auth: { customRootName: 'me', customRootPwd: 'secret' } })
    const client = await connect(server.getUri())
    await client.db('test').collection('demo').insertOne({})
  })
})

test('a stranger at the port is no server of ours', async () => {
  const stranger = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => stranger.once('listening', resolve))
  const { port } = stranger.address() as { port: number }
  const server = await create({ instance: { port } })
  expect(server.instanceInfo!.port).not.toBe(port)
  stranger.close()
})
