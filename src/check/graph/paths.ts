import type { DependencyGraph } from './dependency_graph.ts'

/** One edge of a path. */
export interface Step {
  readonly from: number
  readonly to: number
  readonly kind: number
  readonly about: number
}

/**
 * A shortest path by edges of some kinds: breadth first.
 *
 * @returns undefined where there is none; no steps where `from` is `to`
 */
export class PathFinder {
  readonly #graph: DependencyGraph
  readonly #cameBy: Int32Array
  readonly #cameFrom: Int32Array
  readonly #queue: Int32Array
  /** The search that last saw a node, so that nothing need be cleared between two. */
  readonly #seenBy: Int32Array
  #search = 0

  constructor(graph: DependencyGraph) {
    this.#graph = graph
    this.#cameBy = new Int32Array(graph.nodes)
    this.#cameFrom = new Int32Array(graph.nodes)
    this.#queue = new Int32Array(graph.nodes)
    this.#seenBy = new Int32Array(graph.nodes)
  }

  shortest(from: number, to: number, kinds: number): Step[] | undefined {
    if (from === to) return []
    const { starts, targets, kinds: edgeKinds } = this.#graph
    const search = ++this.#search
    this.#queue[0] = from
    this.#seenBy[from] = search
    let queued = 1
    for (let head = 0; head < queued; head++) {
      const node = this.#queue[head]!
      for (let edge = starts[node]!; edge < starts[node + 1]!; edge++) {
        const target = targets[edge]!
        if ((edgeKinds[edge]! & kinds) === 0 || this.#seenBy[target] === search) continue
        this.#seenBy[target] = search
        this.#cameBy[target] = edge
        this.#cameFrom[target] = node
        if (target === to) return this.#stepsTo(from, to)
        this.#queue[queued++] = target
      }
    }
    return undefined
  }

  #stepsTo(from: number, to: number): Step[] {
    const steps: Step[] = []
    for (let node = to; node !== from; ) {
      const edge = this.#cameBy[node]!
      const source = this.#cameFrom[node]!
      steps.push({
        from: source,
        to: node,
        kind: this.#graph.kinds[edge]!,
        about: this.#graph.abouts[edge]!,
      })
      node = source
    }
    return steps.reverse()
  }
}
