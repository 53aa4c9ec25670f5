import type { ClientSession } from '../../client/index.ts'
import { roundMs } from '../numbers.ts'
import { callText } from '../shell/shell_text.ts'
import { updateAnswer } from '../shell/update_answer.ts'
import type { Script, Stage } from '../story/stage.ts'

const BY_ID = { _id: 'x' }

/** Two transactions change the same document: the second one's update fails at once. */
export const failOnConflict: Script = {
  id: 'fail-on-conflict',
  title: 'Fail on conflict',
  about:
    'Inside a transaction nobody waits: the second one to change x gets an error at once. Only the ' +
    'application knows what else it did, so only the application can start over.',
  actors: [
    { id: 'A', label: 'session A' },
    { id: 'B', label: 'session B' },
  ],
  async play(stage) {
    const { narrator } = stage
    const demo = stage.collection('demo')
    await narrator.until(500)
    const document = { _id: 'x', value: 0 }
    await narrator.tell('A', callText('db.demo', 'insertOne', [document]), () =>
      demo.insertOne(document),
    )
    const a = stage.startSession('A')
    const b = stage.startSession('B')
    await narrator.until(1_000)
    await change(stage, 'A', a, 2)
    await narrator.until(2_000)
    const failure = await changeFails(stage, b, 4)
    await narrator.until(3_000)
    await narrator.tell('A', 'sessionA.commitTransaction()', () => a.commitTransaction())
    await narrator.until(4_000)
    narrator.note('A is through. B does all of its transaction again, from the start.')
    await change(stage, 'B', b, 4)
    await narrator.until(4_500)
    await narrator.tell('B', 'sessionB.commitTransaction()', () => b.commitTransaction())
    const [found] = await narrator.tell('B', 'db.demo.find()', () => demo.find().toArray())
    return { ...failure, value: found?.['value'] }
  },
}

async function change(
  stage: Stage,
  who: string,
  session: ClientSession,
  by: number,
): Promise<void> {
  const { narrator } = stage
  narrator.type(who, `session${who}.startTransaction()`)
  session.startTransaction()
  const update = { $inc: { value: by } }
  await narrator.tell(
    who,
    callText(`db${who}.demo`, 'updateOne', [BY_ID, update]),
    () => stage.collection('demo').updateOne(BY_ID, update, { session }),
    updateAnswer,
  )
}

async function changeFails(
  stage: Stage,
  session: ClientSession,
  by: number,
): Promise<Record<string, number | string>> {
  const { narrator } = stage
  narrator.type('B', 'sessionB.startTransaction()')
  session.startTransaction()
  const update = { $inc: { value: by } }
  const fromMs = narrator.nowMs
  const error = await narrator.tellFailure(
    'B',
    callText('dbB.demo', 'updateOne', [BY_ID, update]),
    () => stage.collection('demo').updateOne(BY_ID, update, { session }),
  )
  const waitedMs = roundMs(narrator.nowMs - fromMs)
  narrator.note(
    `It waited ${waitedMs} ms. The transaction is gone already; the label says that it may be tried again.`,
  )
  await narrator.tell('B', 'sessionB.abortTransaction()', () => session.abortTransaction())
  const { code, codeName, message, labels } = error
  return { code, codeName, message, labels: labels.join(', '), waitedMs }
}
