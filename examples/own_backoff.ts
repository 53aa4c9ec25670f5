/**
 * How many conflicts would a schedule of one's own cost, and how late would it be? Ten seconds of
 * conflict under the 8.0 ladder, under the server's jittered ramp of 2026, and under Fibonacci's.
 * Run: `npx tsx examples/own_backoff.ts`.
 */
import { type BackoffPolicy, backoffPolicies, Palimpsest } from '../src/index.ts'

const HOLD_MS = 10_000

const fibonacci: BackoffPolicy = {
  name: 'fibonacci',
  sleepUs(attempt) {
    let [sleepMs, next] = [1, 1]
    for (let i = 0; i < Math.min(attempt, 14); i++) [sleepMs, next] = [next, sleepMs + next]
    return sleepMs * 1000
  },
  interruptible: true,
  releasesFirst: true,
}

for (const backoff of [backoffPolicies.ladder, backoffPolicies.jitteredRamp, fibonacci]) {
  const sim = await Palimpsest.create({ time: 'auto', seed: 1, backoff })
  const client = sim.client()
  const stock = client.db('shop').collection('stock')
  await stock.insertOne({ _id: 'x', value: 0 })
  const session = client.startSession()
  session.startTransaction()
  await stock.updateOne({ _id: 'x' }, { $inc: { value: 2 } }, { session })

  const waiting = stock.updateOne({ _id: 'x' }, { $inc: { value: 8 } })
  await sim.clock.sleep(HOLD_MS)
  await session.commitTransaction()
  await waiting

  const lateMs = sim.clock.elapsed() - HOLD_MS
  const { writeConflicts } = sim.stats()
  console.log(`${backoff.name}: ${writeConflicts} conflicts, late by ${lateMs.toFixed(0)} ms`)
  await sim.stop()
}
