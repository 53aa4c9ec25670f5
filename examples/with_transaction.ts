/**
 * Two transfers between the same two accounts at once: `withTransaction` runs the one that lost
 * again, so no money is lost or made. Run: `npx tsx examples/with_transaction.ts`.
 */
import { Palimpsest } from '../src/index.ts'

interface Account {
  _id: string
  balance: number
}

const sim = await Palimpsest.create({ time: 'auto', seed: 1 })
const client = sim.client()
const accounts = client.db('bank').collection<Account>('accounts')
await accounts.insertMany([
  { _id: 'alice', balance: 100 },
  { _id: 'bob', balance: 100 },
])

/** @returns how many times the transaction was run until it committed */
async function transfer(from: string, to: string, amount: number): Promise<number> {
  const session = client.startSession()
  let runs = 0
  await session.withTransaction(async () => {
    runs++
    await accounts.updateOne({ _id: from }, { $inc: { balance: -amount } }, { session })
    // Whatever else the application does takes time, and the other transfer comes in between.
    await sim.clock.sleep(50)
    await accounts.updateOne({ _id: to }, { $inc: { balance: amount } }, { session })
  })
  await session.endSession()
  return runs
}

const runs = await Promise.all([transfer('alice', 'bob', 30), transfer('bob', 'alice', 10)])
console.log(`The transfers took ${runs.join(' and ')} runs.`)
console.log(await accounts.find().toArray())
await sim.stop()
