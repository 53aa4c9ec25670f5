/** A member that waits for its configuration, and what it makes of one. */
import { Long, ObjectId } from 'bson'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Document } from '../../../src/bson/index.ts'
import { type Bench, findAll, insertOne, makeBench } from '../harness.ts'

let bench: Bench
beforeEach(() => {
  bench = makeBench({ persona: 'uninitiated', setName: 'books', manual: true })
})
afterEach(() => bench.stop())

const admin = (command: Document) => bench.run({ ...command, $db: 'admin' })
const members = [{ _id: 0, host: 'localhost:27017' }]
const initiate = (config: Document = { _id: 'books', members }) =>
  admin({ replSetInitiate: config })

describe('before', () => {
  // Source: `HelloResponse::addToBSON`, hello_response.cpp (8.0)
  it('hello says that there is no configuration, and nothing of a set', async () => {
    const reply = await admin({ hello: 1 })
    expect(Object.entries(reply).slice(0, 4)).toEqual([
      ['isWritablePrimary', false],
      ['secondary', false],
      ['info', 'Does not have a valid replica set config'],
      ['isreplicaset', true],
    ])
    for (const name of ['setName', 'hosts', 'me', 'electionId'])
      expect(reply).not.toHaveProperty(name)
    expect(await admin({ ismaster: 1 })).toMatchObject({ ismaster: false, ok: 1 })
  })

  // Source: `commandCanRunHere`, service_entry_point_shard_role.cpp (8.0)
  it('writes are refused, reads too, and those that take a secondary: there is none', async () => {
    expect(await bench.run(insertOne({ _id: 1 }))).toEqual({
      ok: 0,
      errmsg: 'not primary',
      code: 10107,
      codeName: 'NotWritablePrimary',
    })
    expect(await bench.run(findAll())).toMatchObject({ code: 13435, ok: 0 })
    const $readPreference = { mode: 'primaryPreferred' }
    expect(await bench.run({ ...findAll(), $readPreference })).toMatchObject({
      code: 13436,
      codeName: 'NotPrimaryOrSecondary',
      errmsg: 'node is not in primary or recovering state',
    })
    // What helps to look at such a server is allowed.
    expect(await bench.run({ dbStats: 1, $readPreference })).toMatchObject({ ok: 1 })
    for (const name of ['ping', 'buildInfo', 'serverStatus']) {
      expect(await admin({ [name]: 1 })).toMatchObject({ ok: 1 })
    }
  })

  it('status, configuration and its replacement: not yet', async () => {
    for (const command of [
      { replSetGetStatus: 1 },
      { replSetGetConfig: 1 },
      { replSetFreeze: 1 },
      { replSetReconfig: { _id: 'books', version: 2, members } },
    ]) {
      expect(await admin(command)).toMatchObject({ code: 94, codeName: 'NotYetInitialized' })
    }
    expect(await admin({ replSetStepDown: 1, force: true })).toMatchObject({ code: 10107 })
  })
})

describe('replSetInitiate', () => {
  it('makes a primary, as configured', async () => {
    const settings = { electionTimeoutMillis: 5000, heartbeatIntervalMillis: 500 }
    const member = { _id: 7, host: 'localhost:27017', priority: 2, tags: { rack: 'a' } }
    expect(await initiate({ _id: 'books', members: [member], settings })).toEqual({ ok: 1 })
    expect(await admin({ hello: 1 })).toMatchObject({
      hosts: ['localhost:27017'],
      setName: 'books',
      setVersion: 1,
      isWritablePrimary: true,
      secondary: false,
      tags: { rack: 'a' },
      electionId: new ObjectId('7fffffff0000000000000001'),
    })
    const { config } = (await admin({ replSetGetConfig: 1 })) as { config: Document }
    expect(config).toMatchObject({ _id: 'books', version: 1, term: 1 })
    expect(config['members']).toEqual([
      {
        ...{ _id: 7, host: 'localhost:27017', arbiterOnly: false, buildIndexes: true },
        ...{ hidden: false, priority: 2, tags: { rack: 'a' }, secondaryDelaySecs: Long.ZERO },
        votes: 1,
      },
    ])
    expect(config['settings']).toMatchObject({ ...settings, catchUpTimeoutMillis: -1 })
    expect(await admin({ replSetGetStatus: 1 })).toMatchObject({
      set: 'books',
      myState: 1,
      heartbeatIntervalMillis: Long.fromNumber(500),
      members: [{ _id: 7, name: 'localhost:27017', stateStr: 'PRIMARY' }],
    })
    expect(await bench.run(insertOne({ _id: 1 }))).toMatchObject({ n: 1, ok: 1 })
  })

  it('without a configuration makes up one', async () => {
    expect(await initiate({})).toEqual({
      info2: 'no configuration specified. Using a default configuration for the set',
      me: 'localhost:27017',
      ok: 1,
    })
    expect(await admin({ hello: 1 })).toMatchObject({ me: 'localhost:27017', setName: 'books' })
  })

  it('works once', async () => {
    await initiate()
    expect(await initiate()).toMatchObject({
      code: 23,
      codeName: 'AlreadyInitialized',
      errmsg: 'already initialized',
    })
  })

  it('knows itself by its port where the host has another name', async () => {
    const named = [{ _id: 0, host: 'db.example:27017' }]
    expect(await initiate({ _id: 'books', members: named })).toMatchObject({ ok: 1 })
    expect(await admin({ hello: 1 })).toMatchObject({ me: 'db.example:27017' })
  })

  it('begins without the others, and says so', async () => {
    const other = (_id: number) => ({ _id, host: `localhost:${27017 + _id}` })
    const reply = await initiate({ _id: 'books', members: [other(0), other(1), other(2)] })
    expect(reply).toEqual({
      warning: expect.stringMatching(/begins without localhost:27018, localhost:27019$/),
      ok: 1,
    })
    expect(await admin({ hello: 1 })).toMatchObject({ hosts: ['localhost:27017'] })
  })

  it('is for members of a set', async () => {
    const alone = makeBench({ persona: 'standalone' })
    const reply = await alone.run({ replSetInitiate: {}, $db: 'admin' })
    expect(reply).toMatchObject({ code: 76, codeName: 'NoReplicationEnabled' })
    alone.stop()
  })
})

// Source: repl_set_config.idl, member_config.idl, member_config.cpp, repl_set_config.cpp,
// repl_set_config_checks.cpp (8.0)
describe('an invalid configuration is refused', () => {
  const member = (more: Document = {}) => ({ _id: 0, host: 'localhost:27017', ...more })
  const one = (more: Document) => ({ _id: 'books', members: [member(more)] })
  const table: [what: string, config: Document, message: string | RegExp][] = [
    [
      'another name',
      { _id: 'films', members },
      'Attempting to initiate a replica set with name films, but command line reports books; rejecting',
    ],
    ['no name', { members }, "BSON field 'ReplSetConfig._id' is missing but a required field"],
    [
      'no members',
      { _id: 'books', members: [] },
      'Replica set configuration contains 0 members, but must have at least 1 and no more than  50',
    ],
    [
      'members that are none',
      { _id: 'books', members: 1 },
      /'ReplSetConfig.members' is the wrong type 'int', expected type 'array'/,
    ],
    [
      'a field that is none',
      { _id: 'books', members, color: 1 },
      "BSON field 'ReplSetConfig.color' is an unknown field.",
    ],
    [
      'an old protocol',
      { _id: 'books', members, protocolVersion: 0 },
      /value must be >= 1, actual value '0'/,
    ],
    [
      'a later version',
      { _id: 'books', members, version: 2 },
      'Configuration used to initiate a replica set must  have version 1, but found 2',
    ],
    [
      'a later term',
      { _id: 'books', members, term: 3 },
      'Configuration used to initiate a replica set must have term 0, but found 3',
    ],
    [
      'no heartbeat',
      { _id: 'books', members, settings: { heartbeatIntervalMillis: 0 } },
      /'heartbeatIntervalMillis' value must be >= 1/,
    ],
    [
      'a member without a host',
      { _id: 'books', members: [{ _id: 0 }] },
      /members.host' is missing/,
    ],
    ['an empty host', one({ host: '' }), 'Empty host component parsing HostAndPort from ""'],
    ['a port too far', one({ host: 'localhost:70000' }), /Port number 70000 out of range/],
    ['two votes', one({ votes: 2 }), /value must be <= 1, actual value '2'/],
    ['no vote, but a priority', one({ votes: 0 }), 'priority must be 0 when non-voting (votes:0)'],
    ['hidden with a priority', one({ hidden: true }), 'priority must be 0 when hidden=true'],
    [
      'nobody to elect',
      one({ priority: 0 }),
      'Replica set configuration must contain at least one non-arbiter member with priority > 0',
    ],
    [
      'only an arbiter',
      one({ arbiterOnly: true }),
      'Replica set configuration must contain at least one non-arbiter member with priority > 0',
    ],
    [
      'an id twice',
      { _id: 'books', members: [member(), member({ host: 'localhost:1' })] },
      /same _id field, members.0._id == members.1._id == 0/,
    ],
    [
      'a host twice',
      { _id: 'books', members: [member(), member({ _id: 1 })] },
      /same host field, members.0.host == members.1.host == localhost:27017/,
    ],
    [
      'near and far',
      { _id: 'books', members: [member(), { _id: 1, host: 'far:1' }] },
      /Either all host names .* found 1 out of 2/,
    ],
    [
      'somebody else',
      one({ host: 'localhost:1' }),
      'No host described in new configuration with {version: 1, term: 0} for replica set books maps to this node',
    ],
    [
      'somebody to elect, not us',
      { _id: 'books', members: [member({ priority: 0 }), { _id: 1, host: 'localhost:1' }] },
      /This node, localhost:27017, with _id 0 is not electable/,
    ],
  ]
  it.each(table)('%s', async (_, config, message) => {
    expect(await initiate(config)).toMatchObject({
      ok: 0,
      code: 93,
      codeName: 'InvalidReplicaSetConfig',
      errmsg: typeof message === 'string' ? message : expect.stringMatching(message),
    })
    expect(await admin({ hello: 1 })).toMatchObject({ isreplicaset: true })
  })
})

describe('replSetReconfig', () => {
  const reconfig = (config: Document, more: Document = {}) =>
    admin({ replSetReconfig: { _id: 'books', version: 2, members, ...config }, ...more })

  it('replaces the configuration by a later one', async () => {
    await initiate()
    expect(await reconfig({ settings: { chainingAllowed: false } })).toEqual({ ok: 1 })
    const { config } = (await admin({ replSetGetConfig: 1 })) as { config: Document }
    expect(config).toMatchObject({ version: 2, term: 1, settings: { chainingAllowed: false } })
    expect(await admin({ hello: 1 })).toMatchObject({ setVersion: 2 })
  })

  it('by force takes a version far ahead, and no term', async () => {
    await initiate()
    expect(await reconfig({ version: 1 }, { force: true })).toEqual({ ok: 1 })
    const { config } = (await admin({ replSetGetConfig: 1 })) as { config: Document }
    expect(config['version']).toBeGreaterThan(10_000)
    expect(config).not.toHaveProperty('term')
  })

  const refused: [what: string, config: Document, code: number, message: RegExp][] = [
    [
      'no later version',
      { version: 1 },
      103,
      /version: 1, term: 1} is not greater than {version: 1, term: 1}/,
    ],
    ['another name', { _id: 'films' }, 93, /set name films, but command line reports books/],
    [
      'another set',
      { settings: { replicaSetId: new ObjectId() } },
      103,
      /differ in replica set ID/,
    ],
    [
      'a member with another id',
      { members: [{ _id: 4, host: 'localhost:27017' }] },
      103,
      /the _id field is 4 and in the old configuration it is 0/,
    ],
    [
      'a member more',
      { members: [...members, { _id: 1, host: 'localhost:1' }] },
      74,
      /^Quorum check failed because not enough voting nodes responded; required 2/,
    ],
    [
      'two members more',
      { members: [...members, { _id: 1, host: 'localhost:1' }, { _id: 2, host: 'localhost:2' }] },
      93,
      /can only add or remove at most 1 voting member/,
    ],
    ['nonsense', { members: 'all' }, 93, /wrong type/],
  ]
  it.each(refused)('refuses %s', async (_, config, code, message) => {
    await initiate()
    expect(await reconfig(config)).toMatchObject({ code, errmsg: expect.stringMatching(message) })
    expect(await admin({ hello: 1 })).toMatchObject({ setVersion: 1 })
  })
})
