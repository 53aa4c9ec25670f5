/** One size in a fresh process: what reading and judging cost, in CPU time, as JSON. */
import { checkTable, type HistoryEvent, readEvents } from '../../src/check/index.ts'
import { cleanHistory } from './clean_history.ts'

export interface ChildResult {
  readonly transactions: number
  readonly steps: number
  readonly elements: number
  /** Milliseconds of CPU. */
  readonly limitMs: number
  readonly readMs: number
  readonly judgeMs: number
  readonly rssMb: number
  readonly holds: boolean
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/** What no judge can do without: each append into a map, each list once from end to end. */
function limit(events: readonly HistoryEvent[]): number {
  const authors = new Map<unknown, number>()
  let found = 0
  events.forEach(({ type, value }, at) => {
    for (const [name, , seen] of value) {
      if (name === 'append') authors.set(seen, at)
      else if (type === 'ok') {
        for (const element of seen as readonly number[]) found ^= element
        if (authors.has((seen as readonly number[]).at(-1))) found++
      }
    }
  })
  return found
}

const count = Number(process.argv[2])
let started = cpuMs()
const since = (): number => {
  const ms = cpuMs() - started
  started = cpuMs()
  return ms
}
const events = [...cleanHistory(count)]
since()
limit(events)
const limitMs = since()
const table = readEvents(events)
const readMs = since()
const verdict = checkTable(table, { model: 'list-append', level: 'strict-serializable' })
const judgeMs = since()
let steps = 0
let elements = 0
for (const { type, value } of events) {
  if (type === 'invoke') steps += value.length
  else for (const [, , seen] of value) if (Array.isArray(seen)) elements += seen.length
}
const result: ChildResult = {
  transactions: count,
  steps,
  elements,
  limitMs,
  readMs,
  judgeMs,
  rssMb: process.resourceUsage().maxRSS / 1024,
  holds: verdict.ok && verdict.complete,
}
console.log(JSON.stringify(result))
