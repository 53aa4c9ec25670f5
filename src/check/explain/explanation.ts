/** What there is to say of an anomaly, as data: text, pages and messages are made from it. */
import type { AnomalyType } from '../anomalies/table.ts'
import type { EdgeKind } from '../graph/edges.ts'
import type { Key } from '../history/events.ts'
import type { Remedy } from './remedies.ts'

export interface Explanation {
  readonly type: AnomalyType
  /** What people call it, and its type: `write skew (G2-item)`. */
  readonly title: string
  /** What an anomaly of this type is, whoever it happened to. */
  readonly meaning: string
  /** Who takes part, in the order of the cycle where there is one. */
  readonly transactions: readonly NamedTransaction[]
  /** The cycle, edge by edge; empty where one transaction or two give it away. */
  readonly edges: readonly EdgeExplanation[]
  /** What happened, where there is no cycle to tell it edge by edge; else the sentences of that. */
  readonly sentences: readonly string[]
  /** The two statements that raced, or the one that tells: what to look at first. */
  readonly race: readonly StatementReference[]
  /** In a cycle of several with two rw edges in a row, who is between them. */
  readonly pivot?: NamedTransaction
  /** What would help, the likeliest first. */
  readonly remedies: readonly Remedy[]
}

export interface NamedTransaction {
  /** Its number in the history. */
  readonly transaction: number
  /** What people call it: `T7`, or the name of its actor. */
  readonly name: string
}

export interface EdgeExplanation {
  readonly from: number
  readonly to: number
  readonly kind: EdgeKind
  /** The object that it is about; left out where it is about time. */
  readonly key?: Key
  readonly sentence: string
  /** The statements that it goes from and to, where the history tells. */
  readonly fromStep?: StatementReference
  readonly toStep?: StatementReference
}

/** A statement of a transaction. */
export interface StatementReference extends NamedTransaction {
  /** Its place among the steps of its transaction, from 0. */
  readonly step: number
  /** `read x = [1, 2]` */
  readonly text: string
  /** The number of its statement in the timeline, where the history comes with one. */
  readonly statement?: number
}
