import { ANOMALIES } from '../anomalies/table.ts'
import type { Anomaly, ExplainedEdge, Verdict } from '../verdict.ts'
import { evidenceOf } from './evidence.ts'
import type { EdgeExplanation, Explanation, NamedTransaction } from './explanation.ts'
import { raceOfCycle, raceOfFinding } from './race.ts'
import { referenceTo } from './reference.ts'
import { remediesFor } from './remedies.ts'
import { type JudgedHistory, type ToldHistory, tell } from './told_history.ts'
import { reworded } from './values.ts'

export interface ExplainOptions {
  /**
   * What to call transactions. Default: their actors' names where processes have names, else
   * `T<number>`.
   */
  readonly names?: (transaction: number) => string
  /** `actor` where an actor's statements were judged as one transaction without being one. */
  readonly unit?: 'transaction' | 'actor'
}

/**
 * Why a verdict is as it is: each of its anomalies in sentences, with the statements to look at and
 * what would help.
 *
 * @param history the one that was judged
 */
export function explain(
  verdict: Pick<Verdict, 'anomalies'>,
  history: JudgedHistory,
  options: ExplainOptions = {},
): Explanation[] {
  const told = tell(history, options.names)
  return verdict.anomalies.map((anomaly) => explainAnomaly(anomaly, told, options))
}

export function explainAnomaly(
  anomaly: Anomaly,
  history: ToldHistory,
  { unit }: ExplainOptions,
): Explanation {
  const { type, cycle, transactions, pivot } = anomaly
  const edges = cycle.map((edge) => explainEdge(edge, history))
  return {
    type,
    title: titleOf(anomaly),
    meaning: ANOMALIES[type].meaning.replace(/^[^:]+: /, ''),
    transactions: transactions.map((one) => named(one, history)),
    edges,
    sentences:
      edges.length > 0 ? edges.map(({ sentence }) => sentence) : findingSentences(anomaly, history),
    race: edges.length > 0 ? raceOfCycle(edges) : raceOfFinding(type, transactions, history),
    ...(pivot !== undefined && edges.length > 2 && { pivot: named(pivot, history) }),
    remedies: remediesFor({ type, edges, isUnitActor: unit === 'actor' }),
  }
}

/** Both names that it has, or the one. */
function titleOf({ type, name }: Anomaly): string {
  return name === type.replaceAll('-', ' ') ? name : `${name} (${type})`
}

/** None where all there is to say is what anomalies of this type are. */
function findingSentences({ type, explanation }: Anomaly, history: ToldHistory): string[] {
  if (explanation === `${ANOMALIES[type].meaning}.`) return []
  return [reworded(explanation, (transaction) => history.nameOf(transaction))]
}

function explainEdge(edge: ExplainedEdge, history: ToldHistory): EdgeExplanation {
  const { from, to, kind, key } = edge
  const { fromStep, toStep } = evidenceOf(edge, history)
  return {
    from,
    to,
    kind,
    ...(key !== undefined && { key }),
    sentence: reworded(edge.sentence, (transaction) => history.nameOf(transaction)),
    ...(fromStep !== undefined && { fromStep: referenceTo(history, from, fromStep) }),
    ...(toStep !== undefined && { toStep: referenceTo(history, to, toStep) }),
  }
}

function named(transaction: number, history: ToldHistory): NamedTransaction {
  return { transaction, name: history.nameOf(transaction) }
}
