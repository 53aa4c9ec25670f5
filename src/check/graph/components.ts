import type { DependencyGraph } from './dependency_graph.ts'

/**
 * Strongly connected components, over the edges of some kinds: Tarjan's algorithm, with a stack of
 * its own in place of recursion. Two transactions are in one component exactly if there is a cycle
 * through both, so a component of one node is no cycle at all.
 */
export interface Components {
  /** For each node the number of its component. Edges between components lead to lower numbers. */
  readonly of: Int32Array
  readonly sizes: Int32Array
  /** Whether any component has more than one node. */
  readonly anyCycle: boolean
}

/** @param kinds the bits of the edges to follow; see `Edge` */
export function stronglyConnectedComponents(graph: DependencyGraph, kinds: number): Components {
  const { nodes, starts, targets, kinds: edgeKinds } = graph
  const of = new Int32Array(nodes).fill(-1)
  const order = new Int32Array(nodes)
  const low = new Int32Array(nodes)
  const edgeAt = new Int32Array(nodes)
  const open = new Int32Array(nodes)
  const path = new Int32Array(nodes)
  const sizes: number[] = []
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
        const component = sizes.length
        let size = 0
        let member: number
        do {
          member = open[--opened]!
          of[member] = component
          size++
        } while (member !== node)
        sizes.push(size)
      }
      if (--depth >= 0) {
        const parent = path[depth]!
        if (low[node]! < low[parent]!) low[parent] = low[node]!
      }
    }
  }
  return { of, sizes: Int32Array.from(sizes), anyCycle: sizes.length < nodes }
}

/** The members of each component that has a cycle, in the order of their nodes. */
export function cyclicComponents({ of, sizes }: Components): number[][] {
  const members = new Map<number, number[]>()
  for (let node = 0; node < of.length; node++) {
    const component = of[node]!
    if (sizes[component] === 1) continue
    const known = members.get(component)
    if (known === undefined) members.set(component, [node])
    else known.push(node)
  }
  return [...members.values()]
}
