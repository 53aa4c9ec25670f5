import {
  type CheckOptions,
  checkTable,
  HistoryError,
  LEVELS,
  type Level,
  MODEL_NAMES,
  type ModelName,
  renderHtml,
} from '../../check/index.ts'
import { machineMs } from '../../sim/index.ts'
import { type ReadHistory, readHistoryFile } from '../check/history_file.ts'
import { verdictText } from '../check/verdict_text.ts'
import { type Command, CommandFailure, type GivenOptions, UsageError } from '../command.ts'
import { writeOutput } from '../output_file.ts'

const ASSUMPTIONS = {
  'wfr-keys': 'wfrKeys',
  'sequential-keys': 'sequentialKeys',
  'linearizable-keys': 'linearizableKeys',
} as const

export const check: Command = {
  name: 'check',
  summary: 'judges a history: which isolation levels it holds, and why not more',
  help:
    'FILE is a history as JSON or JSONL, one event a line: { "type": "invoke" | "ok" | "fail" | "info",\n' +
    '"process": N, "f": "txn", "value": [["append", "x", 1], ["r", "y", [2]]] }.\n' +
    '\n' +
    `Models: ${MODEL_NAMES.join(', ')}.\n` +
    `Levels: ${LEVELS.join(', ')}.\n` +
    '\n' +
    'Exit status: 0 if the level holds, 1 if it is violated, 2 if the file can not be read.',
  operands: ['FILE'],
  options: {
    model: { type: 'string', value: 'MODEL', help: "how to read its steps (the file's own)" },
    level: { type: 'string', value: 'LEVEL', help: 'the level that must hold (serializable)' },
    assume: {
      type: 'string',
      value: 'LIST',
      help: `of registers: ${Object.keys(ASSUMPTIONS).join(', ')}`,
    },
    'no-realtime': { type: 'boolean', help: 'only the order within each process is known' },
    json: { type: 'boolean', help: 'print the verdict as one JSON object' },
    html: { type: 'string', value: 'FILE', help: 'also write a page with timelines, in one file' },
  },
  async run(given, terminal) {
    const startedMs = machineMs()
    const [path = ''] = given.operands
    const page = given.text('html')
    try {
      const history = readHistoryFile(path, (text) => terminal.showProgress(text))
      const options = checkOptions(given, history)
      terminal.showProgress(`${history.table.count} transactions: judging`)
      const verdict = checkTable(history.table, options)
      terminal.showProgress('')
      const ms = machineMs() - startedMs
      if (given.flag('json')) {
        terminal.print(`${JSON.stringify({ ...verdict, ms: Math.round(ms * 10) / 10 })}\n`)
      } else {
        terminal.print(verdictText(verdict, history.table, options, ms, terminal))
      }
      if (page !== undefined) {
        const { model, level = 'serializable' } = options
        writePage(page, renderHtml(verdict, history.table, { level, about: model }))
        terminal.complain(`palimpsest: wrote ${page}`)
      }
      return verdict.ok ? 0 : 1
    } catch (error) {
      if (!(error instanceof HistoryError)) throw error
      throw new UsageError(`${path}: ${error.message}`, { cause: error })
    }
  },
}

/** @throws UsageError when it can't be written: status 1 is the verdict's */
function writePage(path: string, page: string): void {
  try {
    writeOutput(path, page)
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error
    throw new UsageError(error.message, { cause: error })
  }
}

/** What was typed, and else what the file says of itself. */
function checkOptions(given: GivenOptions, { header }: ReadHistory): CheckOptions {
  const model = given.text('model') ?? header['model']
  if (model === undefined) {
    throw new UsageError(`check: --model is missing: ${MODEL_NAMES.join(', ')}`)
  }
  const level = given.text('level') ?? 'serializable'
  if (!LEVELS.includes(level as Level)) {
    throw new UsageError(`check: --level is one of ${LEVELS.join(', ')}, not '${level}'`)
  }
  if (!MODEL_NAMES.includes(model as ModelName)) {
    throw new UsageError(`check: --model is one of ${MODEL_NAMES.join(', ')}, not '${model}'`)
  }
  return {
    ...(header['options'] as object | undefined),
    ...assumptions(given.text('assume')),
    model: model as ModelName,
    level: level as Level,
    initial: (header['initial'] ?? {}) as NonNullable<CheckOptions['initial']>,
    realtime: !given.flag('no-realtime') && header['realtimeKnown'] !== false,
  }
}

function assumptions(list: string | undefined): Partial<CheckOptions> {
  if (list === undefined) return {}
  return Object.fromEntries(
    list.split(',').map((name) => {
      if (Object.hasOwn(ASSUMPTIONS, name)) {
        return [ASSUMPTIONS[name as keyof typeof ASSUMPTIONS], true]
      }
      const names = Object.keys(ASSUMPTIONS).join(', ')
      throw new UsageError(`check: --assume takes ${names}, not '${name}'`)
    }),
  )
}
