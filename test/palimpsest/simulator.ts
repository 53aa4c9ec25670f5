import { Palimpsest, type PalimpsestClient, type SimulatorOptions } from '../../src/index.ts'

export interface Demo {
  _id: string
  value: number
}

/** A simulator whose document x is held by a transaction that began at the very start. */
export async function simulatorWithHolder(options: SimulatorOptions = {}) {
  const sim = await Palimpsest.create({ seed: 1, startAt: 0, ...options })
  const client = sim.client()
  const db = client.db('test')
  const demo = db.collection<Demo>('demo')
  await demo.insertOne({ _id: 'x', value: 0 })
  const holder = client.startSession()
  holder.startTransaction()
  await demo.updateOne({ _id: 'x' }, { $inc: { value: 2 } }, { session: holder })
  return { sim, client, db, demo, holder }
}

export async function writeConflicts(client: PalimpsestClient): Promise<number> {
  const status = await client.db('admin').command({ serverStatus: 1 })
  return Number(status['metrics'].operation.writeConflicts)
}

/** What a promise was rejected with. */
export async function failure(promise: Promise<unknown>): Promise<Record<string, unknown>> {
  try {
    await promise
  } catch (error) {
    return error as Record<string, unknown>
  }
  throw new Error('it did not fail')
}
