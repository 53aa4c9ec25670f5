/** The official driver, logging in over TCP. */
import { MongoClient, type MongoClientOptions } from 'mongodb'
import { afterEach, describe, expect, test } from 'vitest'
import { type AuthOptions, Palimpsest } from '../../../src/index.ts'
import { failure } from '../wire/driven.ts'

const log: string[] = []
const started: Palimpsest[] = []
const clients: MongoClient[] = []

async function serve(auth?: AuthOptions): Promise<Palimpsest> {
  const options = auth === undefined ? {} : { auth }
  const sim = await Palimpsest.serve({ ...options, onWarning: (line) => log.push(line) })
  started.push(sim)
  return sim
}

const USERS: AuthOptions = {
  users: [
    { user: 'app', pwd: 'secret' },
    { user: 'reader', pwd: 'p@ss:wörd', db: 'shop', roles: ['read'] },
    { user: 'owner', pwd: 'secret', db: 'shop', roles: ['dbOwner'] },
  ],
}

interface Login {
  readonly user?: string
  readonly pwd?: string
  readonly source?: string
  readonly mechanism?: 'SCRAM-SHA-1' | 'SCRAM-SHA-256'
}

async function connect(
  sim: Palimpsest,
  { user, pwd = 'secret', source = 'admin', mechanism }: Login = {},
  options: MongoClientOptions = {},
): Promise<MongoClient> {
  const credentials =
    user === undefined
      ? {}
      : {
          auth: { username: user, password: pwd },
          authSource: source,
          ...(mechanism === undefined ? {} : { authMechanism: mechanism }),
        }
  const client = new MongoClient(sim.getUri('shop'), { ...credentials, ...options })
  clients.push(client)
  return await client.connect()
}

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()))
  await Promise.all(started.splice(0).map((sim) => sim.stop()))
  log.splice(0)
})

const FAILED = { code: 18, codeName: 'AuthenticationFailed', message: 'Authentication failed.' }

describe('with the right password', () => {
  test('from the connection string', async () => {
    const sim = await serve(USERS)
    const uri = sim.getUri('shop').replace('//', '//reader:p%40ss%3Aw%C3%B6rd@')
    const client = await MongoClient.connect(uri)
    clients.push(client)
    const { authInfo } = await client.db().command({ connectionStatus: 1 })
    expect(authInfo).toMatchObject({
      authenticatedUsers: [{ user: 'reader', db: 'shop' }],
      authenticatedUserRoles: [{ role: 'read', db: 'shop' }],
    })
  })

  test.each([
    ['no mechanism said', {}],
    ['SCRAM-SHA-256', { mechanism: 'SCRAM-SHA-256' }],
    ['SCRAM-SHA-1', { mechanism: 'SCRAM-SHA-1' }],
  ] as const)('%s', async (_name, login) => {
    const client = await connect(await serve(USERS), { user: 'app', ...login })
    await client.db().collection('stock').insertOne({ sku: 'abc' })
    expect(await client.db().collection('stock').countDocuments()).toBe(1)
    expect(log).toEqual([])
  })

  test('by hello and OP_MSG, which the stable API brings along', async () => {
    const client = await connect(await serve(USERS), { user: 'app' }, { serverApi: '1' })
    expect(await client.db().collection('stock').find().toArray()).toEqual([])
  })

  test('the first step goes along with the handshake: one command less', async () => {
    const sim = await serve(USERS)
    const sent: string[] = []
    const { server } = sim
    const send = server.send.bind(server)
    server.send = (command, ...rest) => {
      sent.push(Object.keys(command)[0]!)
      return send(command, ...rest)
    }
    const client = await connect(sim, { user: 'app' }, { monitorCommands: true })
    await client.db().command({ ping: 1 })
    expect(sent.filter((name) => name.startsWith('sasl'))).toEqual(['saslContinue'])
  })

  test('sessions and transactions', async () => {
    const client = await connect(await serve(USERS), { user: 'owner', source: 'shop' })
    const stock = client.db().collection<{ _id: string; count: number }>('stock')
    await stock.insertOne({ _id: 'abc', count: 1 })
    await client.withSession((session) =>
      session.withTransaction(async () => {
        await stock.updateOne({ _id: 'abc' }, { $inc: { count: 1 } }, { session })
        await stock.insertOne({ _id: 'def', count: 0 }, { session })
      }),
    )
    expect(await stock.find().sort({ _id: 1 }).toArray()).toEqual([
      { _id: 'abc', count: 2 },
      { _id: 'def', count: 0 },
    ])
  })

  test('cursors of several batches, on one connection of many', async () => {
    const client = await connect(await serve(USERS), { user: 'app' }, { maxPoolSize: 4 })
    const numbers = client.db().collection<{ _id: number }>('numbers')
    await numbers.insertMany(Array.from({ length: 50 }, (_, _id) => ({ _id })))
    const all = await Promise.all(
      Array.from({ length: 4 }, () => numbers.find().batchSize(7).toArray()),
    )
    expect(all.map((batch) => batch.length)).toEqual([50, 50, 50, 50])
  })

  test('at a second place, which makes no users of its own', async () => {
    const sim = await serve(USERS)
    const uri = await sim.listen({ auth: {} })
    const client = await MongoClient.connect(uri.replace('//', '//app:secret@'))
    clients.push(client)
    expect(await client.db().command({ ping: 1 })).toMatchObject({ ok: 1 })
  })
})

describe('fails', () => {
  test.each<[string, Login]>([
    ['a wrong password', { user: 'app', pwd: 'wrong' }],
    ['an unknown user', { user: 'nobody' }],
    ['another authSource', { user: 'app', source: 'shop' }],
    ['another authSource, SHA-1', { user: 'app', source: 'shop', mechanism: 'SCRAM-SHA-1' }],
  ])('%s', async (_name, login) => {
    expect(await failure(connect(await serve(USERS), login))).toMatchObject(FAILED)
    expect(log).toEqual([expect.stringMatching(/^connection \d+ from 127\.0\.0\.1: login as /)])
  })

  test('without credentials: the first command', async () => {
    const client = await connect(await serve(USERS))
    expect(await failure(client.db().collection('stock').insertOne({}))).toMatchObject({
      code: 13,
      codeName: 'Unauthorized',
      message: 'Command insert requires authentication',
    })
  })

  // As a mongod without --auth does: it lets anybody in, but whoever says who they are must be so.
  test('with credentials where nobody has to log in, and there are no users', async () => {
    const sim = await serve()
    expect(await failure(connect(sim, { user: 'app' }))).toMatchObject(FAILED)
    expect(log[0]).toContain('there are no users: listen and serve take them as { auth:')
    await sim
      .client()
      .db('admin')
      .command({ createUser: 'app', pwd: 'secret', roles: ['root'] })
    await connect(sim, { user: 'app' })
  })

  test('what a role does not allow', async () => {
    const sim = await serve(USERS)
    const reader = await connect(sim, { user: 'reader', pwd: 'p@ss:wörd', source: 'shop' })
    expect(await reader.db().collection('stock').find().toArray()).toEqual([])
    const denied = await failure(reader.db().collection('stock').insertOne({}))
    expect(denied).toMatchObject({ code: 13, codeName: 'Unauthorized' })
    expect(denied['message']).toMatch(
      /^not authorized on shop to execute command \{ insert: "stock"/,
    )
    expect(await failure(reader.db('other').collection('a').findOne())).toMatchObject({ code: 13 })
  })
})

describe('users made on the way', () => {
  test('createUser, and then they log in', async () => {
    const sim = await serve(USERS)
    const app = await connect(sim, { user: 'app' })
    await app.db('shop').command({ createUser: 'new', pwd: 'pwd', roles: ['readWrite'] })
    const login = { user: 'new', pwd: 'pwd', source: 'shop' }
    await (await connect(sim, login)).db().collection('stock').insertOne({})
    await app.db('shop').command({ updateUser: 'new', pwd: 'other' })
    expect(await failure(connect(sim, login))).toMatchObject(FAILED)
    await connect(sim, { ...login, pwd: 'other' })
  })

  test('a user who is dropped is out at once, and one whose role goes loses it', async () => {
    const sim = await serve(USERS)
    const admin = sim.client().db('shop')
    const owner = await connect(sim, { user: 'owner', source: 'shop' })
    const stock = owner.db().collection('stock')
    await stock.insertOne({})
    await admin.command({ revokeRolesFromUser: 'owner', roles: ['dbOwner'] })
    expect(await failure(stock.insertOne({}))).toMatchObject({ code: 13 })
    await admin.command({ grantRolesToUser: 'owner', roles: ['readWrite'] })
    await stock.insertOne({})
    await admin.command({ dropUser: 'owner' })
    expect(await failure(stock.insertOne({}))).toMatchObject({
      message: 'Command insert requires authentication',
    })
  })

  test('without any, a client on this machine makes the first', async () => {
    const sim = await serve({})
    const first = await connect(sim)
    const command = { createUser: 'first', pwd: 'secret', roles: ['root'] }
    await first.db('admin').command(command)
    expect(await failure(first.db('admin').command(command))).toMatchObject({ code: 13 })
    await connect(sim, { user: 'first' })
  })
})

describe('the simulator', () => {
  test('its own clients need no user, and its connection string names none', async () => {
    const sim = await serve(USERS)
    await sim.client().db('shop').collection('stock').insertOne({})
    expect(sim.getUri('shop')).toMatch(/^mongodb:\/\/127\.0\.0\.1:\d+\/shop\?/)
  })

  test('restores the users of a save, and a fork has its own', async () => {
    const sim = await serve(USERS)
    const admin = sim.client().db('admin')
    const saved = sim.save()
    await admin.command({ createUser: 'new', pwd: 'secret', roles: [] })
    await admin.command({ dropUser: 'app' })
    const fork = sim.fork()
    sim.restore(saved)
    await connect(sim, { user: 'app' })
    expect(await failure(connect(sim, { user: 'new' }))).toMatchObject(FAILED)
    await fork.listen({ auth: {} })
    started.push(fork)
    await connect(fork, { user: 'new' })
    expect(await failure(connect(fork, { user: 'app' }))).toMatchObject(FAILED)
  })

  test.each<[AuthOptions, string]>([
    [{ users: [{ user: '', pwd: 'x' }] }, 'user of a user of auth is a text that is not empty'],
    [{ users: [{ user: 'x', pwd: '' }] }, 'pwd of a user of auth is a text that is not empty'],
    [{ users: [{ user: 'x', pwd: 'x', roles: ['nosuch'] }] }, 'Could not find role: nosuch@admin'],
    [
      {
        users: [
          { user: 'x', pwd: 'x' },
          { user: 'x', pwd: 'y' },
        ],
      },
      'User "x@admin" already exists',
    ],
    [{ nosuch: 1 } as AuthOptions, "auth knows no option 'nosuch'"],
    [{ users: [{ user: 'x', pwd: 'x', name: 'y' } as never] }, "knows no option 'name'"],
  ])('refuses %j, and makes no user', async (auth, message) => {
    const sim = await serve()
    await expect(sim.listen({ auth })).rejects.toThrow(message)
    expect(sim.server.users.size).toBe(0)
  })

  test('says who can reach it only where nobody has to log in', async () => {
    const sim = await serve()
    await sim.listen({ host: '0.0.0.0', auth: USERS })
    expect(log).toEqual([])
    await sim.listen({ host: '0.0.0.0' })
    expect(log).toEqual([expect.stringContaining('there is no authentication')])
  })
})
