import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Document } from '../../../src/bson/index.ts'
import { requirementOf } from '../../../src/server/auth/requirements/table.ts'
import { COMMANDS } from '../../../src/server/commands/table.ts'
import { documentsOf, findAll, lsid, starting } from '../harness.ts'
import { type Guarded, type GuardedBench, logIn, makeGuardedBench } from './login.ts'

let bench: GuardedBench
beforeEach(async () => {
  bench = makeGuardedBench([
    { user: 'app', pwd: 'secret' },
    { user: 'reader', pwd: 'secret', db: 'test', roles: ['read'] },
    { user: 'writer', pwd: 'secret', db: 'test', roles: ['readWrite'] },
    { user: 'owner', pwd: 'secret', db: 'test', roles: ['dbOwner'] },
    { user: 'monitor', pwd: 'secret', roles: ['clusterMonitor'] },
    { user: 'guest', pwd: 'secret', roles: [] },
  ])
  await bench.run({ insert: 'demo', documents: [{ _id: 1 }, { _id: 2 }, { _id: 3 }] })
  await bench.run({ insert: 'demo', documents: [{ _id: 1 }], $db: 'other' })
})
afterEach(() => bench.stop())

const admin = (command: Document): Document => ({ ...command, $db: 'admin' })

it('every command says what it asks of roles', () => {
  const silent = COMMANDS.filter(({ name }) => requirementOf(name) === undefined)
  const hint = 'add a row to src/server/auth/requirements/table.ts'
  expect(silent.map(({ name }) => `${name}: ${hint}`)).toEqual([])
})

// Source: `requiresAuth` of each command (8.0).
describe('before anybody logs in', () => {
  it.each([
    { hello: 1 },
    { isMaster: 1 },
    { ping: 1 },
    { buildInfo: 1 },
    { connectionStatus: 1 },
    { whatsmyuri: 1 },
    { listCommands: 1 },
  ])('%j may run', async (command) => {
    expect(await bench.open().run(admin(command))).toMatchObject({ ok: 1 })
  })

  it.each([
    ['find', findAll()],
    ['insert', { insert: 'demo', documents: [{}] }],
    ['listDatabases', admin({ listDatabases: 1 })],
    ['serverStatus', { serverStatus: 1 }],
    ['endSessions', { endSessions: [] }],
    ['getMore', { getMore: 1, collection: 'demo' }],
    ['logout', { logout: 1 }],
    ['createUser', { createUser: 'x', pwd: 'x', roles: [] }],
    ['find', { find: 1, nosuch: 1 }],
  ])('%s may not', async (name, command) => {
    expect(await bench.open().run(command as Document)).toEqual({
      ok: 0,
      errmsg: `Command ${name} requires authentication`,
      code: 13,
      codeName: 'Unauthorized',
    })
  })

  it('what there is not, there is not', async () => {
    expect(await bench.open().run({ nosuch: 1 })).toMatchObject({ code: 59 })
  })

  it('a session leaves no trace', async () => {
    const { run } = bench.open()
    expect(await run({ ping: 1, lsid: lsid(1) })).toEqual({ ok: 1 })
    expect(bench.server.sessions.size).toBe(0)
  })

  it('and where nobody has to, everything may run', async () => {
    const { run } = bench.open({ isRequired: false })
    expect(documentsOf(await run(findAll()))).toHaveLength(3)
    await logIn({ run, connection: bench.server.connect() }, { user: 'guest', pwd: 'secret' })
    expect(documentsOf(await run(findAll()))).toHaveLength(3)
    expect(await run({ connectionStatus: 1 })).toMatchObject({
      authInfo: { authenticatedUsers: [{ user: 'guest', db: 'admin' }] },
    })
  })
})

/** Whether each user may run it: app, reader, writer, owner, monitor, guest. */
const WHO = [
  'app@admin',
  'reader@test',
  'writer@test',
  'owner@test',
  'monitor@admin',
  'guest@admin',
]

// Source: `doCheckAuthorization` of each command (8.0).
describe('what roles allow', () => {
  const upsert = { q: { _id: 9 }, u: { $set: { a: 1 } }, upsert: true }
  const cases: [Document, string][] = [
    // command                                                              a r w o m g
    [findAll(), '+ + + + - -'],
    [{ ...findAll(), $db: 'other' }, '+ - - - - -'],
    [{ count: 'demo' }, '+ + + + - -'],
    [{ distinct: 'demo', key: '_id' }, '+ + + + - -'],
    [{ aggregate: 'demo', pipeline: [], cursor: {} }, '+ + + + - -'],
    [{ aggregate: 'demo', pipeline: [{ $collStats: { count: {} } }], cursor: {} }, '+ + + + + -'],
    [
      admin({ aggregate: 1, pipeline: [{ $currentOp: { allUsers: true } }], cursor: {} }),
      '+ - - - + -',
    ],
    [admin({ aggregate: 1, pipeline: [{ $currentOp: {} }], cursor: {} }), '+ + + + + +'],
    [{ explain: { find: 'demo' }, verbosity: 'queryPlanner' }, '+ + + + - -'],
    [{ explain: { delete: 'demo', deletes: [{ q: {}, limit: 0 }] } }, '+ - + + - -'],
    [{ insert: 'demo', documents: [{}] }, '+ - + + - -'],
    [{ update: 'demo', updates: [{ q: { _id: 1 }, u: { $set: { a: 1 } } }] }, '+ - + + - -'],
    [{ update: 'demo', updates: [upsert] }, '+ - + + - -'],
    [{ delete: 'demo', deletes: [{ q: { _id: 9 }, limit: 1 }] }, '+ - + + - -'],
    [{ findAndModify: 'demo', query: { _id: 1 }, update: { $set: { a: 2 } } }, '+ - + + - -'],
    [{ findAndModify: 'demo', query: { _id: 9 }, remove: true }, '+ - + + - -'],
    [
      admin({
        bulkWrite: 1,
        ops: [{ insert: 0, document: {} }],
        nsInfo: [{ ns: 'test.demo' }],
      }),
      '+ - + + - -',
    ],
    [{ create: 'made' }, '+ - + + - -'],
    [{ createIndexes: 'demo', indexes: [{ key: { a: 1 }, name: 'a_1' }] }, '+ - + + - -'],
    [{ listIndexes: 'demo' }, '+ + + + - -'],
    [{ listCollections: 1 }, '+ + + + - -'],
    [{ listCollections: 1, nameOnly: true, authorizedCollections: true }, '+ + + + + -'],
    [{ collStats: 'demo' }, '+ + + + + -'],
    [{ dbStats: 1 }, '+ + + + + -'],
    [{ collMod: 'demo' }, '+ - - + - -'],
    [{ validate: 'demo' }, '+ - - + - -'],
    [{ profile: -1 }, '+ - - + + -'],
    [{ profile: 0 }, '+ - - + - -'],
    [admin({ listDatabases: 1 }), '+ + + + + +'],
    [admin({ listDatabases: 1, authorizedDatabases: false }), '+ - - - + -'],
    [admin({ serverStatus: 1 }), '+ - - - + -'],
    [admin({ currentOp: 1 }), '+ - - - + -'],
    [admin({ currentOp: 1, $ownOps: true }), '+ + + + + +'],
    [admin({ killOp: 1, op: 1 }), '+ - - - - -'],
    [admin({ getParameter: 1, maxSessions: 1 }), '+ - - - + -'],
    [admin({ setParameter: 1, maxSessions: 1000 }), '+ - - - - -'],
    [admin({ replSetGetStatus: 1 }), '+ - - - + -'],
    [{ killAllSessions: [] }, '+ - - - - -'],
    [{ killSessions: [] }, '+ + + + + +'],
    [{ createUser: 'new', pwd: 'x', roles: [] }, '+ - - + - -'],
    [{ createUser: 'new', pwd: 'x', roles: [{ role: 'root', db: 'admin' }] }, '+ - - - - -'],
    [{ updateUser: 'reader', pwd: 'y' }, '+ - - + - -'],
    [{ updateUser: 'reader', roles: ['read'] }, '+ - - - - -'],
    [{ grantRolesToUser: 'reader', roles: ['readWrite'] }, '+ - - + - -'],
    [{ revokeRolesFromUser: 'reader', roles: ['readWrite'] }, '+ - - + - -'],
    [{ usersInfo: 1 }, '+ - - + - -'],
    [{ usersInfo: 'reader' }, '+ + - + - -'],
    [{ usersInfo: { forAllDBs: true } }, '+ - - - - -'],
    [{ rolesInfo: 1 }, '+ - - + - -'],
    [{ rolesInfo: 'read' }, '+ + - + - -'],
    [{ dropUser: 'reader' }, '+ - - + - -'],
    [admin({ renameCollection: 'test.demo', to: 'test.new' }), '+ - + + - -'],
    [{ drop: 'demo' }, '+ - + + - -'],
    [{ dropDatabase: 1 }, '+ - - + - -'],
  ]

  it.each(cases)('%j: %s', async (command, expected) => {
    const allowed: string[] = []
    for (const who of WHO) {
      const [user = '', db = ''] = who.split('@')
      // Each on a server of its own: some commands leave little behind.
      const saved = bench.server.users.save()
      const { run } = bench.as(user, db)
      const reply = await run(command)
      bench.server.users.restore(saved)
      allowed.push(reply['code'] === 13 ? '-' : '+')
      if (reply['code'] === 13) expect(reply['errmsg']).toMatch(/^(not authorized on|Insufficient)/)
    }
    expect(allowed.join(' ')).toBe(expected)
  })

  it('the command as it came, without its secrets, in the words of the server', async () => {
    const { run } = bench.as('reader', 'test')
    expect(await run({ insert: 'demo', documents: [{ a: 1 }], ordered: true })).toEqual({
      ok: 0,
      errmsg:
        'not authorized on test to execute command { insert: "demo", documents: [ { a: 1 } ], ordered: true, $db: "test" }',
      code: 13,
      codeName: 'Unauthorized',
    })
    const { errmsg } = await run({ createUser: 'x', pwd: 'secret', roles: [] })
    expect(errmsg).toBe(
      'not authorized on test to execute command { createUser: "x", pwd: "xxx", roles: [], $db: "test" }',
    )
  })

  it('a statement of a transaction that is not allowed leaves it open', async () => {
    const { run } = bench.as('writer', 'test')
    await run(starting(1, 1, { insert: 'demo', documents: [{ _id: 10 }] }))
    const { startTransaction: _first, ...later } = starting(1, 1, findAll())
    expect(await run({ ...later, $db: 'other' })).toMatchObject({ code: 13 })
    expect(documentsOf(await run(later))).toHaveLength(4)
  })
})

describe('stages that reach for other collections', () => {
  const run = async (pipeline: Document[]): Promise<unknown> => {
    const reader = bench.as('reader', 'test')
    return (await reader.run({ aggregate: 'demo', pipeline, cursor: {} }))['code']
  }

  it.each<[Document[]]>([
    [[{ $merge: { into: 'copy' } }]],
    [[{ $out: 'copy' }]],
    [[{ $out: { db: 'other', coll: 'copy' } }]],
    [[{ $facet: { a: [{ $out: 'copy' }] } }]],
  ])('%j takes more than reading', async (pipeline) => {
    expect(await run(pipeline)).toBe(13)
  })

  it.each<[Document[]]>([
    [[{ $lookup: { from: 'other', localField: 'a', foreignField: 'b', as: 'c' } }]],
    [[{ $unionWith: 'other' }]],
    [[{ $unionWith: { coll: 'other', pipeline: [] } }]],
    [['nonsense' as unknown as Document]],
  ])('%j reads', async (pipeline) => {
    expect(await run(pipeline)).not.toBe(13)
  })
})

describe('listing', () => {
  it('databases: those in which one may do anything', async () => {
    const list = async (user: string, db: string, fields: Document = {}): Promise<string[]> => {
      const { run } = bench.as(user, db)
      const reply = await run(admin({ listDatabases: 1, nameOnly: true, ...fields }))
      return (reply['databases'] as Document[]).map(({ name }) => name as string)
    }
    expect(await list('app', 'admin')).toEqual(expect.arrayContaining(['other', 'test']))
    expect(await list('reader', 'test')).toEqual(['test'])
    expect(await list('monitor', 'admin')).toEqual(expect.arrayContaining(['other', 'test']))
    expect(await list('guest', 'admin')).toEqual([])
  })
})

describe('what belongs to a user', () => {
  it('a cursor is read on and killed by its owner', async () => {
    const [reader, writer] = [bench.as('reader', 'test'), bench.as('writer', 'test')]
    const first = await reader.run({ ...findAll(), batchSize: 1 })
    const { id } = first['cursor'] as Document
    expect(await writer.run({ getMore: id, collection: 'demo' })).toMatchObject({
      code: 13,
      errmsg: `cursor id ${id} was not created by the authenticated user`,
    })
    expect(await writer.run({ killCursors: 'demo', cursors: [id] })).toMatchObject({ code: 13 })
    expect(
      documentsOf(await reader.run({ getMore: id, collection: 'demo', batchSize: 1 })),
    ).toEqual([{ _id: 2 }])
    expect(await reader.run({ killCursors: 'demo', cursors: [id] })).toMatchObject({
      cursorsKilled: [id],
    })
  })

  it('a session is another one for another user', async () => {
    const [reader, writer] = [bench.as('reader', 'test'), bench.as('writer', 'test')]
    await writer.run(starting(1, 1, { insert: 'demo', documents: [{ _id: 10 }] }))
    await reader.run({ ...findAll(), lsid: lsid(1) })
    expect(bench.server.sessions.size).toBe(2)
    await reader.run({ killSessions: [lsid(1)] })
    await reader.run({ killSessions: [] })
    expect([...bench.server.openTransactions()]).toHaveLength(1)
    const app = bench.as('app')
    await app.run({ killAllSessions: [{ user: 'reader', db: 'test' }] })
    expect([...bench.server.openTransactions()]).toHaveLength(1)
    await app.run({ killAllSessions: [{ user: 'writer', db: 'test' }] })
    expect([...bench.server.openTransactions()]).toHaveLength(0)
  })

  it('an operation is shown to all who may see others, and to its own user', async () => {
    const [reader, app] = [bench.as('reader', 'test'), bench.as('app')]
    await bench.run({ insert: 'demo', documents: [{ _id: 100 }] })
    await app.run(starting(1, 1, { insert: 'demo', documents: [{}] }))
    const seen = async ({ run }: Guarded, allUsers: boolean): Promise<Document[]> =>
      documentsOf(
        await run(admin({ aggregate: 1, pipeline: [{ $currentOp: { allUsers } }], cursor: {} })),
      )
    expect((await seen(reader, false)).map(({ effectiveUsers }) => effectiveUsers)).toEqual([
      [{ user: 'reader', db: 'test' }],
    ])
    expect((await seen(app, true)).map(({ type }) => type)).toEqual(['op', 'idleSession'])
    const own = await reader.run(admin({ currentOp: 1, $ownOps: true }))
    expect(own['inprog']).toHaveLength(1)
  })

  it('a session is listed to its own user, and to those who may list all', async () => {
    const [reader, app] = [bench.as('reader', 'test'), bench.as('app')]
    for (const { run } of [reader, app]) await run({ ...findAll(), lsid: lsid(1) })
    const list = async ({ run }: Guarded, spec: Document): Promise<unknown> => {
      const pipeline = [{ $listLocalSessions: spec }]
      const reply = await run(admin({ aggregate: 1, pipeline, cursor: {} }))
      return reply['code'] ?? documentsOf(reply).map(({ user }) => user)
    }
    expect(await list(reader, {})).toEqual(['reader@test'])
    expect(await list(reader, { allUsers: true })).toBe(13)
    expect(await list(reader, { users: [{ user: 'app', db: 'admin' }] })).toBe(13)
    expect(await list(app, { allUsers: true })).toEqual(['reader@test', 'app@admin'])
    expect(await list(app, { users: [{ user: 'reader', db: 'test' }] })).toEqual(['reader@test'])
    expect(await list(app, { allUsers: true, users: [{ user: 'a', db: 'b' }] })).toBe(12)
  })

  it('a profile entry says who it was', async () => {
    await bench.run({ profile: 2 })
    await bench.as('reader', 'test').run(findAll())
    const [entry] = documentsOf(
      await bench.run({ find: 'system.profile', filter: { op: 'query' } }),
    )
    expect(entry).toMatchObject({
      allUsers: [{ user: 'reader', db: 'test' }],
      user: 'reader@test',
    })
  })

  it('messages show the digest of its name', async () => {
    const writer = bench.as('writer', 'test')
    await writer.run(starting(1, 2, { insert: 'demo', documents: [{}] }))
    const { errmsg } = await writer.run(starting(1, 1, { insert: 'demo', documents: [{}] }))
    // SHA-256 of `writer@test`, in base64.
    const { createHash } = await import('node:crypto')
    expect(errmsg).toContain(createHash('sha256').update('writer@test').digest('base64'))
  })
})

describe('a user who changes while logged in', () => {
  it('has other roles with the next command', async () => {
    const reader = bench.as('reader', 'test')
    const insert = { insert: 'demo', documents: [{}] }
    expect(await reader.run(insert)).toMatchObject({ code: 13 })
    await bench.run({ grantRolesToUser: 'reader', roles: ['readWrite'] })
    expect(await reader.run(insert)).toMatchObject({ ok: 1 })
    await bench.run({ revokeRolesFromUser: 'reader', roles: ['readWrite'] })
    expect(await reader.run(insert)).toMatchObject({ code: 13 })
  })

  it('is out once dropped, even if there is another one of the name', async () => {
    const reader = bench.as('reader', 'test')
    await bench.run({ dropUser: 'reader' })
    await bench.run({ createUser: 'reader', pwd: 'x', roles: ['read'] })
    expect(await reader.run(findAll())).toMatchObject({
      code: 13,
      errmsg: 'Command find requires authentication',
    })
  })

  it('keeps a connection whose password has changed', async () => {
    const reader = bench.as('reader', 'test')
    await bench.run({ updateUser: 'reader', pwd: 'other' })
    expect(await reader.run(findAll())).toMatchObject({ ok: 1 })
    await expect(bench.openAs('reader', 'secret', 'test')).rejects.toThrow('Authentication failed.')
    await bench.openAs('reader', 'other', 'test')
  })
})

// Source: `_getDefaultPrivileges`, authorization_session_impl.cpp (8.0).
describe('the first user', () => {
  const first = admin({ createUser: 'first', pwd: 'x', roles: ['root'] })

  it('is made by whoever sits at the machine, and then nobody else is', async () => {
    const empty = makeGuardedBench()
    const local = empty.open()
    expect(await local.run(findAll())).toMatchObject({
      errmsg: expect.stringContaining('not authorized on test to execute command'),
    })
    expect(await local.run({ ...first, $db: 'test' })).toMatchObject({ code: 13 })
    expect(await local.run(first)).toMatchObject({ ok: 1 })
    expect(await local.run(admin({ createUser: 'second', pwd: 'x', roles: [] }))).toMatchObject({
      errmsg: 'Command createUser requires authentication',
    })
    const { run } = await empty.openAs('first', 'x')
    expect(await run(admin({ createUser: 'second', pwd: 'x', roles: [] }))).toMatchObject({ ok: 1 })
    empty.stop()
  })

  it('and not from elsewhere', async () => {
    const empty = makeGuardedBench()
    expect(await empty.open({ isLocal: false }).run(first)).toMatchObject({
      errmsg: 'Command createUser requires authentication',
    })
    empty.stop()
  })
})
