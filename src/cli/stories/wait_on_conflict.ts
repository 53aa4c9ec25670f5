import type { ClientSession } from '../../client/index.ts'
import { invariant } from '../../invariant.ts'
import { countText, roundMs, secondsText } from '../numbers.ts'
import { callText } from '../shell/shell_text.ts'
import { updateAnswer } from '../shell/update_answer.ts'
import { Mongostat } from '../story/mongostat.ts'
import type { Script, Stage } from '../story/stage.ts'
import type { Story } from '../story/story.ts'

/** When B's update is tried for the first time. */
const UPDATE_AT_MS = 7_300

const BY_ID = { _id: 'x' }

/**
 * A transaction holds a document until the server loses patience, and a plain update of the
 * document waits for it: by trying again, with pauses that grow, until the transaction is gone.
 */
export const waitOnConflict: Script = {
  id: 'wait-on-conflict',
  title: 'Wait on conflict',
  about:
    'A transaction holds document x and is forgotten. A plain update of x does not fail: the server ' +
    'tries it again, and again, until the transaction has expired.',
  actors: [
    { id: 'A', label: 'session A, in a transaction' },
    { id: 'B', label: 'B, a plain update' },
    { id: 'stat', label: 'mongostat' },
    { id: 'ops', label: 'an operator' },
  ],
  async play(stage) {
    const sessionA = await hold(stage)
    await startProfiling(stage)
    const mongostat = new Mongostat(stage.client, stage.narrator)
    const watching = mongostat.watch()
    const waitedMs = await update(stage)
    await stage.narrator.until(stage.narrator.nowMs + 3_000)
    mongostat.stop()
    await watching
    const profile = await showProfile(stage)
    const ended = await showEnd(stage, sessionA)
    return { ...profile, waitedMs, expiredAtMs: expiredAtMs(stage), ...ended }
  },
}

/** A's first transaction makes the document, its second one changes it and is left alone. */
async function hold(stage: Stage): Promise<ClientSession> {
  const { narrator } = stage
  const demo = stage.collection('demo')
  await narrator.until(500)
  narrator.type('A', "sessionA = db.getMongo().startSession(); dbA = sessionA.getDatabase('test')")
  const session = stage.startSession('A')
  narrator.type('A', 'sessionA.startTransaction()')
  session.startTransaction()
  const document = { _id: 'x', value: 0 }
  await narrator.tell('A', callText('dbA.demo', 'insertOne', [document]), () =>
    demo.insertOne(document, { session }),
  )
  await narrator.tell('A', 'sessionA.commitTransaction()', () => session.commitTransaction())
  await narrator.until(1_500)
  narrator.type('A', 'sessionA.startTransaction()')
  session.startTransaction()
  const change = { $inc: { value: 2 } }
  await narrator.tell(
    'A',
    callText('dbA.demo', 'updateOne', [BY_ID, change]),
    () => demo.updateOne(BY_ID, change, { session }),
    updateAnswer,
  )
  narrator.note(
    'A goes to lunch. Its second transaction stays open, with a new version of x in it. The server ' +
      `lets transactions live for ${(await stage.lifetimeMs()) / 1000} s.`,
  )
  return session
}

async function startProfiling({ narrator, db }: Stage): Promise<void> {
  await narrator.until(4_000)
  await narrator.tell('ops', 'db.setProfilingLevel(2)', () => db.command({ profile: 2 }))
}

/** The update that waits, seen from outside once while it does. */
async function update(stage: Stage): Promise<number> {
  const { narrator, client, db } = stage
  const demo = stage.collection('demo')
  await narrator.until(UPDATE_AT_MS)
  const change = { $inc: { value: 8 } }
  const updated = narrator.tell(
    'B',
    callText('db.demo', 'updateOne', [BY_ID, change]),
    () => demo.updateOne(BY_ID, change),
    updateAnswer,
  )
  narrator.note('No answer. B is not in a transaction, so the server keeps trying for it.')
  await narrator.until(40_500)
  await narrator.tell(
    'ops',
    "db.currentOp({ ns: 'test.demo', active: true }).inprog[0].writeConflicts",
    () => client.db('admin').command({ currentOp: 1, ns: 'test.demo', active: true }),
    (reply) => reply['inprog'][0].writeConflicts,
  )
  await narrator.tell(
    'ops',
    'db.serverStatus().metrics.operation.writeConflicts',
    () => db.command({ serverStatus: 1 }),
    (reply) => Number(reply['metrics'].operation.writeConflicts),
  )
  narrator.note(
    'The server counts the conflicts of an operation when it ends; only currentOp sees them.',
  )
  await updated
  return roundMs(narrator.nowMs - UPDATE_AT_MS)
}

async function showProfile(stage: Stage): Promise<Story['figures']> {
  const { narrator, db } = stage
  // As the shell reads it: an int64 stays one.
  const profile = db.collection('system.profile', { promoteLongs: false })
  await narrator.until(94_500)
  await narrator.tell('ops', 'db.setProfilingLevel(0)', () => db.command({ profile: 0 }))
  const [entry] = await narrator.tell(
    'ops',
    "db.system.profile.find({ op: 'update' }).sort({ ts: -1 }).limit(1)",
    () => profile.find({ op: 'update' }).sort({ ts: -1 }).limit(1).toArray(),
  )
  invariant(entry !== undefined, 'the update was profiled')
  const { writeConflicts, numYield, keysExamined, docsExamined, nMatched, nModified } = entry
  narrator.note(
    `${countText(keysExamined)} attempts, of which ${countText(writeConflicts)} met the conflict, ` +
      `in ${secondsText(entry['millis'])}.`,
  )
  return {
    writeConflicts,
    numYield,
    keysExamined,
    docsExamined,
    nMatched,
    nModified,
    planSummary: entry['planSummary'],
    millis: entry['millis'],
  }
}

async function showEnd(stage: Stage, session: ClientSession): Promise<Story['figures']> {
  const { narrator } = stage
  const atMs = expiredAtMs(stage)
  narrator.noteAt(
    atMs,
    "The server's sweep finds A's transaction past its lifetime and aborts it. B's next attempt wins.",
  )
  await narrator.until(96_000)
  narrator.note('A is back from lunch.')
  const error = await narrator.tellFailure('A', 'sessionA.commitTransaction()', () =>
    session.commitTransaction(),
  )
  await session.endSession()
  await narrator.until(98_000)
  const [document] = await narrator.tell('B', 'db.demo.find()', () =>
    stage.collection('demo').find().toArray(),
  )
  return { commitError: error.codeName, commitMessage: error.message, value: document?.['value'] }
}

function expiredAtMs({ sim }: Stage): number {
  const event = sim.trace?.events.find(
    ({ what, detail }) => what === 'abort' && detail?.['cause'] === 'expired',
  )
  invariant(event !== undefined, 'the transaction expired')
  return roundMs(event.atUs / 1000)
}
