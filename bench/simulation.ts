/**
 * What waiting costs, and what the engine's operations cost as collections grow.
 *
 * - The 80-second wait: a transaction holds a document, a plain update by `_id` waits for it by the
 *   8.0 ladder for 79,556 ms of virtual time and 981 conflicts. Cold, first thing in a process, and warm.
 * - A million conflict retries of one update, metrics on.
 * - Insert, find by `_id`, `$inc` by `_id` and a range of 100 by a secondary index, in collections of
 *   1,000 to 1,000,000 documents, at the engine's door: no command, no client, no copies.
 *
 * CPU time of this process. Run: `npx tsx bench/simulation.ts`.
 */
import type { Document } from '../src/bson/index.ts'
import {
  createIndexes,
  Engine,
  find,
  insertDocuments,
  type OperationContext,
  TransactionParticipant,
  updateStatement,
} from '../src/engine/index.ts'
import {
  AutoClock,
  isOperation,
  type MaybeOperation,
  type Operation,
  Random,
} from '../src/sim/index.ts'
import { median, table } from './report.ts'

const ns = { db: 'bench', coll: 'docs' }

const WAIT_ROUNDS = 30
const RETRIES = 1_000_000
const RETRY_ROUNDS = 5
const SIZES = [1_000, 10_000, 100_000, 1_000_000]
const OPERATIONS = 50_000

function newEngine(): { engine: Engine; clock: AutoClock } {
  const clock = new AutoClock(1_700_000_000_000_000)
  return { engine: new Engine({ clock, random: new Random(1) }), clock }
}

/** One operation from begin to end; its value at once unless it has to wait. */
function run<T>(
  engine: Engine,
  statement: (op: OperationContext) => MaybeOperation<T>,
  transaction?: TransactionParticipant,
): T | Promise<T> {
  const op = engine.beginOperation('bench', transaction)
  const result = statement(op)
  if (isOperation(result)) return engine.services.scheduler.run('bench', ended(engine, op, result))
  engine.endOperation(op)
  return result
}

function* ended<T>(engine: Engine, op: OperationContext, operation: Operation<T>): Operation<T> {
  try {
    return yield* operation
  } finally {
    engine.endOperation(op)
  }
}

function cpuMs(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since)
  return (user + system) / 1000
}

/** A waiter that meets so many conflicts before the holder is aborted. @returns CPU milliseconds */
async function waitMs(conflicts: number): Promise<number> {
  const { engine, clock } = newEngine()
  run(engine, (op) => insertDocuments(op, ns, [{ _id: 'x', value: 0 }], { ordered: true }))
  const holder = new TransactionParticipant(engine.services, 'holder')
  holder.beginOrContinue({ txnNumber: 1, autocommit: false, startTransaction: true })
  holder.unstash('update')
  const u = { $inc: { value: 1 } }
  run(engine, (op) => updateStatement(op, ns, { q: { _id: 'x' }, u }), holder)
  // The ladder's sum: 1,456 ms for the first 200, 100 ms for each one after; the last is not whole.
  const heldMs = 1_456 + 100 * (conflicts - 200) - 50
  clock.schedule(heldMs * 1000, 'passive', () => holder.abort('expired'))
  const op = engine.beginOperation('waiter')
  const before = process.cpuUsage()
  const waiting = updateStatement(op, ns, { q: { _id: 'x' }, u })
  await engine.services.scheduler.run('waiter', waiting)
  const spentMs = cpuMs(before)
  engine.endOperation(op)
  if (op.debug.writeConflicts !== conflicts) {
    throw new Error(`${op.debug.writeConflicts} conflicts instead of ${conflicts}`)
  }
  return spentMs
}

const spread = (values: readonly number[], digits: number): string => {
  const least = Math.min(...values).toFixed(digits)
  const most = Math.max(...values).toFixed(digits)
  return `${median(values).toFixed(digits)} (${least} to ${most})`
}

async function waits(): Promise<void> {
  const cold = await waitMs(981)
  const warm: number[] = []
  for (let round = 0; round < WAIT_ROUNDS; round++) warm.push(await waitMs(981))
  const retries: number[] = []
  for (let round = 0; round < RETRY_ROUNDS; round++) retries.push(await waitMs(RETRIES))
  const rows = [
    ['the 80-second wait, cold', cold.toFixed(1), '1'],
    ['the 80-second wait, warm', spread(warm, 1), `${WAIT_ROUNDS}`],
    [`${RETRIES.toLocaleString('en')} conflict retries`, spread(retries, 0), `${RETRY_ROUNDS}`],
  ]
  console.log(table(['what', 'CPU ms: median (least to most)', 'rounds'], rows))
}

/** Every number below `count` once, far from its neighbours. */
function shuffled(count: number): number[] {
  const order = Array.from({ length: count }, (_, i) => i)
  const random = new Random(2)
  for (let i = count - 1; i > 0; i--) {
    const j = random.below(i + 1)
    const swapped = order[i]!
    order[i] = order[j]!
    order[j] = swapped
  }
  return order
}

/** About 150 bytes. */
function documentOf(n: number): Document {
  return { _id: n, rank: n, count: 0, name: `name ${n}`, text: 'x'.repeat(80), flag: true }
}

function nsPerOperation(count: number, work: (i: number) => void): number {
  const before = process.cpuUsage()
  for (let i = 0; i < count; i++) work(i)
  return (cpuMs(before) * 1e6) / count
}

const KINDS = ['insert', 'find by _id', '$inc by _id', 'range of 100'] as const

/** Nanoseconds an operation, for one size of collection. */
function costs(size: number): number[] {
  const { engine } = newEngine()
  run(engine, (op) => createIndexes(op, ns, [{ key: { rank: 1 }, name: 'rank_1' }]))
  const order = shuffled(size)
  const insert = nsPerOperation(size, (i) => {
    const document = documentOf(order[i]!)
    run(engine, (op) => insertDocuments(op, ns, [document], { ordered: true }))
  })
  const at = (i: number): number => order[(i * 7_919) % size]!
  const byId = nsPerOperation(OPERATIONS, (i) => {
    run(engine, (op) => find(op, ns, { filter: { _id: at(i) } }))
  })
  const inc = nsPerOperation(OPERATIONS, (i) => {
    const request = { q: { _id: at(i) }, u: { $inc: { count: 1 } } }
    run(engine, (op) => updateStatement(op, ns, request))
  })
  const range = nsPerOperation(OPERATIONS / 50, (i) => {
    const from = at(i) % (size - 100)
    const filter = { rank: { $gte: from, $lt: from + 100 } }
    run(engine, (op) => find(op, ns, { filter, batchSize: 1_000 }))
  })
  return [insert, byId, inc, range]
}

function growth(): void {
  const rows = SIZES.map((size) => {
    const rounds = Array.from({ length: size >= 1_000_000 ? 1 : 3 }, () => costs(size))
    const medians = KINDS.map((_, kind) => median(rounds.map((round) => round[kind]!)))
    return [size.toLocaleString('en'), ...medians.map((ns) => (ns / 1000).toFixed(2))]
  })
  console.log('\nCPU microseconds an operation (the larger sizes: of one round)\n')
  console.log(table(['documents', ...KINDS], rows))
}

await waits()
growth()
