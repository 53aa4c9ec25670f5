import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Document } from '../../../src/bson/index.ts'
import { abort, type Bench, documentsOf, insertOne, lsid, makeBench, starting } from '../harness.ts'

let bench: Bench
beforeEach(() => {
  bench = makeBench()
})
afterEach(() => bench.stop())

const onAdmin = (command: Document): Promise<Document> => bench.run({ ...command, $db: 'admin' })

describe('about the server', () => {
  it('hostInfo', async () => {
    const reply = await bench.run({ hostInfo: 1 })
    expect(reply).toMatchObject({
      system: { hostname: 'localhost:27017', currentTime: new Date(0), numCores: 1 },
      os: { name: 'simulator' },
      ok: 1,
    })
  })

  it('getCmdLineOpts says that fail points may be set', async () => {
    expect(await onAdmin({ getCmdLineOpts: 1 })).toEqual({
      argv: [
        'mongod',
        '--port',
        '27017',
        '--replSet',
        'rs0',
        '--setParameter',
        'enableTestCommands=1',
      ],
      parsed: {
        net: { port: 27017 },
        replication: { replSet: 'rs0' },
        setParameter: { enableTestCommands: '1' },
      },
      ok: 1,
    })
  })

  // Source: generic_servers.cpp (8.0)
  it('getLog', async () => {
    expect(await onAdmin({ getLog: '*' })).toEqual({ names: ['global', 'startupWarnings'], ok: 1 })
    expect(await onAdmin({ getLog: 'startupWarnings' })).toEqual({
      totalLinesWritten: 0,
      log: [],
      ok: 1,
    })
    expect(await onAdmin({ getLog: 'x' })).toMatchObject({ code: 96, errmsg: "No log named 'x'" })
    expect(await onAdmin({ getLog: 1 })).toMatchObject({ code: 14 })
  })

  it('connectionStatus and whatsmyuri', async () => {
    expect(await bench.run({ connectionStatus: 1, showPrivileges: true })).toEqual({
      authInfo: {
        authenticatedUsers: [],
        authenticatedUserRoles: [],
        authenticatedUserPrivileges: [],
      },
      ok: 1,
    })
    expect(await bench.run({ whatsmyuri: 1 })).toEqual({ you: '127.0.0.1', ok: 1 })
  })

  it('listCommands lists itself, once, with every other', async () => {
    const { commands } = (await bench.run({ listCommands: 1 })) as { commands: Document }
    expect(commands['listCommands']).toMatchObject({ adminOnly: false, apiVersions: [] })
    expect(commands['find']).toMatchObject({ apiVersions: ['1'], secondaryOk: true })
    expect(commands['renameCollection']).toMatchObject({ adminOnly: true })
    expect(Object.keys(commands)).toEqual(Object.keys(commands).sort())
  })

  it.each(['getCmdLineOpts', 'getLog', 'replSetGetStatus', 'replSetGetConfig'])(
    '%s runs on admin only',
    async (name) => {
      expect(await bench.run({ [name]: 1 })).toMatchObject({ ok: 0, code: 13 })
    },
  )
})

describe('about the replica set', () => {
  it('replSetGetStatus: one primary', async () => {
    await bench.clock.advance(5_000)
    const status = await onAdmin({ replSetGetStatus: 1 })
    expect(status).toMatchObject({ set: 'rs0', myState: 1, majorityVoteCount: 1, ok: 1 })
    expect(status['members']).toMatchObject([
      { _id: 0, name: 'localhost:27017', stateStr: 'PRIMARY', self: true, uptime: 5 },
    ])
    const { lastCommittedOpTime, appliedOpTime } = status['optimes'] as Document
    expect(lastCommittedOpTime).toEqual(appliedOpTime)
  })

  it('replSetGetConfig: one member, that hello names too', async () => {
    const { config } = (await onAdmin({ replSetGetConfig: 1 })) as { config: Document }
    const hello = await bench.run({ hello: 1 })
    expect(config).toMatchObject({ _id: hello['setName'], version: hello['setVersion'] })
    const members = config['members'] as Document[]
    expect(members.map(({ host }) => host)).toEqual(hello['hosts'])
  })

  it('there is none on a server by itself', async () => {
    const alone = makeBench({ persona: 'standalone' })
    for (const name of ['replSetGetStatus', 'replSetGetConfig']) {
      expect(await alone.run({ [name]: 1, $db: 'admin' })).toMatchObject({
        ok: 0,
        code: 76,
        codeName: 'NoReplicationEnabled',
        errmsg: 'not running with --replSet',
      })
    }
    expect(await alone.run({ getCmdLineOpts: 1, $db: 'admin' })).toMatchObject({
      argv: ['mongod', '--port', '27017', '--setParameter', 'enableTestCommands=1'],
    })
    alone.stop()
  })
})

describe('stages that ask the server', () => {
  const first = (aggregate: unknown, stage: Document, $db = 'test'): Promise<Document> =>
    bench.run({ aggregate, pipeline: [stage], cursor: {}, $db })

  it('$currentOp', async () => {
    await bench.run(starting(1, 1, insertOne({ _id: 1 })))
    const all = documentsOf(await first(1, { $currentOp: {} }, 'admin'))
    expect(all).toMatchObject([
      { type: 'op', command: { aggregate: 1 }, ns: 'admin.$cmd.aggregate', active: true },
      { type: 'idleSession', active: false, transaction: { parameters: { txnNumber: 1 } } },
    ])
    const running = await first(1, { $currentOp: { idleSessions: false } }, 'admin')
    expect(documentsOf(running)).toHaveLength(1)
    await bench.run(abort(1, 1))
  })

  it('$currentOp followed by other stages, while a write waits', async () => {
    await bench.run(insertOne({ _id: 1, a: 0 }))
    const update = { update: 'demo', updates: [{ q: { _id: 1 }, u: { $inc: { a: 1 } } }] }
    await bench.run(starting(1, 1, update))
    const waiting = bench.transport().send({ ...update, $db: 'test', maxTimeMS: 1000 })
    const pipeline = [
      { $currentOp: {} },
      { $match: { op: 'update' } },
      { $project: { ns: 1, _id: 0 } },
    ]
    const reply = await bench.run({ aggregate: 1, pipeline, cursor: {}, $db: 'admin' })
    expect(documentsOf(reply)).toEqual([{ ns: 'test.demo' }])
    expect(await waiting).toMatchObject({ ok: 0, code: 50 })
  })

  it('$listLocalSessions', async () => {
    await bench.run({ ping: 1, lsid: lsid(1) })
    await bench.run({ ping: 1, lsid: lsid(2) })
    await bench.run({ endSessions: [lsid(2)] })
    const sessions = documentsOf(await first(1, { $listLocalSessions: {} }))
    expect(sessions).toMatchObject([{ _id: lsid(1), lastUse: new Date(0) }])
  })

  // Source: top.cpp, document_source_index_stats.cpp (8.0)
  it('$collStats: latencies and scans; $indexStats; $planCacheStats', async () => {
    await bench.run(insertOne({ _id: 1, a: 1 }))
    await bench.clock.advance(1_000)
    await bench.run({ createIndexes: 'demo', indexes: [{ key: { a: 1 }, name: 'a_1' }] })
    await bench.run({ find: 'demo', filter: { a: 1 } })
    await bench.run({ find: 'demo', filter: { _id: 1 } })
    await bench.run({ find: 'demo', filter: { b: 1 } })
    await bench.run({
      update: 'demo',
      updates: [{ q: { _id: 1 }, u: { $set: { b: 1 } } }],
    })
    const used = documentsOf(await first('demo', { $indexStats: {} }))
    expect(used.map(({ name, accesses }) => ({ name, accesses }))).toEqual([
      { name: '_id_', accesses: { ops: 2, since: new Date(0) } },
      { name: 'a_1', accesses: { ops: 1, since: new Date(1_000) } },
    ])
    expect(used[1]).toMatchObject({ key: { a: 1 }, spec: { v: 2, key: { a: 1 }, name: 'a_1' } })
    const wanted = { latencyStats: { histograms: true }, queryExecStats: {} }
    const [stats] = documentsOf(await first('demo', { $collStats: wanted }))
    expect(stats).toMatchObject({
      latencyStats: {
        reads: { ops: 4, latency: 0, histogram: [{ micros: 0, count: 4 }] },
        writes: { ops: 2 },
        commands: { ops: 1 },
        transactions: { ops: 0, histogram: [] },
      },
      queryExecStats: { collectionScans: { total: 1, nonTailable: 1 } },
    })
    expect(documentsOf(await first('demo', { $planCacheStats: {} }))).toEqual([])
  })

  it('$collStats', async () => {
    await bench.run({ insert: 'demo', documents: [{ _id: 1 }, { _id: 2 }] })
    const reply = await first('demo', { $collStats: { count: {}, storageStats: { scale: 1 } } })
    const { localTime, ...stats } = documentsOf(reply)[0]!
    const { ns, ok, ...expected } = await bench.run({ collStats: 'demo' })
    expect(localTime).toEqual(new Date(0))
    expect(stats).toEqual({
      ns: 'test.demo',
      host: 'localhost:27017',
      storageStats: expected,
      count: 2,
    })
  })

  // Source: document_source_current_op.cpp, document_source_coll_stats.cpp (8.0)
  it.each<[unknown, Document, string, number, string]>([
    [1, { $currentOp: {} }, 'test', 73, "must be run against the 'admin' database"],
    ['demo', { $currentOp: {} }, 'admin', 73, "must be run against the 'admin' database"],
    [1, { $currentOp: 1 }, 'admin', 14, 'must be specified in an object, but found: int'],
    [1, { $currentOp: { x: true } }, 'admin', 9, "Unrecognized option 'x' in $currentOp stage."],
    [1, { $currentOp: { allUsers: 1 } }, 'admin', 14, 'must be a boolean value, but found: int'],
    [1, { $currentOp: { idleCursors: 1 } }, 'admin', 9, 'must be a boolean value, but found: int'],
    [1, { $listLocalSessions: 1 }, 'test', 14, 'must be specified in an object'],
    ['demo', { $listLocalSessions: {} }, 'test', 73, 'can only be run with {aggregate: 1}'],
    ['demo', { $collStats: 1 }, 'test', 5447000, '$collStats must take a nested object'],
    ['demo', { $collStats: { x: {} } }, 'test', 40415, "'$collStats.x' is an unknown field"],
    ['demo', { $collStats: { latencyStats: { x: 1 } } }, 'test', 40415, 'is an unknown field'],
    ['demo', { $indexStats: { x: 1 } }, 'test', 28803, 'must be an empty object'],
    ['nosuch', { $planCacheStats: {} }, 'test', 50933, "collection 'test.nosuch' not existing"],
    ['demo', { $collStats: { count: {} } }, 'test', 26, 'Collection [test.demo] not found.'],
    [1, { $collStats: {} }, 'test', 73, "{aggregate: 1} is not valid for '$collStats'"],
  ])('%j %j on %s', async (target, stage, db, code, errmsg) => {
    const reply = await first(target, stage, db)
    expect(reply).toMatchObject({ ok: 0, code })
    expect(reply['errmsg']).toContain(errmsg)
  })

  // Source: lite_parsed_pipeline.cpp (8.0)
  it('are no part of the stable API, but for the count of $collStats', async () => {
    await bench.run(insertOne({ _id: 1 }))
    const strict = (stage: Document): Promise<Document> => {
      const api = { apiVersion: '1', apiStrict: true }
      return bench.run({ aggregate: 'demo', pipeline: [stage], cursor: {}, ...api })
    }
    expect(documentsOf(await strict({ $collStats: { count: {} } }))).toMatchObject([{ count: 1 }])
    expect(await strict({ $collStats: { storageStats: {} } })).toMatchObject({
      code: 323,
      errmsg: "stage $collStats is not allowed with 'apiStrict: true' in API Version 1",
    })
  })

  it('are not for transactions', async () => {
    const command = { aggregate: 'demo', pipeline: [{ $collStats: {} }], cursor: {} }
    expect(await bench.run(starting(1, 1, command))).toMatchObject({
      code: 263,
      errmsg: 'Stage not supported inside of a multi-document transaction: $collStats',
    })
  })
})
