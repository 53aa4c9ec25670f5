/** What people type into MongoDB's own shell, and that none of it is an error here either. */
import { expect, test } from 'vitest'
import { isThere, mongosh, served, session, why } from './shell.ts'

test.skipIf(!isThere)(`connects without a warning or an error${why}`, async () => {
  await using sim = await served()
  const { out, err } = await mongosh([sim.getUri('test'), '--norc'], 'db.version()\nexit\n')
  expect(err).toBe('')
  const lines = out.split('\n').map((line) => line.replace('\t\t', ' ').replace('\t', ' ').trim())
  expect(lines).toEqual(
    expect.arrayContaining([expect.stringMatching(/^Using MongoDB: 8\.0\.\d+$/)]),
  )
  // What a server has to say when it starts would stand between two lines of dashes.
  expect(out).not.toContain('------')
  expect(out).not.toMatch(/error/i)
  // The one warning is about the Node.js that the shell itself runs on.
  const warnings = lines.filter((line) => /warning|deprecat/i.test(line))
  expect(warnings.every((line) => /^Deprecation warnings:|Node\.js versions/.test(line))).toBe(true)
})

test.skipIf(!isThere)(`answers --eval, and exits with its status${why}`, async () => {
  await using sim = await served()
  const evaluate = (code: string) => mongosh([sim.getUri('test'), '--quiet', '--eval', code])
  expect(await evaluate('db.demo.insertOne({ _id: 1 }).insertedId')).toEqual({
    out: '1\n',
    err: '',
    status: 0,
  })
  const failed = await evaluate('db.demo.insertOne({ _id: 1 })')
  expect(failed).toMatchObject({ status: 1 })
  expect(failed.err).toMatch(/^MongoServerError: E11000 duplicate key error collection: test\.demo/)
})

/** What is typed, and what the answer looks like. */
const HELPERS: readonly (readonly [line: string, prints: RegExp])[] = [
  [
    'db.things.insertMany(Array.from({ length: 1000 }, (_, n) => ({ _id: n, n: n % 7 }))).acknowledged',
    /^true$/,
  ],
  ['db.things.createIndex({ n: 1 })', /^n_1$/],
  ['db.things.find()', /_id: 19, n: 5 \}\n\]\nType "it" for more$/],
  ['it', /_id: 20, n: 6[\s\S]*_id: 39, n: 4 \}\n\]\nType "it" for more$/],
  ['show dbs', /^test\s+\d/m],
  ['show collections', /^things$/],
  ['show tables', /^things$/],
  ['show users', /^\[\]$/],
  ['show roles', /role: 'readWrite'/],
  ['show profile', /db\.system\.profile is empty/],
  ['show logs', /'global'/],
  ['db.stats().collections', /^1$/],
  ['db.things.stats().count', /^1000$/],
  ['db.things.dataSize()', /^21000$/],
  ['db.things.totalIndexSize() > 0', /^true$/],
  ['db.things.latencyStats()[0].latencyStats.writes.ops', /^(Long\('1'\)|1)$/],
  ['db.serverStatus().process', /^mongod$/],
  ['db.currentOp().inprog.length', /^1$/],
  ['db.currentOp(true).inprog.length > 1', /^true$/],
  ['db.hostInfo().system.cpuArch', /^x86_64$/],
  ['db.version()', /^8\.0\.\d+$/],
  ['db.hello().isWritablePrimary', /^true$/],
  ['db.isMaster().ismaster', /^true$/],
  ['rs.status().members[0].stateStr', /^PRIMARY$/],
  ['rs.conf().members.length', /^1$/],
  ['rs.hello().setName', /^rs0$/],
  ['db.getUsers().users', /^\[\]$/],
  ['db.getRoles({ showBuiltinRoles: true }).roles.length > 5', /^true$/],
  ['db.things.getIndexes()', /\{ v: 2, key: \{ n: 1 \}, name: 'n_1' \}/],
  ['db.things.find({ n: 3 }).explain().queryPlanner.winningPlan.stage', /^FETCH$/],
  ["db.things.find({ n: 3 }).explain('executionStats').executionStats.nReturned", /^143$/],
  ['db.things.explain().count({ n: 3 }).queryPlanner.namespace', /^test\.things$/],
  ["db.things.find({ n: 3 }).hint('n_1').limit(1)", /^\[ \{ _id: 3, n: 3 \} \]$/],
  ['db.things.find().hint({ n: 1 }).itcount()', /^1000$/],
  ['db.things.countDocuments({ n: 3 })', /^143$/],
  ["db.things.distinct('n').length", /^7$/],
  ['db.things.validate().valid', /^true$/],
  ["db.adminCommand({ top: 1 }).totals['test.things'].insert.count", /^1$/],
  ['db.setProfilingLevel(2).was', /^0$/],
  ['db.things.findOne({ _id: 1 })', /^\{ _id: 1, n: 1 \}$/],
  ['db.setProfilingLevel(0).was', /^2$/],
  ['db.getProfilingStatus().slowms', /^100$/],
  ['db.system.profile.countDocuments({ op: "query" })', /^1$/],
  ['db.getLogComponents().command.verbosity', /^-1$/],
  ['db.setLogLevel(1, "storage").was.verbosity', /^0$/],
  ['db.fsyncLock().info', /^now locked against writes/],
  ['db.fsyncUnlock().lockCount', /^(Long\('0'\)|0)$/],
  ['db.things.hideIndex("n_1").hidden_new', /^true$/],
  ['db.things.unhideIndex("n_1").hidden_new', /^false$/],
  ['db.things.getPlanCache().list()', /^\[\]$/],
  ['db.things.getPlanCache().clear().ok', /^1$/],
  ['db.things.aggregate([{ $indexStats: {} }]).toArray().length', /^2$/],
  ["db.createView('odd', 'things', [{ $match: { n: { $in: [1, 3, 5] } } }]).ok", /^1$/],
  ['db.odd.countDocuments()', /^429$/],
  ["db.createCollection('strict', { validator: { a: { $type: 'int' } } }).ok", /^1$/],
  [
    "db.strict.insertOne({ a: 'x' })",
    /MongoServerError: Document failed validation\nAdditional information: \{/,
  ],
  ["db.getCollectionInfos({ name: 'odd' })[0].type", /^view$/],
  ['db.things.renameCollection("stuff").ok', /^1$/],
  ['db.stuff.drop()', /^true$/],
  ['db.killOp(12345).info', /^attempting to kill op$/],
  ['db.runCommand({ listCommands: 1 }).commands.find.requiresAuth', /^true$/],
  ['db.serverCmdLineOpts().parsed.replication.replSet', /^rs0$/],
  [
    'sh.status()',
    /MongoshInvalidInputError: \[SHAPI-10003\] This db does not have sharding enabled/,
  ],
  [
    'db.adminCommand({ atlasVersion: 1 })',
    /^MongoServerError\[CommandNotFound\]: no such command: 'atlasVersion'$/,
  ],
  ['db.dropDatabase()', /^\{ ok: 1, dropped: 'test' \}$/],
]

test.skipIf(!isThere)(`its helpers find what they look for${why}`, async () => {
  await using sim = await served()
  const printed = await session(
    sim.getUri('test'),
    HELPERS.map(([line]) => line),
  )
  const answers = HELPERS.map(([line, prints], at) => ({ line, prints, printed: printed[at]! }))
  expect(answers.filter(({ prints, printed }) => !prints.test(printed))).toEqual([])
})
