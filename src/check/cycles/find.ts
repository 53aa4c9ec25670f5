/**
 * Finds cycles of every class, and says for certain where there are none.
 *
 * What exists is decided by strongly connected components: of the ww edges for G0, of ww and wr for
 * G1c, of the graph without two rw in a row for snapshot isolation, of everything for
 * serializability. Only within a component is a short cycle looked for, so a clean history costs
 * one pass.
 */
import type { CycleClass } from '../anomalies/table.ts'
import { cyclicComponents, stronglyConnectedComponents } from '../graph/components.ts'
import type { DependencyGraph } from '../graph/dependency_graph.ts'
import { ANY_KIND, Edge, type TimeOrder } from '../graph/edges.ts'
import { PathFinder, type Step } from '../graph/paths.ts'
import { type Subgraph, subgraph, withoutAdjacentRw, withoutMarks } from '../graph/subgraph.ts'
import { type Cycle, classify, cycleOf, timeOrderOf } from './cycle.ts'
import { cycleWithOneRw } from './exactly_one_rw.ts'

/** Which cycles there are under one order of time. */
export interface CycleReport {
  readonly time: TimeOrder
  /** A cycle without two rw edges in a row: snapshot isolation is violated. */
  readonly violatesSnapshots: boolean
  /** Any cycle. */
  readonly violatesSerializability: boolean
  readonly cycles: readonly { readonly type: CycleClass; readonly cycle: Cycle }[]
}

const TIME_EDGES: Readonly<Record<TimeOrder, number>> = {
  none: 0,
  process: Edge.process,
  realtime: Edge.process | Edge.realtime,
}

/** So many edges of a component are tried as the beginning of a short cycle. */
const TRIALS = 64

/** So many components are looked into for each class; the others are much the same. */
const COMPONENTS_MAX = 32

/** The marks of edges that are not there unless an order of time is taken for granted. */
const BEYOND: Readonly<Record<TimeOrder, number>> = {
  none: Edge.assumedProcess | Edge.assumedRealtime,
  process: Edge.assumedRealtime,
  realtime: 0,
}

export function findCycles(given: DependencyGraph, time: TimeOrder): CycleReport {
  const whole = withoutMarks(given, BEYOND[time])
  const kinds = (ANY_KIND & ~(Edge.process | Edge.realtime)) | TIME_EDGES[time]
  const components = stronglyConnectedComponents(whole, kinds)
  const found = new CycleSearch(time)
  if (!components.anyCycle) return found.report(false, false)
  let violatesSnapshots = false
  cyclicComponents(components).forEach((members, at) => {
    const component = subgraph(whole, members, kinds)
    const looksInto = at < COMPONENTS_MAX
    if (found.lookInto(component, looksInto, whole.transactions)) violatesSnapshots = true
  })
  return found.report(true, violatesSnapshots)
}

class CycleSearch {
  readonly #time: TimeOrder
  readonly #cycles: { type: CycleClass; cycle: Cycle }[] = []

  constructor(time: TimeOrder) {
    this.#time = time
  }

  report(violatesSerializability: boolean, violatesSnapshots: boolean): CycleReport {
    return {
      time: this.#time,
      violatesSnapshots,
      violatesSerializability,
      cycles: this.#cycles,
    }
  }

  /** @returns whether the component violates snapshot isolation */
  lookInto(component: Subgraph, reports: boolean, transactions: number): boolean {
    const doubled = withoutAdjacentRw(component)
    const parts = cyclicComponents(stronglyConnectedComponents(doubled.graph, ANY_KIND))
    if (!reports) return parts.length > 0
    const free = ANY_KIND & ~Edge.rw
    this.#shortestOf(component, free & ~Edge.wr, Edge.ww, transactions)
    this.#shortestOf(component, free, Edge.wr, transactions)
    for (const members of parts.slice(0, COMPONENTS_MAX)) {
      this.#withRwApart(nest(doubled, members), transactions)
    }
    this.#withRwInARow(component, transactions)
    return parts.length > 0
  }

  /** For each cyclic part by `kinds`, a short cycle through an edge of the kind `through`. */
  #shortestOf(component: Subgraph, kinds: number, through: number, transactions: number): void {
    const parts = cyclicComponents(stronglyConnectedComponents(component.graph, kinds))
    for (const members of parts.slice(0, COMPONENTS_MAX)) {
      const part = nest(component, members, kinds)
      const paths = new PathFinder(part.graph)
      this.#add(shortestThrough(part.graph, paths, through, kinds), part, transactions)
    }
  }

  /** In a component without two rw in a row: a cycle with one, and one with several. */
  #withRwApart(part: Subgraph, transactions: number): void {
    const paths = new PathFinder(part.graph)
    this.#add(cycleWithOneRw(part.graph, paths), part, transactions)
    this.#add(shortestThrough(part.graph, paths, Edge.rw, ANY_KIND), part, transactions)
  }

  /** Two rw in a row, and the shortest way back. */
  #withRwInARow(component: Subgraph, transactions: number): void {
    const { graph } = component
    const paths = new PathFinder(graph)
    let best: Step[] | undefined
    let trials = 0
    for (const first of edgesOf(graph, Edge.rw)) {
      for (const second of rwAfter(graph, first)) {
        const steps = [first, ...second]
        const last = steps.at(-1)!
        const back = paths.shortest(last.to, first.from, ANY_KIND)
        if (back === undefined || ++trials > TRIALS) break
        const cycle = [...steps, ...back]
        if (!isSimple(cycle)) continue
        if (best === undefined || cycle.length < best.length) best = cycle
      }
      if (trials > TRIALS) break
    }
    this.#add(best, component, transactions)
  }

  #add(steps: readonly Step[] | undefined, part: Subgraph, transactions: number): void {
    if (steps === undefined || steps.length === 0) return
    const named = steps.map((step) => ({
      ...step,
      from: part.names[step.from]!,
      to: part.names[step.to]!,
    }))
    const cycle = cycleOf(named, transactions)
    if (timeOrderOf(cycle) !== this.#time) return
    const type = classify(cycle)
    if (!this.#cycles.some((known) => known.type === type && same(known.cycle, cycle))) {
      this.#cycles.push({ type, cycle })
    }
  }
}

/** A part of a part, with the names of the whole. */
function nest(outer: Subgraph, members: readonly number[], kinds = ANY_KIND): Subgraph {
  const inner = subgraph(outer.graph, members, kinds)
  return { graph: inner.graph, names: inner.names.map((name) => outer.names[name]!) }
}

/** The shortest cycle through one of the first edges of a kind. */
function shortestThrough(
  graph: DependencyGraph,
  paths: PathFinder,
  through: number,
  kinds: number,
): Step[] | undefined {
  let best: Step[] | undefined
  let trials = 0
  for (const edge of edgesOf(graph, through)) {
    const back = paths.shortest(edge.to, edge.from, kinds)
    if (back !== undefined && (best === undefined || back.length + 1 < best.length)) {
      best = [edge, ...back]
    }
    if (++trials >= TRIALS || best?.length === 2) break
  }
  return best
}

function* edgesOf(graph: DependencyGraph, kinds: number): Generator<Step> {
  for (let node = 0; node < graph.nodes; node++) {
    for (let edge = graph.starts[node]!; edge < graph.starts[node + 1]!; edge++) {
      const kind = graph.kinds[edge]!
      if ((kind & kinds) === 0) continue
      yield { from: node, to: graph.targets[edge]!, kind, about: graph.abouts[edge]! }
    }
  }
}

/** What may follow an rw edge to make two in a row: through auxiliary nodes, if need be. */
function* rwAfter(graph: DependencyGraph, first: Step): Generator<Step[]> {
  const waiting: Step[][] = [[]]
  const seen = new Set<number>()
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const node = path.at(-1)?.to ?? first.to
    for (let edge = graph.starts[node]!; edge < graph.starts[node + 1]!; edge++) {
      const kind = graph.kinds[edge]!
      const target = graph.targets[edge]!
      const longer = [...path, { from: node, to: target, kind, about: graph.abouts[edge]! }]
      if ((kind & Edge.rw) !== 0) yield longer
      else if ((kind & Edge.via) !== 0 && !seen.has(target)) {
        seen.add(target)
        waiting.push(longer)
      }
    }
  }
}

function isSimple(steps: readonly Step[]): boolean {
  return new Set(steps.map((step) => step.from)).size === steps.length
}

function same(left: Cycle, right: Cycle): boolean {
  if (left.edges.length !== right.edges.length) return false
  const key = ({ edges }: Cycle) =>
    edges
      .map(({ from, kind }) => `${from}${kind}`)
      .sort()
      .join()
  return key(left) === key(right)
}
