/**
 * What happened, statement by statement, where that is known: who ran which, in which order, and
 * what came of it. Whoever has run the program gives it; a history alone does not tell.
 */
export interface TimelineStep {
  /** Whose statement it is: an actor, a process. */
  readonly who: string
  /** What was asked for: `stock.updateOne({_id: 7}, {$inc: {left: -1}})`. */
  readonly text: string
  /** What came of it. */
  readonly answer?: string
  /** The error it ended in: `WriteConflict`. */
  readonly error?: string
  /** Milliseconds since the beginning, where time passes. */
  readonly atMs?: number
}
