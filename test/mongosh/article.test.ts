/**
 * The session that the project comes from, typed into MongoDB's own shell: a write that waits for a
 * forgotten transaction, and one in a transaction that does not. What a line prints is as it was
 * published, but for ids and times.
 */
import { expect, test } from 'vitest'
import { isThere, served, session, why } from './shell.ts'

const ACKNOWLEDGED = `{
  acknowledged: true,
  insertedId: null,
  matchedCount: 1,
  modifiedCount: 1,
  upsertedCount: 0
}`

const SESSION_ID = /^\{ id: UUID\('[-0-9a-f]{36}'\) \}$/

/** What is typed, and what it prints. */
const TRANSCRIPT: readonly (readonly [line: string, prints: string | RegExp])[] = [
  ['db.demo.drop();', 'true'],
  ["db.demo.insertOne({ _id: 'x' , value: 0 });", "{ acknowledged: true, insertedId: 'x' }"],
  ['sessionA = db.getMongo().startSession();', SESSION_ID],
  ['sessionA.startTransaction();', ''],
  ['dbA = sessionA.getDatabase(db.getName());', 'test'],
  ["dbA.demo.updateOne({ _id: 'x' }, { $inc: { value: 2 } });", ACKNOWLEDGED],
  ['sessionB = db.getMongo().startSession();', SESSION_ID],
  ['sessionB.startTransaction();', ''],
  ['dbB = sessionB.getDatabase(db.getName());', 'test'],
  [
    "dbB.demo.updateOne({ _id: 'x' }, { $inc: { value: 4 } });",
    'MongoServerError[WriteConflict]: Caused by :: Write conflict during plan execution and yielding is disabled. :: Please retry your operation or multi-document transaction.',
  ],
  ['sessionB.abortTransaction();', ''],
  ['before = db.hello().localTime;', /^ISODate\('/],
  // Waits for session A, whose transaction nobody ends, until the server does.
  ["dbB.demo.updateOne({ _id: 'x' }, { $inc: { value: 8 } });", ACKNOWLEDGED],
  ['Math.round((db.hello().localTime - before) / 1000);', /^(6[0-9]|[78][0-9]|90)$/],
  [
    'sessionA.commitTransaction();',
    'MongoServerError[NoSuchTransaction]: Transaction with { txnNumber: 2 } has been aborted.',
  ],
  ['sessionA.endSession();', ''],
  ['db.demo.find();', "[ { _id: 'x', value: 8 } ]"],
]

test.skipIf(!isThere)(`the shell prints what the article shows${why}`, async () => {
  await using sim = await served()
  const printed = await session(
    sim.getUri('test'),
    TRANSCRIPT.map(([line]) => line),
  )
  for (const [index, [line, prints]] of TRANSCRIPT.entries()) {
    const expected = typeof prints === 'string' ? prints : expect.stringMatching(prints)
    expect({ line, prints: printed[index] }).toEqual({ line, prints: expected })
  }
})

test.skipIf(!isThere)(`the profiler shows how often a write tried${why}`, async () => {
  await using sim = await served()
  const lines = [
    "db.demo.insertOne({ _id: 'x', value: 0 });",
    'sessionA = db.getMongo().startSession(); sessionA.startTransaction();',
    "sessionA.getDatabase('test').demo.updateOne({ _id: 'x' }, { $inc: { value: 2 } });",
    'db.setProfilingLevel(2);',
    "db.demo.updateOne({ _id: 'x' }, { $inc: { value: 8 } });",
    'db.setProfilingLevel(0);',
    "entry = db.system.profile.find({ op: 'update' }).sort({ ts: -1 }).limit(1).next();",
    'entry.writeConflicts === entry.numYield && entry.keysExamined === entry.numYield + 1;',
    'entry.locks.Collection.acquireCount.w - entry.flowControl.acquireCount;',
    'entry.planSummary;',
    'entry.millis > 60000 && entry.millis <= 90100;',
    'entry.appName;',
  ]
  const printed = await session(sim.getUri('test'), lines)
  expect(printed.slice(-5)).toEqual([
    'true',
    // One more than the attempts: the shell sends a retryable write, which is remembered.
    '1',
    'EXPRESS_IXSCAN { _id: 1 },EXPRESS_UPDATE',
    'true',
    expect.stringMatching(/^mongosh 2\./),
  ])
})
