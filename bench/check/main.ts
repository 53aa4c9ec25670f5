/**
 * `npm run bench -- check`: what judging costs. List-append histories of 1,000 to 1,000,000
 * transactions, in memory and through `palimpsest check` from a file of one event a line; three and
 * twenty transactions, as an exploration judges them by the thousand.
 *
 * A fresh process for each size and round; the figure is the median of CPU time, with all threads of
 * the garbage collector. Beside it its ratio to the limit of the same run: each append put into a
 * map, each list read once.
 */
import { spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { checkHistory, createJudge, type HistoryEvent } from '../../src/check/index.ts'
import { median, table } from '../report.ts'
import type { ChildResult } from './child.ts'
import { cleanHistory } from './clean_history.ts'

const SIZES = [1_000, 10_000, 100_000, 1_000_000]
const ROUNDS = 3
const SMALL_ROUNDS = 5
const SMALL_RUNS = 20_000
const root = fileURLToPath(new URL('../..', import.meta.url))

function childOf(size: number): ChildResult {
  const script = fileURLToPath(new URL('./child.ts', import.meta.url))
  const run = spawnSync(process.execPath, ['--import', 'tsx', script, String(size)], {
    encoding: 'utf8',
    cwd: root,
  })
  if (run.status !== 0) throw new Error(`${size} failed:\n${run.stderr}`)
  return JSON.parse(run.stdout) as ChildResult
}

function inMemory(): string {
  const rows = SIZES.map((size) => {
    const rounds = Array.from({ length: ROUNDS }, () => childOf(size))
    const of = (pick: (result: ChildResult) => number) => median(rounds.map(pick))
    const judgeMs = of(({ judgeMs: ms }) => ms)
    const [{ steps, elements, holds }] = rounds as [ChildResult]
    if (!holds) throw new Error(`${size}: the judge finds fault with a clean history`)
    return [
      String(size),
      String(steps),
      String(elements),
      `${of(({ readMs }) => readMs).toFixed(0)} ms`,
      `${judgeMs.toFixed(0)} ms`,
      `${((judgeMs * 1000) / size).toFixed(2)} us`,
      `x${(judgeMs / of(({ limitMs }) => limitMs)).toFixed(1)}`,
      of(({ rssMb }) => rssMb).toFixed(0),
    ]
  })
  const head = [
    'transactions',
    'steps',
    'elements read',
    'taken in',
    'judged',
    'a transaction',
    'limit',
    'RSS MB',
  ]
  return `## In memory, all levels\n\n${table(head, rows)}\n`
}

/** A line an event, written in pieces, so that it need not fit into memory. */
function writeLines(path: string, size: number): void {
  const file = openSync(path, 'w')
  let text = ''
  for (const event of cleanHistory(size)) {
    text += `${JSON.stringify(event)}\n`
    if (text.length < 1 << 20) continue
    writeSync(file, text)
    text = ''
  }
  writeSync(file, text)
  closeSync(file)
}

/** Tells on stderr what the process before it took: it is loaded first, and asked at the end. */
const METER =
  'data:text/javascript,process.on("exit",()=>{const{userCPUTime:u,systemCPUTime:s,maxRSS:m}=' +
  'process.resourceUsage();process.stderr.write(JSON.stringify({ms:(u+s)/1000,mb:m/1024}))})'

function fromFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'palimpsest-bench-check-'))
  try {
    const rows = SIZES.map((size) => {
      const path = join(folder, `${size}.jsonl`)
      writeLines(path, size)
      const args = ['--import', METER, join(root, 'dist/cli/main.js'), 'check', path]
      const run = spawnSync(process.execPath, [...args, '--model', 'list-append', '--json'], {
        encoding: 'utf8',
      })
      if (run.status !== 0) throw new Error(`${path}:\n${run.stdout}${run.stderr}`)
      const { ms, mb } = JSON.parse(run.stderr) as { ms: number; mb: number }
      const fileMb = statSync(path).size / (1 << 20)
      return [String(size), `${fileMb.toFixed(1)} MB`, `${ms.toFixed(0)} ms`, mb.toFixed(0)]
    })
    const head = ['transactions', 'file', 'CPU, start included', 'RSS MB']
    return `## palimpsest check, one event a line\n\n${table(head, rows)}\n`
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function small(): string {
  const subjects: [string, (history: HistoryEvent[]) => unknown][] = [
    ['judged', (history) => checkHistory(history, { model: 'list-append' })],
    ['known to createJudge', remembering()],
  ]
  const rows = [3, 20].flatMap((size) => {
    const history = [...cleanHistory(size, 3)]
    return subjects.map(([name, judge]) => {
      const us = Array.from({ length: SMALL_ROUNDS }, () => {
        const before = process.cpuUsage()
        for (let i = 0; i < SMALL_RUNS; i++) judge(history)
        const { user, system } = process.cpuUsage(before)
        return (user + system) / SMALL_RUNS
      })
      return [String(size), name, `${median(us).toFixed(1)} us`]
    })
  })
  return `## Small ones, over and over\n\n${table(['transactions', '', 'a history'], rows)}\n`
}

function remembering(): (history: HistoryEvent[]) => unknown {
  const judge = createJudge({ model: 'list-append' })
  return (history) => judge.judge(history)
}

console.log(small())
console.log(inMemory())
console.log(fromFile())
