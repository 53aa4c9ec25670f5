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
const typical = (subject: SubjectName, of: (steps: Steps) => number): number =>
  median(runs[subject].map(of))
const ms = (value: number): string => (Number.isNaN(value) ? '-' : value.toFixed(1))

const rows = STEPS.map((step) => [
  step,
  ...SUBJECTS.map((subject) => ms(typical(subject, (steps) => steps[step] ?? Number.NaN))),
])
const totals = ['all', ...SUBJECTS.map((subject) => ms(typical(subject, sum)))]
console.log(`Milliseconds, median of ${ROUNDS} processes each.\n`)
const head = ['step', 'a bare TCP server', 'Palimpsest', 'MongoMemoryReplSet']
console.log(table(head, [...rows, totals]))

const ratio = typical('palimpsest', sum) / typical('bare', sum)
const create = typical('memoryServer', ({ create = Number.NaN }) => create)
console.log(`\nAll steps: ${ratio.toFixed(2)} times those of the bare server.`)
console.log(
  `MongoMemoryReplSet.create() takes ${ms(create)} ms; the target is under ${CREATE_MS_MAX} ms.`,
)
