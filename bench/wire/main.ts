/**
 * `npm run bench -- wire`: the real driver over TCP, on one connection and on sixteen, beside a null
 * server that parses each message and answers a fixed reply. Each server has a process of its own;
 * the driver is in this one. Short slices of work, alternating between the two, so that whatever
 * else the machine does meets both; the ratio is the median of the ratios of neighbouring slices.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { MongoClient } from 'mongodb'
import { median, table } from '../report.ts'
import { fill, type Operations, PHASES, type Phase, worker } from './workload.ts'

const CONNECTIONS = [1, 16] as const
const TARGET = 1.3
const SUBJECTS = ['null', 'palimpsest'] as const
type SubjectName = (typeof SUBJECTS)[number]

/** Operations of a slice: some fifty milliseconds. */
const SLICE: Readonly<Record<Phase, number>> = {
  insertOne: 400,
  findOne: 400,
  updateOne: 400,
  range100: 120,
  transaction: 80,
}

/** The first slices compile what the others measure. */
const WARM_UP_ROUNDS = 20

/** Microseconds an operation. */
interface Cost {
  readonly wallUs: number
  readonly clientUs: number
  readonly serverUs: number
}

class Subject {
  readonly #child: ChildProcess
  readonly #client: MongoClient
  readonly #workers: readonly Operations[]

  private constructor(child: ChildProcess, client: MongoClient, workers: readonly Operations[]) {
    this.#child = child
    this.#client = client
    this.#workers = workers
  }

  static async open(name: SubjectName, connections: number): Promise<Subject> {
    const child = fork(fileURLToPath(new URL('./child.ts', import.meta.url)), [name], {
      execArgv: ['--import', 'tsx'],
    })
    const [{ port }] = (await once(child, 'message')) as [{ port: number }]
    const client = await MongoClient.connect(`mongodb://127.0.0.1:${port}/?replicaSet=rs0`, {
      minPoolSize: connections,
      maxPoolSize: connections,
    })
    await fill(client)
    const workers = Array.from({ length: connections }, (_, i) => worker(client, i, connections))
    return new Subject(child, client, workers)
  }

  async #serverCpuUs(): Promise<number> {
    this.#child.send({})
    const [{ cpuUs }] = (await once(this.#child, 'message')) as [{ cpuUs: number }]
    return cpuUs
  }

  async slice(phase: Phase): Promise<Cost> {
    const total = SLICE[phase]
    const serverBefore = await this.#serverCpuUs()
    const cpu = process.cpuUsage()
    const wall = process.hrtime.bigint()
    let begun = 0
    await Promise.all(
      this.#workers.map(async (operations) => {
        while (begun++ < total) await operations[phase]()
      }),
    )
    const wallUs = Number(process.hrtime.bigint() - wall) / 1000
    const { user, system } = process.cpuUsage(cpu)
    const serverUs = (await this.#serverCpuUs()) - serverBefore
    return { wallUs: wallUs / total, clientUs: (user + system) / total, serverUs: serverUs / total }
  }

  async close(): Promise<void> {
    await this.#client.close()
    this.#child.disconnect()
  }
}

async function measure(connections: number, rounds: number): Promise<string> {
  const [none, ours] = await Promise.all(SUBJECTS.map((name) => Subject.open(name, connections)))
  if (none === undefined || ours === undefined) throw new Error('there are two subjects')
  const rows: string[][] = []
  for (const phase of PHASES) {
    const pairs: Pair[] = []
    for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
      const pair = await pairOf(phase, none, ours, round % 2 === 0)
      if (round >= 0) pairs.push(pair)
    }
    rows.push(rowOf(phase, pairs))
    process.stderr.write(`${connections} ${rows.at(-1)?.join(' ')}\n`)
  }
  await Promise.all([none.close(), ours.close()])
  const noun = connections === 1 ? 'connection' : 'connections'
  return `## ${connections} ${noun}\n\nMicroseconds an operation, median of ${rounds} rounds; target for the ratio of wall times: ${TARGET}\n\n${table(HEAD, rows)}\n`
}

interface Pair {
  readonly none: Cost
  readonly ours: Cost
}

/** Neighbouring slices. Whoever comes second meets a warmer client, so they take turns. */
async function pairOf(phase: Phase, none: Subject, ours: Subject, begin: boolean): Promise<Pair> {
  if (begin) return { none: await none.slice(phase), ours: await ours.slice(phase) }
  const later = await ours.slice(phase)
  return { none: await none.slice(phase), ours: later }
}

const HEAD = [
  'operation',
  'wall, null',
  'wall, palimpsest',
  'ratio',
  'server CPU, null',
  'server CPU, palimpsest',
  'client CPU, null',
  'client CPU, palimpsest',
]

function rowOf(phase: Phase, pairs: readonly Pair[]): string[] {
  const typical = (pick: (pair: Pair) => number): number => median(pairs.map(pick))
  const us = (pick: (pair: Pair) => number): string => typical(pick).toFixed(0)
  return [
    phase,
    us(({ none }) => none.wallUs),
    us(({ ours }) => ours.wallUs),
    `x${typical(({ none, ours }) => ours.wallUs / none.wallUs).toFixed(2)}`,
    us(({ none }) => none.serverUs),
    us(({ ours }) => ours.serverUs),
    us(({ none }) => none.clientUs),
    us(({ ours }) => ours.clientUs),
  ]
}

/** `--rounds N` for a quick look. */
const { values } = parseArgs({ options: { rounds: { type: 'string', default: '61' } } })
for (const connections of CONNECTIONS) {
  console.log(await measure(connections, Number(values.rounds)))
}
