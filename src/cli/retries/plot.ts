import { el, logScale, type Markup, picture } from '../../picture/index.ts'
import { countText, durationText } from '../numbers.ts'
import { bandOf, FOOT_PX, HEAD_PX, LEFT_PX, lineOf, type PanelFrame, panel } from './panel.ts'
import { publishedMark } from './published_mark.ts'
import type { Curve, Point, RetriesReport, Spread } from './report.ts'

const CONFLICTS_PX = 300
const OVERHEAD_PX = 210

/** Shorter than this is shown as this: a logarithm has no place for nothing. */
const OVERHEAD_FLOOR_MS = 0.01

/** Conflicts above, waiting overhead below, both against the holding time, all logarithmic. */
export function retriesPlot(report: RetriesReport, widthPx: number): Markup {
  const rightPx = widthPx - 12
  const points = report.curves.flatMap((curve) => curve.points)
  const x = logScale(
    { from: Math.min(...points.map(({ heldMs }) => heldMs)), to: maxOf(points, 'heldMs') },
    { from: LEFT_PX, to: rightPx },
  )
  const shared = {
    leftPx: LEFT_PX,
    rightPx,
    x,
    xTitle: 'how long the transaction held the document',
    xText: durationText,
    xTicks: 0,
    yTicks: 0,
  }
  const conflicts = conflictsFrame(points, shared)
  const overhead = overheadFrame(points, shared, conflicts.bottomPx + FOOT_PX + HEAD_PX)
  return picture(
    { widthPx, heightPx: overhead.bottomPx + FOOT_PX },
    'Two plots against the time that a document is held: write conflicts, and waiting overhead',
    panel(
      conflicts,
      report.curves.map((curve, index) => curveMarks(curve, index, conflicts, 'conflicts')),
      report.articles.map((point) =>
        publishedMark(point, x.at(point.waitedMs), conflicts.y.at(point.conflicts)),
      ),
    ),
    panel(
      overhead,
      report.curves.map((curve, index) => curveMarks(curve, index, overhead, 'overheadMs')),
    ),
  )
}

type SharedFrame = Omit<PanelFrame, 'topPx' | 'bottomPx' | 'y' | 'yTitle' | 'yText'>

function conflictsFrame(points: readonly Point[], shared: SharedFrame): PanelFrame {
  const bottomPx = HEAD_PX + CONFLICTS_PX
  const most = Math.max(...points.map(({ conflicts }) => conflicts.max))
  return {
    ...shared,
    topPx: HEAD_PX,
    bottomPx,
    y: logScale({ from: 1, to: most * 1.2 }, { from: bottomPx, to: HEAD_PX }),
    yTitle: 'Write conflicts: attempts in vain',
    yText: countText,
  }
}

function overheadFrame(points: readonly Point[], shared: SharedFrame, topPx: number): PanelFrame {
  const bottomPx = topPx + OVERHEAD_PX
  const most = Math.max(...points.map(({ overheadMs }) => overheadMs.max))
  return {
    ...shared,
    topPx,
    bottomPx,
    y: logScale({ from: OVERHEAD_FLOOR_MS, to: most * 1.2 }, { from: bottomPx, to: topPx }),
    yTitle: 'Waiting overhead, once the document is free',
    yText: durationText,
  }
}

function curveMarks(
  curve: Curve,
  index: number,
  { x, y }: PanelFrame,
  what: 'conflicts' | 'overheadMs',
): Markup {
  const place = (pick: (spread: Spread) => number): [number, number][] =>
    curve.points.map((point) => [x.at(point.heldMs), y.at(pick(point[what]))])
  const color = `p${index}`
  const medians = place((spread) => spread.median)
  return el(
    'g',
    { class: color },
    el('path', {
      class: 'band',
      d: bandOf(
        medians,
        place((spread) => spread.max),
      ),
    }),
    el('path', { class: 'line', d: lineOf(medians) }),
    medians.map(([cx, cy], at) =>
      el('circle', { class: 'hit', cx, cy, r: 5, 'data-tip': pointTip(curve, curve.points[at]!) }),
    ),
  )
}

function pointTip({ label }: Curve, { heldMs, conflicts, overheadMs }: Point): string {
  return (
    `${label}, held for ${durationText(heldMs)}|` +
    `${countText(conflicts.median)} conflicts (${countText(conflicts.min)} to ${countText(conflicts.max)})|` +
    `late by ${durationText(overheadMs.median)} ` +
    `(${durationText(overheadMs.min)} to ${durationText(overheadMs.max)})`
  )
}

function maxOf(points: readonly Point[], name: 'heldMs'): number {
  return Math.max(...points.map((point) => point[name]))
}
