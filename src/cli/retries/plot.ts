import { countText, durationText } from '../numbers.ts'
import { el, type Markup } from '../picture/markup.ts'
import { picture } from '../picture/page.ts'
import { linearScale, logScale, type Scale } from '../picture/scale.ts'
import { bandOf, lineOf, type PanelFrame, panel } from './panel.ts'
import type { Curve, Point, RetriesReport, Spread } from './report.ts'

const CONFLICTS_PX = 300
const OVERHEAD_PX = 210
const HEAD_PX = 34
const FOOT_PX = 46
const LEFT_PX = 58

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
      report.articles.map((point) => articleMark(point, x, conflicts.y)),
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

function articleMark(
  { conflicts, waitedMs, label, source }: RetriesReport['articles'][number],
  x: Scale,
  y: Scale,
): Markup {
  return diamond(x.at(waitedMs), y.at(conflicts), `${label}|${source}`)
}

function diamond(x: number, y: number, tip: string): Markup {
  const d = lineOf([
    [x, y - 5.5],
    [x + 5.5, y],
    [x, y + 5.5],
    [x - 5.5, y],
  ])
  return el('path', { class: 'published', d: `${d}Z`, 'data-tip': tip, tabindex: 0 })
}

const CLOSEUP_PX = 250

/** Around a minute, on linear axes: the ladders, and what was published about the real server. */
export function closeupPlot(report: RetriesReport, widthPx: number): Markup {
  const waits = report.closeup.flatMap((curve) => curve.waits)
  const frame = closeupFrame(waits, widthPx)
  const { x, y } = frame
  return picture(
    { widthPx, heightPx: frame.bottomPx + FOOT_PX },
    'Write conflicts against waiting time around one minute, with the published figures',
    panel(
      frame,
      report.closeup.map((curve, index) =>
        el(
          'g',
          { class: `p${index}` },
          el('path', {
            class: 'line',
            d: lineOf(curve.waits.map((wait) => [x.at(wait.waitedMs), y.at(wait.conflicts)])),
          }),
        ),
      ),
      report.articles.map((point, index) => {
        const px = x.at(point.waitedMs)
        const py = y.at(point.conflicts)
        const isFirst = index === 0
        return [
          diamond(px, py, `${point.label}|${point.source}`),
          el(
            'text',
            {
              class: isFirst ? '' : 'end',
              x: isFirst ? px + 11 : px - 11,
              y: isFirst ? py + 14 : py - 4,
            },
            point.label,
          ),
        ]
      }),
    ),
  )
}

function closeupFrame(
  waits: readonly { readonly waitedMs: number; readonly conflicts: number }[],
  widthPx: number,
): PanelFrame {
  const rightPx = widthPx - 12
  const bottomPx = HEAD_PX + CLOSEUP_PX
  const longest = Math.max(...waits.map(({ waitedMs }) => waitedMs))
  const shortest = Math.min(...waits.map(({ waitedMs }) => waitedMs))
  const counts = waits.map(({ conflicts }) => conflicts)
  return {
    leftPx: LEFT_PX,
    rightPx,
    topPx: HEAD_PX,
    bottomPx,
    x: linearScale({ from: shortest, to: longest }, { from: LEFT_PX, to: rightPx }),
    y: linearScale(
      { from: Math.min(...counts), to: Math.max(...counts) },
      { from: bottomPx, to: HEAD_PX },
    ),
    xTitle: 'how long the update waited',
    yTitle: 'Close up, linear: write conflicts',
    xText: durationText,
    yText: countText,
    xTicks: 6,
    yTicks: 5,
  }
}

function maxOf(points: readonly Point[], name: 'heldMs'): number {
  return Math.max(...points.map((point) => point[name]))
}
