import { percent } from '../floors.ts'
import type { Row } from './tally.ts'

const HEAD = [
  'specification',
  'passed',
  'failed',
  'left out',
  'not applicable',
  'passed of those run',
]

/** A Markdown table, which reads well on a terminal too. */
export function renderTable(rows: readonly Row[]): string {
  const cells = rows.map(({ folder, passed, failed, leftOut, notApplicable, share }) => [
    folder,
    ...[passed, failed, leftOut, notApplicable].map(String),
    passed + failed === 0 ? '-' : percent(share),
  ])
  const widths = HEAD.map((title, i) =>
    Math.max(title.length, ...cells.map((row) => row[i]!.length)),
  )
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join(' | ')} |`
  const rule = widths.map((width, i) => (i === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`))
  return [line(HEAD), line(rule), ...cells.map(line)].join('\n')
}
