/**
 * A story of the demonstration, as data. It is played once, in a simulator of its own; what was
 * typed and answered are its steps, what the trace saw is its timeline. The renderers (text, JSON,
 * HTML) read nothing else, so all of them tell the same.
 *
 * Every `...Ms` is milliseconds of virtual time since the simulator was created.
 */
export interface Story {
  readonly id: string
  readonly title: string
  /** What to look for, in one or two sentences. */
  readonly about: string
  readonly actors: readonly Actor[]
  readonly steps: readonly Step[]
  readonly timeline: Timeline
  /** What came out of it, measured; the numbers that people quote. */
  readonly figures: Readonly<Record<string, number | string>>
}

/** Somebody who types: a session, a program, a tool that looks on. */
export interface Actor {
  readonly id: string
  readonly label: string
}

export type Step = NoteStep | CommandStep | ResultStep | ErrorStep | PrintStep | StatStep

/** The narrator. */
export interface NoteStep {
  readonly kind: 'note'
  readonly atMs: number
  readonly text: string
}

/** What somebody typed. */
export interface CommandStep {
  readonly kind: 'command'
  readonly atMs: number
  readonly who: string
  readonly text: string
}

/** What came back; BSON. */
export interface ResultStep {
  readonly kind: 'result'
  readonly atMs: number
  readonly who: string
  readonly value: unknown
}

export interface ErrorStep {
  readonly kind: 'error'
  readonly atMs: number
  readonly who: string
  /** The class of the driver's error. */
  readonly name: string
  readonly code: number
  readonly codeName: string
  readonly message: string
  readonly labels: readonly string[]
}

/** What a program printed. */
export interface PrintStep {
  readonly kind: 'print'
  readonly atMs: number
  readonly who: string
  readonly text: string
}

/** One line of mongostat: what the server's counters gained in the second before. */
export interface StatStep {
  readonly kind: 'stat'
  readonly atMs: number
  readonly insert: number
  readonly query: number
  readonly update: number
  readonly delete: number
  readonly writeConflicts: number
}

/** Who held what, and who waited, when. */
export interface Timeline {
  readonly endMs: number
  readonly lanes: readonly Lane[]
}

export interface Lane {
  readonly who: string
  readonly transactions: readonly TransactionBar[]
  readonly statements: readonly StatementSpan[]
}

/** How a transaction ended; `expired` is an abort by the server because its lifetime was over. */
export type TransactionEnd = 'committed' | 'aborted' | 'expired' | 'open'

export interface TransactionBar {
  readonly txnNumber: number
  readonly fromMs: number
  readonly toMs: number
  /** When its lifetime is over. It may live on until the server's next sweep. */
  readonly expiresMs: number
  readonly end: TransactionEnd
}

export interface StatementSpan {
  readonly text: string
  readonly fromMs: number
  readonly toMs: number
  /** The codeName of the error that it ended in. */
  readonly error?: string
  /** More than one where the server, or the driver, tried again. */
  readonly attempts: readonly Attempt[]
}

export interface Attempt {
  readonly atMs: number
  /** `lost`: whoever sent it never heard what became of it. */
  readonly outcome: 'conflict' | 'lost' | 'done' | 'failed'
  /** How long was waited before the next one; 0 for the last. */
  readonly backoffMs: number
}
