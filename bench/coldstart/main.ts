/**
 * `npm run bench -- coldstart`: what a test file pays before its first document is stored. Each start
 * is a process of its own, and the subjects take turns, so that whatever else the machine does meets
 * all of them. Wall time, as that is what somebody waits for.
 */
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { median, table } from '../report.ts'

const ROUNDS = 15
const SUBJECTS = ['bare', 'palimpsest', 'memoryServer'] as const
const STEPS = ['import', 'create', 'listen', 'connect', 'insert'] as const
const CREATE_MS_MAX = 30

type SubjectName = (typeof SUBJECTS)[number]
type Steps = Partial<Record<(typeof STEPS)[number], number>>

const child = fileURLToPath(new URL('./child.js', import.meta.url))
const runs: Record<SubjectName, Steps[]> = { bare: [], palimpsest: [], memoryServer: [] }

function start(subject: SubjectName): Steps {
  return JSON.parse(execFileSync(process.execPath, [child, subject], { encoding: 'utf8' })) as Steps
}

for (const subject of SUBJECTS) start(subject)
for (let round = 0; round < ROUNDS; round++) {
  for (const subject of SUBJECTS) runs[subject].push(start(subject))
}

const sum = (steps: Steps): number => Object.values(steps).reduce((all, ms) => all + ms, 0)
const ms = (value: number): string => (Number.isNaN(value) ? '-' : value.toFixed(1))

/** Median, and the fastest: what it takes where the machine has nothing else to do. */
function figures(subject: SubjectName, of: (steps: Steps) => number): string {
  const values = runs[subject].map(of)
  const typical = median(values)
  return Number.isNaN(typical) ? '-' : `${ms(typical)} (${ms(Math.min(...values))})`
}

const rows = STEPS.map((step) => [
  step,
  ...SUBJECTS.map((subject) => figures(subject, (steps) => steps[step] ?? Number.NaN)),
])
const totals = ['all', ...SUBJECTS.map((subject) => figures(subject, sum))]
console.log(`Milliseconds, median of ${ROUNDS} processes each, and the fastest.\n`)
const head = ['step', 'a bare TCP server', 'Palimpsest', 'MongoMemoryReplSet']
console.log(table(head, [...rows, totals]))

const ratios = runs.palimpsest.map((steps, round) => sum(steps) / sum(runs.bare[round] ?? {}))
console.log(
  `\nAll steps: ${median(ratios).toFixed(2)} times those of the bare server, which ran just before.`,
)
console.log(
  `MongoMemoryReplSet.create(): ${figures('memoryServer', ({ create = Number.NaN }) => create)} ms; the target is under ${CREATE_MS_MAX} ms.`,
)
