import { el, type Markup, picture } from '../../picture/index.ts'
import { barMark } from './bar_marks.ts'
import { type Columns, columnsOf, cutToFit } from './columns.ts'
import { linkMarks } from './link_marks.ts'
import type { Gap, Rows } from './rows.ts'
import type { Scene } from './scene.ts'

/** A scene for one width: lanes side by side, time downwards, the cycle's edges across. */
export function drawing(scene: Scene, rows: Rows, widthPx: number): Markup {
  const columns = columnsOf(scene.lanes.length, widthPx)
  const names = scene.bars.filter(({ takesPart }) => takesPart).map(({ name }) => name)
  return picture(
    { widthPx, heightPx: rows.heightPx + 6 },
    `Timeline of ${names.join(', ')} with ${scene.links.length} edges between them`,
    scene.lanes.map((name, lane) => laneMark(name, lane, columns, rows.heightPx)),
    rows.gaps.map((gap) => gapMark(gap, columns, scene.lanes.length)),
    rows.bars.map((bar) => barMark(bar, columns)),
    linkMarks(scene.links, rows, columns),
  )
}

function laneMark(name: string, lane: number, columns: Columns, heightPx: number): Markup {
  const x = columns.leftOf(lane)
  const middle = x + columns.boxPx / 2
  const roomPx = columns.boxPx + columns.gutterPx - 6
  return el(
    'g',
    { 'data-tip': name },
    el('text', { class: 'lane', x, y: 16 }, cutToFit(name, roomPx) || cutToFit(name, roomPx + 12)),
    el('path', { class: 'grid', d: `M${Math.round(middle)} 26V${Math.round(heightPx)}` }),
  )
}

function gapMark({ yPx, transactions }: Gap, columns: Columns, lanes: number): Markup {
  const right = columns.rightOf(lanes - 1)
  return el(
    'g',
    {},
    el('path', { class: 'gap', d: `M0 ${yPx}H${Math.round(right)}` }),
    el(
      'text',
      { class: 'soft mid gap-text', x: right / 2, y: yPx + 4 },
      `${transactions.toLocaleString('en')} more`,
    ),
  )
}
