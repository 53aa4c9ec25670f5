/**
 * What to call the cycles of a graph, and who is in the middle.
 *
 * Under snapshot isolation every cycle has a dangerous structure: Tin -rw-> Tpivot -rw-> Tout, each
 * concurrent with the next, Tout the first to commit. Sources: Fekete et al.: Making Snapshot
 * Isolation Serializable (TODS 2005); Fekete, O'Neil, O'Neil (SIGMOD Record 33(3), 2004).
 */
import type { Cycle } from '../cycles/cycle.ts'
import { stronglyConnectedComponents } from '../graph/components.ts'
import type { DependencyGraph } from '../graph/dependency_graph.ts'
import { ANY_KIND, Edge } from '../graph/edges.ts'
import { subgraph } from '../graph/subgraph.ts'
import type { Timestamps } from '../timestamps/timestamps.ts'

/** Who comes between two rw edges in a row: of several, one of a dangerous structure. */
export function pivotOf({ edges }: Cycle, timestamps: Timestamps | undefined): number | undefined {
  const pivots = edges.flatMap((edge, at) => {
    const next = edges[(at + 1) % edges.length]!
    return edge.kind === 'rw' && next.kind === 'rw'
      ? [{ into: edge.from, pivot: edge.to, out: next.to }]
      : []
  })
  const dangerous = pivots.find(({ into, pivot, out }) => {
    if (timestamps === undefined) return false
    const { commit } = timestamps
    const isFirst = commit[out]! <= commit[into]! && commit[out]! <= commit[pivot]!
    return isFirst && overlap(timestamps, into, pivot) && overlap(timestamps, pivot, out)
  })
  return (dangerous ?? pivots[0])?.pivot
}

function overlap({ start, commit }: Timestamps, left: number, right: number): boolean {
  return start[left]! <= commit[right]! && start[right]! <= commit[left]!
}

/** Which cycles are there only because of somebody who wrote nothing. */
export class ReadOnlyCycles {
  readonly #graph: DependencyGraph
  #writes: Uint8Array | undefined
  #entangled: Uint8Array | undefined

  constructor(graph: DependencyGraph) {
    this.#graph = graph
  }

  /** Whether a cycle has somebody who only read, and those who wrote would be serializable. */
  has({ edges }: Cycle): boolean {
    this.#writes ??= writersOf(this.#graph)
    const writes = this.#writes
    if (edges.every(({ from }) => writes[from] === 1)) return false
    this.#entangled ??= entangledWriters(this.#graph, writes)
    const entangled = this.#entangled
    return edges.every(({ from }) => entangled[from] === 0)
  }
}

/** By node: 1 for who wrote anything that an edge tells of, and for nodes that stand for sets. */
function writersOf({ transactions, nodes, starts, targets, kinds }: DependencyGraph): Uint8Array {
  const writes = new Uint8Array(nodes).fill(1, transactions)
  for (let node = 0; node < nodes; node++) {
    for (let edge = starts[node]!; edge < starts[node + 1]!; edge++) {
      if ((kinds[edge]! & (Edge.ww | Edge.wr)) !== 0) writes[node] = 1
      if ((kinds[edge]! & (Edge.ww | Edge.rw | Edge.via)) !== 0) writes[targets[edge]!] = 1
    }
  }
  return writes
}

/** By node: 1 for who is in a cycle of writers alone. */
function entangledWriters(graph: DependencyGraph, writes: Uint8Array): Uint8Array {
  const members: number[] = []
  for (let node = 0; node < graph.nodes; node++) if (writes[node] === 1) members.push(node)
  const kinds = ANY_KIND & ~(Edge.process | Edge.realtime)
  const part = subgraph(graph, members, kinds)
  const { of, sizes, anyCycle } = stronglyConnectedComponents(part.graph, ANY_KIND)
  const entangled = new Uint8Array(graph.nodes)
  if (!anyCycle) return entangled
  members.forEach((node, at) => {
    if (sizes[of[at]!]! > 1) entangled[node] = 1
  })
  return entangled
}
