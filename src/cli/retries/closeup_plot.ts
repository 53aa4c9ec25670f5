import { el, linearScale, type Markup, picture } from '../../picture/index.ts'
import { countText, durationText } from '../numbers.ts'
import type { Wait } from './measure.ts'
import { FOOT_PX, HEAD_PX, LEFT_PX, lineOf, type PanelFrame, panel } from './panel.ts'
import { publishedMark } from './published_mark.ts'
import type { RetriesReport } from './report.ts'

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
          publishedMark(point, px, py),
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

function closeupFrame(waits: readonly Wait[], widthPx: number): PanelFrame {
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
