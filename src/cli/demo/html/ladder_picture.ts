import { el, logScale, type Markup, picture } from '../../../picture/index.ts'
import { countText, durationText, secondsText } from '../../numbers.ts'
import type { StatementSpan } from '../../story/story.ts'
import { attemptMarks, pauseMarks, rungsOf } from './attempt_marks.ts'

const TOP_PX = 40
const BAR_PX = 34
const AXIS_PX = 38
/**
 * The place of attempts that came at the first moment itself, which has no place on a log scale.
 */
const ZERO_PX = 62

/**
 * One wait from its first attempt on, on a logarithmic scale: the rungs of the backoff, each with
 * how many pauses it took.
 */
export function ladderPicture(span: StatementSpan, widthPx: number): Markup {
  const isNarrow = widthPx < 500
  const lengthMs = span.toMs - span.fromMs
  const rungs = rungsOf(span)
  const shortestMs = Math.min(...rungs.map(({ backoffMs }) => backoffMs).filter((ms) => ms > 0))
  const scale = logScale(
    { from: shortestMs / 2, to: lengthMs },
    { from: ZERO_PX, to: widthPx - 12 },
  )
  const place = { scale, originMs: span.fromMs, y: TOP_PX, height: BAR_PX, color: 'k1' }
  const bottomPx = TOP_PX + BAR_PX + 6
  const timed = { ...span, attempts: span.attempts.filter(({ atMs }) => atMs > span.fromMs) }
  return picture(
    { widthPx, heightPx: bottomPx + AXIS_PX },
    `${countText(span.attempts.length)} attempts within ${secondsText(lengthMs)}, on a logarithmic scale`,
    scale
      .ticks(0)
      .map((ms) => [
        el('path', { class: 'grid', d: `M${scale.at(ms).toFixed(1)} ${TOP_PX - 6}V${bottomPx}` }),
        el('text', { class: 'soft mid', x: scale.at(ms), y: bottomPx + 16 }, durationText(ms)),
      ]),
    pauseMarks(span, place),
    attemptMarks(timed, place),
    rungs.map((rung) => {
      const fromX = rung.backoffMs === 0 ? 0 : scale.at(rung.fromMs - span.fromMs)
      const toX = rung.backoffMs === 0 ? ZERO_PX - 8 : scale.at(rung.toMs - span.fromMs)
      const x = rung.backoffMs === 0 ? 0 : (fromX + toX) / 2
      const anchor = rung.backoffMs === 0 ? '' : 'mid'
      const pause = rung.backoffMs === 0 ? 'at once' : durationText(rung.backoffMs)
      return el(
        'g',
        {},
        el('text', { class: anchor, x, y: TOP_PX - 23 }, `${countText(rung.count)} \u00d7`),
        el('text', { class: anchor, x, y: TOP_PX - 9 }, pause),
      )
    }),
    el('rect', {
      class: 'k1 tick',
      x: 0,
      y: TOP_PX,
      width: 3,
      height: BAR_PX,
      'data-tip': 'the first attempts, at the same moment',
    }),
    el('text', { class: 'soft', x: 0, y: bottomPx + 16 }, '0'),
    el('path', { class: 'axis', d: `M0 ${bottomPx}H${widthPx - 12}` }),
    el(
      'text',
      { class: 'soft end', x: widthPx - 12, y: bottomPx + 33 },
      isNarrow ? 'time since the first attempt' : 'time since the first attempt (logarithmic)',
    ),
  )
}
