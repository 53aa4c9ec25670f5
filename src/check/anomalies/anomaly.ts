import type { TimeOrder } from '../graph/edges.ts'
import type { AnomalyType } from './table.ts'

/** A violation as a model or a search found it, before it is put into words. */
export interface Finding {
  readonly type: AnomalyType
  /** The transactions that take part, first of all whoever saw what could not be. */
  readonly transactions: readonly number[]
  /** What is wrong, in a sentence or two. Cycles are explained edge by edge instead. */
  readonly sentence: string
  /** Which order of time was assumed of keys to find it, if any: without, it is none. */
  readonly assumed?: TimeOrder
}
