/**
 * Replays recorded schedules of the real WiredTiger against our storage layer, and compares every
 * outcome:
 *
 *     npm run oracle -- FILE.jsonl
 *
 * Prints `N schedules, M steps, K differences`, the first differences in full. Exit status 0 when
 * there is none, 1 when there are some, 2 when the input is malformed.
 */
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { compare, render } from './oracle/compare.ts'
import { replay } from './oracle/replay.ts'
import { MalformedInput, parseSchedule } from './oracle/schedule.ts'

const SHOWN_IN_FULL = 5
const PROGRESS_EVERY = 100

async function main(path: string | undefined): Promise<number> {
  if (path === undefined) throw new MalformedInput('usage: npm run oracle -- FILE.jsonl')
  let schedules = 0
  let steps = 0
  let differences = 0
  let lineNumber = 0
  const shown: string[] = []
  const lines = createInterface({ input: createReadStream(path), crlfDelay: Infinity })
  for await (const line of lines) {
    lineNumber++
    if (line.trim() === '') continue
    const schedule = parseSchedule(line, lineNumber)
    const replayed = replay(schedule)
    const found = compare(schedule, replayed)
    for (const difference of found) {
      if (shown.length < SHOWN_IN_FULL) shown.push(render(schedule, replayed, difference))
    }
    schedules++
    steps += schedule.steps.length
    differences += found.length
    if (schedules % PROGRESS_EVERY === 0) showProgress(schedules, differences)
  }
  clearProgress()
  for (const text of shown) console.log(`${text}\n`)
  console.log(`${schedules} schedules, ${steps} steps, ${differences} differences`)
  return differences > 0 ? 1 : 0
}

function showProgress(schedules: number, differences: number): void {
  if (!process.stderr.isTTY) return
  process.stderr.write(`\r${schedules} schedules replayed, ${differences} differences`)
}

function clearProgress(): void {
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K')
}

try {
  process.exitCode = await main(process.argv[2])
} catch (error) {
  clearProgress()
  const isOurs = error instanceof MalformedInput
  const isMissing = error instanceof Error && 'code' in error
  if (!isOurs && !isMissing) throw error
  console.error(`oracle: ${error.message}`)
  process.exitCode = 2
}
