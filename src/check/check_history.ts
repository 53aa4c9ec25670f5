import type { Finding } from './anomalies/anomaly.ts'
import { nameOf } from './anomalies/name.ts'
import { ANOMALIES } from './anomalies/table.ts'
import type { Cycle } from './cycles/cycle.ts'
import { HistoryError } from './history/events.ts'
import { type History, readEvents } from './history/read_history.ts'
import type { TransactionTable } from './history/transaction_table.ts'
import { type JudgedCycle, judge } from './judge.ts'
import { LEVELS, type Level } from './levels.ts'
import { interpretAppends } from './models/append/index.ts'
import type { DocumentHistory } from './models/documents/history.ts'
import { interpretDocuments, tableOf } from './models/documents/index.ts'
import type { Interpretation } from './models/model.ts'
import { interpretPredicates } from './models/predicate/index.ts'
import { interpretRegisters, type RegisterOptions } from './models/register/index.ts'
import type { Anomaly, ExplainedEdge, Verdict } from './verdict.ts'
import { capital } from './wording.ts'

/** How steps are read; see `MicroOperation`. */
export type ModelName = 'list-append' | 'rw-register' | 'closed-predicate'

type Model = (table: TransactionTable, options: CheckOptions) => Interpretation

const MODELS: Readonly<Record<ModelName, Model>> = {
  'list-append': interpretAppends,
  'rw-register': interpretRegisters,
  'closed-predicate': interpretPredicates,
}

export const MODEL_NAMES = Object.keys(MODELS) as readonly ModelName[]

export interface CheckOptions extends RegisterOptions {
  readonly model: ModelName
  /** The level that `ok` is about. Default: `serializable`. */
  readonly level?: Level
  /** Whether the order of events is real time, or each process's own only. Default: true. */
  readonly realtime?: boolean
}

/**
 * Judges a history: which isolation levels it holds, and what is wrong with it.
 *
 * @throws HistoryError where it can't be read
 */
export function checkHistory(history: History, options: CheckOptions): Verdict {
  return checkTable(readEvents(history), options)
}

export function checkTable(table: TransactionTable, options: CheckOptions): Verdict {
  const { model } = options
  if (!Object.hasOwn(MODELS, model)) {
    throw new HistoryError(`the models are ${MODEL_NAMES.join(', ')}, not '${model}'`)
  }
  return verdictOf(table, MODELS[model](table, options), options)
}

/**
 * Judges a document history, whose versions and their order are known.
 *
 * @throws HistoryError for a level that is none
 */
export function checkDocuments(
  history: DocumentHistory,
  options: Pick<CheckOptions, 'level' | 'realtime'> = {},
): Verdict {
  return verdictOf(tableOf(history), interpretDocuments(history), options)
}

function verdictOf(
  table: TransactionTable,
  interpretation: Interpretation,
  { level = 'serializable', realtime = true }: Pick<CheckOptions, 'level' | 'realtime'>,
): Verdict {
  if (!LEVELS.includes(level)) {
    throw new HistoryError(`the levels are ${LEVELS.join(', ')}, not '${level}'`)
  }
  const { levels, findings, cycles, complete, timestampsHold, disagreement } = judge(
    table,
    interpretation,
    realtime,
  )
  return {
    ok: levels[level] && disagreement === undefined,
    levels,
    anomalies: [
      ...findings.map(anomalyOfFinding),
      ...cycles.map((one) => anomalyOfCycle(one, interpretation)),
    ],
    transactions: interpretation.takesPart.reduce((sum, takesPart) => sum + takesPart, 0),
    complete,
    ...(timestampsHold !== undefined && { timestampsHold }),
    ...(disagreement !== undefined && { disagreement }),
  }
}

function anomalyOfFinding({ type, transactions, sentence }: Finding): Anomaly {
  return { type, name: nameOf(type), cycle: [], transactions, explanation: sentence }
}

function anomalyOfCycle(
  { type, name, cycle: { edges }, pivot }: JudgedCycle,
  interpretation: Interpretation,
): Anomaly {
  const cycle = edges.map((edge): ExplainedEdge => {
    const { from, to, kind, about, predicate } = edge
    return {
      from,
      to,
      kind,
      sentence: sentenceOf(edge, interpretation),
      ...(about >= 0 && { key: interpretation.keyName(about) }),
      ...(predicate && { predicate }),
    }
  })
  const sentences = cycle.map(({ sentence }) => sentence)
  return {
    type,
    cycle,
    name,
    transactions: cycle.map(({ from }) => from),
    ...(pivot !== undefined && { pivot }),
    explanation: `${capital(ANOMALIES[type].meaning)}. ${sentences.join('; ')}.`,
  }
}

function sentenceOf(edge: Cycle['edges'][number], interpretation: Interpretation): string {
  const { from, to, kind } = edge
  if (kind === 'process') return `T${from} came before T${to} in its process`
  if (kind === 'realtime') return `T${from} had ended before T${to} began`
  return interpretation.describe(edge)
}
