import { roundMs, secondsText } from '../numbers.ts'
import { callText } from '../shell/shell_text.ts'
import { updateAnswer } from '../shell/update_answer.ts'
import type { ToldStatement } from '../story/narrator.ts'
import type { Script, Stage } from '../story/stage.ts'

const MINUTE_MS = 60_000

const FIRST_AT_MS = 4 * MINUTE_MS
const SECOND_AT_MS = 8 * MINUTE_MS
/** How long the program stands still; longer than a session lives without being used. */
const FREEZE_MS = 40 * MINUTE_MS

const BY_ID = { _id: 'x' }
const CHANGE = { $inc: { value: 1 } }

/**
 * The network loses the reply to an update. The driver sends it once more, and the server knows it
 * again; unless so much time has passed that it has forgotten the session.
 */
export const lostReply: Script = {
  id: 'lost-reply',
  title: 'Lost reply',
  about:
    'The reply to an update is lost, so nobody can tell whether it was applied. The driver sends it ' +
    'again under the same number, and it is applied once. Half an hour later it would be twice.',
  actors: [
    { id: 'app', label: 'a program, whose driver retries' },
    { id: 'ops', label: 'an operator' },
  ],
  async play(stage) {
    const { narrator } = stage
    const demo = stage.collection('demo')
    await narrator.until(MINUTE_MS)
    const document = { _id: 'x', value: 0 }
    await narrator.tell('app', callText('db.demo', 'insertOne', [document]), () =>
      demo.insertOne(document),
    )
    await narrator.until(FIRST_AT_MS)
    const once = await loseOne(stage)
    await narrator.until(SECOND_AT_MS)
    const late = await loseOneAndFreeze(stage)
    return { ...once, ...late }
  },
}

async function loseOne(stage: Stage): Promise<Record<string, number>> {
  const { narrator } = stage
  loseNextReply(stage)
  await update(stage)
  const value = await valueOfX(stage)
  const retried = await retriedCount(stage)
  narrator.note(
    'The program noticed nothing. The server had written down which statement it did for which ' +
      'session, together with the change, and answered the second request from that.',
  )
  return { valueAfterRetry: value, retriedCommandsCount: retried }
}

async function loseOneAndFreeze(stage: Stage): Promise<Record<string, number>> {
  const { narrator, sim } = stage
  loseNextReply(stage)
  narrator.type('ops', `sim.faults.delay({ command: 'update', skip: 1, ms: ${FREEZE_MS} })`)
  const freeze = sim.faults.delay({ command: 'update', skip: 1, ms: FREEZE_MS })
  narrator.note(
    'Again; but now the program stands still before its driver comes to send the update once more: ' +
      `a lid is closed, for ${FREEZE_MS / MINUTE_MS} minutes. A server forgets sessions that nobody ` +
      'has used for 30.',
  )
  const fromMs = narrator.nowMs
  await update(stage)
  freeze.clear()
  const waitedMs = roundMs(narrator.nowMs - fromMs)
  await narrator.until(narrator.nowMs + 2 * MINUTE_MS)
  const value = await valueOfX(stage)
  const retried = await retriedCount(stage)
  narrator.note(
    `After ${secondsText(waitedMs)} the server has never heard of this statement, and does it again: ` +
      'one update of the program, and 2 more in x.',
  )
  return { valueAfterLateRetry: value, retriedCommandsCountLate: retried, waitedMs }
}

function loseNextReply({ narrator, sim }: Stage): void {
  narrator.type('ops', "sim.faults.loseReply({ command: 'update' })")
  sim.faults.loseReply({ command: 'update' })
}

async function update(stage: Stage): Promise<void> {
  const { narrator } = stage
  await narrator.tell(
    'app',
    callText('db.demo', 'updateOne', [BY_ID, CHANGE]),
    async (statement) => {
      const seen = stage.sim.trace!.events.length
      const result = await stage.collection('demo').updateOne(BY_ID, CHANGE)
      noteAttempts(stage, statement, seen)
      return result
    },
    updateAnswer,
  )
}

/** What the trace saw of the driver's attempts, from its event number `from` on. */
function noteAttempts({ sim, narrator }: Stage, statement: ToldStatement, from: number): void {
  for (const { what, atUs, detail } of sim.trace!.events.slice(from)) {
    if (what !== 'fault' || detail?.['kind'] !== 'loseReply') continue
    const atMs = roundMs(atUs / 1000)
    const backoffMs = roundMs(narrator.nowMs - atMs)
    statement.attempts.push({ atMs, outcome: 'lost', backoffMs })
    narrator.noteAt(atMs, 'The update is applied, and the connection breaks before the reply came.')
  }
  statement.attempts.push({ atMs: narrator.nowMs, outcome: 'done', backoffMs: 0 })
}

async function valueOfX({ narrator, db }: Stage): Promise<number> {
  const [found] = await narrator.tell('app', 'db.demo.find()', () =>
    db.collection('demo').find().toArray(),
  )
  return Number(found?.['value'])
}

/** How often the server answered a write from its history. */
async function retriedCount({ narrator, db }: Stage): Promise<number> {
  return await narrator.tell('ops', 'db.serverStatus().transactions.retriedCommandsCount', () =>
    db
      .command({ serverStatus: 1 })
      .then((reply) => Number(reply['transactions'].retriedCommandsCount)),
  )
}
