import { Palimpsest } from '../../palimpsest.ts'
import { roundMs } from '../numbers.ts'
import type { Subject } from './subjects.ts'

/** What one wait came to. Milliseconds of virtual time. */
export interface Wait {
  /** How long the holder's transaction stood in the way. */
  readonly heldMs: number
  /** From the first attempt to the answer. */
  readonly waitedMs: number
  readonly conflicts: number
}

/** Beyond any holding time, so that the holder ends the transaction and not the server. */
const LIFETIME_SECONDS = 3_600

const BY_ID = { _id: 'x' }

/**
 * Runs one wait: a transaction changes a document, an update of the same document starts at the
 * same moment, and the transaction is aborted after exactly `heldMs`.
 */
export async function measureWait(subject: Subject, heldMs: number, seed: number): Promise<Wait> {
  const sim = await Palimpsest.create({
    time: 'auto',
    startAt: 0,
    seed,
    backoff: subject.backoff,
    parameters: { transactionLifetimeLimitSeconds: LIFETIME_SECONDS },
  })
  const client = sim.client()
  const collection = client.db('test').collection('demo')
  await collection.insertOne({ ...BY_ID, value: 0 })
  const holder = client.startSession()
  holder.startTransaction()
  await collection.updateOne(BY_ID, { $inc: { value: 2 } }, { session: holder })
  const startMs = sim.clock.elapsed()
  const upsert = subject.path === 'classic'
  const waiter = collection
    .updateOne(BY_ID, { $inc: { value: 8 } }, { upsert })
    .then(() => sim.clock.elapsed())
  await sim.clock.sleep(heldMs)
  await holder.abortTransaction()
  const endMs = await waiter
  const { writeConflicts } = sim.stats()
  await sim.stop()
  return { heldMs, waitedMs: roundMs(endMs - startMs), conflicts: writeConflicts }
}
