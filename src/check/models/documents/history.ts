/**
 * A document history: what transactions read and wrote, version by version, with the order of the
 * versions known. A store that is watched from inside can tell it, so nothing has to be inferred;
 * it is plain data, and the judge needs no store to judge it.
 *
 * An object is a place where a document may be: a collection and an `_id`. Its versions are the
 * documents that were there, and their absence: insert and delete make versions like any update.
 */

/** What became of a version. */
export type VersionState =
  /** Its author committed it. */
  | 'committed'
  /** Its author overwrote it before the commit. */
  | 'intermediate'
  /** Its author did not commit. */
  | 'aborted'

export interface DocumentVersion {
  /** The number of the transaction that wrote it; undefined where it was there from the start. */
  readonly author: number | undefined
  readonly state: VersionState
  /** The document; undefined where none is there. */
  readonly value: unknown
}

export interface DocumentObject {
  /** For people: `shop.stock/"x"`. */
  readonly name: string
  /**
   * Those that were committed in the order of their commits, the one there from the start first;
   * the others anywhere behind them.
   */
  readonly versions: readonly DocumentVersion[]
}

/** A step of a transaction. Objects and versions are named by their positions. */
export type DocumentStep = StepPlace &
  (
    | { readonly kind: 'read'; readonly object: number; readonly version: number }
    | { readonly kind: 'write'; readonly object: number; readonly version: number }
    | {
        readonly kind: 'query'
        /** For people. */
        readonly predicate: string
        /** Of each object that it did not return: which version it saw, by its snapshot. */
        readonly unmatched: readonly UnmatchedObject[]
      }
  )

/** Where a step belongs, where that is known. The judge does not ask; pictures do. */
interface StepPlace {
  /** When it was, in the order of beginnings and ends. */
  readonly at?: number
  /** The number of its statement among those of a timeline. */
  readonly statement?: number
}

export interface UnmatchedObject {
  readonly object: number
  readonly version: number
  /** For each version of the object, whether the predicate matches it. */
  readonly matches: readonly boolean[]
}

export interface DocumentTransaction {
  /** For people: `alice`, `alice#2`. */
  readonly name: string
  /** Who did it: a client that does one transaction after another. */
  readonly process: string
  /** Positions in one order of all beginnings and ends. */
  readonly began: number
  readonly ended: number
  readonly committed: boolean
  /** Whether it is several transactions of one client, which are to be as good as one. */
  readonly isComposite?: boolean
  readonly steps: readonly DocumentStep[]
}

export interface DocumentHistory {
  readonly objects: readonly DocumentObject[]
  /** In the order of their beginnings. */
  readonly transactions: readonly DocumentTransaction[]
}
