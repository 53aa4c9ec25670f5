/**
 * What the known order of lists leaves open: appends that nobody read came in some order. For
 * serializability any will do. Under snapshot isolation two who append to the same list can't
 * overlap, so that one of them had committed when the other began, and either may contradict what
 * else is known.
 */
import type { DependencyGraph } from '../../graph/dependency_graph.ts'
import { Edge, type TimeOrder } from '../../graph/edges.ts'
import { type Alternative, hasOrder } from '../../search/decide.ts'
import type { CompleteDecision } from '../model.ts'
import type { Appends } from './appends.ts'
import type { VersionOrders } from './version_orders.ts'

/** Beyond so many transactions the tables of a search no longer fit. */
export const TRANSACTIONS_MAX = 1000

/** About as many visits of an alternative as some seconds have. */
const VISITS_MAX = 30_000_000

const TIME_EDGES: Readonly<Record<TimeOrder, number>> = {
  none: 0,
  process: Edge.process,
  realtime: Edge.process | Edge.realtime,
}

/** Of each node a snapshot and a commit; an auxiliary one takes the part of either. */
const snapshot = (node: number): number => node * 2
const commit = (node: number): number => node * 2 + 1

export class AppendDecision implements CompleteDecision {
  readonly #transactions: number
  readonly #graph: DependencyGraph
  readonly #alternatives: readonly Alternative[]

  constructor(
    transactions: number,
    graph: DependencyGraph,
    appends: Appends,
    versions: VersionOrders,
  ) {
    this.#transactions = transactions
    this.#graph = graph
    this.#alternatives = [...versions.unread.values()].flatMap((unread) =>
      overlapping([...new Set(unread.map((append) => appends.author[append]!))]),
    )
  }

  /** @returns undefined where nobody knows after a long search */
  hasSnapshots(time: TimeOrder): boolean | undefined {
    return hasOrder({
      size: this.#graph.nodes * 2,
      pairs: this.#pairs(TIME_EDGES[time]),
      alternatives: this.#alternatives,
      visitsMax: VISITS_MAX,
    })
  }

  #pairs(times: number): number[] {
    const { nodes, starts, targets, kinds } = this.#graph
    const pairs: number[] = []
    for (let node = 0; node < nodes; node++) {
      const isTransaction = node < this.#transactions
      if (isTransaction) pairs.push(snapshot(node), commit(node))
      for (let edge = starts[node]!; edge < starts[node + 1]!; edge++) {
        const kind = kinds[edge]!
        const target = targets[edge]!
        if ((kind & Edge.via) !== 0) {
          pairs.push(snapshot(node), snapshot(target), commit(node), commit(target))
        } else if ((kind & Edge.rw) !== 0) {
          pairs.push(snapshot(node), commit(target))
        } else if ((kind & (Edge.ww | Edge.wr | times)) !== 0) {
          pairs.push(isTransaction ? commit(node) : snapshot(node), snapshot(target))
        }
      }
    }
    return pairs
  }
}

function overlapping(authors: readonly number[]): Alternative[] {
  return authors.flatMap((left, at) =>
    authors.slice(at + 1).map((right) => ({
      a: commit(left),
      b: snapshot(right),
      c: commit(right),
      d: snapshot(left),
    })),
  )
}
