import type { BenchDocument } from './documents.ts'

/** One store under test. Every operation hands out documents that belong to the caller, or says not. */
export interface Subject {
  readonly name: string
  /** What makes the comparison uneven, if anything does. */
  readonly note?: string
  insertOne(document: BenchDocument): unknown
  findById(id: string): unknown
  increment(id: string): unknown
  /** The documents with `from <= k < to`. */
  range(from: number, to: number): unknown
  /** Reads two documents and increments two, in one transaction. Left out where there is none. */
  transaction?(reads: readonly [string, string], writes: readonly [string, string]): unknown
  close?(): unknown
}

export type SubjectName = 'palimpsest' | 'limit' | 'nedb' | 'lokijs' | 'sqlite'
