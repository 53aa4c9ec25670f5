/**
 * What one operation did, counted while it runs: the server's `OpDebug` (curop.h). The profiler,
 * `currentOp`, the slow-query decision and, when the operation ends, the metrics are read from it.
 */
export class OpDebug {
  keysExamined = 0
  docsExamined = 0
  /** Undefined where the operation has no such count, so that it is left out of the profile. */
  nMatched: number | undefined = undefined
  nModified: number | undefined = undefined
  nUpserted: number | undefined = undefined
  ninserted: number | undefined = undefined
  ndeleted: number | undefined = undefined
  nreturned: number | undefined = undefined
  keysInserted = 0
  keysDeleted = 0
  /** Bumped at the catch site, before it is decided whether to try again. */
  writeConflicts = 0
  /** One for each release of locks and snapshot. */
  numYields = 0
  hasSortStage = false
  cursorId: bigint | undefined = undefined
  cursorExhausted = false
  planSummary: string | undefined = undefined
  /** Whoever ran the plan; asked for its `execStats` only where an entry is written. */
  executor: { stats(debug: OpDebug): { [field: string]: unknown } } | undefined = undefined
  /** How often storage rolled a write back to make room. */
  temporarilyUnavailableErrors = 0
  /**
   * Lock acquisitions of collections, intent shared and intent exclusive; each takes its database
   * too.
   */
  sharedAcquisitions = 0
  exclusiveAcquisitions = 0
  /** One for each intent-exclusive acquisition outside of a multi-document transaction. */
  flowControlTickets = 0
}
