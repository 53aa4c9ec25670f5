/**
 * A plain update waits for a transaction that nobody ends, and a test of that takes no time at all.
 * Run: `npx tsx examples/wait_on_conflict.ts`.
 */
import { Palimpsest } from '../src/index.ts'

const sim = await Palimpsest.create({ time: 'auto', seed: 1 })
const client = sim.client()
const stock = client.db('shop').collection('stock')
await stock.insertOne({ _id: 'x', value: 0 })

// Somebody begins a transaction, changes x, and forgets about it.
const session = client.startSession()
session.startTransaction()
await stock.updateOne({ _id: 'x' }, { $inc: { value: 2 } }, { session })

// The update waits until the server's sweep aborts the transaction: 90 s of virtual time.
await stock.updateOne({ _id: 'x' }, { $inc: { value: 8 } })

console.log(await stock.findOne({ _id: 'x' }))
console.log(`${sim.stats().writeConflicts} write conflicts in ${sim.clock.elapsed()} ms`)
await sim.stop()
