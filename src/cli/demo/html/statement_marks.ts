import { check, cross, el, type Markup } from '../../../picture/index.ts'
import { countText, secondsText } from '../../numbers.ts'
import type { Attempt, StatementSpan } from '../../story/story.ts'
import { attemptMarks, pauseMarks } from './attempt_marks.ts'
import { BAR_PX, type Lane, labelAbove } from './lane.ts'

const DOT_PX = 4.5
/** How far behind its end the mark stands that says how a wait ended. */
const END_MARK_PX = 11

/** Statements that did not end at once: their pauses, their attempts, their end. */
export function waitMarks(statements: readonly StatementSpan[], lane: Lane): Markup[] {
  const { scale, barPx, middlePx, color } = lane
  const place = { scale, originMs: 0, y: barPx, height: BAR_PX, color }
  return statements.filter(hasWaited).map((span) => {
    const endX = scale.at(span.toMs)
    const end = span.error === undefined ? check : cross
    return el(
      'g',
      {},
      pauseMarks(span, place),
      attemptMarks(span, place),
      end(endX + END_MARK_PX, middlePx, {
        'data-tip': `${span.error ?? 'done'}|${secondsText(span.toMs)}`,
      }),
      labelAbove(summaryOf(span), endX, lane),
    )
  })
}

function hasWaited({ fromMs, toMs }: StatementSpan): boolean {
  return toMs > fromMs
}

function summaryOf({ attempts, fromMs, toMs }: StatementSpan): string {
  const count = (one: Attempt['outcome']): number =>
    attempts.filter(({ outcome }) => outcome === one).length
  const lost = count('lost')
  const why = lost > 0 ? `${lost} reply lost` : `${countText(count('conflict'))} conflicts`
  return `${why}, waits ${secondsText(toMs - fromMs)}`
}

/** Statements that ended at once, as dots; those in the same place share one. */
export function instantMarks(statements: readonly StatementSpan[], lane: Lane): Markup[] {
  const groups: { x: number; spans: StatementSpan[] }[] = []
  for (const span of statements) {
    if (hasWaited(span)) continue
    const x = lane.scale.at(span.fromMs)
    const group = groups.at(-1)
    if (group !== undefined && x - group.x < 2 * DOT_PX) group.spans.push(span)
    else groups.push({ x, spans: [span] })
  }
  return groups.map(({ x, spans }) => instantMark(x, spans, lane))
}

function instantMark(
  x: number,
  spans: readonly StatementSpan[],
  { color, middlePx }: Lane,
): Markup {
  const hasFailed = spans.some(({ error }) => error !== undefined)
  const tip = spans.map(({ text, fromMs, error, attempts }) => {
    const again = attempts.length > 1 ? ' (attempt 2; the reply to the first was lost)' : ''
    return `${secondsText(fromMs)}  ${text}${error === undefined ? again : `: ${error}`}`
  })
  return el(
    'g',
    { 'data-tip': tip.join('|'), tabindex: 0 },
    hasFailed
      ? cross(x, middlePx)
      : el('circle', { class: `${color} dot`, cx: x, cy: middlePx, r: DOT_PX }),
  )
}
