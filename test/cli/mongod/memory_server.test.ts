/**
 * mongodb-memory-server, as it is on npm, with `palimpsest-mongod` as its binary: the example
 * project unchanged, and what it does not show.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { MongoClient } from 'mongodb'
import { MongoMemoryReplSet, MongoMemoryServer } from 'mongodb-memory-server'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { repositoryRoot } from '../../checks/source_tree.ts'
import { type BuiltPackage, builtPackage } from '../../testing/built_package.ts'

let built: BuiltPackage
beforeAll(() => {
  built = builtPackage()
})
afterAll(() => built.remove())

test('the tests of examples/memory-server pass', async () => {
  const child = spawn(process.execPath, ['--test', '--test-reporter=tap'], {
    cwd: join(repositoryRoot, 'examples/memory-server'),
    env: {
      ...process.env,
      MONGOMS_SYSTEM_BINARY: built.program('palimpsest-mongod'),
      MONGOMS_SYSTEM_BINARY_VERSION_CHECK: 'false',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let out = ''
  let err = ''
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString()
  })
  const [status] = await once(child, 'close')
  expect({ status, err }, out).toEqual({ status: 0, err: '' })
  expect(out).toContain('\n# pass 6\n')
  expect(out).toContain('\n# fail 0\n')
})

/** The versions differ, which the library would say on the console. */
const binary = () => ({ systemBinary: built.program('palimpsest-mongod'), version: '8.0.16' })

test('its authentication: a root user, others, and a set that stops', async () => {
  const warn = vi.spyOn(console, 'warn')
  const extraUsers = [{ createUser: 'ada', pwd: 'lovelace', roles: ['read'], database: 'shop' }]
  const servers = await MongoMemoryReplSet.create({
    binary: binary(),
    replSet: { auth: { enable: true, extraUsers } },
  })
  const nobody = await MongoClient.connect(servers.getUri())
  await expect(nobody.db('shop').collection('stock').findOne()).rejects.toMatchObject({ code: 13 })
  const root = await MongoClient.connect(servers.getUri(), {
    auth: { username: 'mongodb-memory-server-root', password: 'rootuser' },
  })
  await root.db('shop').collection('stock').insertOne({ sku: 'x' })
  const ada = await MongoClient.connect(servers.getUri('shop'), {
    auth: { username: 'ada', password: 'lovelace' },
  })
  expect(await ada.db('shop').collection('stock').countDocuments()).toBe(1)
  await expect(ada.db('shop').collection('stock').insertOne({})).rejects.toMatchObject({ code: 13 })
  await Promise.all([nobody.close(), root.close(), ada.close()])
  expect(await servers.stop()).toBe(true)
  expect(warn).not.toHaveBeenCalled()
  warn.mockRestore()
})

test('members of one set: the first one stands for all, and drivers forget the others', async () => {
  const servers = await MongoMemoryReplSet.create({ binary: binary(), replSet: { count: 2 } })
  const client = await MongoClient.connect(servers.getUri())
  await client.withSession((session) =>
    session.withTransaction(() => client.db('test').collection('demo').insertOne({}, { session })),
  )
  const { hosts } = await client.db('admin').command({ hello: 1 })
  expect(hosts).toHaveLength(1)
  await client.close()
  expect(await servers.stop()).toBe(true)
})

test('a server by itself: a port that is taken, and a parameter', async () => {
  vi.spyOn(console, 'warn').mockImplementation(() => {})
  const args = ['--setParameter', 'transactionLifetimeLimitSeconds=9']
  const server = await MongoMemoryServer.create({ binary: binary(), instance: { args } })
  const client = await MongoClient.connect(server.getUri())
  const asked = { getParameter: 1, transactionLifetimeLimitSeconds: 1 }
  expect(await client.db('admin').command(asked)).toMatchObject({
    transactionLifetimeLimitSeconds: 9,
  })
  const { port } = server.instanceInfo!
  const second = new MongoMemoryServer({
    binary: binary(),
    instance: { port, portGeneration: false },
  })
  await expect(second.start()).rejects.toThrow(`Port "${port}" already in use`)
  await client.close()
  expect(await server.stop()).toBe(true)
  vi.restoreAllMocks()
})
