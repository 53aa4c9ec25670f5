import type { AnomalyType } from './table.ts'

/** A violation as a model or a search found it, before it is put into words. */
export interface Finding {
  readonly type: AnomalyType
  /** The transactions that take part, first of all whoever saw what could not be. */
  readonly transactions: readonly number[]
  /** What is wrong, in a sentence or two. Cycles are explained edge by edge instead. */
  readonly sentence: string
}
