import type { AnomalyType } from './anomalies/table.ts'
import type { EdgeKind } from './graph/edges.ts'
import type { Key } from './history/events.ts'
import type { Level } from './levels.ts'

/** What the judge says of a history. */
export interface Verdict {
  /** Whether the level that was asked for holds, and nothing disagrees. */
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
  /**
   * Where events carry timestamps: whether each transaction read the snapshot of its start and
   * overlapped nobody who wrote the same. What contradicts it is among the anomalies.
   */
  readonly timestampsHold?: boolean
  /**
   * Where timestamps say otherwise than what clients saw: what is different. It is a fault of the
   * store or of who recorded the history, whatever the level.
   */
  readonly disagreement?: string
}

export interface Anomaly {
  readonly type: AnomalyType
  /** What people call it: `write skew`, `lost update`, `read-only anomaly`. */
  readonly name: string
  /** Edge by edge, or empty where one transaction gives it away. */
  readonly cycle: readonly ExplainedEdge[]
  /** The numbers of the transactions that take part, by the order of their invocations. */
  readonly transactions: readonly number[]
  /** In a cycle with two rw edges in a row, who is between them: the one to abort, or to lock. */
  readonly pivot?: number
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
