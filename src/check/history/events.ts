/**
 * The format of a history: what clients saw, in the order in which they saw it. It is the format of
 * files too, one event a line or an array of them.
 *
 *     { type: 'invoke', process: 0, f: 'txn', value: [['append', 'x', 1], ['r', 'y', null]] }
 *     { type: 'ok',     process: 0, f: 'txn', value: [['append', 'x', 1], ['r', 'y', [3]]] }
 *
 * A process does one transaction at a time: an invocation, then its completion. `ok` committed,
 * `fail` surely did not, and of `info` nobody knows; such a process is never used again. An
 * invocation without a completion is `info` as well. The order of the events is real time.
 */

/** What an object is called. */
export type Key = string | number

/** What was written: unique for its key, so that a read says who wrote it. */
export type Value = string | number | boolean

/** Which objects a predicate read covers. */
export type Predicate = 'true' | readonly ['=', Value] | readonly ['mod', number, number]

/**
 * One step of a transaction. In list-append, `append` and `r` of the whole list; in rw-register,
 * `w` and `r` of one value, null being the initial state. Predicate histories also have `insert`,
 * `delete` and `rp`, a read of all objects that a predicate covers.
 */
export type MicroOperation =
  | readonly ['append', Key, Value]
  | readonly ['w', Key, Value]
  | readonly ['insert', Key, Value]
  | readonly ['delete', Key]
  | readonly ['r', Key, ReadValue]
  | readonly ['rp', Predicate, Readonly<Record<string, Value>> | null]

/** What a read saw: null for nothing, or for what nobody knows where the outcome is not `ok`. */
export type ReadValue = Value | readonly Value[] | null

export type EventType = 'invoke' | 'ok' | 'fail' | 'info'

export interface HistoryEvent {
  readonly type: EventType
  /** Who did it: a client that does one transaction after another. */
  readonly process: string | number
  /** Always `txn`; other functions (a nemesis' doings) are passed over. */
  readonly f: string
  readonly value: readonly MicroOperation[]
  readonly index?: number
  /** Nanoseconds, for pictures; the order of events is what counts. */
  readonly time?: number
  /**
   * Where the store tells: the moments of its own clock at which the snapshot was taken and the
   * transaction committed, on completions. Whoever wrote nothing needs no `commit`.
   */
  readonly start?: number
  readonly commit?: number
}

/** The history can't be read. Says where, and what is wrong. */
export class HistoryError extends Error {
  override readonly name = 'HistoryError'
}
