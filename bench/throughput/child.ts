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

async function main(): Promise<void> {
  const subject = await open(subjectName as SubjectName)
  const order = shuffled(count, 1)
  const reading = shuffled(count, 2)
  const at = (list: Int32Array, i: number): number => list[i % count] as number
  const documents: BenchDocument[] = Array.from({ length: count }, (_, i) =>
    documentOf(shape as Shape, at(order, i)),
  )
  const ids = Array.from({ length: count }, (_, i) => idOf(at(reading, i)))
  const next = generator(3)
  const phases: Partial<Record<Phase, PhaseResult>> = {}
  phases.insertOne = await measure(count, (i) => subject.insertOne(documents[i] as BenchDocument))
  phases.findOne = await measure(count, (i) => subject.findById(ids[i] as string))
  phases.updateOne = await measure(count, (i) => subject.increment(ids[i] as string))
  phases.range100 = await measure(2_000, () => {
    const from = next() % (count - 100)
    return subject.range(from, from + 100)
  })
  const { transaction } = subject
  if (transaction !== undefined) {
    const pick = () => ids[next() % count] as string
    phases.transaction = await measure(20_000, () =>
      transaction([pick(), pick()], [pick(), pick()]),
    )
  }
  const rssMb = process.memoryUsage().rss / 1e6
  console.log(JSON.stringify({ name: subject.name, note: subject.note, phases, rssMb }))
  await subject.close?.()
}

await main()
