/**
 * Fifty programs change one document at once, each in a transaction that thinks for a while. Who
 * comes second meets a conflict, and `withTransaction` runs it again after a pause that chance draws.
 * All get through; the table says how often each one tried, and how long that took.
 * Run: `npx tsx examples/fifty_clients.ts`.
 */
import { Palimpsest } from '../src/index.ts'

const PROGRAMS = 50
const THINKS_MS = 5
/** The driver gives up after this long. */
const LIMIT_MS = 120_000

const sim = await Palimpsest.create({ time: 'auto', seed: 1 })
const stock = sim.client().db('shop').collection<{ _id: string; sold: number }>('stock')
await stock.insertOne({ _id: 'tickets', sold: 0 })

interface Passage {
  readonly program: number
  readonly attempts: number
  readonly waitedMs: number
}

async function sell(program: number): Promise<Passage> {
  const client = sim.client()
  const tickets = client.db('shop').collection<{ _id: string; sold: number }>('stock')
  const fromMs = sim.clock.elapsed()
  let attempts = 0
  await client.withSession((session) =>
    session.withTransaction(async () => {
      attempts++
      const found = await tickets.findOne({ _id: 'tickets' }, { session })
      await sim.clock.sleep(THINKS_MS)
      const sold = (found?.sold ?? 0) + 1
      await tickets.updateOne({ _id: 'tickets' }, { $set: { sold } }, { session })
    }),
  )
  await client.close()
  return { program, attempts, waitedMs: Math.round(sim.clock.elapsed() - fromMs) }
}

const passages = await Promise.all(Array.from({ length: PROGRAMS }, (_, n) => sell(n + 1)))

console.log('program  attempts  waited ms')
for (const { program, attempts, waitedMs } of passages) {
  const cells = [String(program).padStart(7), String(attempts).padStart(8)]
  console.log(`${cells.join('  ')}  ${String(waitedMs).padStart(9)}`)
}
const longestMs = Math.max(...passages.map(({ waitedMs }) => waitedMs))
const attempts = passages.reduce((sum, passage) => sum + passage.attempts, 0)
console.log(`${attempts} attempts for ${PROGRAMS} transactions; the longest took ${longestMs} ms`)
console.log(await stock.findOne({ _id: 'tickets' }))
if (longestMs >= LIMIT_MS) throw new Error('somebody was out of time')
await sim.stop()
