import type { CycleClass } from '../anomalies/table.ts'
import { Edge, type EdgeKind, edgeName, type TimeOrder } from '../graph/edges.ts'
import type { Step } from '../graph/paths.ts'

export interface CycleEdge {
  readonly from: number
  readonly to: number
  readonly kind: EdgeKind
  /** Whether it exists only because of a predicate read. */
  readonly predicate: boolean
  /** The order of time that it was concluded from by assumption. */
  readonly assumed: TimeOrder
  /** The key that it is about, as the model numbers them; -1 for edges of time. */
  readonly about: number
}

/** A cycle of transactions, edge by edge; each edge begins where the one before it ended. */
export interface Cycle {
  readonly edges: readonly CycleEdge[]
}

/** @param transactions nodes below it are transactions; the others are passed through */
export function cycleOf(steps: readonly Step[], transactions: number): Cycle {
  const edges: CycleEdge[] = []
  const first = steps.findIndex((step) => step.from < transactions)
  const turned = [...steps.slice(first), ...steps.slice(0, first)]
  let open: Step | undefined
  for (const step of turned) {
    open ??= step
    if (step.to >= transactions) continue
    edges.push({
      from: open.from,
      to: step.to,
      kind: edgeName(open.kind),
      predicate: (open.kind & Edge.predicate) !== 0,
      assumed: assumedOf(open.kind),
      about: open.about,
    })
    open = undefined
  }
  return { edges }
}

/**
 * What kind of cycle it is. With as few as one rw edge it is G-single; with several, what counts is
 * whether two of them come in a row.
 */
export function classify({ edges }: Cycle): CycleClass {
  const rw = edges.filter((edge) => edge.kind === 'rw')
  if (rw.length === 0) return edges.some((edge) => edge.kind === 'wr') ? 'G1c' : 'G0'
  if (rw.length === 1) return 'G-single'
  const inARow = edges.some(
    (edge, at) => edge.kind === 'rw' && edges[(at + 1) % edges.length]!.kind === 'rw',
  )
  if (!inARow) return 'G-nonadjacent'
  return rw.some((edge) => edge.predicate) ? 'G2' : 'G2-item'
}

/** Which order of time a cycle needs, be it by its edges or by what was assumed to have them. */
export function timeOrderOf({ edges }: Cycle): TimeOrder {
  const needs = (time: TimeOrder) =>
    edges.some(({ kind, assumed }) => kind === time || assumed === time)
  if (needs('realtime')) return 'realtime'
  return needs('process') ? 'process' : 'none'
}

/** Whether it has edges of time itself, by which it is named. */
export function namedAfter({ edges }: Cycle): TimeOrder {
  if (edges.some(({ kind }) => kind === 'realtime')) return 'realtime'
  return edges.some(({ kind }) => kind === 'process') ? 'process' : 'none'
}

function assumedOf(kind: number): TimeOrder {
  if ((kind & Edge.assumedRealtime) !== 0) return 'realtime'
  return (kind & Edge.assumedProcess) !== 0 ? 'process' : 'none'
}
