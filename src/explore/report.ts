import type { Anomaly, DocumentHistory, Verdict } from '../check/index.ts'
import type { StrategyName } from './options.ts'
import type { Timeline } from './timeline.ts'

/** What is wrong with a schedule. */
export type FailureKind =
  /** The history violates the isolation level that was asked for. */
  | 'anomaly'
  /** The invariant was broken. */
  | 'invariant'
  /** An actor ended with an error. */
  | 'error'
  /** An actor never ended. */
  | 'hang'
  /** Played twice, the schedule went two ways. */
  | 'nondeterminism'

export interface Counterexample {
  readonly kind: FailureKind
  /**
   * A short string: `explore({ ..., replay: schedule })` runs just that. See `schedule_text.ts`.
   */
  readonly schedule: string
  /** One line: what is wrong. */
  readonly summary: string
  /** Sentences: who read what, who overwrote it, which anomaly, what would help. */
  readonly explanation: string
  readonly anomalies: readonly Anomaly[]
  /** Which levels the history holds; nothing where histories were not judged. */
  readonly verdict: Verdict | undefined
  readonly history: DocumentHistory | undefined
  /** What an actor or the invariant threw. */
  readonly error: unknown
  /** Who did what when, as data. */
  readonly timeline: Timeline
  /** The same for terminals: actors as columns, statements as rows, the racing ones marked. */
  readonly timelineText: string
  /** Every step, statement and reply, one a line: the same in every process, byte for byte. */
  readonly trace: string
  /** A timeline with what is wrong, one self-contained page. */
  toHtml(): string
}

export interface ExploreReport {
  readonly ok: boolean
  readonly strategy: StrategyName
  readonly seed: number
  /** Schedules that were played to find out; shrinking a counterexample takes more. */
  readonly explored: number
  /**
   * Interleavings that those stand for: of `exhaustive`, once it has come to its end, all there
   * are.
   */
  readonly total: number | undefined
  /** Whether there is no schedule left that was not explored or stood for. */
  readonly complete: boolean
  /** Different histories among them; 0 where none was judged. */
  readonly histories: number
  /** Of PCT: a bug of this depth is found by one schedule with at least this probability. */
  readonly bound: { readonly depth: number; readonly probability: number } | undefined
  readonly counterexample: Counterexample | undefined
}
