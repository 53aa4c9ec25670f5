/**
 * Cycles with exactly one rw edge, `u -rw-> v`, and a way back from `v` to `u` without any. In a
 * large component most rw edges have none, and a search from each would be quadratic; so
 * thirty-two edges at a time are followed at once, a bit each, until nothing changes any more.
 */
import type { DependencyGraph } from '../graph/dependency_graph.ts'
import { ANY_KIND, Edge } from '../graph/edges.ts'
import type { PathFinder, Step } from '../graph/paths.ts'

const FREE = ANY_KIND & ~Edge.rw
const LANES = 32
/** Enough to find a short one among those that there are. */
const CANDIDATES_MAX = 32

/** @returns a shortest one among the first found, or undefined where there is none */
export function cycleWithOneRw(graph: DependencyGraph, paths: PathFinder): Step[] | undefined {
  let best: Step[] | undefined
  let candidates = 0
  const rows = rwEdges(graph)
  const reached = new Int32Array(graph.nodes)
  for (let first = 0; first < rows.length && candidates < CANDIDATES_MAX; first += LANES) {
    const lanes = rows.slice(first, first + LANES)
    spread(graph, lanes, reached)
    for (let lane = 0; lane < lanes.length; lane++) {
      const { from, to } = lanes[lane]!
      if ((reached[from]! & (1 << lane)) === 0) continue
      const back = paths.shortest(to, from, FREE)!
      if (best === undefined || back.length + 1 < best.length) best = [lanes[lane]!, ...back]
      if (++candidates >= CANDIDATES_MAX) break
    }
  }
  return best
}

function rwEdges(graph: DependencyGraph): Step[] {
  const found: Step[] = []
  for (let node = 0; node < graph.nodes; node++) {
    for (let edge = graph.starts[node]!; edge < graph.starts[node + 1]!; edge++) {
      const kind = graph.kinds[edge]!
      if ((kind & Edge.rw) === 0) continue
      found.push({ from: node, to: graph.targets[edge]!, kind, about: graph.abouts[edge]! })
    }
  }
  return found
}

/** Leaves in `reached`, for each node, the lanes whose edge leads there without a further rw. */
function spread(graph: DependencyGraph, lanes: readonly Step[], reached: Int32Array): void {
  reached.fill(0)
  const queue: number[] = []
  const queued = new Uint8Array(graph.nodes)
  const visit = (node: number, bits: number): void => {
    if ((bits & ~reached[node]!) === 0) return
    reached[node]! |= bits
    if (queued[node] === 1) return
    queued[node] = 1
    queue.push(node)
  }
  for (let lane = 0; lane < lanes.length; lane++) visit(lanes[lane]!.to, 1 << lane)
  for (let head = 0; head < queue.length; head++) {
    const node = queue[head]!
    queued[node] = 0
    for (let edge = graph.starts[node]!; edge < graph.starts[node + 1]!; edge++) {
      if ((graph.kinds[edge]! & FREE) !== 0) visit(graph.targets[edge]!, reached[node]!)
    }
  }
}
