/**
 * The kinds of edges of a dependency graph (Adya, Liskov, O'Neil: Generalized Isolation Level
 * Definitions, ICDE 2000), as bits, so that a search takes any set of them.
 *
 * | kind | from | to |
 * |---|---|---|
 * | ww | who wrote a version | who wrote the next one |
 * | wr | who wrote a version | who read it |
 * | rw | who read a version | who wrote the next one (an anti-dependency) |
 * | process | a transaction | the next one of the same process |
 * | realtime | a transaction | one that began after its end |
 *
 * `via` leads through a node that stands for a set of transactions, and means nothing by itself.
 * `predicate` marks a wr or rw edge that exists only because of a predicate read; `assumed...`
 * marks one that exists only because keys are taken to keep an order of time.
 */
export const Edge = {
  ww: 1,
  wr: 2,
  rw: 4,
  process: 8,
  realtime: 16,
  via: 32,
  predicate: 64,
  assumedProcess: 128,
  assumedRealtime: 256,
} as const

/** Which edges of time take part: none, those of processes, or those of real time as well. */
export type TimeOrder = 'none' | 'process' | 'realtime'

/** The mark of an edge that follows from an order of time which the caller assumes of keys. */
export const ASSUMED: Readonly<Record<TimeOrder, number>> = {
  none: 0,
  process: Edge.assumedProcess,
  realtime: Edge.assumedRealtime,
}

export type EdgeKind = 'ww' | 'wr' | 'rw' | 'process' | 'realtime'

/** What orders two transactions by data alone: the later one depends on the earlier. */
export const DEPENDENCY = Edge.ww | Edge.wr

/** Everything but the marks. */
export const ANY_KIND = Edge.ww | Edge.wr | Edge.rw | Edge.process | Edge.realtime | Edge.via

/** @param kind the bits of one edge */
export function edgeName(kind: number): EdgeKind {
  if ((kind & Edge.rw) !== 0) return 'rw'
  if ((kind & Edge.wr) !== 0) return 'wr'
  if ((kind & Edge.ww) !== 0) return 'ww'
  return (kind & Edge.process) !== 0 ? 'process' : 'realtime'
}
