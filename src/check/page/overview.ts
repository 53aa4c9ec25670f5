/** A long cycle as a whole: where in the history each of its edges leads. */
import { el, linearScale, type Markup, picture } from '../../picture/index.ts'
import type { EdgeExplanation } from '../explain/explanation.ts'
import type { ToldHistory } from '../explain/told_history.ts'
import type { EdgeKind } from '../graph/edges.ts'

const HEIGHT_PX = 120
const AXIS_PX = 24
const MARGIN_PX = 6

/** Transactions by when they began, from left to right, and by their lane, from top to bottom. */
export function overview(
  edges: readonly EdgeExplanation[],
  history: ToldHistory,
  widthPx: number,
): Markup {
  const numbers = edges.map(({ from }) => from)
  const first = Math.min(...numbers)
  const last = Math.max(...numbers)
  const range = { from: MARGIN_PX, to: widthPx - MARGIN_PX }
  const x = linearScale({ from: first, to: last }, range)
  const lanes = laneRanks(edges, history)
  const heightPx = Math.min(HEIGHT_PX, 24 + 12 * lanes.size)
  const y = linearScale(
    { from: 0, to: Math.max(1, lanes.size - 1) },
    { from: MARGIN_PX, to: heightPx - MARGIN_PX },
  )
  const place = (transaction: number) =>
    `${Math.round(x.at(transaction))} ${Math.round(y.at(lanes.get(history.laneOf(transaction))!))}`
  const paths = new Map<EdgeKind, string>()
  for (const { from, to, kind } of edges) {
    paths.set(kind, `${paths.get(kind) ?? ''}M${place(from)}L${place(to)}`)
  }
  const dots = edges.map(({ from }) => `M${place(from)}h0`).join('')
  return picture(
    { widthPx, heightPx: heightPx + AXIS_PX },
    `The whole cycle of ${edges.length} edges within ${history.count} transactions`,
    el('path', { class: 'axis', d: `M0 ${heightPx}H${widthPx}` }),
    [...paths].map(([kind, d]) =>
      el('g', { class: `edge e-${kind}` }, el('path', { class: 'line', d })),
    ),
    el('path', { class: 'dots', d: dots }),
    el('text', { class: 'soft', x: 0, y: heightPx + 17 }, history.nameOf(first)),
    el('text', { class: 'soft end', x: widthPx, y: heightPx + 17 }, history.nameOf(last)),
  )
}

/** On one lane there is nothing to see but a line. */
export function hasOverview(edges: readonly EdgeExplanation[], history: ToldHistory): boolean {
  return laneRanks(edges, history).size > 1
}

/** Lanes of the cycle, without those that have no part in it. */
function laneRanks(
  edges: readonly EdgeExplanation[],
  history: ToldHistory,
): ReadonlyMap<number, number> {
  const lanes = [...new Set(edges.map(({ from }) => history.laneOf(from)))]
  return new Map(lanes.sort((left, right) => left - right).map((lane, rank) => [lane, rank]))
}
