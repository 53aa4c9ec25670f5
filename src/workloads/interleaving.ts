import type { WorkloadClient, WorkloadCollection, WorkloadSession } from './client.ts'
import { EventLog } from './event_log.ts'
import { commit, type Outcome } from './outcome.ts'
import { collectionOf, type WorkloadRun } from './run_workload.ts'
import type { Performed, Step, Workload } from './workload.ts'

/** Transactions, and who takes the next turn: as data, so that both shrink together. */
export interface Interleaving<Op> {
  /** One transaction of each session, as its statements. */
  readonly sessions: readonly (readonly Op[])[]
  /**
   * Positions in `sessions`, turn by turn: a statement each, and behind the last one the commit.
   * Turns of who has ended are passed over; behind the end the sessions go on one after the other.
   */
  readonly order: readonly number[]
}

/** Every turn there is: those of the order that somebody can take, then the others. */
export function* turnsOf<Op>({ sessions, order }: Interleaving<Op>): Generator<number> {
  const left = sessions.map((statements) => statements.length + 1)
  for (const session of order) {
    if ((left[session] ?? 0) === 0) continue
    left[session]!--
    yield session
  }
  for (let session = 0; session < left.length; session++) {
    for (; left[session]! > 0; left[session]!--) yield session
  }
}

interface Member {
  readonly steps: readonly Step[]
  readonly done: Performed
  session: WorkloadSession | undefined
  at: number
  hasEnded: boolean
}

/**
 * Plays transactions of a workload in exactly this order, statement by statement.
 *
 * @returns a run, for `judgeRun`
 */
export async function playInterleaving(
  workload: Workload,
  client: WorkloadClient,
  interleaving: Interleaving<Step>,
): Promise<WorkloadRun> {
  const name = collectionOf(workload)
  const db = client.db()
  await db.dropCollection(name)
  await db.createCollection(name)
  const collection = db.collection(name)
  await workload.prepare(collection)
  let turn = 0
  const log = new EventLog(() => turn)
  const counts = { ok: 0, fail: 0, info: 0 }
  const members = interleaving.sessions.map((steps): Member => {
    const done = { value: [], numbers: {} }
    return { steps, done, session: undefined, at: 0, hasEnded: false }
  })
  for (const process of turnsOf(interleaving)) {
    turn++
    const member = members[process]!
    const { steps, done } = member
    if (member.hasEnded) continue
    const intent = steps.flatMap((step) => workload.intent(step))
    if (member.at === 0) log.add('invoke', process, intent)
    const outcome = await takeTurn(workload, client, collection, member)
    if (outcome === undefined) continue
    member.hasEnded = true
    counts[outcome.type]++
    if (outcome.type === 'ok') log.add('ok', process, done.value, { numbers: done.numbers })
    else log.add(outcome.type, process, intent, { error: String(outcome.error) })
  }
  const { ok, fail, info } = counts
  return { workload, events: log.events, committed: ok, failed: fail, unknown: info }
}

/** @returns what became of the transaction, once it has ended */
async function takeTurn(
  workload: Workload,
  client: WorkloadClient,
  collection: WorkloadCollection,
  member: Member,
): Promise<Outcome | undefined> {
  member.session ??= begin(client)
  const { session } = member
  const step = member.steps[member.at++]
  try {
    if (step === undefined) {
      const outcome = await commit(session)
      await session.endSession()
      return outcome
    }
    await workload.perform(step, collection, session, member.done)
    return undefined
  } catch (error) {
    await session.abortTransaction().catch(() => {})
    await session.endSession().catch(() => {})
    return { type: 'fail', error }
  }
}

function begin(client: WorkloadClient): WorkloadSession {
  const session = client.startSession()
  session.startTransaction()
  return session
}
