import { el, type Markup, type Scale } from '../../../picture/index.ts'
import { countText, durationText, secondsText } from '../../numbers.ts'
import type { Attempt, StatementSpan } from '../../story/story.ts'

/** Attempts in a row that were followed by the same pause: one rung of the ladder. */
export interface Rung {
  readonly backoffMs: number
  /** Index of the first of its attempts. */
  readonly first: number
  readonly count: number
  readonly fromMs: number
  readonly toMs: number
}

/** The rungs of a wait. Pauses that chance drew are rungs of one attempt each. */
export function rungsOf(span: StatementSpan): Rung[] {
  const rungs: Rung[] = []
  for (const [index, attempt] of span.attempts.entries()) {
    if (attempt.outcome !== 'conflict' && attempt.outcome !== 'lost') continue
    const toMs = attempt.atMs + attempt.backoffMs
    const last = rungs.at(-1)
    if (last !== undefined && last.backoffMs === attempt.backoffMs) {
      rungs[rungs.length - 1] = { ...last, count: last.count + 1, toMs }
    } else {
      rungs.push({
        backoffMs: attempt.backoffMs,
        first: index,
        count: 1,
        fromMs: attempt.atMs,
        toMs,
      })
    }
  }
  return rungs
}

/** How dark the shading of a pause is, by its length: 1 ms light, 100 ms dark. */
export function shadeOf(backoffMs: number): number {
  return Math.min(0.5, 0.12 + 0.1 * Math.max(0, Math.log10(Math.max(1, backoffMs))))
}

/** How a wait is placed in a picture. */
export interface MarkPlace {
  readonly scale: Scale
  readonly originMs: number
  readonly y: number
  readonly height: number
  /** The class of the colour. */
  readonly color: string
}

/** The pauses of a wait as shading, a darker one for a longer pause. */
export function pauseMarks(span: StatementSpan, place: MarkPlace): Markup[] {
  const { scale, originMs, y, height, color } = place
  return rungsOf(span)
    .filter(({ backoffMs }) => backoffMs > 0)
    .map((rung) => {
      const x = scale.at(rung.fromMs - originMs)
      return el('rect', {
        class: `${color} pause`,
        x,
        y,
        width: Math.max(0.5, scale.at(rung.toMs - originMs) - x),
        height,
        opacity: shadeOf(rung.backoffMs),
        'data-tip': rungTip(rung),
      })
    })
}

/** The attempts as ticks; those that would fall on the same pixel share one. */
export function attemptMarks(span: StatementSpan, place: MarkPlace): Markup[] {
  const { scale, originMs, y, height, color } = place
  const groups: { x: number; first: number; last: number }[] = []
  for (const [index, attempt] of span.attempts.entries()) {
    const x = scale.at(attempt.atMs - originMs)
    const group = groups.at(-1)
    if (group !== undefined && x - group.x < TICK_GAP_PX) group.last = index
    else groups.push({ x, first: index, last: index })
  }
  return groups.map(({ x, first, last }) =>
    el('rect', {
      class: `${color} tick`,
      x: x - TICK_PX / 2,
      y,
      width: TICK_PX,
      height,
      'data-tip': attemptTip(span, first, last),
    }),
  )
}

const TICK_PX = 0.9
const TICK_GAP_PX = 3

function rungTip(rung: Rung): string {
  const pauses = rung.count === 1 ? 'pause' : 'pauses'
  return (
    `${countText(rung.count)} ${pauses} of ${durationText(rung.backoffMs)}|` +
    `${secondsText(rung.fromMs)} to ${secondsText(rung.toMs)}`
  )
}

function attemptTip({ attempts }: StatementSpan, first: number, last: number): string {
  const one = attempts[first]!
  if (first !== last) {
    return `attempts ${countText(first + 1)} to ${countText(last + 1)}|from ${secondsText(one.atMs)}`
  }
  return `attempt ${countText(first + 1)}: ${outcomeText(one)}|${secondsText(one.atMs)}`
}

function outcomeText({ outcome, backoffMs }: Attempt): string {
  if (outcome === 'lost') return `reply lost, again in ${durationText(backoffMs)}`
  if (outcome !== 'conflict') return outcome
  return backoffMs === 0
    ? 'conflict, again at once'
    : `conflict, again in ${durationText(backoffMs)}`
}
