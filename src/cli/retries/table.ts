import { countText, durationText } from '../numbers.ts'
import type { Style } from '../style.ts'
import type { Curve, Point, RetriesReport } from './report.ts'

const HELD_COLUMNS = 9
const COUNT_COLUMNS = 9
const TIME_COLUMNS = 9

/** Every fourth of the holding times is worth a row; `--json` has them all. */
const ROW_EVERY = 4

/** Medians as a table: how often each schedule tried in vain, and how much too long it waited. */
export function retriesTable(report: RetriesReport, style: Style): string {
  const { curves } = report
  const heads = curves.map(({ label }) => label.padStart(COUNT_COLUMNS + TIME_COLUMNS + 1))
  const columns = curves.map(
    () => `${'conflicts'.padStart(COUNT_COLUMNS + 1)}${'late'.padStart(TIME_COLUMNS)}`,
  )
  const lines = rowsOf(curves).map((heldMs) => {
    const cells = curves.map((curve) => cellOf(curve.points.find((one) => one.heldMs === heldMs)))
    return `${durationText(heldMs).padStart(HELD_COLUMNS)}${cells.join('')}`.trimEnd()
  })
  return [
    style.paint(
      'title',
      'Write conflicts and waiting time against the time that a document is held',
    ),
    style.paint(
      'quiet',
      `palimpsest ${report.version}, node ${report.node}, seed ${report.seed}; each figure is the median ` +
        `of ${report.runsPerPoint} runs`,
    ),
    '',
    style.paint('strong', `${''.padStart(HELD_COLUMNS)}${heads.join('')}`),
    style.paint('quiet', `${'held'.padStart(HELD_COLUMNS)}${columns.join('')}`),
    ...lines,
    '',
    style.paint('quiet', 'late: how long the update went on waiting after the document was free.'),
    ...report.articles.map(({ label, source }) =>
      style.paint('quiet', `published: ${label} (${source})`),
    ),
    '',
  ].join('\n')
}

function rowsOf(curves: readonly Curve[]): number[] {
  const held = curves[0]?.points.map(({ heldMs }) => heldMs) ?? []
  return held.filter((_, index) => index % ROW_EVERY === 0 || index === held.length - 1)
}

function cellOf(point: Point | undefined): string {
  if (point === undefined) return ''.padStart(COUNT_COLUMNS + TIME_COLUMNS + 1)
  const { conflicts, overheadMs } = point
  return (
    countText(conflicts.median).padStart(COUNT_COLUMNS + 1) +
    durationText(overheadMs.median).padStart(TIME_COLUMNS)
  )
}
