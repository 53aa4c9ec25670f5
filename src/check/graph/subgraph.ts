import type { DependencyGraph } from './dependency_graph.ts'
import { ANY_KIND, Edge } from './edges.ts'

/** A part of a graph with nodes of its own; `names` has the nodes they are in the whole. */
export interface Subgraph {
  readonly graph: DependencyGraph
  readonly names: Int32Array
}

/** The nodes given and the edges among them, of some kinds. */
export function subgraph(
  whole: DependencyGraph,
  members: readonly number[],
  kinds: number,
): Subgraph {
  const numbers = new Map<number, number>()
  for (const member of members) numbers.set(member, numbers.size)
  const starts = new Int32Array(members.length + 1)
  const targets: number[] = []
  const edgeKinds: number[] = []
  const abouts: number[] = []
  members.forEach((member, node) => {
    for (let edge = whole.starts[member]!; edge < whole.starts[member + 1]!; edge++) {
      const target = numbers.get(whole.targets[edge]!)
      if (target === undefined || (whole.kinds[edge]! & kinds) === 0) continue
      targets.push(target)
      edgeKinds.push(whole.kinds[edge]!)
      abouts.push(whole.abouts[edge]!)
    }
    starts[node + 1] = targets.length
  })
  const transactions = members.filter((member) => member < whole.transactions).length
  return {
    graph: {
      transactions,
      nodes: members.length,
      starts,
      targets: Int32Array.from(targets),
      kinds: Uint16Array.from(edgeKinds),
      abouts: Int32Array.from(abouts),
      kindsPresent: whole.kindsPresent,
    },
    names: Int32Array.from(members),
  }
}

/**
 * The graph in which no path takes two rw edges in a row: node `n` stands for "at n, and not by an
 * rw edge", node `n + nodes` for "at n by an rw edge". It has a cycle exactly if the graph has one
 * without two adjacent rw edges, which is what snapshot isolation rules out.
 * Source: Cerone, Gotsman: Analysing Snapshot Isolation, PODC 2016, theorem 10.
 */
export function withoutAdjacentRw({ graph, names }: Subgraph): Subgraph {
  const { nodes, starts, targets, kinds, abouts } = graph
  const doubledStarts = new Int32Array(2 * nodes + 1)
  const doubledTargets: number[] = []
  const doubledKinds: number[] = []
  const doubledAbouts: number[] = []
  for (let node = 0; node < 2 * nodes; node++) {
    const byRw = node >= nodes
    const plain = byRw ? node - nodes : node
    for (let edge = starts[plain]!; edge < starts[plain + 1]!; edge++) {
      const kind = kinds[edge]!
      const isRw = (kind & Edge.rw) !== 0
      if (isRw && byRw) continue
      const staysByRw = isRw || ((kind & Edge.via) !== 0 && byRw)
      doubledTargets.push(targets[edge]! + (staysByRw ? nodes : 0))
      doubledKinds.push(kind)
      doubledAbouts.push(abouts[edge]!)
    }
    doubledStarts[node + 1] = doubledTargets.length
  }
  const doubledNames = new Int32Array(2 * nodes)
  doubledNames.set(names)
  doubledNames.set(names, nodes)
  return {
    graph: {
      transactions: graph.transactions,
      nodes: 2 * nodes,
      starts: doubledStarts,
      targets: Int32Array.from(doubledTargets),
      kinds: Uint16Array.from(doubledKinds),
      abouts: Int32Array.from(doubledAbouts),
      kindsPresent: graph.kindsPresent,
    },
    names: doubledNames,
  }
}

/** A graph without the edges that have one of the marks; itself where none has. */
export function withoutMarks(graph: DependencyGraph, marks: number): DependencyGraph {
  if ((graph.kindsPresent & marks) === 0) return graph
  const all = Array.from({ length: graph.nodes }, (_, node) => node)
  const kinds = graph.kinds.map((kind) => ((kind & marks) === 0 ? kind : 0))
  return subgraph({ ...graph, kinds, kindsPresent: graph.kindsPresent & ~marks }, all, ANY_KIND)
    .graph
}
