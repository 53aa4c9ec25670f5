/**
 * A history as explanations and pictures need it: who did what and when, in words. Both kinds of
 * history, events of clients and documents of known versions, can be told this way.
 */

import type { Key } from '../history/events.ts'
import type { History } from '../history/read_history.ts'
import { readEvents } from '../history/read_history.ts'
import type { TransactionTable } from '../history/transaction_table.ts'
import type { DocumentHistory } from '../models/documents/history.ts'
import { tellDocuments } from './tell_documents.ts'
import { tellTable } from './tell_table.ts'

/** Whatever a verdict may be about. */
export type JudgedHistory = History | TransactionTable | DocumentHistory

export interface ToldHistory {
  /** Transactions, numbered from 0 in the order of their beginnings. */
  readonly count: number
  /** Those who did them, each one transaction after another. */
  readonly lanes: readonly string[]
  laneOf(transaction: number): number
  nameOf(transaction: number): string
  outcomeOf(transaction: number): ToldOutcome
  /** Positions in one order of all beginnings and ends; an end may be `Infinity`. */
  beganAt(transaction: number): number
  endedAt(transaction: number): number
  stepsOf(transaction: number): readonly ToldStep[]
  /** Whether a read saw what a write left, as far as can be told from the two. */
  sees(reader: ToldStep, writer: ToldStep): boolean
}

export type ToldOutcome = 'committed' | 'aborted' | 'unknown'

export interface ToldStep {
  /** `query` reads whatever matches, and so is about every object. */
  readonly kind: 'read' | 'write' | 'query'
  /** The object, by the name that edges have for it. */
  readonly key: Key | undefined
  /** `read x = [1, 2]` */
  readonly text: string
  /** What was read or written, as its kind of history compares it. */
  readonly value: unknown
  /** When it ran, in the order of beginnings and ends, where that is known. */
  readonly at?: number
  /** The number of its statement in a timeline, where there is one. */
  readonly statement?: number
}

/** @param names what to call transactions; default: their actors' names, or `T<number>` */
export function tell(history: JudgedHistory, names?: (transaction: number) => string): ToldHistory {
  if ('objects' in history) return tellDocuments(history, names)
  return tellTable('operations' in history ? history : readEvents(history), names)
}
