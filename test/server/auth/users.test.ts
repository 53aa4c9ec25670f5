import { Binary } from 'bson'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Document } from '../../../src/bson/index.ts'
import { starting } from '../harness.ts'
import { type GuardedBench, logIn, makeGuardedBench } from './login.ts'

let bench: GuardedBench
beforeEach(() => {
  bench = makeGuardedBench()
})
afterEach(() => bench.stop())

const run = (command: Document): Promise<Document> => bench.run(command)
const ada = { createUser: 'ada', pwd: 'x', roles: ['read'] }

// Sources: user_management_commands.cpp, authorization_backend_local.cpp, auth_name.cpp (8.0).
describe('createUser', () => {
  it('makes a user, once, on its own database', async () => {
    expect(await run(ada)).toEqual({ ok: 1 })
    expect(await run(ada)).toEqual({
      ok: 0,
      errmsg: 'User "ada@test" already exists',
      code: 51003,
      codeName: 'Location51003',
    })
    expect(await run({ ...ada, $db: 'other' })).toEqual({ ok: 1 })
  })

  it.each<[string, Document, number, string]>([
    [
      'a name that is no text',
      { createUser: 1 },
      14,
      "'createUser.createUser' is the wrong type 'int'",
    ],
    ['no name', { createUser: '' }, 2, "User document needs 'user' field to be a non-empty string"],
    ['a name with a zero', { createUser: 'a\0' }, 2, 'Username cannot contain NULL characters'],
    ['no roles', { roles: undefined }, 40414, "'createUser.roles' is missing"],
    ['no password', { pwd: undefined }, 2, "Must provide a 'pwd' field for all user documents"],
    ['a password on $external', { $db: '$external' }, 2, "defined on the '$external' database"],
    ['on local', { $db: 'local' }, 2, 'Cannot create users in the local database'],
    ['a role that is none', { roles: ['nosuch'] }, 31, 'Could not find role: nosuch@test'],
    ['a role of admin only', { roles: ['root'] }, 31, 'Could not find role: root@test'],
    [
      'a role without a database',
      { roles: [{ role: 'read' }] },
      2,
      'must contain a field named: db',
    ],
    ['a role that is a number', { roles: [1] }, 2, 'RoleName must be either a string or an object'],
    ['no mechanism', { mechanisms: [] }, 2, 'mechanisms field must not be empty'],
    ['an unknown mechanism', { mechanisms: ['PLAIN'] }, 2, "Unknown auth mechanism 'PLAIN'"],
    [
      'digested',
      { digestPassword: false },
      2,
      'Use of SCRAM-SHA-256 requires undigested passwords',
    ],
    ['an unknown field', { nosuch: 1 }, 40415, "'createUser.nosuch' is an unknown field"],
    [
      'restrictions',
      { authenticationRestrictions: [{ clientSource: ['10.0.0.1'] }] },
      238,
      "Option 'authenticationRestrictions' is not supported",
    ],
  ])('%s', async (_name, fields, code, errmsg) => {
    const command = Object.entries({ ...ada, ...fields }).filter(([, value]) => value !== undefined)
    const reply = await run(Object.fromEntries(command))
    expect(reply).toMatchObject({ ok: 0, code })
    expect(reply['errmsg']).toContain(errmsg)
    expect(bench.server.users.size).toBe(0)
  })

  it('a password that SASLprep refuses, where somebody can log in', async () => {
    const { run: guarded } = bench.open({ isRequired: false })
    expect(await guarded({ ...ada, pwd: 'a\u0007\u00fc' })).toMatchObject({ code: 2 })
    expect(await guarded({ ...ada, pwd: 'I\u00adX' })).toEqual({ ok: 1 })
    // RFC 4013, section 3: the soft hyphen is mapped to nothing.
    const guardedBench = bench.open({ isRequired: false })
    expect(await logIn(guardedBench, { user: 'ada', pwd: 'IX', db: 'test' })).toMatchObject({
      done: true,
    })
  })

  it('moves logical time, as it is a write', async () => {
    const before = bench.server.clusterTime()
    await bench.run({ insert: 'demo', documents: [{}] })
    await run(ada)
    expect(bench.server.clusterTime().compare(before)).toBe(1)
  })

  it('takes a write concern, and no transaction', async () => {
    expect(await run(starting(1, 1, ada))).toMatchObject({ code: 263 })
    expect(await run({ ...ada, writeConcern: { w: 'majority' } })).toEqual({ ok: 1 })
  })
})

describe('updateUser', () => {
  beforeEach(() => run({ ...ada, customData: { a: 1 } }))

  it('password, roles and data, each by itself', async () => {
    expect(await run({ updateUser: 'ada', roles: ['readWrite'] })).toEqual({ ok: 1 })
    expect(await run({ updateUser: 'ada', customData: { b: 2 } })).toEqual({ ok: 1 })
    expect(await run({ updateUser: 'ada', pwd: 'y' })).toEqual({ ok: 1 })
    const { users } = await run({ usersInfo: 'ada' })
    expect(users).toMatchObject([
      { roles: [{ role: 'readWrite', db: 'test' }], customData: { b: 2 } },
    ])
    await expect(bench.openAs('ada', 'x', 'test')).rejects.toThrow('Authentication failed')
    await bench.openAs('ada', 'y', 'test')
  })

  it('fewer mechanisms for the same password', async () => {
    expect(await run({ updateUser: 'ada', mechanisms: ['SCRAM-SHA-256'] })).toEqual({ ok: 1 })
    await bench.openAs('ada', 'x', 'test')
    expect(await run({ updateUser: 'ada', mechanisms: ['SCRAM-SHA-1'] })).toMatchObject({
      code: 2,
      errmsg: 'mechanisms field must be a subset of previously set mechanisms',
    })
  })

  it.each<[Document, number, string]>([
    [{ updateUser: 'ada' }, 2, 'Must specify at least one field to update in updateUser'],
    [{ updateUser: 'bob', pwd: 'x' }, 11, 'User bob@test not found'],
    [
      { updateUser: 'bob', mechanisms: ['SCRAM-SHA-1'] },
      11,
      'Could not find user "bob" for db "test"',
    ],
    [{ updateUser: 'ada', roles: ['nosuch'] }, 31, 'Could not find role: nosuch@test'],
    [
      { updateUser: 'ada', pwd: 'x', $db: '$external' },
      2,
      "users defined on the '$external' database",
    ],
  ])('%j', async (command, code, errmsg) => {
    const reply = await run(command)
    expect(reply).toMatchObject({ ok: 0, code })
    expect(reply['errmsg']).toContain(errmsg)
  })
})

describe('roles of a user', () => {
  beforeEach(() => run(ada))
  const rolesOf = async (): Promise<unknown> =>
    ((await run({ usersInfo: 'ada' }))['users'] as Document[])[0]!['roles']

  it('are granted and revoked', async () => {
    const readOther = { role: 'read', db: 'other' }
    expect(await run({ grantRolesToUser: 'ada', roles: ['read', readOther] })).toEqual({ ok: 1 })
    expect(await rolesOf()).toEqual([{ role: 'read', db: 'test' }, readOther])
    expect(await run({ revokeRolesFromUser: 'ada', roles: ['read', 'dbAdmin'] })).toEqual({ ok: 1 })
    expect(await rolesOf()).toEqual([readOther])
  })

  it.each(['grantRolesToUser', 'revokeRolesFromUser'])('%s refuses', async (name) => {
    expect(await run({ [name]: 'ada', roles: [] })).toMatchObject({
      code: 2,
      errmsg: `${name} command requires a non-empty "roles" array`,
    })
    expect(await run({ [name]: 'bob', roles: ['read'] })).toMatchObject({
      code: 11,
      errmsg: 'Could not find user "bob" for db "test"',
    })
    expect(await run({ [name]: 'ada', roles: ['nosuch'] })).toMatchObject({ code: 31 })
  })
})

describe('dropping', () => {
  it('one', async () => {
    await run(ada)
    expect(await run({ dropUser: 'ada' })).toEqual({ ok: 1 })
    expect(await run({ dropUser: 'ada' })).toMatchObject({
      code: 11,
      codeName: 'UserNotFound',
      errmsg: "User 'ada@test' not found",
    })
  })

  it('all of a database', async () => {
    await run(ada)
    await run({ ...ada, createUser: 'bob' })
    await run({ ...ada, $db: 'other' })
    expect(await run({ dropAllUsersFromDatabase: 1 })).toEqual({ n: 2, ok: 1 })
    expect(bench.server.users.size).toBe(1)
    expect(await run({ dropAllUsersFromDatabase: 1 })).toEqual({ n: 0, ok: 1 })
  })

  it('not by dropping the database', async () => {
    await run(ada)
    await run({ dropDatabase: 1 })
    expect(bench.server.users.size).toBe(1)
  })
})

describe('usersInfo', () => {
  beforeEach(async () => {
    await run({ ...ada, customData: { a: 1 } })
    await run({ ...ada, createUser: 'bob', $db: 'other' })
    await run({ createUser: 'cert', roles: [], $db: '$external' })
  })
  const namesOf = async (usersInfo: unknown, fields: Document = {}): Promise<string[]> =>
    ((await run({ usersInfo, ...fields }))['users'] as Document[]).map(({ _id }) => _id as string)

  it('what a user looks like', async () => {
    const { users } = await run({ usersInfo: 1 })
    expect(users).toEqual([
      {
        _id: 'test.ada',
        userId: expect.any(Binary),
        user: 'ada',
        db: 'test',
        customData: { a: 1 },
        roles: [{ role: 'read', db: 'test' }],
        mechanisms: ['SCRAM-SHA-1', 'SCRAM-SHA-256'],
      },
    ])
    expect(Object.keys((users as Document[])[0]!)).toEqual([
      '_id',
      'userId',
      'user',
      'db',
      'customData',
      'roles',
      'mechanisms',
    ])
  })

  it('whom it is about', async () => {
    expect(await namesOf(1)).toEqual(['test.ada'])
    expect(await namesOf('ada')).toEqual(['test.ada'])
    expect(await namesOf('nobody')).toEqual([])
    expect(await namesOf({ user: 'bob', db: 'other' })).toEqual(['other.bob'])
    expect(await namesOf(['ada', { user: 'bob', db: 'other' }])).toEqual(['test.ada', 'other.bob'])
    expect(await namesOf({ forAllDBs: true })).toEqual(['test.ada', 'other.bob', '$external.cert'])
    expect(await namesOf({ forAllDBs: 1 }, { filter: { db: 'other' } })).toEqual(['other.bob'])
    expect(await run({ usersInfo: 2 })).toMatchObject({ code: 2 })
    expect(await run({ usersInfo: { user: 'ada' } })).toMatchObject({
      code: 2,
      errmsg: 'UserName must contain a field named: db',
    })
    expect(await run({ usersInfo: { user: 'ada', db: 'test', x: 1 } })).toMatchObject({ code: 2 })
  })

  it('without custom data; and those whom others vouch for', async () => {
    const { users } = await run({ usersInfo: 'ada', showCustomData: false })
    expect((users as Document[])[0]).not.toHaveProperty('customData')
    const external = await run({ usersInfo: 1, $db: '$external' })
    expect(external['users']).toMatchObject([{ mechanisms: ['external'] }])
  })

  it('with privileges, for users by name', async () => {
    const { users } = await run({ usersInfo: 'ada', showPrivileges: true })
    expect(users).toMatchObject([
      {
        inheritedRoles: [{ role: 'read', db: 'test' }],
        inheritedPrivileges: [
          {
            resource: { db: 'test', collection: '' },
            actions: expect.arrayContaining(['find', 'listCollections']),
          },
          { resource: { db: 'test', collection: 'system.js' } },
        ],
        inheritedAuthenticationRestrictions: [],
      },
    ])
    expect(await run({ usersInfo: 1, showPrivileges: true })).toMatchObject({
      code: 20,
      errmsg: 'Privilege or restriction details require exact-match usersInfo queries',
    })
  })

  it('credentials where they can be derived', async () => {
    expect(await run({ usersInfo: 'ada', showCredentials: true })).toMatchObject({ code: 238 })
    const { run: guarded } = bench.open({ isRequired: false })
    const { users } = await guarded({ usersInfo: 'ada', showCredentials: true })
    const { credentials } = (users as Document[])[0] as { credentials: Document }
    const key = (bytes: number) => expect.stringMatching(new RegExp(`^[A-Za-z0-9+/=]{${bytes}}$`))
    expect(credentials).toEqual({
      'SCRAM-SHA-1': {
        iterationCount: 10_000,
        salt: key(24),
        storedKey: key(28),
        serverKey: key(28),
      },
      'SCRAM-SHA-256': {
        iterationCount: 15_000,
        salt: key(40),
        storedKey: key(44),
        serverKey: key(44),
      },
    })
  })
})

describe('rolesInfo', () => {
  it('those of a database, if the built-in ones are asked for', async () => {
    expect(await run({ rolesInfo: 1 })).toEqual({ roles: [], ok: 1 })
    const { roles } = await run({ rolesInfo: 1, showBuiltinRoles: true })
    expect((roles as Document[]).map(({ role }) => role)).toContain('dbOwner')
  })

  it('by name', async () => {
    const { roles } = await run({ rolesInfo: ['read', { role: 'root', db: 'admin' }, 'nosuch'] })
    const described = { isBuiltin: true, roles: [], inheritedRoles: [] }
    expect(roles).toEqual([
      { role: 'read', db: 'test', ...described },
      { role: 'root', db: 'admin', ...described },
    ])
  })

  it('with privileges, or as a part of a user', async () => {
    const { roles } = await run({ rolesInfo: 'read', showPrivileges: true })
    const [{ privileges, inheritedPrivileges }] = roles as [Document]
    expect(privileges).toMatchObject([{ resource: { db: 'test', collection: '' } }, {}])
    expect(inheritedPrivileges).toEqual(privileges)
    const fragment = await run({ rolesInfo: 'read', showPrivileges: 'asUserFragment' })
    expect(fragment).toMatchObject({
      userFragment: { roles: [{ role: 'read', db: 'test' }], inheritedPrivileges: privileges },
    })
    expect(await run({ rolesInfo: 1, showPrivileges: 'asUserFragment' })).toMatchObject({
      code: 20,
    })
    expect(await run({ rolesInfo: 1, showPrivileges: 'x' })).toMatchObject({ code: 9 })
  })
})

it('connectionStatus tells who one is and what one may do', async () => {
  await run({ ...ada, roles: ['read', { role: 'clusterMonitor', db: 'admin' }] })
  const { run: asAda } = await bench.openAs('ada', 'x', 'test')
  const { authInfo } = await asAda({ connectionStatus: 1, showPrivileges: true })
  expect(authInfo).toMatchObject({
    authenticatedUsers: [{ user: 'ada', db: 'test' }],
    authenticatedUserRoles: [
      { role: 'read', db: 'test' },
      { role: 'clusterMonitor', db: 'admin' },
    ],
  })
  const shown = (authInfo as Document)['authenticatedUserPrivileges'] as Document[]
  expect(shown.map(({ resource }) => resource)).toContainEqual({ cluster: true })
})
