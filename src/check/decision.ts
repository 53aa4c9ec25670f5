import type { Finding } from './anomalies/anomaly.ts'
import { ANOMALIES } from './anomalies/table.ts'
import type { DependencyGraph } from './graph/dependency_graph.ts'
import type { TimeOrder } from './graph/edges.ts'
import { holdsWithout, implies, type Level, RULED_OUT } from './levels.ts'
import type { CompleteDecision, Interpretation } from './models/model.ts'

/** What is asked of a search: whether there is any order that explains the history. */
type Question = 'serializability' | 'snapshots'

/**
 * Decides what no cycle has ruled out and no known order has proven: by a search where the model
 * has one, the strongest level first, because where that holds, all weaker ones do.
 */
export class Decision {
  readonly #interpretation: Interpretation
  readonly #graph: DependencyGraph
  readonly #ruledOut: Set<Level>
  readonly #findings: Finding[]
  readonly #proven: Level[] = []
  #search: CompleteDecision | undefined
  /** Whether all that was asked for has an answer. */
  isComplete = true

  constructor(
    interpretation: Interpretation,
    graph: DependencyGraph,
    ruledOut: Set<Level>,
    findings: Finding[],
  ) {
    this.#interpretation = interpretation
    this.#graph = graph
    this.#ruledOut = ruledOut
    this.#findings = findings
  }

  /** @param times what is known of time, less of it first */
  decide(times: readonly TimeOrder[]): void {
    const strongerFirst = times.toReversed()
    for (const question of ['serializability', 'snapshots'] as const) {
      let weakest: TimeOrder | undefined
      for (const time of strongerFirst) if (this.#violates(question, time)) weakest = time
      if (weakest !== undefined) this.#report(question, weakest)
    }
  }

  /** What can't be decided of a level leaves a verdict incomplete, unless it is settled anyway. */
  leaveOpen(level: Level): void {
    if (this.#isOpen(level)) this.isComplete = false
  }

  #isOpen(level: Level): boolean {
    if (!holdsWithout(this.#ruledOut, level)) return false
    return !this.#proven.some((stronger) => implies(stronger, level))
  }

  /** @returns whether the search says so, and nothing else has */
  #violates(question: Question, time: TimeOrder): boolean {
    const level = RULED_OUT[time][question]
    if (!this.#isOpen(level)) return false
    const holds = this.#interpretation.certainty[question] || this.#ask(question, time)
    if (holds === true) this.#proven.push(level)
    if (holds === undefined) this.isComplete = false
    if (holds === false) this.#ruledOut.add(level)
    return holds === false
  }

  #ask(question: Question, time: TimeOrder): boolean | undefined {
    this.#search ??= this.#interpretation.decision?.(this.#graph)
    return question === 'serializability'
      ? this.#search?.isSerializable?.(time)
      : this.#search?.hasSnapshots?.(time)
  }

  #report(question: Question, time: TimeOrder): void {
    const name = question === 'snapshots' ? 'no-snapshots' : 'unserializable'
    const type = time === 'none' ? name : (`${name}-${time}` as const)
    for (const level of ANOMALIES[type].rulesOut) this.#ruledOut.add(level)
    this.#findings.push({ type, transactions: [], sentence: `${ANOMALIES[type].meaning}.` })
  }
}
