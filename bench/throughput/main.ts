/**
 * `npm run bench -- throughput`: 100,000 documents through the in-process client, one promise per call,
 * beside the limit and beside peers. A fresh process for each subject and round, rounds interleaved;
 * the figure is the median of CPU time per operation, and its ratio to the limit of the same run.
 */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { median, table } from '../report.ts'
import type { ChildResult, Phase } from './child.ts'
import type { Shape } from './documents.ts'
import type { SubjectName } from './subject.ts'

const PHASES: readonly Phase[] = ['insertOne', 'findOne', 'updateOne', 'range100', 'transaction']
const TARGETS: Readonly<Record<Phase, number>> = {
  insertOne: 3,
  findOne: 1.5,
  updateOne: 2.5,
  range100: 1.5,
  transaction: 2.5,
}
const SUBJECTS: readonly SubjectName[] = ['limit', 'palimpsest', 'nedb', 'lokijs', 'sqlite']

interface ThroughputOptions {
  readonly rounds: number
  readonly count: number
  readonly subjects: readonly SubjectName[]
}

function oneShape(shape: Shape, { rounds, count, subjects }: ThroughputOptions): string {
  const results = new Map<SubjectName, ChildResult[]>(subjects.map((name) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    for (const name of subjects) {
      process.stderr.write(`${shape} round ${round + 1}/${rounds} ${name}\n`)
      results.get(name)?.push(child(name, shape, count))
    }
  }
  const cpu = (name: SubjectName, phase: Phase): number =>
    median((results.get(name) ?? []).map((result) => result.phases[phase]?.cpuNs ?? Number.NaN))
  const rows = subjects.map((name) => {
    const [first] = results.get(name) as [ChildResult]
    const cells = PHASES.map((phase) => {
      const ns = cpu(name, phase)
      if (Number.isNaN(ns)) return 'none'
      return `${(ns / 1000).toFixed(2)} us (x${(ns / cpu('limit', phase)).toFixed(2)})`
    })
    const rss = median((results.get(name) ?? []).map((result) => result.rssMb))
    return [first.name, ...cells, rss.toFixed(0), first.note ?? '']
  })
  const targets = ['target', ...PHASES.map((phase) => `x${TARGETS[phase]}`), '', '']
  const head = ['subject', ...PHASES, 'RSS MB', 'note']
  return `## ${count} documents, ${shape}\n\nCPU per operation, median of ${rounds} rounds (ratio to the limit)\n\n${table(head, [...rows, targets])}\n`
}

function child(name: SubjectName, shape: Shape, count: number): ChildResult {
  const script = fileURLToPath(new URL('./child.ts', import.meta.url))
  const run = spawnSync(process.execPath, ['--import', 'tsx', script, name, shape, String(count)], {
    encoding: 'utf8',
    cwd: fileURLToPath(new URL('..', import.meta.url)),
  })
  if (run.status !== 0) throw new Error(`${name} failed:\n${run.stderr}`)
  return JSON.parse(run.stdout.trim().split('\n').at(-1) as string) as ChildResult
}

/** `--rounds N`, `--only a,b` for a quick look; the report takes five rounds of all. */
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    count: { type: 'string', default: '100000' },
    only: { type: 'string' },
  },
})
const options: ThroughputOptions = {
  rounds: Number(values.rounds),
  count: Number(values.count),
  subjects: SUBJECTS.filter((name) => values.only?.split(',').includes(name) ?? true),
}
for (const shape of ['flat', 'nested'] as const) console.log(oneShape(shape, options))
