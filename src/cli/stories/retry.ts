import type { ClientSession } from '../../client/index.ts'
import { MongoServerError } from '../../client/index.ts'
import { invariant } from '../../invariant.ts'
import { roundMs, secondsText } from '../numbers.ts'
import { callText } from '../shell/shell_text.ts'
import type { ToldStatement } from '../story/narrator.ts'
import type { Script, Stage } from '../story/stage.ts'

const FIRST_ROUND_AT_MS = 500
const SECOND_ROUND_AT_MS = 3_000
/** How long the slow one holds its transaction. */
const HOLD_MS = 2_000
/** How much later the fast one comes. */
const HEAD_START_MS = 20

const FILTER = { Uuid: 'conflict1' }

/** A slow and a fast transaction replace the same document; the fast one loses, or tries again. */
export const retry: Script = {
  id: 'retry',
  title: 'Retry',
  about:
    'A slow and a fast program replace the same document. Bare transactions let the fast one fail; ' +
    'with withTransaction the driver runs it again until it gets through.',
  actors: [
    { id: 'slow', label: 'the slow replace' },
    { id: 'fast', label: 'the fast replace' },
  ],
  async play(stage) {
    const { narrator } = stage
    await bareReplace(stage, 'slow', 'init')
    await narrator.until(FIRST_ROUND_AT_MS)
    narrator.note(`Bare transactions: the slow one first, the fast one ${HEAD_START_MS} ms later.`)
    const bareError = await bareRound(stage)
    const afterBare = await whoWon(stage)
    await narrator.until(SECOND_ROUND_AT_MS)
    narrator.note('Once more, the fast one with withTransaction.')
    const retried = await retryRound(stage)
    return { bareError, afterBare, ...retried, afterRetry: await whoWon(stage) }
  },
}

async function bareRound(stage: Stage): Promise<string> {
  const slow = bareReplace(stage, 'slow', 'slow', HOLD_MS)
  await stage.sim.clock.sleep(HEAD_START_MS)
  let codeName = 'none'
  try {
    await bareReplace(stage, 'fast', 'fast')
  } catch (error) {
    invariant(
      error instanceof MongoServerError,
      'the fast replace fails for a reason of the server',
    )
    codeName = String(error['codeName'])
  }
  await slow
  return codeName
}

async function retryRound(stage: Stage): Promise<Record<string, number | string>> {
  const { narrator, sim } = stage
  const slow = bareReplace(stage, 'slow', 'slow', HOLD_MS)
  await sim.clock.sleep(HEAD_START_MS)
  const fromMs = narrator.nowMs
  const attempts = await retryReplace(stage, 'fast')
  const waitedMs = roundMs(narrator.nowMs - fromMs)
  await slow
  narrator.note(
    `The fast one got through at attempt ${attempts}, after ${secondsText(waitedMs)}. ` +
      'Its program saw no error.',
  )
  return { attempts, waitedMs }
}

/** One transaction by hand, as documentation likes to show it. */
async function bareReplace(stage: Stage, who: string, op: string, holdMs = 0): Promise<void> {
  const { narrator, sim } = stage
  const session = stage.startSession(who)
  narrator.type(who, 'session.startTransaction()')
  session.startTransaction()
  try {
    await narrator.tell(who, replaceText(op), () => replace(stage, op, session), noAnswer)
    if (holdMs > 0) {
      narrator.type(who, `sim.clock.sleep(${holdMs})`)
      await sim.clock.sleep(holdMs)
    }
    await narrator.tell(who, 'session.commitTransaction()', () => session.commitTransaction())
    narrator.print(who, `Done [${op}]`)
  } finally {
    await session.endSession()
  }
}

/** The same with the driver's retries. */
async function retryReplace(stage: Stage, op: string): Promise<number> {
  const { narrator } = stage
  const session = stage.startSession('fast')
  const text = `session.withTransaction(() =>\n  ${replaceText(op)})`
  let attempts = 0
  await narrator.tell(
    'fast',
    text,
    async (statement) => {
      await session.withTransaction(async () => {
        attempts++
        await attempt(stage, statement, () => replace(stage, op, session))
      })
    },
    noAnswer,
  )
  narrator.print('fast', `Done [${op}]`)
  await session.endSession()
  return attempts
}

/** One run of the callback; what it threw goes on to the driver, which decides. */
async function attempt(
  { narrator }: Stage,
  statement: ToldStatement,
  run: () => Promise<unknown>,
): Promise<void> {
  const { attempts } = statement
  const atMs = narrator.nowMs
  const last = attempts.at(-1)
  if (last !== undefined) {
    attempts[attempts.length - 1] = { ...last, backoffMs: roundMs(atMs - last.atMs) }
  }
  try {
    await run()
    attempts.push({ atMs, outcome: 'done', backoffMs: 0 })
    narrator.print('fast', `attempt ${attempts.length}: done`)
  } catch (error) {
    attempts.push({ atMs, outcome: 'conflict', backoffMs: 0 })
    if (error instanceof MongoServerError) {
      const transient = error.hasErrorLabel('TransientTransactionError') ? ', transient' : ''
      narrator.print('fast', `attempt ${attempts.length}: ${error['codeName']}${transient}`)
    }
    throw error
  }
}

async function whoWon({ narrator, client }: Stage): Promise<string> {
  const collection = client.db('Test').collection('Test')
  const withoutId = { projection: { _id: 0 } }
  const document = await narrator.tell(
    'slow',
    callText('coll', 'findOne', [FILTER, withoutId]),
    () => collection.findOne(FILTER, withoutId),
  )
  return String(document?.['op'])
}

function replace({ client }: Stage, op: string, session: ClientSession): Promise<unknown> {
  const collection = client.db('Test').collection('Test')
  return collection.replaceOne(FILTER, { ...FILTER, op }, { upsert: true, session })
}

function replaceText(op: string): string {
  return callText('coll', 'replaceOne', [FILTER, { ...FILTER, op }, { upsert: true }])
}

/** The programs look at errors only. */
const noAnswer = (): undefined => undefined
