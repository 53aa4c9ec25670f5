import type { AnomalyType } from './anomalies/table.ts'
import type { EdgeKind } from './graph/edges.ts'
import type { Key } from './history/events.ts'
import type { Level } from './levels.ts'

/** What the judge says of a history. */
export interface Verdict {
  /** Whether the level that was asked for holds. */
  readonly ok: boolean
  /** Each level, and whether the history holds it. */
  readonly levels: Readonly<Record<Level, boolean>>
  readonly anomalies: readonly Anomaly[]
  /** Transactions that were judged: those that committed, or must have. */
  readonly transactions: number
  /**
   * Whether a violation could hide in what reads do not give away. Where it is false, `true` among
   * the levels means that nothing was found.
   */
  readonly complete: boolean
}

export interface Anomaly {
  readonly type: AnomalyType
  /** Edge by edge, or empty where one transaction gives it away. */
  readonly cycle: readonly ExplainedEdge[]
  /** The numbers of the transactions that take part, by the order of their invocations. */
  readonly transactions: readonly number[]
  /** Who did what, in sentences. */
  readonly explanation: string
}

export interface ExplainedEdge {
  readonly from: number
  readonly to: number
  readonly kind: EdgeKind
  readonly sentence: string
  /** The object that it is about; left out where it is about time. */
  readonly key?: Key
  /** Whether it exists only because of a predicate read. */
  readonly predicate?: boolean
}
