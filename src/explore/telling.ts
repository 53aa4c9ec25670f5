/**
 * A counterexample in words and as a picture: the judge's explanations, with the statements that
 * the actors ran in the order in which they ran them.
 */

import type { Document } from '../bson/index.ts'
import {
  type Anomaly,
  type DocumentHistory,
  explain,
  explanationText,
  type Level,
  renderHtml,
  type TimelineStep,
  timelineText,
  type Verdict,
} from '../check/index.ts'
import { answerText, typedText } from './statement_text.ts'
import type { Timeline } from './timeline.ts'

export interface Telling {
  readonly summary: string
  readonly schedule: string
  readonly timeline: Timeline
  /** Undefined where it was not the judge who found fault. */
  readonly verdict: Verdict | undefined
  readonly history: DocumentHistory | undefined
  readonly level: Level | undefined
  readonly unit: 'transaction' | 'actor' | undefined
}

/** In a message, the first ones will do: they are about the same transactions as a rule. */
const ANOMALIES_TOLD = 3

const NO_HISTORY: DocumentHistory = { objects: [], transactions: [] }

/** Sentences, the statements to look at, what would help; and who ran what when, in columns. */
export function tellingText(telling: Telling): {
  readonly explanation: string
  readonly timelineText: string
} {
  const { verdict, history, timeline, unit, summary } = telling
  const statements = stepsOf(timeline)
  if (verdict === undefined || history === undefined) {
    return { explanation: `${summary}.`, timelineText: timelineText(statements) }
  }
  const anomalies = toldOnce(verdict.anomalies).slice(0, ANOMALIES_TOLD)
  const told = explain({ anomalies }, history, unit === undefined ? {} : { unit })
  return {
    explanation: told.map((one) => explanationText(one)).join('\n\n'),
    timelineText: timelineText(statements, { race: told[0]?.race ?? [] }),
  }
}

/** Without those that are the same by name, and between the same transactions. */
function toldOnce(anomalies: readonly Anomaly[]): Anomaly[] {
  const told = new Set<string>()
  const ordered = [...anomalies].sort((left, right) => rankOf(left) - rankOf(right))
  return ordered.filter(({ name, transactions }) => {
    const key = `${name} ${[...new Set(transactions)].sort().join()}`
    const isNew = !told.has(key)
    told.add(key)
    return isNew
  })
}

/** Two statements that raced tell more than a cycle, and that than what follows from it. */
function rankOf({ type, cycle }: Anomaly): number {
  if (type === 'lost-update') return 0
  return cycle.length > 0 ? 1 : 2
}

/** The same as one self-contained page. */
export function tellingHtml(telling: Telling): string {
  const { verdict, history = NO_HISTORY, timeline, schedule, summary, level, unit } = telling
  return renderHtml(verdict, history, {
    title: summary,
    schedule,
    timeline: stepsOf(timeline),
    ...(level !== undefined && { level }),
    ...(unit !== undefined && { unit }),
  })
}

/**
 * The number of each statement in what `tellingText` and `tellingHtml` show, by its command.
 *
 * @param commands those of the timeline's statements
 */
export function statementNumbers(
  { statements }: Timeline,
  commands: readonly Document[],
): ReadonlyMap<Document, number> {
  return new Map(orderOf(statements).map((statement, number) => [commands[statement]!, number]))
}

/**
 * Statements in the order in which they began: of those in transactions, what they see is older.
 */
function stepsOf({ statements }: Timeline): TimelineStep[] {
  return orderOf(statements).map((at) => {
    const { actor, command, reply, failed } = statements[at]!
    const answer = answerText(reply)
    const text = typedText(JSON.parse(command) as Document)
    if (answer === undefined) return { who: actor, text }
    return failed ? { who: actor, text, error: answer } : { who: actor, text, answer }
  })
}

function orderOf(statements: Timeline['statements']): number[] {
  const begun = (at: number) => statements[at]!.from
  return statements.map((_, at) => at).sort((left, right) => begun(left) - begun(right))
}
