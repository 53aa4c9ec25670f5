import type { DependencyGraph } from './dependency_graph.ts'

/**
 * Strongly connected components, over the edges of some kinds: Tarjan's algorithm, with a stack of
 * its own in place of recursion. Two transactions are in one component exactly if there is a cycle
 * through both, so a component of one node is no cycle at all.
 */
export interface Components {
  /** For each node the number of its component. Edges between components lead to lower numbers. */
  readonly of: Int32Array
  /** By component; empty where none has more than one node. */
  readonly sizes: Int32Array
  /** Whether any component has more than one node. */
  readonly anyCycle: boolean
}

/** @param kinds the bits of the edges to follow; see `Edge` */
export function stronglyConnectedComponents(graph: DependencyGraph, kinds: number): Components {
  const { nodes, starts, targets, kinds: edgeKinds } = graph
  // One buffer for all: each large one by itself may cost a collection of garbage.
  const buffer = new ArrayBuffer(6 * 4 * nodes)
  const column = (at: number) => new Int32Array(buffer, at * 4 * nodes, nodes)
  const of = column(0).fill(-1)
  const order = column(1)
  const low = column(2)
  const edgeAt = column(3)
  const open = column(4)
  const path = column(5)
  let count = 0
  let opened = 0
  let visited = 0
  for (let root = 0; root < nodes; root++) {
    if (order[root] !== 0) continue
    let depth = 0
    path[0] = root
    order[root] = low[root] = ++visited
    edgeAt[root] = starts[root]!
    open[opened++] = root
    while (depth >= 0) {
      const node = path[depth]!
      const end = starts[node + 1]!
      let edge = edgeAt[node]!
      let descended = false
      for (; edge < end; edge++) {
        if ((edgeKinds[edge]! & kinds) === 0) continue
        const target = targets[edge]!
        if (order[target] === 0) {
          edgeAt[node] = edge + 1
          order[target] = low[target] = ++visited
          edgeAt[target] = starts[target]!
          open[opened++] = target
          path[++depth] = target
          descended = true
          break
        }
        if (of[target] === -1 && order[target]! < low[node]!) low[node] = order[target]!
      }
      if (descended) continue
      if (low[node] === order[node]) {
        let member: number
        do {
          member = open[--opened]!
          of[member] = count
        } while (member !== node)
        count++
      }
      if (--depth >= 0) {
        const parent = path[depth]!
        if (low[node]! < low[parent]!) low[parent] = low[node]!
      }
    }
  }
  return { of, sizes: sizesOf(of, count), anyCycle: count < nodes }
}

function sizesOf(of: Int32Array, count: number): Int32Array {
  if (count === of.length) return new Int32Array(0)
  const sizes = new Int32Array(count)
  for (const component of of) sizes[component]!++
  return sizes
}

/** The members of each component that has a cycle, in the order of their nodes. */
export function cyclicComponents({ of, sizes, anyCycle }: Components): number[][] {
  const members = new Map<number, number[]>()
  for (let node = 0; node < of.length; node++) {
    const component = of[node]!
    if (!anyCycle || sizes[component] === 1) continue
    const known = members.get(component)
    if (known === undefined) members.set(component, [node])
    else known.push(node)
  }
  return [...members.values()]
}
