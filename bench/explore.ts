/**
 * How many schedules a second: three sessions of four statements on the full engine, history
 * recorded and judged.
 *
 * - Generators and async functions, as plain statements and in transactions (two reads, a write,
 *   the
 *   commit), at random.
 * - Beside them `fc.scheduler` on the async program: its promises are the same statements, on a
 *   simulator that is restored between two schedules, and nothing is recorded or judged.
 * - How many schedules exhaustive exploration takes of the 34,650.
 *
 * CPU time of this process, garbage collection of all threads included; medians of several rounds.
 * Needs `npm run build`. Run: `npx tsx bench/explore.ts`.
 */
import fc from 'fast-check'
import { explore } from '../dist/explore/index.js'
import { Palimpsest } from '../dist/index.js'
import { median, table } from './report.ts'

const ROUNDS = 5
const SECONDS_PER_ROUND = 1

type Client = ReturnType<Palimpsest['client']>
// biome-ignore lint/suspicious/noExplicitAny: the two kinds of clients have one shape here
type AnyClient = any

interface Item {
  _id: string
  value: number
}

async function setup(client: Client): Promise<void> {
  const items = client.db().collection<Item>('items')
  await items.insertMany(['x', 'y', 'z'].map((_id) => ({ _id, value: 0 })))
}

const PAIRS = [
  ['x', 'y'],
  ['y', 'z'],
  ['z', 'x'],
] as const

function* plain(client: AnyClient, first: string, second: string): Generator {
  const items = client.db().collection('items')
  const a = yield* items.findOne({ _id: first })
  yield* items.updateOne({ _id: first }, { $set: { value: a.value + 1 } })
  const b = yield* items.findOne({ _id: second })
  yield* items.updateOne({ _id: second }, { $set: { value: b.value + 1 } })
}

function* transaction(client: AnyClient, first: string, second: string): Generator {
  const items = client.db().collection('items')
  const session = client.startSession()
  session.startTransaction()
  try {
    const a = yield* items.findOne({ _id: first }, { session })
    const b = yield* items.findOne({ _id: second }, { session })
    const value = a.value + b.value + 1
    yield* items.updateOne({ _id: second }, { $set: { value } }, { session })
    yield* session.commitTransaction()
  } catch {
    if (session.inTransaction()) yield* session.abortTransaction()
  }
}

async function plainAsync(client: Client, first: string, second: string): Promise<void> {
  const items = client.db().collection<Item>('items')
  const a = await items.findOne({ _id: first })
  await items.updateOne({ _id: first }, { $set: { value: a!.value + 1 } })
  const b = await items.findOne({ _id: second })
  await items.updateOne({ _id: second }, { $set: { value: b!.value + 1 } })
}

async function transactionAsync(client: Client, first: string, second: string): Promise<void> {
  const items = client.db().collection<Item>('items')
  const session = client.startSession()
  session.startTransaction()
  try {
    const a = await items.findOne({ _id: first }, { session })
    const b = await items.findOne({ _id: second }, { session })
    const value = a!.value + b!.value + 1
    await items.updateOne({ _id: second }, { $set: { value } }, { session })
    await session.commitTransaction()
  } catch {
    if (session.inTransaction()) await session.abortTransaction()
  }
}

const generators = (body: typeof plain) => ({
  a: function* (client: AnyClient) {
    yield* body(client, ...PAIRS[0])
  },
  b: function* (client: AnyClient) {
    yield* body(client, ...PAIRS[1])
  },
  c: function* (client: AnyClient) {
    yield* body(client, ...PAIRS[2])
  },
})

const functions = (body: typeof plainAsync) => ({
  a: async (client: Client) => body(client, ...PAIRS[0]),
  b: async (client: Client) => body(client, ...PAIRS[1]),
  c: async (client: Client) => body(client, ...PAIRS[2]),
})

/** Schedules in one second of CPU time: doubled until a round takes long enough. */
async function perSecond(play: (schedules: number) => Promise<void>): Promise<number> {
  await play(2_000)
  const rates: number[] = []
  for (let round = 0, schedules = 1_000; round < ROUNDS; ) {
    const before = process.cpuUsage()
    await play(schedules)
    const { user, system } = process.cpuUsage(before)
    const seconds = (user + system) / 1e6
    if (seconds < SECONDS_PER_ROUND / 2) {
      schedules *= 2
      continue
    }
    rates.push(schedules / seconds)
    round++
  }
  return median(rates)
}

const exploring = (actors: AnyClient, judged: boolean) => async (schedules: number) => {
  const report = await explore({
    setup,
    actors,
    schedules,
    strategy: 'random',
    granularity: 'statement',
    // A level that holds: else it would end at the first schedule that violates it.
    ...(judged ? { isolation: 'read-committed' as const } : {}),
  })
  if (!report.ok) throw new Error(report.counterexample?.explanation)
}

const withFastCheck = (body: typeof plainAsync) => async (schedules: number) => {
  const sim = await Palimpsest.create({ seed: 1 })
  await setup(sim.client())
  const saved = sim.save()
  const clients = PAIRS.map(() => sim.client())
  const program = async (scheduler: fc.Scheduler) => {
    for (const [at, client] of clients.entries()) {
      void body(scheduled(client, scheduler), ...PAIRS[at]!)
    }
    await scheduler.waitIdle()
    sim.restore(saved)
  }
  await fc.assert(fc.asyncProperty(fc.scheduler(), program), { seed: 1, numRuns: schedules })
  await sim.stop()
}

/** A client each of whose statements waits until the scheduler lets it go. */
function scheduled(client: Client, scheduler: fc.Scheduler): Client {
  const real = client.db().collection<Item>('items')
  const items = {
    findOne: scheduler.scheduleFunction((...given: [AnyClient, AnyClient]) =>
      real.findOne(...given),
    ),
    updateOne: scheduler.scheduleFunction((...given: [AnyClient, AnyClient, AnyClient]) =>
      real.updateOne(...given),
    ),
  }
  return {
    db: () => ({ collection: () => items }),
    startSession() {
      const session = client.startSession()
      const commit = session.commitTransaction.bind(session)
      session.commitTransaction = scheduler.scheduleFunction(() => commit())
      return session
    },
  } as unknown as Client
}

const rows: string[][] = []
const measure = async (name: string, play: (schedules: number) => Promise<void>) => {
  rows.push([name, Math.round(await perSecond(play)).toLocaleString('en')])
}
await measure('generators, plain statements', exploring(generators(plain), false))
await measure('generators, plain statements, judged', exploring(generators(plain), true))
await measure('generators, transactions', exploring(generators(transaction), false))
await measure('generators, transactions, judged', exploring(generators(transaction), true))
await measure('async, plain statements', exploring(functions(plainAsync), false))
await measure('async, plain statements, judged', exploring(functions(plainAsync), true))
await measure('async, transactions, judged', exploring(functions(transactionAsync), true))
await measure('fc.scheduler, async, plain statements', withFastCheck(plainAsync))
await measure('fc.scheduler, async, transactions', withFastCheck(transactionAsync))
console.log(table(['3 sessions of 4 statements', 'schedules/s'], rows))

const exhaustive = await explore({
  setup,
  actors: generators(transaction),
  strategy: 'exhaustive',
  isolation: 'read-committed',
})
console.log(
  `\nExhaustive, transactions: ${exhaustive.explored} schedules stand for all ${exhaustive.total}.`,
)
