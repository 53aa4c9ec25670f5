import type { Finding } from '../anomalies/anomaly.ts'
import type { DependencyGraph, GraphBuilder } from '../graph/dependency_graph.ts'
import type { EdgeKind, TimeOrder } from '../graph/edges.ts'
import type { Key } from '../history/events.ts'
import type { SessionView } from '../sessions/session_view.ts'

/** What a model finds in a history, and how it orders the transactions by their data. */
export interface Interpretation {
  /** For each transaction, whether it is known to have committed: 1, or 0. */
  readonly takesPart: Uint8Array
  /** What is wrong without any cycle. */
  readonly findings: readonly Finding[]
  readonly certainty: Certainty
  /**
   * Its sessions step by step, for what they may expect; left out where the model does not tell.
   * Where it knows the order of versions, causality is decided by them, too.
   */
  sessions?(): SessionView
  /**
   * Decides for certain what the known edges may not; left out where the history is too large.
   *
   * @param graph all edges, those of time as well
   */
  decision?(graph: DependencyGraph): CompleteDecision
  /** What each transaction read of others and wrote; left out where the model can't tell. */
  readonly footprint?: Footprint
  /** About how many ww, wr and rw edges there are; a good guess saves memory. */
  readonly edgesExpected?: number
  /** Adds the ww, wr and rw edges. */
  addEdges(graph: GraphBuilder): void
  /** Why there is an edge; see `Edge` for the kinds. */
  describe(edge: DescribedEdge): string
  keyName(about: number): Key
}

/**
 * What the findings and the known edges decide for certain, the weaker levels aside, so that no
 * violation can hide in an order of versions that is not known.
 */
export interface Certainty {
  readonly causal: boolean | 'by sessions'
  readonly snapshots: boolean
  readonly serializability: boolean
}

/** The reads and writes of those who take part, each key by its number. */
export interface Footprint {
  /** The last write of each, in the order of transactions. */
  visitWrites(visit: (transaction: number, key: number) => void): void
  /** Reads of what others wrote; the author is -1 for the initial version. */
  visitReads(visit: (transaction: number, key: number, author: number) => void): void
}

/** An edge between two transactions, as a cycle has it. */
export interface DescribedEdge {
  readonly from: number
  readonly to: number
  readonly kind: EdgeKind
  readonly about: number
}

/** Whether any order of versions explains a history; undefined where the search was too long. */
export interface CompleteDecision {
  /** Left out where the known edges decide it. */
  isSerializable?(time: TimeOrder): boolean | undefined
  hasSnapshots?(time: TimeOrder): boolean | undefined
}
