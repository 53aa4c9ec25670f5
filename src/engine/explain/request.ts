import type { Document } from '../../bson/index.ts'

export type ExplainedKind = 'find' | 'count' | 'distinct' | 'update' | 'delete'

/** A statement to be explained. */
export interface ExplainRequest {
  readonly kind: ExplainedKind
  readonly filter: Document
  readonly sort?: Document | undefined
  readonly projection?: Document | undefined
  readonly skip?: number | undefined
  readonly limit?: number | undefined
  readonly batchSize?: number | undefined
  readonly hint?: unknown
  readonly collation?: Document | undefined
  /** Of an update: what it would make of the documents. */
  readonly update?: unknown
  readonly arrayFilters?: readonly Document[] | undefined
  readonly upsert?: boolean | undefined
  readonly multi?: boolean | undefined
  /** Whether it would take the express path where it can. */
  readonly mayBeExpress: boolean
  /** Whether to run it, without writing. */
  readonly executes: boolean
}

export interface Explanation {
  readonly parsedQuery: Document
  readonly winningPlan: Document
  /** Where it ran. */
  readonly execution: Execution | undefined
}

export interface Execution {
  readonly nReturned: number
  readonly keysExamined: number
  readonly docsExamined: number
  readonly stages: Document
}
