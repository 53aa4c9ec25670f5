import { LEVELS, type Level } from '../../check/index.ts'
import { machineMs } from '../../sim/index.ts'
import {
  judgeRun,
  LEVEL_DEFAULT,
  type RunVerdict,
  runWorkload,
  WORKLOAD_NAMES,
  WORKLOADS,
  type Workload,
  WorkloadError,
  type WorkloadName,
  type WorkloadRun,
} from '../../workloads/index.ts'
import { verdictText } from '../check/verdict_text.ts'
import { type Command, CommandFailure, type GivenOptions, UsageError } from '../command.ts'
import { countText } from '../numbers.ts'
import { writeOutput } from '../output_file.ts'
import { byUri, inProcess, type Subject } from '../run/subject.ts'
import type { Terminal } from '../terminal.ts'

const COMPLAINTS_SHOWN = 10

interface RunOptions {
  readonly workload: Workload
  readonly uri: string | undefined
  readonly clients: number
  readonly transactions: number
  readonly seed: number
  readonly chaos: number
  readonly level: Level
}

export const run: Command = {
  name: 'run',
  summary: 'drives a workload, in process or against a deployment, and judges it',
  help:
    'Workloads:\n' +
    `${WORKLOAD_NAMES.map((name) => `  ${name.padEnd(11)}  ${WORKLOADS[name].summary}`).join('\n')}\n` +
    '\n' +
    'Without --uri it runs on a simulator in this process, in virtual time: the same seed gives the\n' +
    'same history. With --uri it needs the official driver (npm install mongodb), and works in a\n' +
    'collection palimpsest_<workload> of the database that the connection string names, which is\n' +
    'dropped at the beginning and left at the end.\n' +
    '\n' +
    'The history has what every transaction asked for and saw. Where nobody knows whether a commit\n' +
    'took place, it says so, and that client goes on under another name. FILE is read by check: as\n' +
    'one object that names its model where it ends in .json, else one event a line.\n' +
    '\n' +
    "Exit status: 0 if the level and the workload's own rule hold, 1 if not, 2 if it could not run.",
  options: {
    workload: { type: 'string', value: 'NAME', help: WORKLOAD_NAMES.join(', ') },
    uri: { type: 'string', value: 'URI', help: 'a deployment, instead of a simulator' },
    clients: { type: 'string', value: 'N', help: 'clients at the same time (10)' },
    transactions: { type: 'string', value: 'N', help: 'transactions in all (1000)' },
    seed: { type: 'string', value: 'N', help: 'drives every choice that chance makes (1)' },
    chaos: {
      type: 'string',
      value: 'P',
      help: 'in process: the probability of a fault at each command, from 0 to 1 (0)',
    },
    level: { type: 'string', value: 'LEVEL', help: `the level that must hold (${LEVEL_DEFAULT})` },
    out: { type: 'string', value: 'FILE', help: 'also write the history' },
    json: { type: 'boolean', help: 'print the verdict as one JSON object' },
  },
  async run(given, terminal) {
    const options = runOptions(given)
    const startedMs = machineMs()
    const ran = await drive(options, terminal)
    terminal.showProgress('judging')
    const judged = judgeRun(ran, options.level)
    terminal.showProgress('')
    const ms = machineMs() - startedMs
    const file = given.text('out')
    if (file !== undefined) writeHistory(file, ran)
    terminal.print(given.flag('json') ? jsonOf(ran, judged, ms) : textOf(ran, judged, ms, terminal))
    if (file !== undefined) terminal.complain(`palimpsest: wrote ${file}`)
    return judged.ok ? 0 : 1
  },
}

/** @throws UsageError where it could not run: status 1 is the verdict's */
async function drive(options: RunOptions, terminal: Terminal): Promise<WorkloadRun> {
  const { workload, uri, clients, transactions, seed, chaos } = options
  const subject: Subject =
    uri === undefined ? await inProcess(seed, chaos) : await byUri('run', uri)
  try {
    return await runWorkload(workload, {
      ...subject,
      clients,
      transactions,
      seed,
      onProgress: progressOf(transactions, terminal),
    })
  } catch (error) {
    const isTheirs = error instanceof WorkloadError || uri !== undefined
    if (!isTheirs || !(error instanceof Error)) throw error
    throw new UsageError(`run: ${error.message}`, { cause: error })
  } finally {
    await subject.close()
  }
}

/** A look at a terminal a hundred times is enough. */
function progressOf(transactions: number, terminal: Terminal): (done: number) => void {
  const every = Math.max(1, Math.floor(transactions / 100))
  return (done) => {
    if (done % every !== 0) return
    terminal.showProgress(`${countText(done)} of ${countText(transactions)} transactions`)
  }
}

function runOptions(given: GivenOptions): RunOptions {
  const name = given.text('workload')
  if (name === undefined || !WORKLOAD_NAMES.includes(name as WorkloadName)) {
    const typed = name === undefined ? 'it is missing' : `not '${name}'`
    throw new UsageError(`run: --workload is one of ${WORKLOAD_NAMES.join(', ')}; ${typed}`)
  }
  const level = given.text('level') ?? LEVEL_DEFAULT
  if (!LEVELS.includes(level as Level)) {
    throw new UsageError(`run: --level is one of ${LEVELS.join(', ')}, not '${level}'`)
  }
  const uri = given.text('uri')
  const chaos = Number(given.text('chaos') ?? '0')
  if (!(chaos >= 0 && chaos <= 1)) throw new UsageError('run: --chaos is from 0 to 1')
  if (chaos > 0 && uri !== undefined) throw new UsageError('run: --chaos goes without --uri')
  return {
    workload: WORKLOADS[name as WorkloadName],
    uri,
    clients: wholeNumber(given, 'clients', 10, 1),
    transactions: wholeNumber(given, 'transactions', 1_000, 1),
    seed: wholeNumber(given, 'seed', 1, 0),
    chaos,
    level: level as Level,
  }
}

function wholeNumber(given: GivenOptions, name: string, otherwise: number, least: number): number {
  const text = given.text(name)
  if (text === undefined) return otherwise
  if (/^\d{1,9}$/.test(text) && Number(text) >= least) return Number(text)
  throw new UsageError(`run: --${name} takes a whole number from ${least} on, not '${text}'`)
}

/** @throws UsageError when it can't be written: status 1 is the verdict's */
function writeHistory(path: string, { workload, events }: WorkloadRun): void {
  const { name, model, assumptions } = workload
  const lines = events.map((event) => JSON.stringify(event))
  const header = JSON.stringify({ workload: name, model, options: assumptions }).slice(0, -1)
  const text = path.endsWith('.json')
    ? `${header},"history":[\n${lines.join(',\n')}\n]}\n`
    : `${lines.join('\n')}\n`
  try {
    writeOutput(path, text)
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error
    throw new UsageError(error.message, { cause: error })
  }
}

function jsonOf(run: WorkloadRun, { ok, verdict, complaints }: RunVerdict, ms: number): string {
  const { workload, committed, failed, unknown } = run
  const counts = { workload: workload.name, committed, failed, unknown }
  const report = { ...verdict, ok, complaints, ...counts, ms: Math.round(ms * 10) / 10 }
  return `${JSON.stringify(report)}\n`
}

function textOf(
  { workload, committed, failed, unknown }: WorkloadRun,
  { verdict, complaints, table, options }: RunVerdict,
  ms: number,
  terminal: Terminal,
): string {
  const { style } = terminal
  const counts = [committed, failed, unknown].map(countText)
  const lines = [
    `${workload.name}: ${counts[0]} committed, ${counts[1]} failed, ${counts[2]} unknown`,
    ...complaints.slice(0, COMPLAINTS_SHOWN).map((text) => style.paint('bad', text)),
  ]
  const left = complaints.length - COMPLAINTS_SHOWN
  if (left > 0) lines.push(`and ${left} more; --json has them all`)
  return `${lines.join('\n')}\n${verdictText(verdict, table, options, ms, terminal)}`
}
