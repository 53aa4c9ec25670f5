/** One subject, one shape, one fresh process: prints CPU and wall nanoseconds per operation as JSON. */
import {
  type BenchDocument,
  documentOf,
  generator,
  idOf,
  type Shape,
  shuffled,
} from './documents.ts'
import { limit } from './limit.ts'
import type { Subject, SubjectName } from './subject.ts'

export const PHASES = ['insertOne', 'findOne', 'updateOne', 'range100', 'transaction'] as const
export type Phase = (typeof PHASES)[number]
export type PhaseResult = { readonly cpuNs: number; readonly wallNs: number }
export type Phases = Partial<Record<Phase, PhaseResult>>
export type ChildResult = {
  readonly name: string
  readonly note?: string
  readonly phases: Partial<Record<Phase, PhaseResult>>
  readonly rssMb: number
}

const [, , subjectName, shape, countText] = process.argv as string[] & { 2: SubjectName; 3: Shape }
const count = Number(countText ?? 100_000)

async function open(name: SubjectName): Promise<Subject> {
  if (name === 'palimpsest') return (await import('./palimpsest.ts')).palimpsest()
  if (name === 'limit') return limit(shape as Shape)
  const peers = await import('./peers.ts')
  if (name === 'nedb') return peers.nedb()
  return name === 'lokijs' ? peers.lokijs() : peers.sqlite()
}

/** Stops a phase early where a peer would take minutes; the figure is per operation all the same. */
const CPU_BUDGET_US = 12_000_000

async function measure(operations: number, run: (i: number) => unknown): Promise<PhaseResult> {
  const cpu = process.cpuUsage()
  const wall = process.hrtime.bigint()
  let done = 0
  while (done < operations) {
    const pending = run(done++)
    // Some peers answer with thenables of their own.
    if (typeof (pending as PromiseLike<unknown> | undefined)?.then === 'function') await pending
    if (done % 4096 === 0) {
      const spent = process.cpuUsage(cpu)
      if (spent.user + spent.system > CPU_BUDGET_US) break
    }
  }
  const spent = process.cpuUsage(cpu)
  return {
    cpuNs: ((spent.user + spent.system) * 1000) / done,
    wallNs: Number(process.hrtime.bigint() - wall) / done,
  }
}

interface Sizes {
  readonly count: number
  readonly ranges: number
  readonly transactions: number
}

async function run(subject: Subject, { count, ranges, transactions }: Sizes): Promise<Phases> {
  const order = shuffled(count, 1)
  const reading = shuffled(count, 2)
  const documents: BenchDocument[] = Array.from(order, (i) => documentOf(shape as Shape, i))
  const ids = Array.from(reading, (i) => idOf(i))
  const next = generator(3)
  const pick = () => ids[next() % count] as string
  const { transaction } = subject
  return {
    insertOne: await measure(count, (i) => subject.insertOne(documents[i] as BenchDocument)),
    findOne: await measure(count, (i) => subject.findById(ids[i] as string)),
    updateOne: await measure(count, (i) => subject.increment(ids[i] as string)),
    range100: await measure(ranges, () => {
      const from = next() % (count - 100)
      return subject.range(from, from + 100)
    }),
    ...(transaction !== undefined && {
      transaction: await measure(transactions, () =>
        transaction([pick(), pick()], [pick(), pick()]),
      ),
    }),
  }
}

/**
 * A store of its own, thrown away: what is measured is the running program, not its compilation. A
 * query for a range runs through much code, so it takes most calls until all of that is compiled.
 */
const WARM_UP: Sizes = { count: 20_000, ranges: 20_000, transactions: 20_000 }

async function main(): Promise<void> {
  const warm = await open(subjectName as SubjectName)
  await run(warm, WARM_UP)
  await warm.close?.()
  const subject = await open(subjectName as SubjectName)
  const phases = await run(subject, { count, ranges: 10_000, transactions: 20_000 })
  const rssMb = process.memoryUsage().rss / 1e6
  console.log(JSON.stringify({ name: subject.name, note: subject.note, phases, rssMb }))
  await subject.close?.()
}

await main()
